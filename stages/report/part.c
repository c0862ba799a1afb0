/* part.c -- a page of the report.
 *
 *   report_doubt()          how much speaks against a glyph
 *   report_choose_glyphs()  which glyphs have images
 *   report_part()           the page's data for the script */
#include "report/part.h"

#include <math.h>
#include <string.h>

#include "core/limits.h"
#include "core/text.h"

/* ---- glyphs ------------------------------------------------------------------------------------------------ */

static int percent(float share)
{
	return share <= 0 ? 0 : share >= 1 ? 100 : (int)(share * 100 + 0.5f);
}

int report_doubt(const struct rc_glyph *g)
{
	float own = g->confidence > 0 ? g->confidence : 0, other = g->others[0].text[0] ? g->others[0].confidence : 0;
	float left = 1 - own, claimed = other > 0 ? other / (other + own) : 0;

	return percent(left > claimed ? left : claimed);
}

struct candidate {
	const struct rc_glyph *glyph;
	uint32_t cp, line, at;          /* at: place in reading order */
	int doubt;
	bool chosen;
};

/* The one character of a glyph; 0: none, or several. */
static uint32_t single(const char *text, size_t len)
{
	const char *s = text;
	uint32_t cp = len ? rc_utf8_next(&s) : 0;

	return cp != RC_BAD_CP && cp > ' ' && (size_t)(s - text) == len ? cp : 0;
}

static size_t collect(const struct rc_page *page, struct candidate *all, size_t room)
{
	uint32_t line = 0;
	size_t n = 0;

	for (size_t r = 0; r < page->n_regions; r++)
		for (size_t l = 0; l < page->regions[r].n_lines; l++, line++) {
			const struct rc_line *it = &page->regions[r].lines[l];

			for (size_t i = 0; i < it->n_glyphs && n < room; i++) {
				const struct rc_glyph *g = &it->glyphs[i];
				uint32_t cp = it->text ? single(it->text + g->start, g->len) : 0;

				if (cp && g->box.w > 0 && g->box.h > 0)
					all[n++] = (struct candidate){ g, cp, line, (uint32_t)n, report_doubt(g), false };
			}
		}
	return n;
}

static int by_doubt(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->doubt != y->doubt ? y->doubt - x->doubt : (x->at > y->at) - (x->at < y->at);
}

static int by_character(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->cp != y->cp ? (x->cp > y->cp) - (x->cp < y->cp) : x->doubt != y->doubt ? x->doubt - y->doubt : (x->at > y->at) - (x->at < y->at);
}

static int by_place(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* Three quarters of the places go to the most doubtful; then the surest of each character among them that has none yet; what is
 * left, again by doubt. */
static void choose(struct candidate *all, size_t n, size_t most)
{
	size_t left = most < n ? most : n, first = left == n ? n : left - left / 4;

	qsort(all, n, sizeof *all, by_doubt);
	for (size_t i = 0; i < first; i++, left--)
		all[i].chosen = true;
	if (left == 0)
		return;
	qsort(all, n, sizeof *all, by_character);
	for (size_t i = 0; i < n && left > 0;) {
		size_t end = i;
		bool doubtful = false;

		for (; end < n && all[end].cp == all[i].cp; end++)
			doubtful |= all[end].chosen;
		if (doubtful && !all[i].chosen) {
			all[i].chosen = true;
			left--;
		}
		i = end;
	}
	qsort(all, n, sizeof *all, by_doubt);
	for (size_t i = 0; i < n && left > 0; i++) {
		left -= !all[i].chosen;
		all[i].chosen = true;
	}
}

static void append_box(json_t *boxes, struct rc_box b)
{
	json_array_append_new(boxes, json_pack("[i, i, i, i]", b.x, b.y, b.w, b.h));
}

static size_t count_glyphs(const struct rc_page *page)
{
	size_t n = 0;

	for (size_t r = 0; r < page->n_regions; r++)
		for (size_t l = 0; l < page->regions[r].n_lines; l++)
			n += page->regions[r].lines[l].n_glyphs;
	return n;
}

void report_choose_glyphs(const struct rc_page *page, size_t most, struct report_page *facts, json_t *boxes)
{
	size_t room = count_glyphs(page);
	RC_CLEANUP(rc_free) struct candidate *all = room && most ? rc_alloc(room * sizeof *all) : NULL;
	size_t n = all ? collect(page, all, room) : 0;

	if (n == 0)
		return;
	choose(all, n, most);
	qsort(all, n, sizeof *all, by_place);
	for (size_t i = 0; i < n; i++) {
		const struct rc_other *other = &all[i].glyph->others[0];

		if (!all[i].chosen)
			continue;
		*report_add_glyph(facts) = (struct report_glyph){
			.cp = all[i].cp, .other = single(other->text, strlen(other->text)), .line = all[i].line,
			.confidence = (uint8_t)percent(all[i].glyph->confidence), .doubt = (uint8_t)all[i].doubt,
		};
		append_box(boxes, all[i].glyph->box);
	}
}

/* ---- the part ------------------------------------------------------------------------------------------------ */

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *box_of(struct rc_box b)
{
	return json_pack("[i, i, i, i]", b.x, b.y, b.w, b.h);
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
		json_array_append_new(polygon, json_integer((json_int_t)lround(corners[i])));
	return polygon;
}

/* Digits of doubt, one for each character of the text. */
static void set_glyphs(json_t *entry, const struct rc_line *line)
{
	size_t len = strlen(line->text), at = 0;
	RC_OWN_BUF digits = RC_BUF(RC_MAX_LINE_BYTES + 1);
	json_t *others = json_object();
	const struct rc_glyph *g = line->glyphs, *end = g + line->n_glyphs;

	for (const char *s = line->text; (size_t)(s - line->text) < len; at++) {
		uint32_t place = (uint32_t)(s - line->text);
		char index[24];

		while (g < end && g->start + g->len <= place)
			g++;
		if (g < end && g->start <= place) {
			int tenths = (report_doubt(g) + 5) / 10;

			rc_buf_addc(&digits, (char)('0' + (tenths > 9 ? 9 : tenths)));
			(void)snprintf(index, sizeof index, "%zu", at);
			if (g->others[0].text[0] && g->start == place)
				set(others, index, rc_json_text(g->others[0].text));
		} else {
			rc_buf_addc(&digits, '-');
		}
		(void)rc_utf8_next(&s);
	}
	if (line->n_glyphs)
		set(entry, "g", json_string(digits.data));
	if (json_object_size(others))
		set(entry, "o", others);
	else
		json_decref(others);
}

static json_t *line_of(const struct rc_line *line, size_t region, struct rc_affine map)
{
	json_t *entry = json_pack("{s:I, s:o, s:b, s:i}", "r", (json_int_t)region, "p", polygon_of(map, line),
	                          "v", line->direction == RC_DIR_VERTICAL, "c", percent(line->confidence));

	if (line->estimated_error >= 0)
		set(entry, "e", json_integer(percent(line->estimated_error)));
	if (line->read_twice)
		set(entry, "a", json_integer(percent(line->agreement)));
	if (line->not_read)
		set(entry, "n", json_true());
	if (line->human)
		set(entry, "h", json_true());
	set(entry, "s", rc_json_text(line->text ? line->text : ""));
	if (line->text && *line->text)
		set_glyphs(entry, line);
	return entry;
}

static void set_reading(json_t *part, const struct record_page *page)
{
	const struct rc_quality *q = &page->page.quality;

	set(part, "script", json_string(page->page.script));
	set(part, "direction", json_string(rc_direction_name(page->page.direction)));
	set(part, "models", rc_json_text(page->page.models));
	set(part, "dpi", json_integer(q->dpi));
	set(part, "skew", json_real((double)q->skew));
	set(part, "signs", json_object());
	for (int i = 0; i < RC_SIGN_COUNT; i++)
		if (q->signs[i] > 0)
			set(json_object_get(part, "signs"), rc_sign_name((enum rc_sign)i), json_integer(percent(q->signs[i])));
}

json_t *report_part(const struct record_head *head, const struct record_page *page, const struct report_page *facts, struct rc_affine to_image)
{
	json_t *part = json_object(), *regions = json_array(), *lines = json_array();

	set(part, "id", json_string(facts->id));
	set(part, "item", rc_json_text(facts->item));
	set(part, "order", json_integer(facts->order));
	set(part, "picture", json_string(facts->picture));
	set(part, "width", json_integer(facts->width));
	set(part, "height", json_integer(facts->height));
	if (head) {
		set(part, "title", rc_json_text(head->title));
		set(part, "date", rc_json_text(head->date));
		set(part, "reference", rc_json_text(head->reference));
	}
	set(part, "source", rc_json_text(page->source));
	set(part, "member", rc_json_text(page->member));
	set(part, "frame", json_integer(page->frame));
	set_reading(part, page);
	for (size_t r = 0; r < page->page.n_regions; r++) {
		const struct rc_region *region = &page->page.regions[r];

		json_array_append_new(regions, json_pack("{s:s, s:o}", "t", rc_region_type_name(region->type), "b",
		                                         box_of(rc_affine_box(to_image, region->box, facts->width, facts->height))));
		for (size_t l = 0; l < region->n_lines; l++)
			json_array_append_new(lines, line_of(&region->lines[l], r, to_image));
	}
	set(part, "regions", regions);
	set(part, "lines", lines);
	return part;
}
