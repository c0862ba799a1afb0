/* test_turn.c -- pages that lie on their side or on their head. */
#include <leptonica/allheaders.h>
#include <string.h>

#include "check.h"
#include "common/image.h"
#include "ocr/ocr.h"
#include "one_page.h"
#include "prepare/prepare.h"

/* A part of a sample of vertical print, turned by so many quarters clockwise. */
static void write_turned(const char *path, int quarters)
{
	PIX *whole = pixRead(check_root("samples/box/notice/notice-0001.jpg"));
	BOX *box = boxCreate(760, 420, 500, 640);
	PIX *part = pixClipRectangle(whole, box, NULL), *turned = pixRotateOrth(part, quarters);

	check_int(pixWrite(path, turned, IFF_PNG), 0);
	pixDestroy(&turned);
	pixDestroy(&part);
	boxDestroy(&box);
	pixDestroy(&whole);
}

static void without_turning(struct rc_config *cfg)
{
	cfg->ocr_upright = false;
}

static void read_turned(struct one_page *p, int quarters, void (*set)(struct rc_config *))
{
	write_turned("turned.png", quarters);
	check_int(one_page_open(p, "turned.png", RC_MEDIA_PNG, 0), RC_OK);
	p->cfg->ocr_effort = RC_EFFORT_PLAIN;
	if (set)
		set(p->cfg);
	check_int(one_page_read(p, &prepare_stage, &ocr_stage), RC_OK);
}

/* Where a box of the turned frame lies on the upright one, which is w by h. */
static struct rc_box upright(struct rc_box b, int quarters, int w, int h)
{
	switch (quarters) {
	case 1:  return (struct rc_box){ b.y, h - b.x - b.w, b.h, b.w };
	case 2:  return (struct rc_box){ w - b.x - b.w, h - b.y - b.h, b.w, b.h };
	case 3:  return (struct rc_box){ w - b.y - b.h, b.x, b.h, b.w };
	default: return b;
	}
}

static char *text_of(const struct one_page *p)
{
	RC_OWN_BUF text = RC_BUF(1 << 20);

	rc_page_text(&p->page, &text);
	return rc_buf_take(&text);
}

static void check_same_lines(const struct one_page *a, const struct one_page *b, int quarters)
{
	check_int(a->page.n_regions, b->page.n_regions);
	for (size_t r = 0; r < a->page.n_regions && r < b->page.n_regions; r++) {
		check_int(a->page.regions[r].n_lines, b->page.regions[r].n_lines);
		for (size_t l = 0; l < a->page.regions[r].n_lines && l < b->page.regions[r].n_lines; l++) {
			struct rc_box want = a->page.regions[r].lines[l].box;
			struct rc_box got = upright(b->page.regions[r].lines[l].box, quarters, a->page.width, a->page.height);

			check_near(got.x, want.x, 3);
			check_near(got.y, want.y, 3);
			check_near(got.w, want.w, 3);
			check_near(got.h, want.h, 3);
		}
	}
}

/* The turned frame holds the same pixels, so the same is read, at the same places of the paper. */
static void check_turned(int quarters)
{
	struct one_page standing, lying;

	read_turned(&standing, 0, NULL);
	read_turned(&lying, quarters, NULL);
	check_int(standing.page.turned, 0);
	check_int(lying.page.turned, 4 - quarters);
	check_int(lying.page.direction, RC_DIR_VERTICAL);
	check_same_lines(&standing, &lying, quarters);

	char *want = text_of(&standing), *got = text_of(&lying);

	check(strlen(want) > 120);
	check_str(got, want);
	free(want);
	free(got);
	one_page_close(&standing);
	one_page_close(&lying);
}

TEST(a_page_on_its_right_side_is_read_as_if_it_stood)
{
	check_turned(1);
}

TEST(a_page_on_its_head_is_read_as_if_it_stood)
{
	check_turned(2);
}

TEST(a_page_on_its_left_side_is_read_as_if_it_stood)
{
	check_turned(3);
}

TEST(a_page_is_left_lying_when_nobody_wants_it_turned)
{
	struct one_page p;

	read_turned(&p, 2, without_turning);
	check_int(p.page.turned, 0);
	check(!p.page.again);
	one_page_close(&p);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
