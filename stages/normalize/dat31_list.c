/* dat31_list.c -- all pages against DA/T 31-2017: report/dat31.tsv.
 *
 *   dat31_write()   one pass to find the usual format, one to look at every page and write its line
 *
 * Memory holds one page. */
#include "normalize/dat31.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/outfile.h"
#include "core/text.h"

enum { MAX_PATH_BYTES = 1 << 16, MAX_LINE = 1 << 16 };

static const char counts_note[] = "dat31.counts";

struct listing {
	struct rc_books *books;
	const struct catalogue *catalogue;      /* NULL: there is none */
	rc_page_fn *on_page;
	int64_t media[RC_MEDIA_COUNT];
	struct dat31_around around;
	struct dat31_name before;
	struct rc_buf before_number;    /* owned; what before.number points at */
	struct rc_outfile *file;        /* owned */
	struct rc_buf line;             /* owned */
	int64_t pages, good, found[DAT31_COUNT];
};

static void listing_end(struct listing *l)
{
	rc_outfile_abort(&l->file);
	rc_buf_free(&l->before_number);
	rc_buf_free(&l->line);
}

static enum rc_status count_media(void *ctx, const struct rc_page_row *page, struct rc_err *err)
{
	struct listing *l = ctx;

	l->media[page->entry.media]++;
	return RC_OK;
}

static enum rc_media most_of(const int64_t media[RC_MEDIA_COUNT])
{
	int most = 0;

	for (int m = 1; m < RC_MEDIA_COUNT; m++)
		if (media[m] > media[most])
			most = m;
	return (enum rc_media)most;
}

/* ---- a page's line -------------------------------------------------------------------------------------- */

static const char head[] = "item\tpage\tfile\tmedia\twidth\theight\tbits\tchannels\tdeclared_mode\tmeasured_mode\tcoloured_share\tseals\t"
                           "declared_dpi\tmeasured_dpi\tfindings\n";

static void add_file(struct rc_buf *out, const struct rc_page_row *row)
{
	const char *name = *row->entry.member ? row->entry.member : *row->source_path ? row->source_path : row->root_path;
	const char *slash = strrchr(name, '/');

	rc_text_escape_cell(out, slash ? slash + 1 : name);
}

/* bits, channels, modes, share, seals: all empty where they are not known. */
static void add_colours(struct rc_buf *out, const struct dat31_page *page)
{
	const struct rc_scan *scan = &page->scan;

	if (scan->bits == 0)
		rc_buf_adds(out, "\t\t\t\t\t\t");
	else
		rc_buf_addf(out, "%" PRId32 "\t%" PRId32 "\t%s\t%s\t%.4f\t%" PRId64 "\t", scan->bits, scan->channels,
		            dat31_mode_name(dat31_declared_mode(scan)), dat31_mode_name(dat31_measured_mode(scan)), (double)scan->colour, page->seals);
}

static void add_findings(struct rc_buf *out, unsigned found)
{
	bool any = false;

	for (int f = 0; f < DAT31_COUNT; f++)
		if (found & 1u << f) {
			rc_buf_addf(out, "%s%s", any ? " " : "", dat31_code((enum dat31_finding)f));
			any = true;
		}
	rc_buf_addc(out, '\n');
}

static enum rc_status write_line(struct listing *l, const struct dat31_page *page, unsigned found, struct rc_err *err)
{
	const struct rc_page_entry *e = &page->row->entry;

	rc_buf_clear(&l->line);
	rc_text_escape_cell(&l->line, e->item);
	rc_buf_addf(&l->line, "\t%" PRId32 "\t", page->row->place_in_item);
	add_file(&l->line, page->row);
	rc_buf_addf(&l->line, "\t%s\t%" PRId32 "\t%" PRId32 "\t", rc_media_name(e->media), e->width, e->height);
	add_colours(&l->line, page);
	rc_buf_addf(&l->line, "%" PRId32 "\t", e->dpi);
	if (page->glyph > 0)
		rc_buf_addf(&l->line, "%" PRId32, dat31_measured_dpi(page));
	rc_buf_addc(&l->line, '\t');
	add_findings(&l->line, found);
	return rc_outfile_write(l->file, l->line.data, l->line.len, err);
}

static void remember(struct listing *l, const struct dat31_page *page)
{
	if (page->row->entry.frame > 0)
		return;
	rc_buf_clear(&l->before_number);
	rc_buf_add(&l->before_number, page->name.number, page->name.number_len);
	l->before = (struct dat31_name){ l->before_number.data, page->name.number_len, page->name.serial };
	l->around.before = &l->before;
}

/* A result that cannot be read is no result: what was measured is not known. */
static enum rc_status load(struct rc_books *books, const struct rc_page_row *row, struct rc_page *ret, bool *there, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_RESULT_BYTES);
	RC_OWN_JSON json = NULL;
	struct rc_err why = { 0 };
	enum rc_status status = row->state == RC_DONE ? rc_books_object(books, &row->result, &bytes, &why) : RC_SKIP;

	if (status == RC_RUN_FAILED) {
		if (err)
			*err = why;
		return status;
	}
	if (status == RC_OK)
		status = rc_json_parse(bytes.data, bytes.len, "page result", &json, NULL);
	if (status == RC_OK)
		status = rc_page_from_json(json, ret, NULL);
	*there = status == RC_OK;
	return RC_OK;
}

static enum rc_status add_page(void *ctx, const struct rc_page_row *row, struct rc_err *err)
{
	struct listing *l = ctx;
	RC_CLEANUP(rc_page_clear) struct rc_page result = RC_PAGE_INIT;
	bool there = false;
	enum rc_status status = load(l->books, row, &result, &there, err);

	if (!rc_good(status))
		return status;
	struct dat31_page page = dat31_page(row, there ? &result : NULL);
	unsigned found = dat31_look(&page, &l->around);

	l->pages++;
	l->good += found == 0;
	for (int f = 0; f < DAT31_COUNT; f++)
		l->found[f] += found >> f & 1;
	remember(l, &page);
	return write_line(l, &page, found, err);
}

/* ---- all pages ---------------------------------------------------------------------------------------- */

static enum rc_status on_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct listing *l = ctx;
	struct catalogue_match match = { 0 };
	RC_OWN_JSON fields = NULL;

	if (l->catalogue) {
		(void)rc_json_parse(item->fields, strlen(item->fields), "fields", &fields, NULL);
		match = catalogue_find(l->catalogue, item->id, fields);
	}
	l->around.reference = match.row ? match.row->reference : "";
	l->around.before = NULL;
	enum rc_status status = rc_books_each_page(l->books, item->id, l->on_page, l, err);

	return rc_good(status) ? rc_books_pump(l->books, err) : status;
}

static enum rc_status note_counts(const struct listing *l, struct rc_err *err)
{
	RC_OWN_JSON counts = json_object();
	RC_OWN_BUF text = RC_BUF(MAX_LINE);
	json_t *findings = json_object();

	for (int f = 0; f < DAT31_COUNT; f++)
		json_object_set_new(findings, dat31_code((enum dat31_finding)f), json_integer((json_int_t)l->found[f]));
	json_object_set_new(counts, "pages", json_integer((json_int_t)l->pages));
	json_object_set_new(counts, "without_findings", json_integer((json_int_t)l->good));
	json_object_set_new(counts, "findings", findings);
	rc_json_print(&text, counts);
	return rc_books_set_note(l->books, counts_note, text.data, err);
}

static enum rc_status write_list(struct rc_books *books, const struct catalogue *catalogue, const char *path, struct rc_err *err)
{
	RC_CLEANUP(listing_end) struct listing l = {
		.books = books, .catalogue = catalogue, .on_page = count_media, .line = RC_BUF(MAX_LINE), .before_number = RC_BUF(MAX_LINE),
	};
	enum rc_status status = rc_books_each_item(books, RC_ITEMS_READY, on_item, &l, err);

	l.around.usual = most_of(l.media);
	l.on_page = add_page;
	if (rc_good(status))
		status = rc_outfile_open(&l.file, path, err);
	if (rc_good(status))
		status = rc_outfile_write(l.file, head, strlen(head), err);
	if (rc_good(status))
		status = rc_books_each_item(books, RC_ITEMS_READY, on_item, &l, err);
	if (rc_good(status))
		status = rc_outfile_commit(&l.file, err);
	return rc_good(status) ? note_counts(&l, err) : status;
}

enum rc_status dat31_write(struct rc_books *books, const struct catalogue *catalogue, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_STR before = rc_books_note(books, counts_note);

	rc_buf_addf(&path, "%s/report/dat31.tsv", rc_books_dir(books));
	if (rc_books_config(books)->ingest_profile == RC_PROFILE_DAT31)
		return write_list(books, catalogue, path.data, err);
	if (!before || !*before)
		return RC_OK;
	if (unlink(path.data) != 0 && errno != ENOENT)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot remove '%s'", path.data);
	return rc_books_set_note(books, counts_note, "", err);
}
