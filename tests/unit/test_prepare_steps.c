/* test_prepare_steps.c -- each step of prepare on a page drawn for it. */
#include <math.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "check.h"
#include "common/image.h"
#include "core/outfile.h"
#include "one_page.h"
#include "prepare/prepare.h"
#include "prepare/work.h"

/* ---- drawing ------------------------------------------------------------------------------------------- */

struct canvas {                         /* RGB */
	int w, h;
	uint8_t *rgb;
};

static struct canvas canvas_new(int w, int h, uint8_t paper)
{
	struct canvas c = { w, h, rc_alloc((size_t)w * (size_t)h * 3) };

	memset(c.rgb, paper, (size_t)w * (size_t)h * 3);
	return c;
}

static void dot(struct canvas *c, int x, int y, uint32_t rgb)
{
	uint8_t *at = c->rgb + ((size_t)y * (size_t)c->w + (size_t)x) * 3;

	if (x < 0 || y < 0 || x >= c->w || y >= c->h)
		return;
	at[0] = (uint8_t)(rgb >> 16);
	at[1] = (uint8_t)(rgb >> 8);
	at[2] = (uint8_t)rgb;
}

static void fill(struct canvas *c, int x, int y, int w, int h, uint32_t rgb)
{
	for (int k = y; k < y + h; k++)
		for (int i = x; i < x + w; i++)
			dot(c, i, k, rgb);
}

/* Something like 田. */
static void glyph(struct canvas *c, int x, int y, int side, uint32_t rgb)
{
	int stroke = side / 8, step = (side - stroke) / 2;

	for (int i = 0; i < 3; i++) {
		fill(c, x, y + step * i, side, stroke, rgb);
		fill(c, x + step * i, y, stroke, side, rgb);
	}
}

static void lines(struct canvas *c, int x, int y, int across, int down, uint32_t rgb)
{
	for (int k = 0; k < down; k++)
		for (int i = 0; i < across; i++)
			glyph(c, x + 36 * i, y + 56 * k, 32, rgb);
}

/* Prepares the drawing and frees it. */
static void prepared(struct one_page *p, struct canvas *c, void (*set)(struct rc_config *))
{
	RC_OWN_BUF scan = RC_BUF(INT64_C(100) << 20);

	rc_buf_addf(&scan, "P6\n%d %d\n255\n", c->w, c->h);
	rc_buf_add(&scan, c->rgb, (size_t)c->w * (size_t)c->h * 3);
	free(c->rgb);
	check_int(rc_file_put("drawn.pnm", scan.data, scan.len, NULL), RC_OK);
	check_int(one_page_open(p, "drawn.pnm", RC_MEDIA_PNM, 0), RC_OK);
	if (set)
		set(p->cfg);
	check_int(one_page_run(p, &prepare_stage), RC_OK);
	check_str(p->err.text, "");
}

/* Mean grey of a box of the stored frame, as it is on the clean page. */
static double grey_at(const struct one_page *p, struct rc_box stored)
{
	struct rc_box b = rc_page_clean_box(&p->page, stored);
	double sum = 0;

	if (!check(b.w > 0 && b.h > 0))
		return -1;
	for (int y = b.y; y < b.y + b.h; y++)
		for (int x = b.x; x < b.x + b.w; x++) {
			l_uint32 v = 0;

			pixGetPixel(image_pix(p->page.clean), x, y, &v);
			sum += v;
		}
	return sum / ((double)b.w * b.h);
}

/* A black square of the frame is where the maps say, and comes back from there. */
static void check_square(const struct one_page *p, int x, int y, int side)
{
	struct rc_box stored = { x, y, side, side }, clean = rc_page_clean_box(&p->page, stored), back = rc_page_stored_box(&p->page, clean);

	check(grey_at(p, (struct rc_box){ x + 3, y + 3, side - 6, side - 6 }) < 40);
	check(grey_at(p, (struct rc_box){ x - 8, y, 5, side }) > 200);
	check(grey_at(p, (struct rc_box){ x + side + 4, y, 4, side }) > 200);
	check(grey_at(p, (struct rc_box){ x, y - 8, side, 5 }) > 200);
	check_near(back.x, x, 2);
	check_near(back.y, y, 2);
	check_near(back.x + back.w, x + side, 2.5);
	check_near(back.y + back.h, y + side, 2.5);
}

/* ---- the steps -------------------------------------------------------------------------------------------- */

/* Two sheets of text in one picture. */
static struct canvas spread(void)
{
	struct canvas c = canvas_new(1600, 1100, 235);

	lines(&c, 90, 100, 17, 16, 0x202020);
	lines(&c, 900, 120, 17, 15, 0x202020);
	fill(&c, 100, 1010, 60, 60, 0);
	fill(&c, 1400, 990, 60, 60, 0);
	return c;
}

static void without_spreads(struct rc_config *cfg)
{
	cfg->prepare_spread = false;
}

TEST(a_spread_gives_two_leaves_and_each_knows_its_way_back)
{
	struct one_page p;
	struct canvas c = spread();

	prepared(&p, &c, NULL);
	check_int(p.page.n_leaves, 2);
	check(p.page.leaves[0].box.x + p.page.leaves[0].box.w < p.page.leaves[1].box.x);
	check_square(&p, 100, 1010, 60);
	check_square(&p, 1400, 990, 60);
	one_page_close(&p);

	c = spread();
	prepared(&p, &c, without_spreads);
	check_int(p.page.n_leaves, 1);
	one_page_close(&p);
}

TEST(a_head_line_over_both_sides_keeps_them_together)
{
	struct one_page p;
	struct canvas c = spread();

	lines(&c, 300, 30, 28, 1, 0x202020);
	prepared(&p, &c, NULL);
	check_int(p.page.n_leaves, 1);
	one_page_close(&p);
}

TEST(a_page_is_cut_to_its_ink_and_knows_its_way_back)
{
	struct one_page p;
	struct canvas c = canvas_new(1200, 1500, 230);

	lines(&c, 300, 400, 15, 8, 0x303030);
	fill(&c, 500, 900, 50, 50, 0);
	prepared(&p, &c, NULL);
	check(p.page.clean_width < 800 && p.page.clean_height < 800);
	check_square(&p, 500, 900, 50);
	one_page_close(&p);
}

TEST(grain_becomes_white_and_grey_ink_dark)
{
	struct one_page p;
	struct canvas c = canvas_new(1000, 1000, 200);
	uint32_t seed = 1;

	lines(&c, 100, 100, 20, 14, 0x6a6a6a);
	for (size_t i = 0; i < 3000000; i += 3) {
		seed = seed * 1664525u + 1013904223u;
		for (int k = 0; k < 3; k++)
			c.rgb[i + (size_t)k] = (uint8_t)(c.rgb[i + (size_t)k] + (seed >> 24) % 24 - 12);
	}
	prepared(&p, &c, NULL);
	check(grey_at(&p, (struct rc_box){ 104, 140, 400, 10 }) > 245);         /* between two lines */
	check(grey_at(&p, (struct rc_box){ 105, 101, 20, 2 }) < 110);           /* a stroke */
	one_page_close(&p);
}

/* A cloud of dots, as a red seal leaves in black and white, over a part of the text: glyphs of 64 pixels, 100 apart. */
static struct canvas sealed(void)
{
	struct canvas c = canvas_new(1600, 2000, 255);
	uint32_t seed = 7;

	for (int k = 0; k < 18; k++)
		for (int i = 0; i < 14; i++)
			glyph(&c, 100 + 100 * i, 100 + 100 * k, 64, 0);
	for (int y = 400; y < 1000; y += 12)
		for (int x = 400; x < 1000; x += 12) {
			seed = seed * 1664525u + 1013904223u;
			fill(&c, x + (int)(seed >> 30), y + (int)(seed >> 28) % 4, 6, 6, 0);
		}
	return c;
}

static void without_dots(struct rc_config *cfg)
{
	cfg->prepare_dots = false;
}

TEST(a_seal_of_dots_goes_and_the_text_under_it_stays)
{
	const struct rc_box between = { 420, 472, 500, 20 };    /* two lines */
	struct one_page p;
	struct canvas c = sealed();

	prepared(&p, &c, without_dots);
	check(grey_at(&p, between) < 230);
	check_int(p.page.n_marks, 0);
	one_page_close(&p);

	c = sealed();
	prepared(&p, &c, NULL);
	check(grey_at(&p, between) > 235);
	check(grey_at(&p, (struct rc_box){ 601, 601, 60, 6 }) < 60);
	check_int(p.page.n_marks, 1);
	check_int(p.page.marks[0].type, RC_REGION_SEAL);
	check_near(p.page.marks[0].box.x + p.page.marks[0].box.w / 2, 700, 70);
	check_near(p.page.marks[0].box.w, 600, 140);
	one_page_close(&p);
}

/* A framed seal of vermilion over black text: where both meet, black wins. */
static struct canvas vermilion(void)
{
	struct canvas c = canvas_new(1200, 1200, 235);

	for (int i = 0; i < 3; i++) {
		fill(&c, 400, 400 + 90 * i, 200, 20, 0xd05040);
		fill(&c, 400 + 90 * i, 400, 20, 200, 0xd05040);
	}
	lines(&c, 90, 100, 28, 18, 0x202020);
	return c;
}

static void without_marks(struct rc_config *cfg)
{
	cfg->prepare_marks = false;
}

TEST(a_red_seal_goes_and_is_kept_as_a_mark)
{
	const struct rc_box between = { 500, 474, 80, 12 };     /* two lines, on the seal's middle stroke */
	struct one_page p;
	struct canvas c = vermilion();

	fill(&c, 500, 474, 80, 12, 0xd05040);
	prepared(&p, &c, without_marks);
	check(grey_at(&p, between) < 200);
	check_int(p.page.n_marks, 0);
	one_page_close(&p);

	c = vermilion();
	fill(&c, 500, 474, 80, 12, 0xd05040);
	prepared(&p, &c, NULL);
	check(grey_at(&p, between) > 235);
	check(grey_at(&p, (struct rc_box){ 90 + 36 * 10, 100 + 56 * 6, 32, 4 }) < 60);
	check_int(p.page.n_marks, 1);
	check_int(p.page.marks[0].type, RC_REGION_SEAL);
	check_near(p.page.marks[0].box.x, 400, 32);
	check_near(p.page.marks[0].box.w, 200, 64);
	check(p.page.marks[0].clean.w > 0);
	one_page_close(&p);
}

TEST(a_page_printed_in_red_stays_a_page)
{
	struct one_page p;
	struct canvas c = canvas_new(1200, 1200, 235);

	lines(&c, 90, 100, 28, 18, 0xc03030);
	prepared(&p, &c, NULL);
	check_int(p.page.n_marks, 0);
	check(grey_at(&p, (struct rc_box){ 91, 101, 30, 2 }) < 110);
	one_page_close(&p);
}

TEST(a_line_printed_in_red_stays_among_black_ones)
{
	struct one_page p;
	struct canvas c = canvas_new(1200, 1200, 235);

	lines(&c, 200, 60, 20, 1, 0xc03030);
	lines(&c, 90, 200, 28, 16, 0x202020);
	prepared(&p, &c, NULL);
	check_int(p.page.n_marks, 0);
	check(grey_at(&p, (struct rc_box){ 201, 61, 30, 2 }) < 110);
	one_page_close(&p);
}

TEST(the_resolution_follows_from_the_glyphs_where_the_file_says_none)
{
	struct one_page p;
	struct canvas c = canvas_new(1200, 1200, 255);

	lines(&c, 90, 100, 28, 18, 0);
	prepared(&p, &c, NULL);
	check_near(p.page.quality.dpi, 32 * 25.4 / 3.7, 20);
	one_page_close(&p);
}

/* ---- sheets on tables ---------------------------------------------------------------------------------- */

/* A sheet that lies askew on a table, by 0.05 of its sides, with text on it. */
static struct canvas on_a_table(uint32_t table, uint32_t paper)
{
	struct canvas c = canvas_new(1400, 1600, 0);
	uint32_t seed = 5;

	for (int y = 0; y < c.h; y++)
		for (int x = 0; x < c.w; x++) {
			double u = x - 200 + 0.05 * (y - 150), v = y - 150 - 0.05 * (x - 200);
			uint32_t noise;

			seed = seed * 1664525u + 1013904223u;
			noise = (seed >> 29) * 0x010101u;
			dot(&c, x, y, (u >= 0 && u < 1000 && v >= 0 && v < 1250 ? paper : table) - noise);
		}
	lines(&c, 300, 330, 20, 16, 0x202020);
	return c;
}

static void without_page(struct rc_config *cfg)
{
	cfg->prepare_page = false;
}

TEST(what_a_sheet_lies_on_is_forgotten_whatever_its_colour)
{
	static const uint32_t tables[] = { 0xfefefe, 0x909090, 0xa07848, 0x5078c0 };

	for (size_t i = 0; i < RC_COUNT(tables); i++) {
		struct one_page p;
		struct canvas c = on_a_table(tables[i], 0xe0d8c0);

		fill(&c, 1300, 1400, 20, 60, 0x303030);                         /* something on the table */
		prepared(&p, &c, NULL);
		check_near(p.page.clean_width, 816, 110);                       /* cut to the text */
		check_near(p.page.clean_height, 968, 130);
		check(grey_at(&p, (struct rc_box){ 301, 331, 30, 2 }) < 110);
		one_page_close(&p);
	}
}

TEST(a_table_stays_where_nobody_wants_it_gone)
{
	struct one_page p;
	struct canvas c = on_a_table(0x909090, 0xe0d8c0);

	fill(&c, 1300, 1400, 20, 60, 0x303030);
	prepared(&p, &c, without_page);
	check(p.page.clean_width > 1000);
	one_page_close(&p);
}

/* A light box in a grey page is no sheet. */
TEST(text_around_a_light_area_keeps_the_page_whole)
{
	struct one_page p;
	struct canvas c = on_a_table(0xb0b0b0, 0xe8e8e8);

	lines(&c, 60, 60, 35, 1, 0x202020);
	lines(&c, 60, 1480, 35, 2, 0x202020);
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 20; k++)
			glyph(&c, i < 2 ? 40 + 44 * i : 1290 + 44 * (i - 2), 160 + 60 * k, 32, 0x202020);
	prepared(&p, &c, NULL);
	check(p.page.clean_width > 1250 && p.page.clean_height > 1400);
	check(grey_at(&p, (struct rc_box){ 61, 61, 30, 2 }) < 110);
	one_page_close(&p);
}

/* ---- far askew ------------------------------------------------------------------------------------------------ */

static void check_straightened(double degrees)
{
	struct one_page p;
	struct canvas flat = canvas_new(1300, 1300, 235), c = canvas_new(1800, 1800, 235);
	double s = sin(degrees * 3.14159265358979 / 180), k = cos(degrees * 3.14159265358979 / 180);

	/* No grid, which would have lines at other slants too. */
	for (int row = 0; row < 18; row++)
		for (int x = 100 + row * 7919 % 31; x < 1150; x += 36 + (x * 31 + row * 17) % 13)
			glyph(&flat, x, 100 + 62 * row, 32, 0x202020);
	for (int y = 0; y < c.h; y++)
		for (int x = 0; x < c.w; x++) {
			int u = (int)floor(k * (x - 900) + s * (y - 900) + 650), v = (int)floor(k * (y - 900) - s * (x - 900) + 650);

			if (u >= 0 && v >= 0 && u < flat.w && v < flat.h && flat.rgb[3 * (v * flat.w + u)] < 128)
				dot(&c, x, y, 0x202020);
		}
	free(flat.rgb);
	prepared(&p, &c, NULL);
	check_near(p.page.leaves[0].skew, -degrees, 0.4);
	one_page_close(&p);
}

TEST(a_page_photographed_far_askew_is_straightened)
{
	check_straightened(3);
	check_straightened(-11);
	check_straightened(18);
}

/* What is measured on a picture of one colour with a square of another in it. */
static struct rc_scan measured(int depth, uint32_t ground, uint32_t square, int bits, int samples)
{
	PIX *pix = pixCreate(400, 300, depth);
	BOX *box = boxCreate(100, 100, 60, 50);
	struct image_info info = { .bits = bits, .samples = samples };
	struct rc_scan scan;

	(void)pixSetAllArbitrary(pix, ground);
	(void)pixSetInRectArbitrary(pix, box, square);
	prepare_measure_tones(pix, &info, &scan);
	boxDestroy(&box);
	pixDestroy(&pix);
	return scan;
}

TEST(colours_and_tones_of_a_scan_are_measured)
{
	static const double part = 60.0 * 50 / (400.0 * 300);
	struct rc_scan seal = measured(32, 0xffffff00, 0xc0302000, 8, 3);
	struct rc_scan yellowed = measured(32, 0xe8d8b000, 0x10101000, 8, 3);
	struct rc_scan false_colour = measured(32, 0xf0eef200, 0x80868000, 8, 3);
	struct rc_scan grey = measured(8, 250, 128, 8, 1), cut_off = measured(8, 250, 5, 16, 1), bitonal = measured(1, 0, 1, 1, 1);

	check_near(seal.colour, part, 0.0001);
	check_near(seal.tones, part, 0.0001);
	check_near(yellowed.colour, 1 - part, 0.0001);
	check_near(false_colour.colour, 0, 0);
	check_near(false_colour.tones, part, 0.0001);
	check_near(grey.tones, part, 0.0001);
	check_near(cut_off.tones, 0, 0);
	check_near(bitonal.tones, 0, 0);
	check_int(seal.channels, 3);
	check_int(cut_off.bits, 16);
	check_int(bitonal.bits, 1);
	check_int(bitonal.channels, 1);
	/* One sample a pixel that stands for colours. */
	check_int(measured(32, 0xffffff00, 0xc0302000, 4, 1).channels, 3);
	/* What cannot be written down is not known. */
	check_int(measured(8, 250, 128, 0, 1).bits, 0);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
