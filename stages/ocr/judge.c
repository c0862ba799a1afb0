/* judge.c -- how well a page was read, and which of it may be believed. Wrong text that looks right is the worst that
 * can happen.
 *
 *   ocr_judge()      sums of all lines; each line's signs and estimate, and the page's; then what is not to be trusted
 *   judge_lines()    a short line borrows from its page
 *   class_of()       text, or a picture, handwriting, unreadable
 *
 * Blank pages are told before anything is read (ocr.c); here pictures, handwriting and unreadable pages are told from text by
 * how they were read. */
#include <stdlib.h>
#include <string.h>

#include "core/config.h"
#include "ocr/estimate.h"
#include "ocr/signs.h"
#include "ocr/state.h"

/* A line with a larger estimated error is kept as a place without text. */
static const float line_limit = 0.8f;
/* A page with a larger one is unreadable, and so are all its lines. */
static const float page_limit = 0.8f;
/* A line's signs are those of itself and of so many glyphs of its page. */
static const double borrowed = 8;
/* From this estimated error on a page is looked at once more: is it a picture, or handwriting? Mimeograph and typescript are read
 * badly too, and a hand that keeps a pitch is read like print: only a bad reading and uneven ink together are handwriting. */
static const float bad = 0.6f;
/* So many glyphs in lines long enough to have a pitch, and so much of their ink off it. Print and brush manuscripts have 0.2 to
 * 0.5, a pen hand 0.67. */
static const double pen_glyphs = 40, pen_uneven = 0.58;
/* So many parts of a glyph's size are writing, even if the engine cannot see it. */
enum { SOME_WRITING = 12 };

struct judging {
	struct rc_page *page;
	const struct ocr_language *language;
	struct ocr_ink ink;
	struct ocr_sums *lines;         /* of each line, in the page's order */
	struct ocr_sums all;
};

static void close_judging(struct judging *j)
{
	ocr_ink_close(&j->ink);
	free(j->lines);
}

/* Keeps the line and forgets its text. */
static void forget(struct rc_line *line)
{
	line->not_read = true;
	line->text[0] = '\0';
	free(line->glyphs);
	line->glyphs = NULL;
	line->n_glyphs = 0;
}

static size_t count_lines(const struct rc_page *page)
{
	size_t n = 0;

	for (size_t r = 0; r < page->n_regions; r++)
		n += page->regions[r].n_lines;
	return n;
}

static void add_lines(struct judging *j)
{
	size_t n = 0;

	for (size_t r = 0; r < j->page->n_regions; r++)
		for (size_t l = 0; l < j->page->regions[r].n_lines; l++, n++) {
			struct rc_line *line = &j->page->regions[r].lines[l];
			struct ocr_sums sums = ocr_line_sums(j->page, line, l > 0 ? line - 1 : NULL, j->language, &j->ink);

			line->confidence = sums.glyphs > 0 ? (float)(1 - sums.doubt / sums.glyphs) : 0;
			ocr_sums_add(&j->all, &sums, 1);
			j->lines[n] = sums;
		}
}

/* What the page misses is not its lines' fault. Returns the mean estimate over glyphs. */
static float judge_lines(struct judging *j)
{
	struct ocr_sums page = j->all;
	double sum = 0;
	size_t n = 0;

	page.parts = page.missed = 0;
	for (size_t r = 0; r < j->page->n_regions; r++)
		for (size_t l = 0; l < j->page->regions[r].n_lines; l++, n++) {
			struct rc_line *line = &j->page->regions[r].lines[l];
			struct ocr_sums sums = j->lines[n];

			ocr_sums_add(&sums, &page, borrowed / page.glyphs);
			ocr_signs(&sums, line->signs);
			line->estimated_error = ocr_estimate_line(line->signs);
			sum += (double)line->estimated_error * (double)line->n_glyphs;
		}
	return (float)(sum / page.glyphs);
}

static void judge_page(struct judging *j)
{
	struct rc_quality *q = &j->page->quality;

	ocr_signs(&j->all, q->signs);
	q->confidence = 1 - q->signs[RC_SIGN_DOUBT];
	q->estimated_error = ocr_estimate_page(judge_lines(j), q->signs[RC_SIGN_MISSED]);
}

/* Ink without a pitch, over enough lines, in Chinese. */
static bool is_pen(const struct judging *j)
{
	return j->all.beats >= pen_glyphs && j->all.uneven > pen_uneven * j->all.beats && j->all.han > j->all.glyphs / 2;
}

static enum rc_page_class class_of(const struct judging *j)
{
	float error = j->page->quality.estimated_error;

	/* What the engine reads in a picture is not even bad text. */
	if (error > bad && (j->all.blobs > j->all.ink / 2 || j->all.parts < SOME_WRITING))
		return RC_PAGE_PICTURE;
	if (error > bad && is_pen(j))
		return RC_PAGE_HANDWRITING;
	return error > page_limit ? RC_PAGE_UNREADABLE : RC_PAGE_TEXT;
}

static void forget_beyond(struct rc_page *page, float limit)
{
	for (size_t r = 0; r < page->n_regions; r++)
		for (size_t l = 0; l < page->regions[r].n_lines; l++)
			if (page->regions[r].lines[l].estimated_error > limit)
				forget(&page->regions[r].lines[l]);
}

/* Nothing was read. */
static void judge_emptiness(struct judging *j)
{
	bool writing = j->all.parts >= SOME_WRITING;

	j->page->quality.page_class = writing ? RC_PAGE_UNREADABLE : RC_PAGE_PICTURE;
	j->page->quality.estimated_error = writing ? 1 : -1;
}

enum rc_status ocr_judge(const struct ocr_state *s, struct rc_page *page, struct Pix *gray, float glyph, struct rc_err *err)
{
	RC_CLEANUP(close_judging) struct judging j = { .page = page, .language = s->language };
	enum rc_status status = ocr_ink_open(&j.ink, gray, glyph, err);

	j.lines = calloc(count_lines(page) + 1, sizeof *j.lines);
	if (status == RC_OK && !j.lines)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot judge '%s': not enough memory", page->name);
	if (status != RC_OK)
		return status;
	add_lines(&j);
	status = ocr_count_missed(page, &j.ink, &j.all, err);
	if (status != RC_OK)
		return status;
	if (j.all.glyphs == 0) {
		judge_emptiness(&j);
		return RC_OK;
	}
	judge_page(&j);
	if (!s->cfg->ocr_judge)
		return RC_OK;
	page->quality.page_class = class_of(&j);
	forget_beyond(page, page->quality.page_class == RC_PAGE_TEXT ? line_limit : -1);
	return RC_OK;
}
