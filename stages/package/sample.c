/* sample.c -- JSON of samples.
 *
 *   text_sample_*()      an item's text with the places of its pages in it
 *   page_sample_print()  a page's lines in the pixels of the image beside it
 *   line_sample_print()  a line, and where it stands on its scan */
#include "package/sample.h"

#include <string.h>

#include "common/page_key.h"
#include "common/paragraphs.h"
#include "common/personal.h"
#include "core/limits.h"
#include "core/text.h"
#include "package/read.h"
#include "package/shards.h"

#define MAX_TEXT (INT64_C(256) << 20)   /* bytes of one item's text */

static json_t *hex_of(const struct rc_digest *d)
{
	char hex[RC_DIGEST_HEX];

	return json_string(rc_digest_hex(d, hex));
}

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static void set_str(json_t *object, const char *key, const char *value)
{
	set(object, key, json_string(value ? value : ""));
}

static json_t *rights_of(const struct record_head *head, const char *license)
{
	json_t *rights = json_object();

	set_str(rights, "training", head->training);
	set_str(rights, "statement", head->rights_statement);
	set_str(rights, "license", *head->rights_license ? head->rights_license : license);
	set_str(rights, "holder", head->rights_holder);
	return rights;
}

/* ---- text ------------------------------------------------------------------------------------------------ */

enum rc_status text_sample_init(struct text_sample *s, struct rc_err *err)
{
	*s = (struct text_sample){ .text = RC_BUF(MAX_TEXT), .pages = json_array(), .lines = json_array(), .personal = json_array() };
	return s->pages && s->lines && s->personal ? RC_OK : rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot make a sample: out of memory");
}

void text_sample_free(struct text_sample *s)
{
	rc_buf_free(&s->text);
	rc_json_free(&s->pages);
	rc_json_free(&s->lines);
	rc_json_free(&s->personal);
	free(s->hyphens);
}

void sample_page_text(const struct rc_page *page, bool mask, struct rc_buf *out)
{
	RC_OWN_BUF text = RC_BUF(MAX_TEXT);

	if (!mask) {
		rc_page_text(page, out);
		return;
	}
	rc_page_text(page, &text);
	out->failed |= text.failed;
	personal_mask(text.data, out);
}

static bool add_hyphen(struct text_sample *s, int64_t place)
{
	if (s->n_hyphens == s->cap_hyphens) {
		size_t cap = s->cap_hyphens ? 2 * s->cap_hyphens : 64;
		int64_t *bigger = realloc(s->hyphens, cap * sizeof *bigger);

		if (!bigger)
			return false;
		s->hyphens = bigger;
		s->cap_hyphens = cap;
	}
	s->hyphens[s->n_hyphens++] = place;
	return true;
}

static void add_row(struct text_sample *s, const struct record_page *page, const struct paragraph_line *at, int64_t start)
{
	struct rc_box box = page->page.regions[at->region].lines[at->line].box;
	const int64_t values[] = { start + at->start, start + at->end, page->order, at->region, at->line, box.x, box.y, box.w, box.h };
	json_t *row = json_array();

	for (size_t i = 0; i < RC_COUNT(values); i++)
		json_array_append_new(row, json_integer(values[i]));
	json_array_append_new(s->lines, row);
}

/* Remembers where personal data stand in a text that begins at `start`. */
static void add_personal(struct text_sample *s, const char *text, int64_t start)
{
	struct personal_span span;
	size_t at = 0;
	int64_t cp = 0;

	while (personal_next(text, &at, &cp, &span)) {
		json_t *entry = json_array();

		json_array_append_new(entry, json_integer(start + span.first));
		json_array_append_new(entry, json_integer(start + span.last));
		json_array_append_new(entry, json_string(personal_kind_name(span.kind)));
		json_array_append_new(s->personal, entry);
	}
}

/* Appends the page's text; *chars: its code points. */
static enum rc_status add_text(struct text_sample *s, const struct record_page *page, bool mask, int64_t *chars, struct rc_err *err)
{
	RC_CLEANUP(paragraphs_free) struct paragraphs p = { .text = RC_BUF(0) };
	enum rc_status status = paragraphs_make(&page->page, &p, err);

	if (!rc_good(status))
		return status;
	for (size_t i = 0; i < p.n; i++) {
		add_row(s, page, &p.lines[i], s->chars);
		if (p.lines[i].hyphen && !add_hyphen(s, s->chars + p.lines[i].end - 1))
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot make a sample: out of memory");
	}
	add_personal(s, p.text.data, s->chars);
	if (mask)
		personal_mask(p.text.data, &s->text);
	else
		rc_buf_adds(&s->text, p.text.data);
	*chars = p.chars;
	return RC_OK;
}

static const char *class_of(const struct record_page *page)
{
	return page->not_read ? "not-read" : rc_page_class_name(page->page.quality.page_class);
}

enum rc_status text_sample_add(struct text_sample *s, const struct record_page *page, const struct sample_choice *choice, struct rc_err *err)
{
	const struct rc_quality *q = &page->page.quality;
	int64_t start, chars = 0;
	RC_OWN_JSON entry = json_object();
	enum rc_status status;

	if (choice->in_text && s->n_text > 0) {
		rc_buf_adds(&s->text, "\n\n");
		s->chars += 2;
	}
	start = s->chars;
	if (choice->in_text) {
		status = add_text(s, page, choice->mask, &chars, err);
		if (!rc_good(status))
			return status;
		s->n_text++;
		s->counted += chars;
		s->confidence += (double)q->confidence * (double)chars;
		s->error = s->error < 0 || q->estimated_error < 0 ? -1 : s->error + (double)q->estimated_error * (double)chars;
	}
	s->chars += chars;
	set(entry, "order", json_integer(page->order));
	set_str(entry, "number", page->number);
	set(entry, "scan", hex_of(&page->scan));
	set(entry, "frame", json_integer(page->frame));
	set_str(entry, "source", page->source);
	set_str(entry, "member", page->member);
	set(entry, "start", json_integer(start));
	set(entry, "end", json_integer(s->chars));
	set(entry, "in_text", json_boolean(choice->in_text));
	set_str(entry, "class", class_of(page));
	set_str(entry, "tags", choice->tags);
	set(entry, "copies", json_integer(choice->copies));
	set(entry, "confidence", json_real((double)q->confidence));
	set(entry, "estimated_error", json_real(q->estimated_error < 0 ? -1 : (double)q->estimated_error));
	set_str(entry, "script", page->page.script);
	set_str(entry, "direction", rc_direction_name(page->page.direction));
	if (json_array_append(s->pages, entry) != 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot make a sample: out of memory");
	return RC_OK;           /* a text that is too long is told when it is asked for */
}

/* The part of a page's source before the first '/': the box or file a person named. */
static json_t *origin_of(const json_t *pages)
{
	const char *source = rc_json_str(json_array_get(pages, 0), "source", "");

	return json_stringn(source, strcspn(source, "/"));
}

enum rc_status text_sample_check(const struct text_sample *s, const char *id, struct rc_err *err)
{
	enum rc_status status = rc_buf_check(&s->text, "its text", err);

	return rc_good(status) ? RC_OK : rc_fail_in(err, RC_PAGE_FAILED, "cannot make a text sample of '%s'", id);
}

static json_t *anchors_of(const struct layer *layer)
{
	json_t *anchors = json_array();

	for (size_t i = 0; i < layer->n; i++) {
		json_t *pair = json_array();

		json_array_append_new(pair, json_integer(layer->anchors[i][0]));
		json_array_append_new(pair, json_integer(layer->anchors[i][1]));
		json_array_append_new(anchors, pair);
	}
	return anchors;
}

/* The other layers of the text, with the places that they share. */
static enum rc_status layers_of(const struct text_sample *s, struct simplifier *simplifier, json_t **ret, struct rc_err *err)
{
	RC_CLEANUP(layer_free) struct layer normalized = { .text = RC_BUF(0) };
	RC_OWN_BUF simplified = RC_BUF(MAX_TEXT);
	enum rc_status status = layer_normalize(s->text.data, s->hyphens, s->n_hyphens, MAX_TEXT, &normalized, err);

	if (rc_good(status) && simplifier)
		simplify(simplifier, normalized.text.data, &simplified);
	if (rc_good(status))
		status = rc_buf_check(&simplified, "a simplified text", err);
	if (!rc_good(status))
		return status;
	*ret = json_object();
	set(*ret, "normalized", json_stringn(normalized.text.data, normalized.text.len));
	set(*ret, "simplified", json_stringn(simplified.data, simplified.len));
	set(*ret, "anchors", anchors_of(&normalized));
	return RC_OK;
}

enum rc_status text_sample_print(struct text_sample *s, const struct record_head *head, const char *split, const struct rc_digest *record,
                                 const char *license, struct simplifier *simplifier, struct rc_buf *out, struct rc_err *err)
{
	RC_OWN_JSON sample = json_object();
	json_t *meta = json_object(), *quality = json_object();
	double weight = s->counted ? (double)s->counted : 1;
	json_t *layers = NULL;
	enum rc_status status = layers_of(s, simplifier, &layers, err);

	set(quality, "confidence", json_real(s->confidence / weight));
	set(quality, "estimated_error", json_real(s->error < 0 ? -1 : s->error / weight));
	set(quality, "chars", json_integer(s->chars));
	set(quality, "pages", json_integer((json_int_t)json_array_size(s->pages)));
	set(quality, "pages_in_text", json_integer(s->n_text));

	set_str(meta, "title", head->title);
	set_str(meta, "date", head->date);
	set_str(meta, "date_edtf", head->date_edtf);
	set_str(meta, "reference", head->reference);
	set_str(meta, "language", *head->language ? head->language : "zh");
	set_str(meta, "split", split);
	set(meta, "record", hex_of(record));
	set(meta, "rights", rights_of(head, license));
	set(meta, "quality", quality);
	set(meta, "pages", json_incref(s->pages));
	set(meta, "lines", json_incref(s->lines));
	set(meta, "layers", layers);

	set_str(sample, "id", head->id);
	set(sample, "text", json_stringn(s->text.data, s->text.len));
	set(sample, "source", origin_of(s->pages));
	set(sample, "metadata", meta);
	if (rc_good(status)) {
		rc_json_print(out, sample);
		rc_buf_addc(out, '\n');
	}
	return status;
}

/* ---- pages ----------------------------------------------------------------------------------------------- */

static json_t *box_of(struct rc_box b)
{
	json_t *box = json_array();

	json_array_append_new(box, json_integer(b.x));
	json_array_append_new(box, json_integer(b.y));
	json_array_append_new(box, json_integer(b.w));
	json_array_append_new(box, json_integer(b.h));
	return box;
}

static json_t *polygon_of(struct rc_affine map, const struct rc_line *line)
{
	json_t *polygon = json_array();
	double corners[8];
	bool turned = false;

	for (int i = 0; i < 8; i++)
		turned |= line->polygon[i] != 0;
	rc_affine_corners(map, line->box, corners);
	for (int i = 0; turned && i < 8; i += 2) {
		double x = line->polygon[i], y = line->polygon[i + 1];

		corners[i] = map.a * x + map.b * y + map.c;
		corners[i + 1] = map.d * x + map.e * y + map.f;
	}
	for (int i = 0; i < 8; i++)
		json_array_append_new(polygon, json_integer((json_int_t)(corners[i] < 0 ? corners[i] - 0.5 : corners[i] + 0.5)));
	return polygon;
}

static void add_line(json_t *lines, const struct rc_line *line, int64_t region, struct rc_affine map,
                     const struct page_image *image, const struct sample_choice *choice)
{
	bool read = choice->in_text && !line->not_read && line->text;
	RC_OWN_BUF text = RC_BUF(MAX_TEXT);
	json_t *entry = json_object();

	if (read && choice->mask)
		personal_mask(line->text, &text);

	set(entry, "region", json_integer(region));
	set(entry, "box", box_of(rc_affine_box(map, line->box, image->width, image->height)));
	set(entry, "polygon", polygon_of(map, line));
	set_str(entry, "direction", rc_direction_name(line->direction));
	set(entry, "confidence", json_real((double)line->confidence));
	set(entry, "not_read", json_boolean(!choice->in_text || line->not_read));
	set_str(entry, "text", read ? choice->mask ? text.data : line->text : "");
	json_array_append_new(lines, entry);
}

static void add_region(json_t *regions, const char *type, struct rc_box box, enum rc_direction direction, size_t n_lines)
{
	json_t *entry = json_object();

	set_str(entry, "type", type);
	set(entry, "box", box_of(box));
	set_str(entry, "direction", rc_direction_name(direction));
	set(entry, "lines", json_integer((json_int_t)n_lines));
	json_array_append_new(regions, entry);
}

/* Regions and lines; a page without lines has one that covers it and was not read. */
static void add_layout(json_t *sample, const struct record_page *page, const struct page_image *image, const struct sample_choice *choice)
{
	struct rc_affine map = rc_affine_to_image(page->page.width, page->page.height, image->orientation, image->width, image->height);
	json_t *regions = json_array(), *lines = json_array();
	struct rc_box all = { 0, 0, image->width, image->height };

	for (size_t r = 0; r < page->page.n_regions; r++) {
		const struct rc_region *region = &page->page.regions[r];

		add_region(regions, rc_region_type_name(region->type), rc_affine_box(map, region->box, image->width, image->height),
		           region->direction, region->n_lines);
		for (size_t l = 0; l < region->n_lines; l++)
			add_line(lines, &region->lines[l], (int64_t)r, map, image, choice);
	}
	if (json_array_size(lines) == 0) {
		struct rc_line none = { .box = all };

		add_region(regions, rc_region_type_name(RC_REGION_NOISE), all, RC_DIR_UNKNOWN, 1);
		add_line(lines, &none, (int64_t)json_array_size(regions) - 1, RC_AFFINE_IDENTITY, image, &(struct sample_choice){ .in_text = false });
	}
	set(sample, "regions", regions);
	set(sample, "lines", lines);
}

/* Where a page or a line of it comes from, and what may be done with it. */
static void set_origin(json_t *sample, const struct record_head *head, const struct rc_digest *record, const struct record_page *page,
                       const char *license)
{
	set(sample, "scan", hex_of(&page->scan));
	set(sample, "frame", json_integer(page->frame));
	set_str(sample, "source", page->source);
	set_str(sample, "member", page->member);
	set(sample, "record", hex_of(record));
	set(sample, "rights", rights_of(head, license));
}

void page_sample_print(const char *key, const struct record_head *head, const struct record_page *page,
                       const struct sample_choice *choice, const char *split, const struct page_image *image, const struct rc_digest *record,
                       const char *license, struct rc_buf *out)
{
	const struct rc_quality *q = &page->page.quality;
	RC_OWN_JSON sample = json_object();

	set_str(sample, "id", key);
	set_str(sample, "item", head->id);
	set(sample, "order", json_integer(page->order));
	set_str(sample, "number", page->number);
	set_str(sample, "title", head->title);
	set_str(sample, "date", head->date);
	set_str(sample, "date_edtf", head->date_edtf);
	set_str(sample, "split", split);
	set_origin(sample, head, record, page, license);
	set_str(sample, "class", class_of(page));
	set_str(sample, "tags", choice->tags);
	set(sample, "copies", json_integer(choice->copies));
	set(sample, "not_read", json_boolean(!choice->in_text));
	set(sample, "confidence", json_real((double)q->confidence));
	set(sample, "estimated_error", json_real(q->estimated_error < 0 ? -1 : (double)q->estimated_error));
	set_str(sample, "script", page->page.script);
	set_str(sample, "direction", rc_direction_name(page->page.direction));
	set_str(sample, "models", page->page.models);
	set(sample, "width", json_integer(image->width));
	set(sample, "height", json_integer(image->height));
	set(sample, "image_sha256", hex_of(&image->digest));
	set(sample, "scan_width", json_integer(page->page.width));
	set(sample, "scan_height", json_integer(page->page.height));
	add_layout(sample, page, image, choice);
	rc_json_print(out, sample);
	rc_buf_addc(out, '\n');
}

/* ---- lines ----------------------------------------------------------------------------------------------- */

static json_t *corners_of(const struct page_line *line)
{
	json_t *corners = json_array();

	for (int i = 0; i < 8; i++)
		json_array_append_new(corners, json_integer(line->corners[i]));
	return corners;
}

void line_sample_print(const char *key, const struct record_head *head, const struct record_page *page, const struct page_line *line,
                       const char *split, const struct rc_digest *image, const struct rc_digest *record, const char *license,
                       struct rc_buf *out)
{
	const struct rc_line *l = line->line;
	RC_OWN_BUF of = RC_BUF(1 << 10);
	RC_OWN_JSON sample = json_object();

	page_key(head->id, &page->scan, page->frame, &of);
	set_str(sample, "id", key);
	set_str(sample, "page", of.data);
	set_str(sample, "item", head->id);
	set_str(sample, "date_edtf", head->date_edtf);
	set_str(sample, "split", split);
	set_origin(sample, head, record, page, license);
	set_str(sample, "region", rc_region_type_name(line->region->type));
	set(sample, "box", box_of(l->box));
	set(sample, "polygon", corners_of(line));
	set_str(sample, "direction", rc_direction_name(l->direction));
	set(sample, "confidence", json_real((double)l->confidence));
	set(sample, "estimated_error", json_real(l->estimated_error < 0 ? -1 : (double)l->estimated_error));
	set(sample, "corrected", json_boolean(l->human));
	set_str(sample, "script", page->page.script);
	set_str(sample, "models", page->page.models);
	set(sample, "width", json_integer(line->width));
	set(sample, "height", json_integer(line->height));
	set(sample, "image_sha256", hex_of(image));
	rc_json_print(out, sample);
	rc_buf_addc(out, '\n');
}
