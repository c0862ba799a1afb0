/* record_write.c -- a record as a stream of XML, in the order of schemas/record.xsd.
 *
 *   record_totals_add()    what <quality> of the item says
 *   record_writer_new()    everything before the pages: record_about.h, write_processing(), ...
 *   record_write_page()    write_scan(), then write_unread() or frame, reading, quality, write_region()
 *   write_glyphs()         parallel lists */
#include "normalize/record_write.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/record_values.h"
#include "core/text.h"
#include "normalize/record_about.h"

enum { MAX_LIST = RC_MAX_GLYPHS * 40 };         /* bytes of a list: four numbers of at most 6 digits a glyph */

/* Of what else a glyph may be, no more is kept than what has this confidence: a record is no dump of the engine. */
static const double least_other = 0.1;

struct record_writer {
	struct xml_writer *xml;
	struct rc_buf list;     /* for one list of numbers at a time */
};

static bool given(const char *text)
{
	return text && *text;
}

/* ---- attributes and lists ----------------------------------------------------------------------------- */

static void attr_given(struct xml_writer *xml, const char *name, const char *value)
{
	if (given(value))
		xml_attr(xml, name, value);
}

static void attr_real(struct xml_writer *xml, const char *name, double value)
{
	char text[RECORD_REAL];

	xml_attr(xml, name, record_put_real(text, value, RECORD_SHARE_DECIMALS));
}

static double share(double value)
{
	return value > 0 ? fmin(value, 1) : 0;  /* NaN becomes 0 */
}

static void attr_share(struct xml_writer *xml, const char *name, double value)
{
	attr_real(xml, name, share(value));
}

static void attr_digest(struct xml_writer *xml, const char *name, const struct rc_digest *d)
{
	char text[RECORD_DIGEST];

	if (!rc_digest_is_zero(d))
		xml_attr(xml, name, record_put_digest(text, d));
}

static void attr_list(struct record_writer *w, const char *name, const int32_t *values, size_t n)
{
	rc_buf_clear(&w->list);
	for (size_t i = 0; i < n; i++)
		rc_buf_addf(&w->list, i ? " %" PRId32 : "%" PRId32, values[i]);
	xml_attr(w->xml, name, w->list.data);
}

static void attr_box(struct record_writer *w, struct rc_box box)
{
	attr_list(w, "box", (const int32_t[]){ box.x, box.y, box.w, box.h }, 4);
}

static void attr_map(struct record_writer *w, const char *name, struct rc_affine m)
{
	const double values[] = { m.a, m.b, m.c, m.d, m.e, m.f };
	char text[RECORD_REAL];

	rc_buf_clear(&w->list);
	for (size_t i = 0; i < RC_COUNT(values); i++) {
		rc_buf_adds(&w->list, i ? " " : "");
		rc_buf_adds(&w->list, record_put_real(text, values[i], RECORD_MAP_DECIMALS));
	}
	xml_attr(w->xml, name, w->list.data);
}

/* A name from a file system, as the XSD says names are written. */
static void attr_name(struct xml_writer *xml, const char *attribute, const char *name)
{
	RC_OWN_BUF escaped = RC_BUF(RC_MAX_NAME * 8);

	rc_text_escape(&escaped, name ? name : "");
	attr_given(xml, attribute, escaped.data);
}

/* ---- totals ------------------------------------------------------------------------------------------- */

static void add_script(struct record_totals *totals, const char *script)
{
	if (!totals->any_script)
		snprintf(totals->script, sizeof totals->script, "%s", script);
	else if (strcmp(totals->script, script) != 0)
		totals->script[0] = '\0';
	totals->any_script = true;
}

void record_totals_add(struct record_totals *totals, const struct record_page *page)
{
	const struct rc_quality *q = &page->page.quality;
	int64_t characters = 0;

	totals->pages++;
	if (page->not_read)
		return;
	totals->read++;
	for (size_t i = 0; i < page->page.n_regions; i++) {
		const struct rc_region *region = &page->page.regions[i];

		totals->lines += (int64_t)region->n_lines;
		for (size_t k = 0; k < region->n_lines; k++)
			characters += (int64_t)rc_utf8_count(region->lines[k].text ? region->lines[k].text : "");
	}
	if (characters == 0)
		return;
	totals->characters += characters;
	totals->confidence += share(q->confidence) * (double)characters;
	if (q->estimated_error >= 0) {
		totals->error += share(q->estimated_error) * (double)characters;
		totals->estimated += characters;
	}
	add_script(totals, page->page.script);
}

static void write_totals(struct xml_writer *xml, const struct record_totals *t)
{
	xml_start(xml, "quality");
	xml_attr_int(xml, "pages", t->pages);
	xml_attr_int(xml, "read", t->read);
	xml_attr_int(xml, "lines", t->lines);
	xml_attr_int(xml, "characters", t->characters);
	if (t->characters > 0)
		attr_share(xml, "confidence", t->confidence / (double)t->characters);
	if (t->estimated > 0)
		attr_share(xml, "estimated-error", t->error / (double)t->estimated);
	xml_end(xml);
}

/* ---- before the pages --------------------------------------------------------------------------------- */

static void element_given(struct xml_writer *xml, const char *name, const char *text)
{
	if (given(text))
		xml_element(xml, name, text);
}

static void write_models(struct xml_writer *xml, const json_t *models)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)models, name, value) {
		xml_start(xml, "model");
		xml_attr(xml, "name", name);
		xml_attr(xml, "digest", json_is_string(value) ? json_string_value(value) : "");
		xml_end(xml);
	}
}

static void write_processing(struct xml_writer *xml, const json_t *identity)
{
	const json_t *engines = json_object_get(identity, "engines"), *stages = json_object_get(identity, "stages");
	const char *name;
	json_t *value;
	size_t i;

	xml_start(xml, "processing");
	attr_given(xml, "program", rc_json_str(identity, "program", ""));
	json_object_foreach((json_t *)(uintptr_t)stages, name, value) {
		xml_start(xml, "stage");
		xml_attr(xml, "name", name);
		xml_attr_int(xml, "version", json_integer_value(value));
		xml_end(xml);
	}
	json_array_foreach(engines, i, value)
		element_given(xml, "engine", json_string_value(value));
	write_models(xml, json_object_get(identity, "models"));
	xml_end(xml);
}

struct record_writer *record_writer_new(xml_sink_fn *sink, void *ctx, const struct record_info *info)
{
	struct record_writer *w = rc_alloc(sizeof *w);

	w->list = RC_BUF(MAX_LIST);
	w->xml = xml_writer_new(sink, ctx);
	xml_start(w->xml, "record");
	xml_attr(w->xml, "xmlns", RECORD_NS);
	xml_attr(w->xml, "id", info->id);
	if (info->revision > 1)
		xml_attr_int(w->xml, "revision", info->revision);
	record_write_identity(w->xml, info);
	record_write_description(w->xml, info);
	record_write_rights(w->xml, info);
	write_processing(w->xml, info->processing);
	write_totals(w->xml, info->totals);
	xml_start(w->xml, "pages");
	return w;
}

/* ---- pages -------------------------------------------------------------------------------------------- */

static void write_scan(struct xml_writer *xml, const struct record_page *page)
{
	xml_start(xml, "scan");
	attr_name(xml, "source", page->source);
	attr_name(xml, "member", page->member);
	xml_attr_int(xml, "frame", page->frame);
	xml_attr(xml, "media", page->media);
	attr_digest(xml, "digest", &page->scan);
	attr_digest(xml, "source-digest", &page->source_digest);
	xml_end(xml);
}

static void write_leaf(struct record_writer *w, const struct rc_leaf *leaf)
{
	xml_start(w->xml, "leaf");
	attr_box(w, leaf->box);
	attr_map(w, "to-clean", leaf->to_clean);
	attr_real(w->xml, "skew", leaf->skew);
	if (leaf->curved)
		xml_attr(w->xml, "curved", "true");
	xml_end(w->xml);
}

static void write_frame(struct record_writer *w, const struct rc_page *page)
{
	struct xml_writer *xml = w->xml;

	xml_start(xml, "frame");
	xml_attr_int(xml, "width", page->width);
	xml_attr_int(xml, "height", page->height);
	xml_attr_int(xml, "declared-dpi", page->declared_dpi);
	xml_attr_int(xml, "orientation", page->orientation);
	attr_digest(xml, "pixels", &page->pixels);
	if (rc_look_is_known(&page->look))
		xml_attr(xml, "look", rc_look_hex(&page->look, (char[RC_LOOK_HEX]){ 0 }));
	if (page->turned)
		xml_attr_int(xml, "turned", 90 * (int64_t)page->turned);
	xml_attr_int(xml, "clean-width", page->clean_width);
	xml_attr_int(xml, "clean-height", page->clean_height);
	attr_map(w, "to-clean", page->to_clean);
	for (size_t i = 0; rc_page_leaves_matter(page) && i < page->n_leaves; i++)
		write_leaf(w, &page->leaves[i]);
	xml_end(xml);
}

static void write_estimate(struct xml_writer *xml, const struct rc_quality *q)
{
	char grade[2] = { rc_grade(q->estimated_error) };

	attr_share(xml, "estimated-error", q->estimated_error);
	xml_attr(xml, "grade", grade);
	xml_start(xml, "signs");
	for (int i = 0; i < RC_SIGN_COUNT; i++)
		if (lround(10000 * share(q->signs[i])) > 0)
			attr_share(xml, rc_sign_name((enum rc_sign)i), q->signs[i]);
	xml_end(xml);
}

static void write_reading(struct xml_writer *xml, const struct rc_page *page)
{
	const struct rc_quality *q = &page->quality;

	xml_start(xml, "reading");
	attr_given(xml, "script", page->script);
	xml_attr(xml, "direction", rc_direction_name(page->direction));
	attr_given(xml, "models", page->models);
	xml_end(xml);
	xml_start(xml, "quality");
	xml_attr(xml, "class", rc_page_class_name(q->page_class));
	attr_share(xml, "confidence", q->confidence);
	attr_share(xml, "ink", q->ink);
	attr_real(xml, "skew", q->skew);
	xml_attr_int(xml, "dpi", q->dpi);
	if (q->estimated_error >= 0)
		write_estimate(xml, q);
	xml_end(xml);
}

static void write_boxes(struct record_writer *w, const struct rc_line *line)
{
	rc_buf_clear(&w->list);
	for (size_t i = 0; i < line->n_glyphs; i++) {
		struct rc_box b = line->glyphs[i].box;

		rc_buf_addf(&w->list, "%s%" PRId32 " %" PRId32 " %" PRId32 " %" PRId32, i ? " " : "", b.x, b.y, b.w, b.h);
	}
	xml_attr(w->xml, "boxes", w->list.data);
}

static void write_confidences(struct record_writer *w, const struct rc_line *line)
{
	rc_buf_clear(&w->list);
	for (size_t i = 0; i < line->n_glyphs; i++)
		rc_buf_addf(&w->list, i ? " %ld" : "%ld", lround(100 * share(line->glyphs[i].confidence)));
	xml_attr(w->xml, "confidences", w->list.data);
}

/* Code points in the bytes from *at up to end; moves *at there. */
static int64_t count_to(const char **at, const char *end)
{
	int64_t count = 0;

	while (*at < end && rc_utf8_next(at) != 0)
		count++;
	return count;
}

/* Lists where each glyph stands in the text; false when that is one glyph a character, which needs no list. */
static bool list_spans(struct record_writer *w, const struct rc_line *line)
{
	const char *at = line->text;
	int64_t start = 0;
	bool needed = false;

	rc_buf_clear(&w->list);
	for (size_t i = 0; i < line->n_glyphs; i++) {
		const struct rc_glyph *g = &line->glyphs[i];

		start += count_to(&at, line->text + g->start);
		int64_t len = count_to(&at, line->text + g->start + g->len);

		needed |= start != (int64_t)i || len != 1;
		rc_buf_addf(&w->list, "%s%" PRId64 " %" PRId64, i ? " " : "", start, len);
		start += len;
	}
	return needed || *at;
}

/* Lists what else glyphs may be; false when there is nothing of weight. */
static bool list_others(struct record_writer *w, const struct rc_line *line)
{
	rc_buf_clear(&w->list);
	for (size_t i = 0; i < line->n_glyphs; i++)
		for (size_t k = 0; k < RC_GLYPH_OTHERS && line->glyphs[i].others[k].text[0]; k++) {
			const struct rc_other *other = &line->glyphs[i].others[k];

			if (share(other->confidence) >= least_other)
				rc_buf_addf(&w->list, "%s%zu %s %ld", w->list.len ? " " : "", i, other->text, lround(100 * share(other->confidence)));
		}
	return w->list.len > 0;
}

/* Lists the glyphs that words chose; false when there are none. */
static bool list_chosen(struct record_writer *w, const struct rc_line *line)
{
	rc_buf_clear(&w->list);
	for (size_t i = 0; i < line->n_glyphs; i++)
		if (line->glyphs[i].chosen)
			rc_buf_addf(&w->list, "%s%zu", w->list.len ? " " : "", i);
	return w->list.len > 0;
}

static void write_glyphs(struct record_writer *w, const struct rc_line *line)
{
	if (line->n_glyphs == 0)
		return;
	xml_start(w->xml, "glyphs");
	write_boxes(w, line);
	write_confidences(w, line);
	if (list_spans(w, line))
		xml_attr(w->xml, "spans", w->list.data);
	if (list_others(w, line))
		xml_attr(w->xml, "others", w->list.data);
	if (list_chosen(w, line))
		xml_attr(w->xml, "chosen", w->list.data);
	xml_end(w->xml);
}

static bool is_turned(const struct rc_line *line)
{
	for (size_t i = 0; i < RC_COUNT(line->polygon); i++)
		if (line->polygon[i])
			return true;
	return false;
}

static void write_line(struct record_writer *w, const struct rc_line *line)
{
	xml_start(w->xml, "line");
	attr_box(w, line->box);
	if (is_turned(line))
		attr_list(w, "polygon", line->polygon, RC_COUNT(line->polygon));
	xml_attr(w->xml, "direction", rc_direction_name(line->direction));
	attr_share(w->xml, "confidence", line->confidence);
	if (line->estimated_error >= 0)
		attr_share(w->xml, "estimated-error", line->estimated_error);
	if (line->read_twice)
		attr_share(w->xml, "agreement", line->agreement);
	if (line->human)
		xml_attr(w->xml, "agent", "human");
	if (line->not_read) {
		xml_start(w->xml, "not-read");
		xml_end(w->xml);
	} else {
		xml_start(w->xml, "text");
		xml_attr(w->xml, "layer", "printed");
		xml_text(w->xml, line->text ? line->text : "");
		xml_end(w->xml);
		write_glyphs(w, line);
	}
	xml_end(w->xml);
}

static void write_region(struct record_writer *w, const struct rc_region *region)
{
	xml_start(w->xml, "region");
	xml_attr(w->xml, "type", rc_region_type_name(region->type));
	attr_box(w, region->box);
	xml_attr(w->xml, "direction", rc_direction_name(region->direction));
	for (size_t i = 0; i < region->n_lines; i++)
		write_line(w, &region->lines[i]);
	xml_end(w->xml);
}

static void write_unread(struct xml_writer *xml, const struct record_page *page)
{
	xml_start(xml, "not-read");
	xml_attr(xml, "reason", page->reason);
	xml_text(xml, page->message ? page->message : "");
	xml_end(xml);
}

enum rc_status record_write_page(struct record_writer *w, const struct record_page *page, struct rc_err *err)
{
	struct xml_writer *xml = w->xml;

	xml_start(xml, "page");
	xml_attr_int(xml, "order", page->order);
	attr_given(xml, "number", page->number);
	write_scan(xml, page);
	if (page->not_read) {
		write_unread(xml, page);
	} else {
		write_frame(w, &page->page);
		write_reading(xml, &page->page);
		for (size_t i = 0; i < page->page.n_regions; i++)
			write_region(w, &page->page.regions[i]);
	}
	xml_end(xml);
	if (w->list.failed)
		return rc_buf_check(&w->list, "a line's list of glyphs", err);
	return xml_writer_status(xml, err);
}

enum rc_status record_writer_finish(struct record_writer *w, struct rc_err *err)
{
	return xml_writer_finish(w->xml, err);
}

void record_writer_free(struct record_writer **w)
{
	if (!*w)
		return;
	xml_writer_free(&(*w)->xml);
	rc_buf_free(&(*w)->list);
	free(*w);
	*w = NULL;
}
