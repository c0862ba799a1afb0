/* test_core_page.c -- a page's geometry, growth and text; its result as JSON, also from a liar. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "core/page.h"
#include "core/text.h"

#define OWN_PAGE RC_CLEANUP(rc_page_clear) struct rc_page

TEST(names_of_media_are_found_again)
{
	for (unsigned i = 1; i < RC_MEDIA_COUNT; i++)
		check_int(rc_media_find(rc_media_name(i)), i);
	check_int(rc_media_find("image/x-unheard-of"), RC_MEDIA_UNKNOWN);
	check_str(rc_media_name(99), "application/octet-stream");
	check_int(rc_direction_find("vertical"), RC_DIR_VERTICAL);
	check_int(rc_direction_find("sideways"), RC_DIR_COUNT);
	check_int(rc_region_type_find("seal"), RC_REGION_SEAL);
	check_int(rc_page_class_find("handwriting"), RC_PAGE_HANDWRITING);
}

TEST(maps_are_chained_and_turned_back)
{
	struct rc_affine turn = { .a = 0, .b = -1, .c = 100, .d = 1, .e = 0, .f = 0 };   /* 90 degrees clockwise */
	struct rc_affine half = { .a = 0.5, .e = 0.5, .c = 3 };
	struct rc_affine both = rc_affine_mul(half, turn), back;
	double corners[8];

	rc_affine_corners(both, (struct rc_box){ 10, 20, 30, 40 }, corners);
	check_near(corners[0], 0.5 * 80 + 3, 1e-9);             /* the top left corner goes to the top right */
	check_near(corners[1], 0.5 * 10, 1e-9);
	check(rc_affine_invert(both, &back));
	struct rc_affine same = rc_affine_mul(back, both);

	check_near(same.a, 1, 1e-12);
	check_near(same.b, 0, 1e-12);
	check_near(same.c, 0, 1e-9);
	check_near(same.f, 0, 1e-9);
	check(!rc_affine_invert((struct rc_affine){ .a = 1, .b = 2, .d = 2, .e = 4 }, &back));
	check(!rc_affine_invert((struct rc_affine){ .a = NAN, .e = 1 }, &back));
	check(!rc_affine_invert((struct rc_affine){ .a = 1, .e = 1, .c = INFINITY }, &back));
}

TEST(mapped_boxes_stay_in_the_frame_and_keep_whole_pixels)
{
	struct rc_affine third = { .a = 1 / 3.0, .e = 1 / 3.0 };
	struct rc_affine wild = { .a = NAN, .e = 1e300 };
	struct rc_box box = rc_affine_box(third, (struct rc_box){ 3, 6, 9, 12 }, 100, 100);

	check_int(box.x, 1);
	check_int(box.y, 2);
	check_int(box.w, 3);
	check_int(box.h, 4);
	box = rc_affine_box(RC_AFFINE_IDENTITY, (struct rc_box){ -5, 90, 20, 20 }, 100, 100);
	check_int(box.x, 0);
	check_int(box.w, 15);
	check_int(box.h, 10);
	box = rc_affine_box(RC_AFFINE_IDENTITY, (struct rc_box){ 200, 0, 20, 20 }, 100, 100);
	check_int(box.x, 100);
	check_int(box.w, 0);
	box = rc_affine_box(wild, (struct rc_box){ 1, 1, 5, 5 }, 100, 100);
	check(box.x >= 0 && box.x + box.w <= 100 && box.y >= 0 && box.y + box.h <= 100);
}

/* ---- leaves ---------------------------------------------------------------------------------------- */

/* A spread of 400 by 100: its right side stands 20 pixels further to the right on the clean page. */
static void make_spread(struct rc_page *page)
{
	page->width = 400;
	page->height = 100;
	page->clean_width = 420;
	page->clean_height = 100;
	page->n_leaves = 2;
	page->leaves[0] = (struct rc_leaf){ .box = { 0, 0, 200, 100 }, .to_clean = RC_AFFINE_IDENTITY };
	page->leaves[1] = (struct rc_leaf){ .box = { 220, 0, 200, 100 }, .to_clean = { .a = 1, .c = 20, .e = 1 }, .skew = 1.5f };
}

/* Every point of the leaf comes from `down` pixels further down at its left end, and from where it is at its right. */
static void bend_leaf(struct rc_leaf *leaf, float down)
{
	leaf->curved = true;
	leaf->mesh = (struct rc_mesh){ .step = 100, .across = 3, .down = 2, .dx = rc_alloc(6 * sizeof(float)), .dy = rc_alloc(6 * sizeof(float)) };
	for (int i = 0; i < 6; i++) {
		leaf->mesh.dx[i] = 0;
		leaf->mesh.dy[i] = down * (2 - i % 3) / 2;
	}
}

TEST(boxes_go_back_to_the_frame_through_their_own_leaf)
{
	OWN_PAGE page = RC_PAGE_INIT;
	double corners[8];

	make_spread(&page);
	struct rc_box left = rc_page_stored_box(&page, (struct rc_box){ 150, 10, 40, 40 });
	struct rc_box right = rc_page_stored_box(&page, (struct rc_box){ 230, 10, 40, 40 });

	check_int(left.x, 150);
	check_int(right.x, 210);
	check_int(right.w, 40);
	check_int(rc_page_leaf_at(&page, (struct rc_box){ 212, 0, 4, 4 }), 1);
	rc_page_stored_corners(&page, (struct rc_box){ 230, 10, 40, 40 }, corners);
	check_near(corners[2], 250, 1e-9);
	check_near(corners[5], 50, 1e-9);
	check_int(rc_page_clean_box(&page, (struct rc_box){ 210, 10, 40, 40 }).x, 230);
	check_int(rc_page_clean_box(&page, (struct rc_box){ 390, 200, 40, 40 }).w, 0);
}

TEST(boxes_of_a_curved_leaf_go_back_along_the_curve)
{
	OWN_PAGE page = RC_PAGE_INIT;
	double corners[8];

	make_spread(&page);
	bend_leaf(&page.leaves[0], 20);
	struct rc_box there = rc_page_stored_box(&page, (struct rc_box){ 0, 30, 200, 10 });
	struct rc_box again = rc_page_clean_box(&page, (struct rc_box){ 50, 45, 10, 10 });

	check_int(there.y, 30);
	check_int(there.h, 30);
	rc_page_stored_corners(&page, (struct rc_box){ 0, 30, 200, 10 }, corners);
	check_near(corners[1], 50, 1e-4);
	check_near(corners[3], 30, 1e-4);
	check_near(again.y, 30, 1);
	/* Its neighbour is flat. */
	check_int(rc_page_stored_box(&page, (struct rc_box){ 230, 30, 100, 10 }).h, 10);
}

TEST(leaves_stand_in_the_page_result)
{
	OWN_PAGE page = RC_PAGE_INIT;
	OWN_PAGE back = RC_PAGE_INIT;
	RC_OWN_JSON json = NULL;
	struct rc_err err = { 0 };

	make_spread(&page);
	bend_leaf(&page.leaves[0], 20);
	json = rc_page_to_json(&page);
	if (!check_int(rc_page_from_json(json, &back, &err), RC_OK))
		check_str(err.text, "");
	check_int(back.n_leaves, 2);
	check(back.leaves[0].curved && !back.leaves[1].curved);
	check_int(back.leaves[1].box.x, 220);
	check_near(back.leaves[1].to_clean.c, 20, 1e-9);
	check_near(back.leaves[1].skew, 1.5, 1e-6);
	/* One flat leaf is what to_clean says. */
	page.n_leaves = 1;
	page.leaves[0].curved = false;
	RC_OWN_JSON plain = rc_page_to_json(&page);

	check(json_object_get(plain, "leaves") == NULL);
	page.n_leaves = 2;
	page.clean_width = 419;
	RC_OWN_JSON lie = rc_page_to_json(&page);
	OWN_PAGE never = RC_PAGE_INIT;

	check_int(rc_page_from_json(lie, &never, &err), RC_PAGE_FAILED);
	check_contains(err.text, "box: outside the clean page");
}

TEST(that_a_page_was_turned_stands_in_its_result)
{
	OWN_PAGE page = RC_PAGE_INIT;
	OWN_PAGE back = RC_PAGE_INIT;
	OWN_PAGE never = RC_PAGE_INIT;
	struct rc_err err = { 0 };

	page.width = page.height = 100;
	page.turned = 3;
	RC_OWN_JSON json = rc_page_to_json(&page);

	check_int(json_integer_value(json_object_get(json, "turned")), 270);
	check_int(rc_page_from_json(json, &back, &err), RC_OK);
	check_int(back.turned, 3);
	json_object_set_new(json, "turned", json_integer(100));
	check_int(rc_page_from_json(json, &never, &err), RC_PAGE_FAILED);
	check_contains(err.text, "turned: not a quarter");
}

TEST(starting_over_keeps_what_was_given_and_the_turn)
{
	OWN_PAGE page = RC_PAGE_INIT;

	make_spread(&page);
	page.name = "scan";
	page.want_read = true;
	page.n_marks = 3;
	page.turned = 1;
	page.again = true;
	check(rc_page_add_region(&page) != NULL);
	rc_page_start_over(&page);
	check_str(page.name, "scan");
	check(page.want_read && !page.again);
	check_int(page.turned, 1);
	check_int((int64_t)(page.n_regions + page.n_leaves + page.n_marks), 0);
}

TEST(a_page_grows_to_its_limits)
{
	OWN_PAGE page = RC_PAGE_INIT;
	struct rc_region *region = rc_page_add_region(&page);

	for (size_t i = 0; i < RC_MAX_LINES; i++) {
		struct rc_line *line = rc_region_add_line(region);

		if (!check(line && !line->text && line->n_glyphs == 0))
			return;
		line->box.x = (int32_t)i;
	}
	check(rc_region_add_line(region) == NULL);
	check_int(region->n_lines, RC_MAX_LINES);
	for (size_t i = 0; i < RC_MAX_LINES; i += 997)
		check_int(region->lines[i].box.x, i);
	while (rc_page_add_region(&page))
		;
	check_int(page.n_regions, RC_MAX_REGIONS);
}

static struct rc_line *add_line(struct rc_region *region, const char *text)
{
	struct rc_line *line = rc_region_add_line(region);

	line->text = rc_strdup(text);
	line->box = (struct rc_box){ 10, 10, 20, 80 };
	line->direction = RC_DIR_VERTICAL;
	line->confidence = 0.912345f;
	return line;
}

static void add_glyph(struct rc_line *line, uint32_t start, uint32_t len)
{
	*rc_line_add_glyph(line) = (struct rc_glyph){ .start = start, .len = len, .box = { 11, 12, 18, 19 }, .confidence = 0.5f };
}

/* A small page that uses every member. */
static void fill(struct rc_page *page)
{
	page->width = 100;
	page->height = 200;
	page->declared_dpi = 300;
	page->orientation = 6;
	page->scan = (struct rc_scan){ .bits = 8, .channels = 3, .colour = 0.12345678f, .tones = 0.5f };
	page->to_clean = (struct rc_affine){ 0.999512, -0.031234, 12345.678901, 0.031234, 0.999512, -7.5 };
	page->clean_width = 90;
	page->clean_height = 190;
	snprintf(page->script, sizeof page->script, "hant");
	snprintf(page->models, sizeof page->models, "chi_tra_vert+chi_tra");
	page->direction = RC_DIR_VERTICAL;
	page->quality = (struct rc_quality){ RC_PAGE_TEXT, 0.87654321f, 0.0123456f, -1.5f, 300, 0.0625f, { 0 } };
	for (int i = 0; i < RC_SIGN_COUNT; i++)
		page->quality.signs[i] = 0.0625f * (float)i;
	struct rc_region *region = rc_page_add_region(page);

	region->type = RC_REGION_HEADING;
	region->box = (struct rc_box){ 0, 0, 100, 200 };
	region->direction = RC_DIR_VERTICAL;
	struct rc_line *line = add_line(region, "紅 a𠀀x");  /* 3, 1, 1, 4, 1 bytes */

	add_glyph(line, 0, 3);
	add_glyph(line, 4, 1);
	add_glyph(line, 5, 5);
	line->glyphs[1].others[0] = (struct rc_other){ "o", 0.25f };
	line->glyphs[2].others[0] = (struct rc_other){ "𠀁", 0.5f };
	line->glyphs[2].others[1] = (struct rc_other){ "口", 0.125f };
	line->glyphs[2].chosen = true;
	line->estimated_error = 0.375f;
	line->signs[RC_SIGN_LOOP] = 0.5f;
	line->read_twice = true;
	line->agreement = 0.75f;
	line->polygon[0] = -3;
	line->polygon[7] = 205;
	line = add_line(region, "");
	line->not_read = true;
	region = rc_page_add_region(page);
	region->type = RC_REGION_SEAL;
	add_line(region, "中華");
}

TEST(text_comes_in_reading_order)
{
	OWN_PAGE page = RC_PAGE_INIT;
	RC_OWN_BUF text = RC_BUF(1000);

	rc_page_text(&page, &text);
	check_str(text.data, "");
	rc_page_add_region(&page);
	fill(&page);
	rc_page_add_region(&page);
	rc_page_text(&page, &text);
	check_str(text.data, "紅 a𠀀x\n\n中華\n");
}

static void print(const struct rc_page *page, struct rc_buf *out)
{
	RC_OWN_JSON json = rc_page_to_json(page);

	rc_json_print(out, json);
}

TEST(a_page_result_comes_back_whole)
{
	OWN_PAGE page = RC_PAGE_INIT;
	OWN_PAGE back = RC_PAGE_INIT;
	RC_OWN_BUF first = RC_BUF(100000), second = RC_BUF(100000);
	RC_OWN_JSON json = NULL;
	struct rc_err err = { 0 };

	fill(&page);
	print(&page, &first);
	check_int(rc_json_parse(first.data, first.len, "result", &json, &err), RC_OK);
	if (!check_int(rc_page_from_json(json, &back, &err), RC_OK)) {
		check_str(err.text, "");
		return;
	}
	print(&back, &second);
	check_str(second.data, first.data);
	check_near(back.to_clean.c, 12345.678901, 1e-9);
	check_near(back.to_clean.b, -0.031234, 1e-9);
	check_int(back.orientation, 6);
	check_str(back.models, "chi_tra_vert+chi_tra");
	check_near(back.quality.estimated_error, 0.0625, 1e-6);
	check_near(back.quality.confidence, 0.8765, 1e-6);
	const struct rc_line *line = &back.regions[0].lines[0];

	check_int(line->n_glyphs, 3);
	check_int(line->glyphs[2].start, 5);
	check_int(line->glyphs[2].len, 5);
	check_int(line->glyphs[1].box.h, 19);
	check_int(line->polygon[7], 205);
	check(back.regions[0].lines[1].not_read);
	check_str(back.regions[1].lines[0].text, "中華");
	check_contains(first.data, "\"glyphs\":[[0,1,11,12,18,19,0.5],[2,1,11,12,18,19,0.5,[\"o\",0.25]],"
	               "[3,2,11,12,18,19,0.5,[\"𠀁\",0.5,\"口\",0.125],true]]");
	check_contains(first.data, "\"grade\":\"C\"");
	check_near(back.quality.signs[RC_SIGN_SIZE], 0.75, 1e-6);
	check_near(line->estimated_error, 0.375, 1e-6);
	check_near(line->agreement, 0.75, 1e-6);
	check_near(line->signs[RC_SIGN_LOOP], 0.5, 1e-6);
	check_str(line->glyphs[2].others[1].text, "口");
	check(line->glyphs[2].chosen && !line->glyphs[1].chosen);
	check(!back.regions[1].lines[0].read_twice && back.regions[1].lines[0].estimated_error < 0);
}

TEST(numbers_that_are_none_do_not_get_out)
{
	OWN_PAGE page = RC_PAGE_INIT;
	OWN_PAGE back = RC_PAGE_INIT;
	RC_OWN_JSON json = NULL;
	struct rc_err err = { 0 };

	fill(&page);
	page.quality.skew = NAN;
	page.quality.ink = -0.0f;
	page.quality.estimated_error = -1;
	page.regions[0].lines[0].confidence = NAN;
	free(page.regions[1].lines[0].text);
	page.regions[1].lines[0].text = rc_strdup("\xBA\xEC");
	json = rc_page_to_json(&page);
	check_int(rc_page_from_json(json, &back, &err), RC_OK);
	check_near(back.quality.skew, 0, 0);
	check(back.quality.estimated_error < 0);
	check_str(back.regions[1].lines[0].text, "\xEF\xBF\xBD\xEF\xBF\xBD");
}

/* ---- results that lie ------------------------------------------------------------------------------ */

struct lie {
	const char *place;      /* "regions.0.lines.0.box": what to replace */
	const char *value;      /* by this JSON; NULL: remove it */
	const char *words;      /* in the message */
};

static const struct lie lies[] = {
	{ "version", "2", "version: out of range" },
	{ "version", NULL, "version: not a whole number" },
	{ "width", "0", "width: out of range" },
	{ "width", "\"100\"", "width: not a whole number" },
	{ "width", "100.5", "width: not a whole number" },
	{ "width", "4294967396", "width: out of range" },
	{ "width", "11", "outside the frame" },
	{ "height", "131072", NULL },
	{ "orientation", "9", "orientation: out of range" },
	{ "declared_dpi", "-1", "declared_dpi: out of range" },
	{ "scan", "3", "not an object" },
	{ "scan", NULL, NULL },
	{ "scan.bits", "0", "bits: out of range" },
	{ "scan.channels", "65536", "channels: out of range" },
	{ "scan.colour", "1.5", "colour: out of range" },
	{ "scan.tones", NULL, "tones: not a number" },
	{ "scan.extra", "1", "extra: no such member" },
	{ "to_clean_millionths", "[1,2,3]", "to_clean_millionths: not a list of the right length" },
	{ "to_clean_millionths", "[0,0,0,0,0,0]", "to_clean_millionths: cannot be inverted" },
	{ "to_clean_millionths.2", "9223372036854775807", "to_clean_millionths: out of range" },
	{ "script", "\"0123456789abcdef\"", "script: too long" },
	{ "script", "null", "script: not a string" },
	{ "direction", "\"sideways\"", "direction: no such direction" },
	{ "quality", "[]", "quality: not an object" },
	{ "quality.class", "\"novel\"", "class: no such class" },
	{ "quality.confidence", "1.5", "confidence: out of range" },
	{ "quality.confidence", "\"high\"", "confidence: not a number" },
	{ "quality.ink", NULL, "ink: not a number" },
	{ "quality.extra", "1", "extra: no such member" },
	{ "extra", "1", "extra: no such member" },
	{ "regions", "{}", "regions: not a list" },
	{ "regions", NULL, "regions: not a list" },
	{ "regions.0", "7", "regions[0].: not an object" },
	{ "regions.0.type", "\"poem\"", "regions[0].type: no such type" },
	{ "regions.0.box", "[0,0,101,200]", "regions[0].box: outside the frame" },
	{ "regions.0.box", "[0,0,-1,200]", "regions[0].box: out of range" },
	{ "regions.0.box", "[2147483647,0,2147483647,200]", "regions[0].box: out of range" },
	{ "regions.0.box", "[0,0,100]", "regions[0].box: not a list of the right length" },
	{ "regions.0.lines", "null", "regions[0].lines: not a list" },
	{ "regions.0.lines.0.text", "5", "regions[0].lines[0].text: not a string" },
	{ "regions.0.lines.0.text", "\"a\\nb\"", "regions[0].lines[0].text: more than one line" },
	{ "regions.0.lines.0.text", "\"紅\"", "regions[0].lines[0].glyphs[1].start: after the end of the text" },
	{ "regions.0.lines.0.not_read", "true", "regions[0].lines[0].text: there is text in a line that was not read" },
	{ "regions.0.lines.0.not_read", "1", "regions[0].lines[0].not_read: neither true nor false" },
	{ "regions.0.lines.0.polygon", "[0,0,0,0,0,0,0,999999]", "regions[0].lines[0].polygon: out of range" },
	{ "regions.0.lines.0.glyphs", "[5]", "regions[0].lines[0].glyphs[0].: not [start" },
	{ "regions.0.lines.0.glyphs.0.0", "-1", "regions[0].lines[0].glyphs[0].start: out of range" },
	{ "regions.0.lines.0.glyphs.0.1", "0", "regions[0].lines[0].glyphs[0].length: out of range" },
	{ "regions.0.lines.0.glyphs.0.1", "3", "regions[0].lines[0].glyphs[1].start: overlaps" },
	{ "regions.0.lines.0.glyphs.2.1", "9", "regions[0].lines[0].glyphs[2].length: after the end of the text" },
	{ "regions.0.lines.0.glyphs.2.4", "100", "regions[0].lines[0].glyphs[2].box: outside the frame" },
	{ "regions.0.lines.0.glyphs.2.7", "[]", "regions[0].lines[0].glyphs[2].others: not [text, confidence, ...]" },
	{ "regions.0.lines.0.glyphs.2.7", "[\"a\",0.1,\"b\",0.1,\"c\",0.1]", "others: not [text, confidence, ...]" },
	{ "regions.0.lines.0.glyphs.2.7", "[\"a b\",0.1]", "others: no text, or blanks in it" },
	{ "regions.0.lines.0.glyphs.2.7", "[\"abcdefgh\",0.1]", "others: too long" },
	{ "regions.0.lines.0.glyphs.2.7", "[\"a\",1.1]", "others: out of range" },
	{ "regions.0.lines.0.glyphs.2.8", "false", "chosen: not true" },
	{ "regions.0.lines.0.agreement", "-0.5", "agreement: out of range" },
	{ "regions.0.lines.0.estimated_error", "\"much\"", "estimated_error: not a number" },
	{ "quality.grade", "\"F\"", "grade: not from A to E" },
	{ "quality.grade", "\"\"", "grade: not from A to E" },
	{ "quality.signs", "[]", "signs: not an object" },
	{ "quality.signs.loop", "2", "loop: out of range" },
	{ "regions.0.lines.0.glyphs.2.6", "null", "regions[0].lines[0].glyphs[2].confidence: not a number" },
};

/* The value at a place, and what holds it. */
static json_t *walk(json_t *root, char *place, json_t **holder, const char **last)
{
	json_t *at = root;
	char *rest = place;

	*holder = root;
	for (char *step; (step = strsep(&rest, "."));) {
		*holder = at;
		*last = step;
		at = json_is_array(at) ? json_array_get(at, (size_t)strtol(step, NULL, 10)) : json_object_get(at, step);
	}
	return at;
}

static void apply(json_t *root, const struct lie *lie)
{
	RC_OWN_STR place = rc_strdup(lie->place);
	json_t *holder;
	const char *last = "";

	walk(root, place, &holder, &last);
	json_t *value = lie->value ? json_loads(lie->value, JSON_DECODE_ANY, NULL) : NULL;

	if (json_is_array(holder))
		json_array_set_new(holder, (size_t)strtol(last, NULL, 10), value);
	else if (value)
		json_object_set_new(holder, last, value);
	else
		json_object_del(holder, last);
}

TEST(a_result_that_lies_is_refused_and_the_place_named)
{
	OWN_PAGE page = RC_PAGE_INIT;

	fill(&page);
	for (size_t i = 0; i < RC_COUNT(lies); i++) {
		RC_OWN_JSON json = rc_page_to_json(&page);
		OWN_PAGE back = RC_PAGE_INIT;
		struct rc_err err = { 0 };

		apply(json, &lies[i]);
		enum rc_status status = rc_page_from_json(json, &back, &err);

		if (!lies[i].words) {
			check_int(status, RC_OK);
			continue;
		}
		check_int(status, RC_PAGE_FAILED);
		check_int(err.reason, RC_WHY_PROTOCOL);
		check_contains(err.text, lies[i].words);
		check(back.regions == NULL);
	}
}

TEST(no_limit_can_be_passed_by_spreading_it)
{
	OWN_PAGE page = RC_PAGE_INIT;
	OWN_PAGE back = RC_PAGE_INIT;
	struct rc_err err = { 0 };

	fill(&page);
	for (int i = 0; i < 3; i++) {           /* three regions with a third of the lines too many */
		struct rc_region *region = rc_page_add_region(&page);

		for (int k = 0; k < RC_MAX_LINES / 3; k++)
			rc_region_add_line(region);
	}
	RC_OWN_JSON json = rc_page_to_json(&page);

	check_int(rc_page_from_json(json, &back, &err), RC_PAGE_FAILED);
	check_contains(err.text, "regions[4].lines: longer than the limit");
}

TEST(what_is_no_result_at_all_is_refused)
{
	static const char *const nonsense[] = { "[]", "{}", "{\"version\":1}" };
	struct rc_err err;

	for (size_t i = 0; i < RC_COUNT(nonsense); i++) {
		OWN_PAGE back = RC_PAGE_INIT;
		RC_OWN_JSON json = json_loads(nonsense[i], 0, NULL);

		check_int(rc_page_from_json(json, &back, &err), RC_PAGE_FAILED);
	}
	OWN_PAGE back = RC_PAGE_INIT;

	check_int(rc_page_from_json(NULL, &back, NULL), RC_PAGE_FAILED);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
