/* page_json.c -- the serial form of a page result: schemas/page.schema.json in code.
 *
 *   rc_page_to_json()     write_region(), write_line(), ...
 *   rc_page_from_json()   read_page() -> read_region() -> read_line() -> read_glyphs()
 *
 * Reading trusts nothing. Every object must have exactly the members it may have, every number lies in its
 * range, boxes lie in the frame, glyph ranges in their text, and the limits of limits.h hold. The reader
 * knows where it is, so that errors name the place: "regions[2].lines[0].box". */
#include "core/page.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "core/text.h"

enum { VERSION = 1 };                   /* of the serial form */
static const double millionths = 1e6;   /* maps are stored as whole millionths */

/* ---- writing --------------------------------------------------------------------------------------- */

/* Jansson fails here only without memory. */
static json_t *made(json_t *json)
{
	if (!json)
		rc_out_of_memory();
	return json;
}

static void set(json_t *object, const char *key, json_t *given)
{
	if (json_object_set_new_nocheck(object, key, made(given)) != 0)
		rc_out_of_memory();
}

static void add(json_t *array, json_t *given)
{
	if (json_array_append_new(array, made(given)) != 0)
		rc_out_of_memory();
}

/* 4 significant digits; no NaN, infinity or negative zero. */
static json_t *real(double value)
{
	char text[32];

	if (!isfinite(value) || value == 0)
		return json_real(0);
	snprintf(text, sizeof text, "%.4g", value);
	return json_real(strtod(text, NULL));
}

/* A string of our own making; bytes that are no UTF-8 become U+FFFD, so that the result can be read back. */
static json_t *string(const char *text)
{
	RC_OWN_BUF clean = RC_BUF(RC_MAX_RESULT_BYTES);

	if (!text)
		return json_string("");
	if (rc_utf8_valid(text, strlen(text)))
		return json_string_nocheck(text);
	for (uint32_t cp; (cp = rc_utf8_next(&text)) != 0;)
		rc_buf_add_cp(&clean, cp);
	return json_string_nocheck(clean.data);
}

static json_t *integers(const int32_t *values, size_t n)
{
	json_t *array = made(json_array());

	for (size_t i = 0; i < n; i++)
		add(array, json_integer(values[i]));
	return array;
}

static json_t *box(struct rc_box b)
{
	return integers((const int32_t[]){ b.x, b.y, b.w, b.h }, 4);
}

static json_t *affine(struct rc_affine m)
{
	const double values[] = { m.a, m.b, m.c, m.d, m.e, m.f };
	json_t *array = made(json_array());

	for (size_t i = 0; i < RC_COUNT(values); i++)
		add(array, json_integer(isfinite(values[i]) ? llround(values[i] * millionths) : 0));
	return array;
}

/* Where a walk through a line's text stands; glyphs come in order, so it rarely starts again. */
struct walk {
	const char *start, *at;
	int64_t count;                  /* code points before `at` */
};

/* The number of code points before the byte `offset`. */
static int64_t points_before(struct walk *w, size_t offset)
{
	if (offset < (size_t)(w->at - w->start)) {
		w->at = w->start;
		w->count = 0;
	}
	while ((size_t)(w->at - w->start) < offset && rc_utf8_next(&w->at) != 0)
		w->count++;
	return w->count;
}

/* [text, confidence, ...]: what else the glyph may be. */
static json_t *write_others(const struct rc_glyph *g)
{
	json_t *array = made(json_array());

	for (size_t i = 0; i < RC_COUNT(g->others) && g->others[i].text[0]; i++) {
		add(array, string(g->others[i].text));
		add(array, real(g->others[i].confidence));
	}
	return array;
}

/* [start, length, x, y, w, h, confidence], range in code points; then, where it may be something else, the others, and true where words
 * chose it. */
static json_t *write_glyphs(const struct rc_line *line)
{
	const char *text = line->text ? line->text : "";
	struct walk walk = { text, text, 0 };
	json_t *array = made(json_array());

	for (size_t i = 0; i < line->n_glyphs; i++) {
		const struct rc_glyph *g = &line->glyphs[i];
		int64_t start = points_before(&walk, g->start);
		int64_t end = points_before(&walk, (size_t)g->start + g->len);
		json_t *glyph = made(json_array());

		add(glyph, json_integer(start));
		add(glyph, json_integer(end - start));
		add(glyph, json_integer(g->box.x));
		add(glyph, json_integer(g->box.y));
		add(glyph, json_integer(g->box.w));
		add(glyph, json_integer(g->box.h));
		add(glyph, real(g->confidence));
		if (g->others[0].text[0])
			add(glyph, write_others(g));
		if (g->chosen && g->others[0].text[0])
			add(glyph, json_true());
		add(array, glyph);
	}
	return array;
}

static bool has_polygon(const struct rc_line *line)
{
	for (size_t i = 0; i < RC_COUNT(line->polygon); i++)
		if (line->polygon[i])
			return true;
	return false;
}

/* Those that are there. */
static json_t *write_signs(const float signs[RC_SIGN_COUNT])
{
	json_t *object = made(json_object());

	for (int i = 0; i < RC_SIGN_COUNT; i++)
		if (signs[i] > 0)
			set(object, rc_sign_name((enum rc_sign)i), real(signs[i]));
	return object;
}

static json_t *write_line(const struct rc_line *line)
{
	json_t *object = made(json_object());

	set(object, "box", box(line->box));
	if (has_polygon(line))
		set(object, "polygon", integers(line->polygon, RC_COUNT(line->polygon)));
	set(object, "direction", json_string(rc_direction_name(line->direction)));
	set(object, "confidence", real(line->confidence));
	if (line->estimated_error >= 0) {
		set(object, "estimated_error", real(line->estimated_error));
		set(object, "signs", write_signs(line->signs));
	}
	if (line->read_twice)
		set(object, "agreement", real(line->agreement));
	if (line->not_read)
		set(object, "not_read", json_true());
	set(object, "text", string(line->text));
	set(object, "glyphs", write_glyphs(line));
	return object;
}

static json_t *write_region(const struct rc_region *region)
{
	json_t *object = made(json_object()), *lines = made(json_array());

	set(object, "type", json_string(rc_region_type_name(region->type)));
	set(object, "box", box(region->box));
	set(object, "direction", json_string(rc_direction_name(region->direction)));
	for (size_t i = 0; i < region->n_lines; i++)
		add(lines, write_line(&region->lines[i]));
	set(object, "lines", lines);
	return object;
}

static json_t *write_quality(const struct rc_quality *q)
{
	json_t *object = made(json_object());

	set(object, "class", json_string(rc_page_class_name(q->page_class)));
	set(object, "confidence", real(q->confidence));
	set(object, "ink", real(q->ink));
	set(object, "skew", real(q->skew));
	set(object, "dpi", json_integer(q->dpi));
	if (q->estimated_error >= 0) {
		set(object, "estimated_error", real(q->estimated_error));
		set(object, "grade", json_sprintf("%c", rc_grade(q->estimated_error)));
		set(object, "signs", write_signs(q->signs));
	}
	return object;
}

static json_t *write_leaves(const struct rc_page *page)
{
	json_t *array = made(json_array());

	for (size_t i = 0; i < page->n_leaves; i++) {
		const struct rc_leaf *leaf = &page->leaves[i];
		json_t *object = made(json_object());

		set(object, "box", box(leaf->box));
		set(object, "to_clean_millionths", affine(leaf->to_clean));
		set(object, "skew", real(leaf->skew));
		if (leaf->curved)
			set(object, "curved", json_true());
		add(array, object);
	}
	return array;
}

static json_t *write_scan(const struct rc_scan *scan)
{
	json_t *object = made(json_object());

	set(object, "bits", json_integer(scan->bits));
	set(object, "channels", json_integer(scan->channels));
	set(object, "colour", real(scan->colour));
	set(object, "tones", real(scan->tones));
	return object;
}

static void set_digest(json_t *object, const char *key, const struct rc_digest *digest)
{
	char hex[RC_DIGEST_HEX];

	if (!rc_digest_is_zero(digest))
		set(object, key, json_string(rc_digest_hex(digest, hex)));
}

json_t *rc_page_to_json(const struct rc_page *page)
{
	json_t *object = made(json_object()), *regions = made(json_array());

	set(object, "version", json_integer(VERSION));
	set(object, "width", json_integer(page->width));
	set(object, "height", json_integer(page->height));
	set(object, "declared_dpi", json_integer(page->declared_dpi));
	set(object, "orientation", json_integer(page->orientation));
	if (page->scan.bits > 0)
		set(object, "scan", write_scan(&page->scan));
	set_digest(object, "pixels", &page->pixels);
	if (rc_look_is_known(&page->look))
		set(object, "look", json_string(rc_look_hex(&page->look, (char[RC_LOOK_HEX]){ 0 })));
	if (page->turned)
		set(object, "turned", json_integer(90 * (json_int_t)page->turned));
	set(object, "clean_width", json_integer(page->clean_width));
	set(object, "clean_height", json_integer(page->clean_height));
	set(object, "to_clean_millionths", affine(page->to_clean));
	if (rc_page_leaves_matter(page))
		set(object, "leaves", write_leaves(page));
	set(object, "script", string(page->script));
	set(object, "direction", json_string(rc_direction_name(page->direction)));
	set(object, "models", string(page->models));
	set(object, "quality", write_quality(&page->quality));
	for (size_t i = 0; i < page->n_regions; i++)
		add(regions, write_region(&page->regions[i]));
	set(object, "regions", regions);
	return object;
}

/* ---- reading --------------------------------------------------------------------------------------- */

enum { NOWHERE = -1 };

struct reader {
	struct rc_page *page;
	struct rc_err *err;
	int region, line, glyph;        /* where we are, NOWHERE: above */
	size_t n_lines, n_glyphs;       /* of the page so far */
	bool failed;                    /* err is set; what is read from here on does not matter */
};

/* Keeps the first error, with its place. Always false, for a short way out. */
static bool bad(struct reader *r, const char *member, const char *what)
{
	char place[96] = "";
	int len = 0;

	if (r->failed)
		return false;
	r->failed = true;
	if (r->region >= 0)
		len += snprintf(place, sizeof place, "regions[%d].", r->region);
	if (r->line >= 0)
		len += snprintf(place + len, sizeof place - (size_t)len, "lines[%d].", r->line);
	if (r->glyph >= 0)
		snprintf(place + len, sizeof place - (size_t)len, "glyphs[%d].", r->glyph);
	rc_fail(r->err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "bad page result: %s%s: %s", place, member, what);
	return false;
}

static bool bad_memory(struct reader *r, const char *member)
{
	return bad(r, member, "not enough memory");
}

/* The object's members are all among the n names (NULL-terminated). */
static bool only_members(struct reader *r, const json_t *object, const char *const names[])
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return bad(r, "", "not an object");
	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		size_t i = 0;

		while (names[i] && strcmp(names[i], key) != 0)
			i++;
		if (!names[i])
			return bad(r, key, "no such member");
	}
	return true;
}

static int64_t whole(struct reader *r, const char *member, const json_t *value, int64_t low, int64_t high)
{
	if (!json_is_integer(value)) {
		bad(r, member, "not a whole number");
		return low;
	}
	if (json_integer_value(value) < low || json_integer_value(value) > high) {
		bad(r, member, "out of range");
		return low;
	}
	return json_integer_value(value);
}

static int32_t get_int(struct reader *r, const json_t *object, const char *member, int32_t low, int32_t high)
{
	return (int32_t)whole(r, member, json_object_get(object, member), low, high);
}

static float number(struct reader *r, const char *member, const json_t *value, double low, double high)
{
	double x = json_number_value(value);

	if (json_is_number(value) && x >= low && x <= high)
		return (float)x;
	bad(r, member, json_is_number(value) ? "out of range" : "not a number");
	return 0;
}

static float get_real(struct reader *r, const json_t *object, const char *member, double low, double high)
{
	return number(r, member, json_object_get(object, member), low, high);
}

/* Borrowed; "" when it is wrong. */
static const char *text_value(struct reader *r, const char *member, const json_t *value, size_t max)
{
	if (!json_is_string(value)) {
		bad(r, member, "not a string");
		return "";
	}
	if (json_string_length(value) > max) {
		bad(r, member, "too long");
		return "";
	}
	/* A document made in memory may hold what the parser refuses. */
	if (!rc_utf8_valid(json_string_value(value), json_string_length(value)) ||
	    strlen(json_string_value(value)) != json_string_length(value)) {
		bad(r, member, "not UTF-8 text");
		return "";
	}
	return json_string_value(value);
}

static const char *get_string(struct reader *r, const json_t *object, const char *member, size_t max)
{
	return text_value(r, member, json_object_get(object, member), max);
}

static const json_t *get_array(struct reader *r, const json_t *object, const char *member, size_t max)
{
	const json_t *value = json_object_get(object, member);

	if (!json_is_array(value))
		bad(r, member, "not a list");
	else if (json_array_size(value) > max)
		bad(r, member, "longer than the limit");
	return value;
}

static void get_integers(struct reader *r, const json_t *object, const char *member,
                         int32_t *to, size_t n, int64_t low, int64_t high)
{
	const json_t *array = json_object_get(object, member);

	if (!json_is_array(array) || json_array_size(array) != n) {
		bad(r, member, "not a list of the right length");
		return;
	}
	for (size_t i = 0; i < n; i++)
		to[i] = (int32_t)whole(r, member, json_array_get(array, i), low, high);
}

static struct rc_box inside(struct reader *r, const char *member, const int32_t v[4], int32_t width, int32_t height, const char *what)
{
	if (v[0] > width - v[2] || v[1] > height - v[3])
		bad(r, member, what);
	return (struct rc_box){ v[0], v[1], v[2], v[3] };
}

static struct rc_box in_frame(struct reader *r, const char *member, const int32_t v[4])
{
	return inside(r, member, v, r->page->width, r->page->height, "outside the frame");
}

static struct rc_box get_box(struct reader *r, const json_t *object)
{
	int32_t v[4] = { 0 };

	get_integers(r, object, "box", v, RC_COUNT(v), 0, RC_MAX_SIDE);
	return in_frame(r, "box", v);
}

static struct rc_affine get_affine(struct reader *r, const json_t *object, const char *member)
{
	const int64_t most = INT64_C(1000000000000);    /* a million pixels; a factor of a million */
	const json_t *array = json_object_get(object, member);
	struct rc_affine inverse;
	double v[6];

	if (!json_is_array(array) || json_array_size(array) != RC_COUNT(v)) {
		bad(r, member, "not a list of the right length");
		return RC_AFFINE_IDENTITY;
	}
	for (size_t i = 0; i < RC_COUNT(v); i++)
		v[i] = (double)whole(r, member, json_array_get(array, i), -most, most) / millionths;
	struct rc_affine m = { v[0], v[1], v[2], v[3], v[4], v[5] };

	if (!r->failed && !rc_affine_invert(m, &inverse))
		bad(r, member, "cannot be inverted");
	return m;
}

static enum rc_direction get_direction(struct reader *r, const json_t *object)
{
	enum rc_direction d = rc_direction_find(get_string(r, object, "direction", RC_MAX_NAME));

	if (d == RC_DIR_COUNT)
		bad(r, "direction", "no such direction");
	return d == RC_DIR_COUNT ? RC_DIR_UNKNOWN : d;
}

/* Moves w over n code points; false when the text ends before. */
static bool advance(struct walk *w, int64_t n)
{
	for (; n > 0; n--, w->count++)
		if (rc_utf8_next(&w->at) == 0)
			return false;
	return true;
}

static void read_others(struct reader *r, const json_t *json, struct rc_glyph *ret)
{
	if (!json)
		return;
	if (!json_is_array(json) || json_array_size(json) == 0 || json_array_size(json) % 2 || json_array_size(json) > 2 * RC_COUNT(ret->others)) {
		bad(r, "others", "not [text, confidence, ...]");
		return;
	}
	for (size_t i = 0; i < json_array_size(json) / 2; i++) {
		const char *text = text_value(r, "others", json_array_get(json, 2 * i), sizeof ret->others[i].text - 1);

		if (!*text || text[strcspn(text, " \t\r\n")])
			bad(r, "others", "no text, or blanks in it");
		snprintf(ret->others[i].text, sizeof ret->others[i].text, "%s", text);
		ret->others[i].confidence = number(r, "others", json_array_get(json, 2 * i + 1), 0, 1);
	}
}

static bool read_glyph(struct reader *r, const json_t *json, struct walk *walk, struct rc_glyph *ret)
{
	int32_t box_values[4];

	if (!json_is_array(json) || json_array_size(json) < 7 || json_array_size(json) > 9)
		return bad(r, "", "not [start, length, x, y, w, h, confidence, others, chosen]");
	int64_t start = whole(r, "start", json_array_get(json, 0), 0, RC_MAX_LINE_BYTES);
	int64_t len = whole(r, "length", json_array_get(json, 1), 1, RC_MAX_LINE_BYTES);

	for (size_t i = 0; i < RC_COUNT(box_values); i++)
		box_values[i] = (int32_t)whole(r, "box", json_array_get(json, 2 + i), 0, RC_MAX_SIDE);
	ret->box = in_frame(r, "box", box_values);
	ret->confidence = number(r, "confidence", json_array_get(json, 6), 0, 1);
	read_others(r, json_array_get(json, 7), ret);
	ret->chosen = json_array_size(json) == 9;
	if (ret->chosen && !json_is_true(json_array_get(json, 8)))
		bad(r, "chosen", "not true");
	if (r->failed)
		return false;
	if (start < walk->count)
		return bad(r, "start", "overlaps the glyph before it");
	if (!advance(walk, start - walk->count))
		return bad(r, "start", "after the end of the text");
	ret->start = (uint32_t)(walk->at - walk->start);
	if (!advance(walk, len))
		return bad(r, "length", "after the end of the text");
	ret->len = (uint32_t)(walk->at - walk->start) - ret->start;
	return true;
}

static bool read_glyphs(struct reader *r, const json_t *object, struct rc_line *line)
{
	const json_t *array = get_array(r, object, "glyphs", RC_MAX_GLYPHS - r->n_glyphs);
	struct walk walk = { line->text, line->text, 0 };

	if (r->failed)
		return false;
	r->n_glyphs += json_array_size(array);
	for (size_t i = 0; i < json_array_size(array); i++) {
		struct rc_glyph *glyph = rc_line_add_glyph(line);

		r->glyph = (int)i;
		if (!glyph)
			return bad_memory(r, "");
		if (!read_glyph(r, json_array_get(array, i), &walk, glyph))
			return false;
	}
	r->glyph = NOWHERE;
	return true;
}

static bool get_flag(struct reader *r, const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);

	if (value && !json_is_boolean(value))
		bad(r, member, "neither true nor false");
	return json_is_true(value);
}

/* Signs that this version does not know are left out: the estimate stands without them. */
static void read_signs(struct reader *r, const json_t *json, float signs[RC_SIGN_COUNT])
{
	if (!json_is_object(json))
		bad(r, "signs", "not an object");
	for (int i = 0; i < RC_SIGN_COUNT; i++)
		if (json_object_get(json, rc_sign_name((enum rc_sign)i)))
			signs[i] = get_real(r, json, rc_sign_name((enum rc_sign)i), 0, 1);
}

static bool read_line(struct reader *r, const json_t *json, struct rc_line *line)
{
	static const char *const members[] = {
		"box", "polygon", "direction", "confidence", "estimated_error", "signs", "agreement", "not_read", "text", "glyphs", NULL,
	};
	if (!only_members(r, json, members))
		return false;
	line->box = get_box(r, json);
	/* Corners of a turned line may lie outside the frame, but not far. */
	if (json_object_get(json, "polygon"))
		get_integers(r, json, "polygon", line->polygon, RC_COUNT(line->polygon), -RC_MAX_SIDE, 2 * RC_MAX_SIDE);
	line->direction = get_direction(r, json);
	line->confidence = get_real(r, json, "confidence", 0, 1);
	if (json_object_get(json, "estimated_error"))
		line->estimated_error = get_real(r, json, "estimated_error", 0, 1);
	if (json_object_get(json, "signs"))
		read_signs(r, json_object_get(json, "signs"), line->signs);
	line->read_twice = json_object_get(json, "agreement") != NULL;
	if (line->read_twice)
		line->agreement = get_real(r, json, "agreement", 0, 1);
	line->not_read = get_flag(r, json, "not_read");
	const char *text = get_string(r, json, "text", RC_MAX_LINE_BYTES);

	if (strpbrk(text, "\r\n"))
		return bad(r, "text", "more than one line");
	if (line->not_read && *text)
		return bad(r, "text", "there is text in a line that was not read");
	line->text = strdup(text);
	if (!line->text)
		return bad_memory(r, "text");
	return read_glyphs(r, json, line);
}

static bool read_region(struct reader *r, const json_t *json, struct rc_region *region)
{
	static const char *const members[] = { "type", "box", "direction", "lines", NULL };

	if (!only_members(r, json, members))
		return false;
	region->type = rc_region_type_find(get_string(r, json, "type", RC_MAX_NAME));
	if (region->type == RC_REGION_TYPE_COUNT)
		return bad(r, "type", "no such type");
	region->box = get_box(r, json);
	region->direction = get_direction(r, json);
	const json_t *lines = get_array(r, json, "lines", RC_MAX_LINES - r->n_lines);

	if (r->failed)
		return false;
	r->n_lines += json_array_size(lines);
	for (size_t i = 0; i < json_array_size(lines); i++) {
		struct rc_line *line = rc_region_add_line(region);

		r->line = (int)i;
		if (!line)
			return bad_memory(r, "");
		if (!read_line(r, json_array_get(lines, i), line))
			return false;
	}
	r->line = NOWHERE;
	return !r->failed;
}

static void read_quality(struct reader *r, const json_t *json, struct rc_quality *q)
{
	static const char *const members[] = {
		"class", "confidence", "ink", "skew", "dpi", "estimated_error", "grade", "signs", NULL,
	};
	if (!json_is_object(json)) {
		bad(r, "quality", "not an object");
		return;
	}
	if (!only_members(r, json, members))
		return;
	q->page_class = rc_page_class_find(get_string(r, json, "class", RC_MAX_NAME));
	if (q->page_class == RC_PAGE_CLASS_COUNT) {
		bad(r, "class", "no such class");
		q->page_class = RC_PAGE_UNREADABLE;
	}
	q->confidence = get_real(r, json, "confidence", 0, 1);
	q->ink = get_real(r, json, "ink", 0, 1);
	q->skew = get_real(r, json, "skew", -360, 360);
	q->dpi = get_int(r, json, "dpi", 0, RC_MAX_SIDE);
	q->estimated_error = json_object_get(json, "estimated_error") ? get_real(r, json, "estimated_error", 0, 1) : -1;
	if (json_object_get(json, "grade") && (get_string(r, json, "grade", 1)[0] < 'A' || get_string(r, json, "grade", 1)[0] > 'E'))
		bad(r, "grade", "not from A to E");
	if (json_object_get(json, "signs"))
		read_signs(r, json_object_get(json, "signs"), q->signs);
}

static void read_regions(struct reader *r, const json_t *json)
{
	const json_t *regions = get_array(r, json, "regions", RC_MAX_REGIONS);

	for (size_t i = 0; !r->failed && i < json_array_size(regions); i++) {
		struct rc_region *region = rc_page_add_region(r->page);

		r->region = (int)i;
		if (!region)
			bad_memory(r, "");
		else
			read_region(r, json_array_get(regions, i), region);
	}
}

static void read_leaf(struct reader *r, const json_t *json, struct rc_leaf *ret)
{
	static const char *const members[] = { "box", "to_clean_millionths", "skew", "curved", NULL };
	const json_t *curved = json_object_get(json, "curved");
	int32_t v[4] = { 0 };

	if (!only_members(r, json, members))
		return;
	get_integers(r, json, "box", v, RC_COUNT(v), 0, RC_MAX_SIDE);
	ret->box = inside(r, "box", v, r->page->clean_width, r->page->clean_height, "outside the clean page");
	ret->to_clean = get_affine(r, json, "to_clean_millionths");
	ret->skew = get_real(r, json, "skew", -360, 360);
	if (curved && !json_is_boolean(curved))
		bad(r, "curved", "neither true nor false");
	ret->curved = json_is_true(curved);
}

/* Results without them are of one flat leaf. */
static void read_leaves(struct reader *r, const json_t *json)
{
	const json_t *leaves = json_object_get(json, "leaves") ? get_array(r, json, "leaves", RC_MAX_LEAVES) : NULL;

	for (size_t i = 0; !r->failed && i < json_array_size(leaves); i++)
		read_leaf(r, json_array_get(leaves, i), &r->page->leaves[r->page->n_leaves++]);
}

/* Older results do not have it. */
static void read_scan(struct reader *r, const json_t *json)
{
	static const char *const members[] = { "bits", "channels", "colour", "tones", NULL };

	if (!json || !only_members(r, json, members))
		return;
	r->page->scan = (struct rc_scan){
		.bits = get_int(r, json, "bits", 1, RC_MAX_SAMPLE_BITS), .channels = get_int(r, json, "channels", 1, RC_MAX_CHANNELS),
		.colour = get_real(r, json, "colour", 0, 1), .tones = get_real(r, json, "tones", 0, 1),
	};
}

/* Older results, and pages with too little on them, do not have it. */
static void read_digest(struct reader *r, const json_t *json, const char *key, struct rc_digest *ret)
{
	if (json_object_get(json, key) && !rc_digest_parse(get_string(r, json, key, RC_DIGEST_HEX - 1), ret))
		bad(r, key, "not 64 hexadecimal digits");
}

/* Degrees; results without them are of a page that was not turned. */
static void read_turned(struct reader *r, const json_t *json)
{
	int32_t degrees = json_object_get(json, "turned") ? get_int(r, json, "turned", 90, 270) : 0;

	if (degrees % 90)
		bad(r, "turned", "not a quarter, a half or three quarters of a turn");
	r->page->turned = degrees / 90;
}

static void read_page(struct reader *r, const json_t *json)
{
	static const char *const members[] = {
		"version", "width", "height", "declared_dpi", "orientation", "scan", "pixels", "look", "turned", "clean_width", "clean_height",
		"to_clean_millionths", "leaves", "script", "direction", "models", "quality", "regions", NULL,
	};
	struct rc_page *page = r->page;

	if (!only_members(r, json, members))
		return;
	get_int(r, json, "version", VERSION, VERSION);
	page->width = get_int(r, json, "width", 1, RC_MAX_SIDE);
	page->height = get_int(r, json, "height", 1, RC_MAX_SIDE);
	if ((int64_t)page->width * page->height > RC_MAX_PIXELS)
		bad(r, "height", "more pixels than the limit");
	page->declared_dpi = get_int(r, json, "declared_dpi", 0, RC_MAX_SIDE);
	page->orientation = get_int(r, json, "orientation", 1, 8);
	read_scan(r, json_object_get(json, "scan"));
	read_digest(r, json, "pixels", &page->pixels);
	if (json_object_get(json, "look") && !rc_look_parse(get_string(r, json, "look", RC_LOOK_HEX - 1), &page->look))
		bad(r, "look", "not 32 hexadecimal digits");
	read_turned(r, json);
	page->clean_width = get_int(r, json, "clean_width", 0, RC_MAX_SIDE);
	page->clean_height = get_int(r, json, "clean_height", 0, RC_MAX_SIDE);
	page->to_clean = get_affine(r, json, "to_clean_millionths");
	read_leaves(r, json);
	snprintf(page->script, sizeof page->script, "%s", get_string(r, json, "script", sizeof page->script - 1));
	page->direction = get_direction(r, json);
	snprintf(page->models, sizeof page->models, "%s", get_string(r, json, "models", sizeof page->models - 1));
	read_quality(r, json_object_get(json, "quality"), &page->quality);
	read_regions(r, json);
}

enum rc_status rc_page_from_json(const json_t *json, struct rc_page *page, struct rc_err *err)
{
	struct reader r = { .page = page, .err = err, .region = NOWHERE, .line = NOWHERE, .glyph = NOWHERE };

	read_page(&r, json);
	if (!r.failed)
		return RC_OK;
	rc_page_clear(page);
	return RC_PAGE_FAILED;
}
