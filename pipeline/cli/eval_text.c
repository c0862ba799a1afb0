/* eval_text.c -- reads the forms that a text may have into lines and regions.
 *
 *   eval_text_plain(), _tsv(), _silver(), _page()   one form each
 *   eval_text_join(), eval_text_fold()              what is compared
 */
#include "cli/eval_text.h"

#include <string.h>

#include "core/json.h"
#include "core/text.h"

static void add_line(struct eval_text *text, const char *bytes, size_t len, int32_t region, bool not_read)
{
	char *copy = rc_alloc(len + 1);

	if (len)
		memcpy(copy, bytes, len);
	if (text->n == text->room) {
		text->room = text->room ? 2 * text->room : 64;
		text->lines = rc_realloc(text->lines, text->room * sizeof *text->lines);
	}
	text->lines[text->n++] = (struct eval_line){ .text = copy, .region = region, .not_read = not_read };
}

void eval_text_add(struct eval_text *text, const char *bytes, size_t len, int32_t region)
{
	add_line(text, bytes, len, region, false);
}

void eval_text_free(struct eval_text *text)
{
	for (size_t i = 0; i < text->n; i++)
		free(text->lines[i].text);
	free(text->lines);
	*text = (struct eval_text){ 0 };
}

enum rc_status eval_text_check(const char *bytes, size_t len, const char *name, struct rc_err *err)
{
	if (!rc_utf8_valid(bytes, len))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_INVALID, "cannot read '%s': not UTF-8", name);
	if (memchr(bytes, '\0', len))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_INVALID, "cannot read '%s': a zero byte in it", name);
	return RC_OK;
}

/* The next line of [*at, end), without its end; false after the last. */
static bool next_line(const char **at, const char *end, const char **ret, size_t *ret_len)
{
	const char *start = *at, *stop;

	if (start >= end)
		return false;
	stop = memchr(start, '\n', (size_t)(end - start));
	*at = stop ? stop + 1 : end;
	stop = stop ? stop : end;
	while (stop > start && stop[-1] == '\r')
		stop--;
	*ret = start;
	*ret_len = (size_t)(stop - start);
	return true;
}

/* ---- plain text ---------------------------------------------------------------------------------------- */

void eval_text_plain(struct eval_text *text, const char *bytes, size_t len)
{
	const char *at = bytes, *line;
	int32_t region = 0;
	size_t n;

	while (next_line(&at, bytes + len, &line, &n)) {
		if (n)
			add_line(text, line, n, region, false);
		else
			region++;
	}
}

/* ---- columns set apart by tabs -------------------------------------------------------------------------- */

/* The field of that number; false when the line has fewer. */
static bool field(const char *line, size_t len, int number, const char **ret, size_t *ret_len)
{
	const char *end = line + len;

	for (;;) {
		const char *tab = memchr(line, '\t', (size_t)(end - line));

		if (number-- == 0) {
			*ret = line;
			*ret_len = (size_t)((tab ? tab : end) - line);
			return true;
		}
		if (!tab)
			return false;
		line = tab + 1;
	}
}

/* Which column has that name; -1: none. */
static int column(const char *head, size_t len, const char *name)
{
	const char *word;
	size_t n;

	for (int i = 0; field(head, len, i, &word, &n); i++)
		if (n == strlen(name) && memcmp(word, name, n) == 0)
			return i;
	return -1;
}

enum rc_status eval_text_tsv(struct eval_text *text, const char *bytes, size_t len, const char *name, struct rc_err *err)
{
	enum rc_status status = eval_text_check(bytes, len, name, err);
	const char *at = bytes, *line, *words, *id, *last = "";
	size_t n, n_words, n_id, n_last = 0;
	int text_column, region_column;
	int32_t region = -1;

	if (!rc_good(status))
		return status;
	if (!next_line(&at, bytes + len, &line, &n) || (text_column = column(line, n, "text")) < 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_FORMAT, "cannot read '%s': its first line names no column 'text'", name);
	region_column = column(line, n, "region");
	while (next_line(&at, bytes + len, &line, &n)) {
		if (!field(line, n, text_column, &words, &n_words))
			continue;
		if (region_column < 0 || !field(line, n, region_column, &id, &n_id)) {
			id = "";
			n_id = 0;
		}
		if (region < 0 || n_id != n_last || memcmp(id, last, n_id) != 0)
			region++;
		last = id;
		n_last = n_id;
		add_line(text, words, n_words, region, false);
	}
	return RC_OK;
}

/* ---- another engine's reading ---------------------------------------------------------------------------- */

struct span {                       /* of a line's box, from left to right */
	double left, right;
	size_t line;                /* its place in the file */
};

static bool span_of(const json_t *box, struct span *ret)
{
	size_t i;
	json_t *point;

	if (json_array_size(box) < 1)
		return false;
	json_array_foreach((json_t *)box, i, point) {
		double x = json_number_value(json_array_get(point, 0));

		ret->left = i && ret->left < x ? ret->left : x;
		ret->right = i && ret->right > x ? ret->right : x;
	}
	return true;
}

static int by_left(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->left < y->left ? -1 : x->left > y->left;
}

/* Where the gutter is: the widest band that no box touches, its middle within the middle third of all boxes, with a fifth of
 * the lines or more on either side. false: one leaf. Sorts the spans. */
static bool find_gutter(struct span *spans, size_t n, double *ret)
{
	double least = spans[0].left, most = spans[0].right, reach, widest = 0;

	qsort(spans, n, sizeof *spans, by_left);
	least = spans[0].left;
	for (size_t i = 0; i < n; i++)
		most = spans[i].right > most ? spans[i].right : most;
	reach = spans[0].right;
	for (size_t i = 1; i < n; i++) {
		double middle = (reach + spans[i].left) / 2, width = spans[i].left - reach;

		if (width > widest && 5 * i >= n && 5 * (n - i) >= n &&
		    middle > least + (most - least) / 3 && middle < most - (most - least) / 3) {
			widest = width;
			*ret = middle;
		}
		reach = spans[i].right > reach ? spans[i].right : reach;
	}
	return widest > 0;
}

/* side: which lines to add: 0 all of them, -1 left of the gutter, 1 right of it. */
static void add_side(struct eval_text *text, const json_t *results, int side, double gutter)
{
	size_t i;
	json_t *result;

	json_array_foreach((json_t *)results, i, result) {
		const char *words = rc_json_str(result, "text", "");
		struct span span = { 0 };

		if (side && span_of(json_object_get(result, "box"), &span) && (side < 0) != (span.left < gutter))
			continue;
		add_line(text, words, strlen(words), side > 0, false);
	}
}

enum rc_status eval_text_silver(struct eval_text *text, const char *bytes, size_t len, bool by_leaf, const char *name, struct rc_err *err)
{
	RC_OWN_JSON root = NULL;
	RC_CLEANUP(rc_free) struct span *spans = NULL;
	enum rc_status status = rc_json_parse(bytes, len, name, &root, err);
	const json_t *results = json_object_get(root, "ocr_results");
	size_t n = json_array_size(results), with_box = 0;
	double gutter = 0;

	if (!rc_good(status))
		return status;
	if (!json_is_array(results))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_FORMAT, "cannot read '%s': it has no array 'ocr_results'", name);
	spans = rc_alloc((n + 1) * sizeof *spans);
	for (size_t i = 0; i < n; i++)
		with_box += span_of(json_object_get(json_array_get(results, i), "box"), &spans[with_box]);
	if (by_leaf && n > 1 && with_box == n && find_gutter(spans, n, &gutter)) {
		add_side(text, results, -1, gutter);
		add_side(text, results, 1, gutter);
	} else {
		add_side(text, results, 0, 0);
	}
	return RC_OK;
}

/* ---- a page of ours ---------------------------------------------------------------------------------------- */

void eval_text_page(struct eval_text *text, const struct rc_page *page)
{
	int32_t region = text->n ? text->lines[text->n - 1].region + 1 : 0;

	for (size_t i = 0; i < page->n_regions; i++) {
		for (size_t j = 0; j < page->regions[i].n_lines; j++) {
			const struct rc_line *line = &page->regions[i].lines[j];
			const char *words = line->text ? line->text : "";

			if (*words || line->not_read)
				add_line(text, words, strlen(words), region, line->not_read);
		}
		region++;
	}
}

/* ---- what is compared ---------------------------------------------------------------------------------------- */

void eval_text_join(const struct eval_text *text, struct rc_buf *out)
{
	for (size_t i = 0; i < text->n; i++) {
		rc_buf_adds(out, text->lines[i].text);
		rc_buf_addc(out, '\n');
	}
}

enum rc_status eval_text_fold(const struct eval_text *text, const struct score_variants *variants, struct score_lines *ret, struct rc_err *err)
{
	OWN_SCORE_LINES lines = { 0 };

	for (size_t i = 0; i < text->n; i++) {
		OWN_SCORE_TEXT line = { 0 };
		enum rc_status status = score_fold(variants, text->lines[i].text, strlen(text->lines[i].text), &line, err);

		if (!rc_good(status))
			return status;
		score_lines_add(&lines, &line, text->lines[i].region);
	}
	*ret = lines;
	lines = (struct score_lines){ 0 };
	return RC_OK;
}
