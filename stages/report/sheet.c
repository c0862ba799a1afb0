/* sheet.c -- what goes to the people who check a sample: a form to fill in, and sheets to print.
 *
 *   drawn_write()   goes through the drawn pages with their text and image
 *   form_row()      a line of form.csv: UTF-8 with a mark, as spreadsheets want it
 *   sheet_page()    a page of sheet.html: image and text side by side
 *
 * The image is a copy of the report's, so that the folder can be handed on. */
#include <string.h>

#include "core/outfile.h"
#include "core/text.h"
#include "report/drawn.h"
#include "report/form.h"

enum { MAX_ROW = 1 << 20, MAX_IMAGE = 64 << 20, MAX_CELL = 30000 };     /* Excel cuts cells at 32,767 characters */

struct writing {
	struct rc_books *books;
	const struct drawn *d;
	int64_t seed;
	const char *dir;
	struct rc_outfile *form, *sheet;        /* owned */
	struct report_memory *memory;           /* owned */
	struct rc_buf picture;                  /* of the page: "images/p....jpg", or "" */
	size_t at;                              /* of the next page */
};

static void writing_end(struct writing *w)
{
	rc_outfile_abort(&w->form);
	rc_outfile_abort(&w->sheet);
	report_memory_close(&w->memory);
	rc_buf_free(&w->picture);
}

/* ---- the form ---------------------------------------------------------------------------------------------- */

/* A cell in quotes. A spreadsheet would compute what begins as a formula: an apostrophe says that it is text. */
static void add_cell(struct rc_buf *out, const char *text)
{
	rc_buf_addc(out, '"');
	if (*text && strchr("=+-@\t\r", *text))
		rc_buf_addc(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			rc_buf_addc(out, '"');
		rc_buf_addc(out, *text);
	}
	rc_buf_addc(out, '"');
}

static const char *name_of(const struct record_page *page)
{
	const char *path = *page->member ? page->member : page->source, *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* At most as much as a cell holds. */
static void cut_to_cell(struct rc_buf *text)
{
	const char *s = text->data;

	for (int n = 0; *s && n < MAX_CELL; n++)
		(void)rc_utf8_next(&s);
	if (!*s)
		return;
	text->len = (size_t)(s - text->data);
	text->data[text->len] = '\0';
	rc_buf_adds(text, "…");
}

static enum rc_status form_row(struct writing *w, const struct drawn_page *p, const struct record_page *page, struct rc_err *err)
{
	RC_OWN_BUF row = RC_BUF(MAX_ROW), text = RC_BUF(MAX_ROW);

	rc_page_text(&page->page, &text);
	while (text.len > 0 && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	cut_to_cell(&text);
	rc_buf_addf(&row, "%zu,%s,", w->at, p->id);
	add_cell(&row, p->item);
	rc_buf_addf(&row, ",%lld,", (long long)p->order);
	add_cell(&row, name_of(page));
	rc_buf_addf(&row, ",%s,", drawn_grades[p->grade]);
	add_cell(&row, w->picture.data);
	rc_buf_addf(&row, ",%lld,", (long long)p->characters);
	add_cell(&row, text.data);
	rc_buf_addf(&row, ",,,,%lld,%lld\r\n", (long long)w->d->pages[p->grade], (long long)w->d->characters[p->grade]);
	enum rc_status status = rc_buf_check(&row, "a row of the form", err);

	return rc_good(status) ? rc_outfile_write(w->form, row.data, row.len, err) : status;
}

/* ---- the sheets ---------------------------------------------------------------------------------------------- */

static const char sheet_head[] =
	"<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'\">\n"
	"<title>redcorpus sample</title>\n<style>\n"
	"body { font: 14px/1.5 system-ui, \"PingFang SC\", \"Microsoft YaHei\", \"Noto Sans CJK SC\", sans-serif; margin: 0; color: #222 }\n"
	"article { padding: 1.2cm 1.2cm .6cm; border-bottom: 1px solid #ccc; break-after: page }\n"
	"header { display: flex; gap: 1.2em; align-items: baseline; flex-wrap: wrap; border-bottom: 1px solid #222; padding-bottom: .4em }\n"
	"header b { font-size: 1.25em } header .fill { margin-left: auto }\n"
	".two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1cm; margin-top: .5cm }\n"
	"img { width: 100%; max-height: 23cm; object-fit: contain; object-position: top } ol { margin: 0; padding-left: 2.6em }\n"
	"li { font: 15px/1.7 \"Songti SC\", \"Noto Serif CJK SC\", SimSun, serif; overflow-wrap: anywhere } li::marker { color: #999; font-size: .7em }\n"
	"li.g { margin-top: .6em } .note { color: #666; margin: 1.2cm; max-width: 48em }\n"
	"@media print { article { border: 0 } .note { break-after: page } }\n</style></head><body>\n";

static void add_html(struct rc_buf *out, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '<': rc_buf_adds(out, "&lt;"); break;
		case '>': rc_buf_adds(out, "&gt;"); break;
		case '&': rc_buf_adds(out, "&amp;"); break;
		case '"': rc_buf_adds(out, "&quot;"); break;
		default: rc_buf_addc(out, *text);
		}
}

static void add_allocation(const struct drawn *d, struct rc_buf *out)
{
	for (int g = 0; g < ESTIMATE_GRADES; g++)
		if (d->pages[g])
			rc_buf_addf(out, " %s&nbsp;%lld/%lld", drawn_grades[g], (long long)d->given[g], (long long)d->pages[g]);
}

static enum rc_status begin_sheet(struct writing *w, struct rc_err *err)
{
	RC_OWN_BUF html = RC_BUF(MAX_ROW);

	rc_buf_adds(&html, sheet_head);
	rc_buf_addf(&html, "<div class=\"note\"><p>%zu pages, seed %lld; pages drawn of each grade:", w->d->n, (long long)w->seed);
	add_allocation(w->d, &html);
	rc_buf_adds(&html, ". Compare the text with the image, all of it or as much as there is time for, from the start. Write into form.csv how many "
	            "characters of the image you compared and how many are wrong, missing or too many.</p>\n<p>共抽取");
	rc_buf_addf(&html, " %zu 页，种子 %lld；各等级抽取页数：", w->d->n, (long long)w->seed);
	add_allocation(w->d, &html);
	rc_buf_adds(&html, "。请将识读文本与图像逐字核对，可核对全页，也可从头核对一部分。在 form.csv 中填写核对的字数（以图像为准），以及其中错字、漏字、"
	            "衍字的总数。</p></div>\n");
	return rc_outfile_write(w->sheet, html.data, html.len, err);
}

static void add_lines(const struct rc_page *page, struct rc_buf *out)
{
	rc_buf_adds(out, "<ol>\n");
	for (size_t r = 0; r < page->n_regions; r++)
		for (size_t l = 0; l < page->regions[r].n_lines; l++) {
			rc_buf_addf(out, "<li%s>", r > 0 && l == 0 ? " class=\"g\"" : "");
			add_html(out, page->regions[r].lines[l].text ? page->regions[r].lines[l].text : "");
			rc_buf_adds(out, "</li>\n");
		}
	rc_buf_adds(out, "</ol>\n");
}

static enum rc_status sheet_page(struct writing *w, const struct drawn_page *p, const struct record_page *page, struct rc_err *err)
{
	RC_OWN_BUF html = RC_BUF((size_t)RC_MAX_RESULT_BYTES);

	rc_buf_addf(&html, "<article><header><b>%zu</b><span>", w->at);
	add_html(&html, p->item);
	rc_buf_addf(&html, " · %lld · ", (long long)p->order);
	add_html(&html, name_of(page));
	rc_buf_addf(&html, "</span><span>%s</span><span class=\"fill\">核对字数 checked ________　差错 errors ________</span></header>\n<div class=\"two\"><div>",
	            drawn_grades[p->grade]);
	if (w->picture.len)
		rc_buf_addf(&html, "<img src=\"%s\" alt=\"\">", w->picture.data);
	rc_buf_adds(&html, "</div>");
	add_lines(&page->page, &html);
	rc_buf_adds(&html, "</div></article>\n");
	enum rc_status status = rc_buf_check(&html, "a sheet", err);

	return rc_good(status) ? rc_outfile_write(w->sheet, html.data, html.len, err) : status;
}

/* ---- images ---------------------------------------------------------------------------------------------------- */

/* Finds the page in what the report remembers; its items are in the order of ours. */
static void find_picture(struct writing *w, const struct drawn_page *p, char ret[REPORT_ID])
{
	OWN_REPORT_PAGE page = { .error = -1 };

	ret[0] = '\0';
	if (report_memory_page_after(w->memory, p->item, p->order, &page, NULL) == RC_OK && page.order == p->order)
		memcpy(ret, page.picture, REPORT_ID);
}

static enum rc_status copy_picture(struct writing *w, const struct drawn_page *p, struct rc_err *err)
{
	RC_OWN_BUF from = RC_BUF(RC_MAX_NAME), to = RC_BUF(RC_MAX_NAME), bytes = RC_BUF(MAX_IMAGE);
	char picture[REPORT_ID];

	rc_buf_clear(&w->picture);
	find_picture(w, p, picture);
	rc_buf_addf(&from, "%s/report/pages/%.2s/%s.jpg", rc_books_dir(w->books), picture, picture);
	if (!*picture || !rc_good(rc_buf_read_file(&bytes, from.data, NULL)))
		return RC_OK;
	rc_buf_addf(&w->picture, "images/%s.jpg", p->id);
	rc_buf_addf(&to, "%s/%s", w->dir, w->picture.data);
	return rc_file_put(to.data, bytes.data, bytes.len, err);
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

static enum rc_status write_page(struct writing *w, const struct record_page *page, struct rc_err *err)
{
	const struct drawn_page *p = &w->d->all[w->at++];
	enum rc_status status = copy_picture(w, p, err);

	if (rc_good(status))
		status = form_row(w, p, page, err);
	return rc_good(status) ? sheet_page(w, p, page, err) : status;
}

static enum rc_status write_item(struct writing *w, const char *item, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *reader = NULL;
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);
	struct record_page *page;
	enum rc_status status;

	rc_books_record_path(w->books, item, &path);
	status = record_open(&reader, path.data, err);
	while (rc_good(status) && w->at < w->d->n && strcmp(w->d->all[w->at].item, item) == 0) {
		status = record_next(reader, &page, err);
		if (status == RC_SKIP)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot write the sample: the record of '%s' changed meanwhile", item);
		if (rc_good(status) && page->order == w->d->all[w->at].order)
			status = write_page(w, page, err);
	}
	return status;
}

static enum rc_status begin(struct writing *w, struct rc_err *err)
{
	RC_OWN_BUF form = RC_BUF(RC_MAX_NAME), sheet = RC_BUF(RC_MAX_NAME), memory = RC_BUF(RC_MAX_NAME);
	RC_OWN_STR noted = rc_books_note(w->books, "report.memory");
	struct rc_digest digest = { 0 };
	enum rc_status status;

	rc_buf_addf(&form, "%s/form.csv", w->dir);
	rc_buf_addf(&sheet, "%s/sheet.html", w->dir);
	rc_buf_addf(&memory, "%s/.redcorpus/report.jsonl", rc_books_dir(w->books));
	if (noted)
		(void)rc_digest_parse(noted, &digest);
	w->memory = report_memory_open(memory.data, &digest);
	status = rc_outfile_open(&w->form, form.data, err);
	if (rc_good(status))
		status = rc_outfile_write(w->form, form_header, strlen(form_header), err);
	if (rc_good(status))
		status = rc_outfile_open(&w->sheet, sheet.data, err);
	return rc_good(status) ? begin_sheet(w, err) : status;
}

enum rc_status drawn_write(struct rc_books *books, const struct drawn *d, int64_t seed, const char *dir, struct rc_err *err)
{
	RC_CLEANUP(writing_end) struct writing w = { .books = books, .d = d, .seed = seed, .dir = dir, .picture = RC_BUF(RC_MAX_NAME) };
	enum rc_status status = begin(&w, err);

	while (rc_good(status) && w.at < d->n)
		status = write_item(&w, d->all[w.at].item, err);
	if (rc_good(status))
		status = rc_outfile_write(w.sheet, "</body></html>\n", 15, err);
	if (rc_good(status))
		status = rc_outfile_commit(&w.sheet, err);
	return rc_good(status) ? rc_outfile_commit(&w.form, err) : status;
}
