/* eval_page_xml.c -- a truth in PAGE XML (https://github.com/PRImA-Research-Lab/PAGE-XML), as transcription platforms export it.
 *
 *   eval_text_page_xml()   reads; regions get their rank
 *   on_start(), on_end()   what an element means where it stands
 *   add_sorted()           regions in reading order
 *
 * Of a line the first TextEquiv of its own counts, never those of its words. Regions that ReadingOrder names come first, in the
 * order they are named; the others follow as they stand in the file. */
#include <string.h>

#include "cli/eval_text.h"
#include "common/xml.h"

enum { MAX_REFS = 4096 };           /* regions of a page; a page of adverts has a hundred */

struct page_xml {
	struct xml_reader *xml;
	struct eval_text lines;     /* region: rank */
	char *refs[MAX_REFS];       /* ids in reading order; owned */
	int n_refs;
	int32_t unnamed;            /* regions that ReadingOrder does not name, so far */
	int32_t rank;               /* of the region we are in */
	int line_depth;             /* of the TextLine we are in; -1: none */
	bool has_text;              /* the line has had its TextEquiv */
	bool in_equiv, in_unicode;
	struct rc_buf text;
};

static int32_t rank_of(struct page_xml *p, const char *id)
{
	for (int i = 0; id && i < p->n_refs; i++)
		if (strcmp(p->refs[i], id) == 0)
			return i;
	return MAX_REFS + p->unnamed++;
}

static enum rc_status on_start(struct page_xml *p, struct rc_err *err)
{
	const char *name = xml_name(p->xml);
	int depth = xml_depth(p->xml);

	if (depth == 0 && strcmp(name, "PcGts") != 0)
		return xml_bad(p->xml, err, "not PAGE XML: its root is '%s'", name);
	if (strncmp(name, "RegionRef", 9) == 0) {
		const char *id = xml_get(p->xml, "regionRef");

		if (id && p->n_refs < MAX_REFS)
			p->refs[p->n_refs++] = rc_strdup(id);
	} else if (strcmp(name, "TextRegion") == 0) {
		p->rank = rank_of(p, xml_get(p->xml, "id"));
	} else if (strcmp(name, "TextLine") == 0 && p->line_depth < 0) {
		p->line_depth = depth;
		p->has_text = false;
		rc_buf_clear(&p->text);
	} else if (p->line_depth >= 0 && depth == p->line_depth + 1) {
		p->in_equiv = strcmp(name, "TextEquiv") == 0 && !p->has_text;
	} else if (p->in_equiv && depth == p->line_depth + 2) {
		p->in_unicode = strcmp(name, "Unicode") == 0;
	}
	return RC_OK;
}

static void on_end(struct page_xml *p)
{
	int depth = xml_depth(p->xml);

	if (p->line_depth < 0)
		return;
	if (depth == p->line_depth) {
		eval_text_add(&p->lines, p->text.data, p->text.len, p->rank);
		p->line_depth = -1;
	} else if (depth == p->line_depth + 1) {
		p->has_text |= p->in_equiv;
		p->in_equiv = false;
	} else if (depth == p->line_depth + 2) {
		p->in_unicode = false;
	}
}

static enum rc_status read_all(struct page_xml *p, struct rc_err *err)
{
	enum xml_event event = XML_EVENT_START;
	enum rc_status status = RC_OK;

	while (rc_good(status) && event != XML_EVENT_DONE) {
		status = xml_next(p->xml, &event, err);
		if (!rc_good(status))
			return status;
		if (event == XML_EVENT_START)
			status = on_start(p, err);
		else if (event == XML_EVENT_END)
			on_end(p);
		else if (event == XML_EVENT_TEXT && p->in_unicode)
			rc_buf_adds(&p->text, xml_value(p->xml));
	}
	return rc_good(status) ? rc_buf_check(&p->text, "a line", err) : status;
}

static int by_rank(const void *a, const void *b)
{
	const struct eval_line *x = *(const struct eval_line *const *)a, *y = *(const struct eval_line *const *)b;

	if (x->region != y->region)
		return x->region < y->region ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Each region's lines as they stand, regions by rank. */
static void add_sorted(const struct page_xml *p, struct eval_text *ret)
{
	RC_CLEANUP(rc_free) const struct eval_line **order = rc_alloc((p->lines.n + 1) * sizeof(struct eval_line *));

	for (size_t i = 0; i < p->lines.n; i++)
		order[i] = &p->lines.lines[i];
	if (p->lines.n)
		qsort(order, p->lines.n, sizeof *order, by_rank);
	for (size_t i = 0; i < p->lines.n; i++)
		eval_text_add(ret, order[i]->text, strlen(order[i]->text), order[i]->region);
}

static void page_xml_free(struct page_xml *p)
{
	xml_reader_close(&p->xml);
	eval_text_free(&p->lines);
	for (int i = 0; i < p->n_refs; i++)
		free(p->refs[i]);
	rc_buf_free(&p->text);
}

enum rc_status eval_text_page_xml(struct eval_text *text, const char *path, struct rc_err *err)
{
	RC_CLEANUP(page_xml_free) struct page_xml p = { .line_depth = -1, .text = RC_BUF(RC_MAX_RESULT_BYTES) };
	enum rc_status status = xml_reader_open(&p.xml, path, path, err);

	if (rc_good(status))
		status = read_all(&p, err);
	if (rc_good(status))
		add_sorted(&p, text);
	return status;
}
