/* layout_xml.c -- opens ALTO or PAGE, and brings its lines into reading order.
 *
 *   layout_xml_read()   which of the two it is; then layout_alto.c or layout_page.c
 *   layout_child() ...  moving through the document
 *   layout_add_line()   the list */
#include "common/layout_xml.h"

#include <math.h>
#include <string.h>

#include "common/layout_parts.h"
#include "common/record_values.h"

static const double far = 1e7;          /* beyond every coordinate */

/* ---- moving through the document ------------------------------------------------------------------------- */

static enum xml_event next(struct layout_reader *r)
{
	enum xml_event event = XML_EVENT_DONE;

	if (rc_good(r->status))
		r->status = xml_next(r->xml, &event, r->err);
	return event;
}

bool layout_child(struct layout_reader *r)
{
	while (rc_good(r->status)) {
		enum xml_event event = next(r);

		if (!rc_good(r->status) || event == XML_EVENT_END || event == XML_EVENT_DONE)
			return false;
		if (event == XML_EVENT_START)
			return true;
	}
	return false;
}

bool layout_is(const struct layout_reader *r, const char *name)
{
	return strcmp(xml_name(r->xml), name) == 0;
}

void layout_skip(struct layout_reader *r)
{
	while (layout_child(r))
		layout_skip(r);
}

char *layout_take_text(struct layout_reader *r)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_LINE_BYTES);

	for (;;) {
		enum xml_event event = next(r);

		if (!rc_good(r->status) || event == XML_EVENT_END || event == XML_EVENT_DONE)
			break;
		if (event == XML_EVENT_START)
			layout_skip(r);
		else
			rc_buf_adds(&text, xml_value(r->xml));
	}
	if (rc_good(r->status))
		r->status = rc_buf_check(&text, "a text in a layout", r->err);
	return rc_strdup(text.data);
}

/* ---- attributes --------------------------------------------------------------------------------------------- */

char *layout_attr(const struct layout_reader *r, const char *name)
{
	const char *value = xml_get(r->xml, name);

	return rc_strdup(value ? value : "");
}

bool layout_real(const struct layout_reader *r, const char *name, double *ret)
{
	const char *value = xml_get(r->xml, name);

	return value && record_get_real(value, -far, far, ret);
}

void layout_keep(char **to, char *text)
{
	if (*to && **to) {
		free(text);
		return;
	}
	free(*to);
	*to = text;
}

/* ---- reading order -------------------------------------------------------------------------------------------- */

void layout_add_refs(struct layout_reader *r, const char *ids)
{
	char word[256];

	while (ids && r->n_refs < LAYOUT_MAX_REFS && record_next_word(&ids, word, sizeof word))
		r->refs[r->n_refs++] = rc_strdup(word);
}

int32_t layout_rank(struct layout_reader *r, const char *id)
{
	for (int i = 0; id && i < r->n_refs; i++)
		if (strcmp(r->refs[i], id) == 0)
			return i;
	return LAYOUT_MAX_REFS + r->unnamed++;
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

struct layout_line *layout_add_line(struct layout_reader *r)
{
	struct layout_xml *out = r->out;

	if (out->n_lines == RC_MAX_LINES) {
		r->status = rc_fail(r->err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot read more than %d lines", RC_MAX_LINES);
		return NULL;
	}
	if ((out->n_lines & (out->n_lines - 1)) == 0)
		out->lines = rc_realloc(out->lines, (out->n_lines ? 2 * out->n_lines : 1) * sizeof *out->lines);
	out->lines[out->n_lines] = (struct layout_line){ .id = rc_strdup("") };
	return &out->lines[out->n_lines++];
}

static bool has_place(const struct layout_line *line)
{
	return line->right > line->left && line->bottom > line->top;
}

void layout_around(struct layout_line *line, double left, double top, double right, double bottom)
{
	bool had = has_place(line);

	line->left = had ? fmin(line->left, left) : left;
	line->top = had ? fmin(line->top, top) : top;
	line->right = had ? fmax(line->right, right) : right;
	line->bottom = had ? fmax(line->bottom, bottom) : bottom;
}

/* Are the four points the corners of the place itself? */
static bool is_upright(const struct layout_line *line)
{
	for (size_t i = 0; i < 8; i += 2) {
		double x = line->corners[i], y = line->corners[i + 1];

		if ((x > line->left && x < line->right) || (y > line->top && y < line->bottom))
			return false;
	}
	return true;
}

void layout_points(struct layout_line *line, const char *points)
{
	RC_OWN_STR list = rc_strdup(points);
	double low[2] = { far, far }, high[2] = { -far, -far }, v;
	size_t n = 0;

	for (char *c = list; *c; c++)
		if (*c == ',' || *c == ';')
			*c = ' ';
	for (const char *at = list; record_next_real(&at, -far, far, &v); n++) {
		if (n < RC_COUNT(line->corners))
			line->corners[n] = v;
		low[n % 2] = fmin(low[n % 2], v);
		high[n % 2] = fmax(high[n % 2], v);
	}
	if (n < 4)
		return;
	line->left = low[0];
	line->top = low[1];
	line->right = high[0];
	line->bottom = high[1];
	line->turned = n == RC_COUNT(line->corners) && !is_upright(line);
}

void layout_set_text(struct layout_reader *r, struct layout_line *line, char *text)
{
	r->bytes += strlen(text);
	if (r->bytes > (size_t)RC_MAX_RESULT_BYTES && rc_good(r->status))
		r->status = rc_fail(r->err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot read more than %lld bytes of text", (long long)RC_MAX_RESULT_BYTES);
	free(line->text);
	line->text = text;
}

/* ---- the file ----------------------------------------------------------------------------------------------------- */

static int by_region(const void *a, const void *b)
{
	const struct layout_line *x = a, *y = b;

	if (x->region != y->region)
		return x->region < y->region ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* Lines of a region keep their order. */
static void sort_lines(struct layout_xml *out)
{
	for (size_t i = 0; i < out->n_lines; i++)
		out->lines[i].place = i;
	if (out->n_lines)
		qsort(out->lines, out->n_lines, sizeof *out->lines, by_region);
}

void layout_xml_free(struct layout_xml *out)
{
	for (size_t i = 0; i < out->n_lines; i++) {
		free(out->lines[i].id);
		free(out->lines[i].text);
	}
	free(out->lines);
	free(out->image);
	free(out->scan);
	free(out->item);
	*out = (struct layout_xml){ 0 };
}

static void reader_clear(struct layout_reader *r)
{
	xml_reader_close(&r->xml);
	for (int i = 0; i < r->n_refs; i++)
		free(r->refs[i]);
}

static void read_document(struct layout_reader *r)
{
	if (!layout_child(r))
		return;
	if (layout_is(r, "alto")) {
		r->out->kind = LAYOUT_ALTO;
		layout_read_alto(r);
	} else if (layout_is(r, "PcGts")) {
		r->out->kind = LAYOUT_PAGE;
		layout_read_page(r);
	} else {
		r->status = xml_bad(r->xml, r->err, "neither ALTO nor PAGE XML: its root is '%s'", xml_name(r->xml));
		return;
	}
	while (rc_good(r->status) && next(r) != XML_EVENT_DONE)
		;
}

char *layout_line_id(char out[LAYOUT_ID], size_t region, size_t line)
{
	snprintf(out, LAYOUT_ID, "r%zul%zu", region + 1, line + 1);
	return out;
}

enum rc_status layout_xml_read(struct layout_xml *ret, const char *path, const char *name, struct rc_err *err)
{
	RC_CLEANUP(layout_xml_free) struct layout_xml out = { .image = rc_strdup(""), .scan = rc_strdup(""), .item = rc_strdup("") };
	RC_CLEANUP(reader_clear) struct layout_reader r = { .out = &out, .err = err };

	r.status = xml_reader_open(&r.xml, path, name, err);
	if (rc_good(r.status))
		read_document(&r);
	if (!rc_good(r.status))
		return r.status;
	sort_lines(&out);
	*ret = out;
	out = (struct layout_xml){ 0 };
	return RC_OK;
}
