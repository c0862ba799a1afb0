/* test_ocr.c -- from a clean page to lines: what records may rely on, and how well samples are read. */
#include <leptonica/allheaders.h>
#include <string.h>

#include "check.h"
#include "common/image.h"
#include "common/score.h"
#include "ocr/layout.h"
#include "ocr/ocr.h"
#include "one_page.h"
#include "prepare/prepare.h"

static enum rc_status was_read(struct one_page *p, const char *sample, enum rc_media media)
{
	enum rc_status status;

	check_int(one_page_open(p, check_root(sample), media, 0), RC_OK);
	status = one_page_run(p, &prepare_stage);
	return rc_good(status) ? one_page_run(p, &ocr_stage) : status;
}

/* Character error rate of the page against a truth beside the sample. */
static double error_rate(const struct rc_page *page, const char *truth_path)
{
	RC_OWN_BUF text = RC_BUF(1 << 20);
	RC_OWN_BUF truth = RC_BUF(1 << 20);
	struct score_variants *variants = score_variants_new();
	OWN_SCORE_TEXT want = { 0 };
	OWN_SCORE_TEXT got = { 0 };
	struct rc_err err;
	struct score score;

	rc_page_text(page, &text);
	check_int(rc_buf_read_file(&truth, check_root(truth_path), &err), RC_OK);
	check_int(score_fold(variants, truth.data, truth.len, &want, &err), RC_OK);
	check_int(score_fold(variants, text.data, text.len, &got, &err), RC_OK);
	score = score_compare(&want, &got);
	score_variants_free(&variants);
	return score_cer(&score);
}

TEST(vertical_print_is_read_from_right_to_left)
{
	struct one_page p;

	check_int(was_read(&p, "samples/box/notice/notice-0001.jpg", RC_MEDIA_JPEG), RC_OK);
	check_int(p.page.direction, RC_DIR_VERTICAL);
	check(p.page.n_regions > 0);

	size_t pairs = 0, right_to_left = 0;

	for (size_t r = 0; r < p.page.n_regions; r++)
		for (size_t l = 1; l < p.page.regions[r].n_lines; l++) {
			pairs++;
			right_to_left += p.page.regions[r].lines[l].box.x <= p.page.regions[r].lines[l - 1].box.x;
		}
	check(pairs >= 5 && right_to_left * 10 >= pairs * 9);
	check(error_rate(&p.page, "samples/box/notice/notice-0001.gt.txt") < 0.4);
	one_page_close(&p);
}

TEST(horizontal_simplified_print_is_recognised_as_such)
{
	struct one_page p;

	check_int(was_read(&p, "samples/box/circular/circular-0001.jpg", RC_MEDIA_JPEG), RC_OK);
	check_int(p.page.direction, RC_DIR_HORIZONTAL);
	check_str(p.page.script, "hans");
	check(error_rate(&p.page, "samples/box/circular/circular-0001.gt.txt") < 0.4);
	one_page_close(&p);
}

TEST(direction_and_script_can_be_forced)
{
	struct one_page p;

	check_int(one_page_open(&p, check_root("samples/box/school/timetable.jpg"), RC_MEDIA_JPEG, 0), RC_OK);
	p.cfg->ocr_script = RC_SCRIPT_HANT;
	p.cfg->ocr_direction = RC_TEXT_HORIZONTAL;
	check_int(one_page_run(&p, &prepare_stage), RC_OK);
	check_int(one_page_run(&p, &ocr_stage), RC_OK);
	check_int(p.page.direction, RC_DIR_HORIZONTAL);
	check_str(p.page.script, "hant");
	check_str(p.page.models, "chi_tra");
	one_page_close(&p);
}

TEST(what_was_read_holds_together)
{
	struct one_page p;
	struct rc_page again = RC_PAGE_INIT;

	check_int(was_read(&p, "samples/box/booklet/booklet-0012.jpg", RC_MEDIA_JPEG), RC_OK);

	/* rc_page_from_json checks every box, range and number, so a round trip shows that they are right. */
	RC_OWN_JSON json = rc_page_to_json(&p.page);

	check_int(rc_page_from_json(json, &again, &p.err), RC_OK);
	check_int(again.n_regions, p.page.n_regions);
	for (size_t r = 0; r < again.n_regions; r++)
		for (size_t l = 0; l < again.regions[r].n_lines; l++) {
			const struct rc_line *line = &again.regions[r].lines[l];

			check(line->not_read ? !line->text || !*line->text : line->n_glyphs > 0);
			check(line->confidence >= 0 && line->confidence <= 1);
		}
	rc_page_clear(&again);
	one_page_close(&p);
}

TEST(nothing_is_read_on_a_blank_page)
{
	struct one_page p;
	RC_OWN_BUF text = RC_BUF(1 << 20);

	check_int(was_read(&p, "samples/box/notice/notice-0002.jpg", RC_MEDIA_JPEG), RC_OK);
	check_int(p.page.quality.page_class, RC_PAGE_BLANK);
	rc_page_text(&p.page, &text);
	check_int(text.len, 0);
	one_page_close(&p);
}

TEST(the_identity_names_engine_and_models)
{
	struct rc_config *cfg = rc_config_new();
	struct rc_err err;
	RC_OWN_BUF lines = RC_BUF(1 << 16);

	check_int(ocr_stage.identify(cfg, &lines, &err), RC_OK);
	check_contains(lines.data, "tesseract ");
	check_contains(lines.data, "model chi_tra_vert sha256:");
	rc_config_free(&cfg);
}

TEST(a_missing_model_is_named_before_any_page)
{
	struct rc_config *cfg = rc_config_new();
	struct rc_err err;
	RC_OWN_BUF lines = RC_BUF(1 << 16);

	check_int(rc_config_set(cfg, "ocr.models=.", &err), RC_OK);
	check_int(ocr_stage.identify(cfg, &lines, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_MISSING);
	check_contains(err.text, ".traineddata");
	rc_config_free(&cfg);
}

/* A lane before mark i, wider the more often i can be halved, so that cutting goes to the middle each time. */
static int lane(int i)
{
	int wide = 100;

	for (; i % 2 == 0 && i > 0; i /= 2)
		wide += 20;
	return wide;
}

TEST(a_page_of_more_blocks_than_there_is_room_for_loses_none)
{
	enum { ACROSS = 32, DOWN = 32, MARK = 40 };
	PIX *gray = pixCreate(6000, 6000, 8);
	struct ocr_evidence seen = { .glyph = MARK };
	static struct ocr_blocks blocks;
	int x[ACROSS], y[DOWN], lost = 0;
	struct rc_err err;

	(void)pixSetAll(gray);
	for (int i = 0; i < ACROSS; i++)
		x[i] = i ? x[i - 1] + MARK + lane(i) : 60;
	for (int i = 0; i < DOWN; i++)
		y[i] = i ? y[i - 1] + MARK + lane(i) : 60;
	for (int i = 0; i < ACROSS; i++)
		for (int k = 0; k < DOWN; k++)
			(void)pixRasterop(gray, x[i], y[k], MARK, MARK, PIX_CLR, NULL, 0, 0);
	check_int(ocr_cut(&(struct ocr_sheet){ .gray = gray, .seen = &seen, .vertical = true }, &blocks, &err), RC_OK);
	check(blocks.n > OCR_MAX_BLOCKS / 2 && blocks.n <= OCR_MAX_BLOCKS);
	for (int i = 0; i < ACROSS; i++)
		for (int k = 0; k < DOWN; k++) {
			bool there = false;

			for (int b = 0; b < blocks.n && !there; b++) {
				const struct rc_box *box = &blocks.block[b].box;

				there = box->x <= x[i] + 2 && box->y <= y[k] + 2 && box->x + box->w >= x[i] + MARK - 2
					&& box->y + box->h >= y[k] + MARK - 2;
			}
			lost += !there;
		}
	check_int(lost, 0);
	pixDestroy(&gray);
}

TEST(one_large_picture_is_no_blank_page)
{
	struct one_page p;
	PIX *pix = pixCreate(2000, 2000, 8);

	(void)pixSetAll(pix);
	(void)pixRasterop(pix, 500, 500, 1000, 1000, PIX_CLR, NULL, 0, 0);
	check_int(pixWrite("square.png", pix, IFF_PNG), 0);
	pixDestroy(&pix);
	check_int(one_page_open(&p, "square.png", RC_MEDIA_PNG, 0), RC_OK);
	check_int(one_page_run(&p, &prepare_stage), RC_OK);
	check_int(one_page_run(&p, &ocr_stage), RC_OK);
	check_int(p.page.quality.page_class, RC_PAGE_PICTURE);
	check_int(p.page.n_regions, 0);
	one_page_close(&p);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
