/* test_dewarp.c -- curved pages become flat, all others stay as they are. */
#include <math.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "check.h"
#include "common/image.h"
#include "core/outfile.h"
#include "one_page.h"
#include "prepare/curves.h"
#include "prepare/prepare.h"

/* ---- paper, and a camera that looks at it ---------------------------------------------------------------- */

enum { W = 1200, H = 1500, SIDE = 24 };         /* the flat sheet; glyphs */

struct sheet {
	int w, h;
	uint8_t *grey;
};

static struct sheet sheet_new(int w, int h)
{
	struct sheet s = { w, h, rc_alloc((size_t)w * (size_t)h) };

	memset(s.grey, 235, (size_t)w * (size_t)h);
	return s;
}

static void fill(struct sheet *s, int x, int y, int w, int h)
{
	for (int k = y; k < y + h; k++)
		for (int i = x; i < x + w; i++)
			if (k >= 0 && i >= 0 && k < s->h && i < s->w)
				s->grey[(size_t)k * (size_t)s->w + (size_t)i] = 25;
}

/* Strokes in some places out of six: each glyph has its own. */
static void glyph(struct sheet *s, int x, int y, unsigned which)
{
	int stroke = SIDE / 8, half = (SIDE - stroke) / 2;

	for (int i = 0; i < 3; i++) {
		if (which >> i & 1)
			fill(s, x, y + half * i, SIDE, stroke);
		if (which >> (i + 3) & 1)
			fill(s, x + half * i, y, stroke, SIDE);
	}
}

/* Lines of glyphs, along x or, for vertical text, along y. In these the glyphs of neighbours do not stand at the same height. */
static struct sheet text(bool vertical)
{
	struct sheet s = sheet_new(W, H);
	int line_pitch = SIDE * 8 / 5, pitch = SIDE * 9 / 8, length = vertical ? H : W, breadth = vertical ? W : H;
	unsigned which = 7;

	for (int line = 0; 100 + line * line_pitch < breadth - 120; line++)
		for (int n = 0; 90 + n * pitch < length - 110; n++) {
			int at = 90 + n * pitch + line * line * 7 % pitch, across = 100 + line * line_pitch;

			which = which * 1103515245 + 12345;
			glyph(&s, vertical ? across : at, vertical ? at : across, which >> 16 & 63 ? which >> 16 & 63 : 21);
		}
	return s;
}

/* Where the picture's point (x, y) lies on the flat sheet. */
typedef void view_fn(double x, double y, double on_sheet[2]);

static void straight_view(double x, double y, double to[2])
{
	to[0] = x;
	to[1] = y;
}

/* Beside a spine on the left, the paper falls away from a camera above its middle. */
static void spine_view(double x, double y, double to[2])
{
	to[0] = x;
	to[1] = y - (y - 0.2 * H) * 0.05 * exp(-x / 220);
}

/* Waves, by which columns bend more than lines do. */
static void wavy_view(double x, double y, double to[2])
{
	to[0] = x + 14 * sin(y / 260) * (0.6 + 0.4 * x / W);
	to[1] = y + 8 * sin(x / 240 + 1);
}

/* Seen from below: the far edge is shorter. */
static void tilted_view(double x, double y, double to[2])
{
	double far = 1 - y / H;

	to[0] = W / 2.0 + (x - W / 2.0) * (1 + 0.09 * far);
	to[1] = y + 30 * far * far;
}

static uint8_t seen(const struct sheet *s, double x, double y)
{
	int i = (int)floor(x), k = (int)floor(y);
	double u = x - i, v = y - k;
	const uint8_t *at = s->grey + (size_t)k * (size_t)s->w + (size_t)i;

	if (i < 0 || k < 0 || i + 1 >= s->w || k + 1 >= s->h)
		return 235;
	return (uint8_t)lround((1 - v) * ((1 - u) * at[0] + u * at[1]) + v * ((1 - u) * at[s->w] + u * at[s->w + 1]));
}

static struct sheet photograph(struct sheet flat, view_fn *view)
{
	struct sheet ret = sheet_new(flat.w, flat.h);

	for (int y = 0; y < ret.h; y++)
		for (int x = 0; x < ret.w; x++) {
			double at[2];

			view(x + 0.5, y + 0.5, at);
			ret.grey[(size_t)y * (size_t)ret.w + (size_t)x] = seen(&flat, at[0] - 0.5, at[1] - 0.5);
		}
	free(flat.grey);
	return ret;
}

/* ---- what prepare makes of it ------------------------------------------------------------------------------ */

static void prepared(struct one_page *p, const struct sheet *s, bool dewarp)
{
	RC_OWN_BUF scan = RC_BUF(INT64_C(100) << 20);

	rc_buf_addf(&scan, "P5\n%d %d\n255\n", s->w, s->h);
	rc_buf_add(&scan, s->grey, (size_t)s->w * (size_t)s->h);
	check_int(rc_file_put("sheet.pnm", scan.data, scan.len, NULL), RC_OK);
	check_int(one_page_open(p, "sheet.pnm", RC_MEDIA_PNM, 0), RC_OK);
	p->cfg->prepare_dewarp = dewarp;
	check_int(one_page_run(p, &prepare_stage), RC_OK);
	check_str(p->err.text, "");
}

static bool same_pixels(const struct one_page *a, const struct one_page *b)
{
	l_int32 same = 0;

	(void)pixEqual(image_pix(a->page.clean), image_pix(b->page.clean), &same);
	return same;
}

/* The picture's point that shows the sheet's (x, y). */
static void picture_of(view_fn *view, double x, double y, double to[2])
{
	double px = x, py = y;

	for (int i = 0; i < 40; i++) {
		double at[2];

		view(px, py, at);
		px += x - at[0];
		py += y - at[1];
	}
	to[0] = px;
	to[1] = py;
}

/* Where a small spot of the sheet lies on the clean page. */
static void clean_of(const struct one_page *p, view_fn *view, double x, double y, double to[2])
{
	double at[2];

	picture_of(view, x, y, at);
	struct rc_box b = rc_page_clean_box(&p->page, (struct rc_box){ (int)lround(at[0]) - 10, (int)lround(at[1]) - 10, 20, 20 });

	check(b.w > 0 && b.h > 0);
	to[0] = b.x + b.w / 2.0;
	to[1] = b.y + b.h / 2.0;
}

/* How far lines of the sheet (along x, or along y) are from straight on the clean page: the worst of several. */
static double worst_bow(const struct one_page *p, view_fn *view, bool along_y)
{
	double worst = 0;

	for (int line = 0; line < 5; line++) {
		double low = INFINITY, high = -INFINITY;

		for (int n = 0; n < 9; n++) {
			double across = 0.12 + 0.19 * line, along = 0.1 + 0.1 * n, at[2];

			clean_of(p, view, W * (along_y ? across : along), H * (along_y ? along : across), at);
			low = fmin(low, at[!along_y]);
			high = fmax(high, at[!along_y]);
		}
		worst = fmax(worst, high - low);
	}
	return worst;
}

/* Dark on the clean page is dark on the scan: boxes lead from the one to the other, all over the page. */
static void check_ways_back(const struct one_page *p, const struct sheet *s)
{
	PIX *clean = image_pix(p->page.clean);
	int dark = 0, light = 0, missed = 0;

	for (int y = 0; y < pixGetHeight(clean); y += 7)
		for (int x = 0; x < pixGetWidth(clean); x += 7) {
			l_uint32 grey = 255;
			struct rc_box b = rc_page_stored_box(&p->page, (struct rc_box){ x, y, 1, 1 });

			(void)pixGetPixel(clean, x, y, &grey);
			if (grey > 40 && grey < 230)
				continue;
			bool found = false;

			for (int k = b.y - 1; k <= b.y + b.h; k++)
				for (int i = b.x - 1; i <= b.x + b.w; i++)
					found = found || (i >= 0 && k >= 0 && i < s->w && k < s->h &&
					                  (s->grey[(size_t)k * (size_t)s->w + (size_t)i] < 140) == (grey <= 40));
			dark += grey <= 40;
			light += grey > 40;
			missed += !found;
		}
	check(dark > 500 && light > 5000);
	check(missed * 200 < dark);
}

static void check_flattened(view_fn *view, bool vertical, bool along_y, double before, double after)
{
	struct sheet s = photograph(text(vertical), view);
	struct one_page p;

	prepared(&p, &s, false);
	check(!p.page.leaves[0].curved);
	check(worst_bow(&p, view, along_y) > before);
	one_page_close(&p);

	prepared(&p, &s, true);
	check(p.page.leaves[0].curved);
	check(worst_bow(&p, view, along_y) < after);
	check_ways_back(&p, &s);
	one_page_close(&p);
	free(s.grey);
}

/* ---- curved pages --------------------------------------------------------------------------------------------- */

TEST(lines_beside_a_spine_become_straight)
{
	check_flattened(spine_view, false, false, 25, 4);
}

TEST(wavy_columns_become_straight)
{
	check_flattened(wavy_view, true, true, 10, 3);
}

TEST(wavy_lines_become_straight)
{
	check_flattened(wavy_view, false, false, 7, 3);
}

TEST(columns_that_converge_become_parallel)
{
	check_flattened(tilted_view, true, true, 25, 3);
}

/* ---- spreads ------------------------------------------------------------------------------------------------ */

enum { SPREAD_W = 2200, SPREAD_H = 1400, HALF = SPREAD_W / 2 };

/* Two pages of lines, with a gutter between them. */
static struct sheet spread(void)
{
	struct sheet s = sheet_new(SPREAD_W, SPREAD_H);

	for (int side = 0; side < 2; side++)
		for (int y = 100; y < SPREAD_H - 140; y += 40)
			for (int x = 100; x < HALF - 120; x += 27)
				glyph(&s, side * HALF + x + y * y % 17, y, (unsigned)(x * 13 + y * 7 + side) % 62 + 1);
	return s;
}

/* An open book: both pages fall towards the spine. */
static void open_book(double x, double y, double to[2])
{
	to[0] = x;
	to[1] = y - (y - 0.1 * SPREAD_H) * 0.05 * exp(-fabs(x - HALF) / 200);
}

/* Two sheets that lie beside each other, each turned a little, to the left (-1) and to the right. */
static const double turned_degrees[2] = { -1.2, 0.9 };

static void two_sheets(double x, double y, double to[2])
{
	int side = x >= HALF;
	double mx = side * HALF + HALF / 2.0, my = SPREAD_H / 2.0, a = -turned_degrees[side] * M_PI / 180;

	to[0] = mx + cos(a) * (x - mx) - sin(a) * (y - my);
	to[1] = my + sin(a) * (x - mx) + cos(a) * (y - my);
}

static double bow_of_line(const struct one_page *p, view_fn *view, double from, double to, double y)
{
	double low = INFINITY, high = -INFINITY;

	for (int n = 0; n <= 8; n++) {
		double at[2];

		clean_of(p, view, from + (to - from) * n / 8, y, at);
		low = fmin(low, at[1]);
		high = fmax(high, at[1]);
	}
	return high - low;
}

TEST(both_pages_of_an_open_book_become_flat)
{
	struct sheet s = photograph(spread(), open_book);
	struct one_page p;

	prepared(&p, &s, true);
	check_int(p.page.n_leaves, 2);
	check(p.page.leaves[0].curved && p.page.leaves[1].curved);
	for (int line = 1; line < 6; line++) {
		check(bow_of_line(&p, open_book, 110, HALF - 130, line * SPREAD_H / 6.5) < 4);
		check(bow_of_line(&p, open_book, HALF + 110, SPREAD_W - 130, line * SPREAD_H / 6.5) < 4);
	}
	one_page_close(&p);
	prepared(&p, &s, false);
	check(bow_of_line(&p, open_book, HALF + 110, SPREAD_W - 130, 5 * SPREAD_H / 6.5) > 15);
	one_page_close(&p);
	free(s.grey);
}

TEST(each_page_of_a_spread_is_turned_for_itself)
{
	struct sheet s = photograph(spread(), two_sheets);
	struct one_page p;

	prepared(&p, &s, true);
	check_int(p.page.n_leaves, 2);
	for (size_t i = 0; i < p.page.n_leaves; i++) {
		check_near(p.page.leaves[i].skew, -turned_degrees[i], 0.25);
		check(!p.page.leaves[i].curved);
	}
	check(bow_of_line(&p, two_sheets, 120, HALF - 140, 700) < 3);
	check(bow_of_line(&p, two_sheets, HALF + 120, SPREAD_W - 140, 700) < 3);
	one_page_close(&p);
	free(s.grey);
}

/* ---- all others ------------------------------------------------------------------------------------------------- */

static void check_untouched(struct sheet s)
{
	struct one_page with, without;

	prepared(&with, &s, true);
	prepared(&without, &s, false);
	check(!with.page.leaves[0].curved);
	check(same_pixels(&with, &without));
	one_page_close(&with);
	one_page_close(&without);
	free(s.grey);
}

TEST(flat_pages_keep_every_pixel)
{
	check_untouched(text(false));
	check_untouched(text(true));
	check_untouched(photograph(text(true), straight_view));
}

TEST(a_few_lines_are_no_evidence)
{
	struct sheet s = sheet_new(W, H);

	for (int line = 0; line < 2; line++)
		for (int n = 0; n < 30; n++)
			glyph(&s, 100 + n * 30, 300 + line * 50, (unsigned)(n * 7 + line) % 62 + 1);
	check_untouched(photograph(s, wavy_view));
}

/* Strokes of all directions, as in pictures and fast handwriting: there is nothing that should be straight. */
TEST(a_picture_is_left_alone)
{
	struct sheet s = sheet_new(W, H);
	unsigned which = 3;

	for (int n = 0; n < 900; n++) {
		double x, y, turn;

		which = which * 1103515245 + 12345;
		x = which >> 8 & 1023;
		which = which * 1103515245 + 12345;
		y = which >> 8 & 1023;
		which = which * 1103515245 + 12345;
		turn = (which >> 8 & 1023) / 163.0;
		for (int i = 0; i < 60; i++)
			fill(&s, 80 + (int)(x + i * cos(turn)), 150 + (int)(y + i * sin(turn)), 3, 3);
	}
	check_untouched(s);
}

TEST(odd_sizes_do_no_harm)
{
	static const int sizes[][2] = { { 16, 16 }, { 17, 3000 }, { 3000, 17 }, { 40, 900 }, { 901, 33 }, { 1, 700 } };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct sheet s = sheet_new(sizes[i][0], sizes[i][1]);

		for (int y = 4; y < s.h; y += 30)
			for (int x = 4; x < s.w; x += 30)
				glyph(&s, x, y, (unsigned)(x * 31 + y) % 62 + 1);
		check_untouched(s);
	}
}

/* ---- the surface ---------------------------------------------------------------------------------------------------- */

/* Lines lean more and more; one window in seven is wrong. */
static struct prepare_slopes made_slopes(double wrong)
{
	struct prepare_slopes s = { .all = rc_alloc(400 * sizeof(*s.all)), .length = 1000, .breadth = 1600 };

	for (int band = 0; band < 16; band++)
		for (int n = 0; n < 18; n++) {
			double along = 60 + 50 * n, slope = 0.08 * (along / 1000) * (along / 1000) * (band / 15.0);

			s.all[s.n] = (struct prepare_slope){ .along = along, .across = band * 100 + 50, .span = 100, .slope = slope, .weight = 2, .band = band };
			if (s.n % 7 == 3)
				s.all[s.n].slope = wrong;
			s.n++;
		}
	return s;
}

TEST(a_surface_takes_the_lean_away_whatever_a_few_windows_say)
{
	struct prepare_slopes s = made_slopes(-0.2);
	struct prepare_bend bend;
	double worst = 0;

	check(prepare_fit_bend(&s, PREPARE_ALL_BANDS, &bend));
	for (int i = 0; i < s.n; i++)
		if (i % 7 != 3)
			worst = fmax(worst, fabs(prepare_bend_rest(&bend, &s.all[i])));
	check(worst < 0.006);
	check(prepare_typical_rest(&s, PREPARE_ALL_BANDS, &bend) < 0.5 * prepare_typical_rest(&s, PREPARE_ALL_BANDS, NULL));
	prepare_slopes_free(&s);
}

TEST(lines_keep_their_mean_place)
{
	struct prepare_slopes s = made_slopes(0.03);
	struct prepare_bend bend;

	check(prepare_fit_bend(&s, PREPARE_ALL_BANDS, &bend));
	for (double across = 0; across <= 1600; across += 400) {
		double sum = 0;

		for (int i = 0; i < 200; i++)
			sum += prepare_bend_at(&bend, 5 * i + 2.5, across);
		check_near(sum / 200, 0, 0.2);
	}
	prepare_slopes_free(&s);
}

TEST(paper_that_would_fold_over_has_no_mesh)
{
	struct prepare_bend bend = { .length = 1000, .breadth = 200 };
	struct prepare_room room;
	struct rc_mesh mesh;

	for (int i = 0; i < PREPARE_KNOTS; i++)
		bend.c[i][1] = i % 2 ? 300 : -300;      /* of two places across, the lower one comes to lie above */
	check(prepare_flat_mesh(&(struct prepare_curves){ .along_x = &bend }, 1000, 200, &room, &mesh));
	check(mesh.dx == NULL);

	for (int i = 0; i < PREPARE_KNOTS; i++)
		bend.c[i][1] = i % 2 ? 9 : -9;
	check(prepare_flat_mesh(&(struct prepare_curves){ .along_x = &bend }, 1000, 200, &room, &mesh));
	check(mesh.dx != NULL);
	check_int(room.left, 0);
	check(room.top > 0 && room.top < 12);
	free(mesh.dx);
	free(mesh.dy);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
