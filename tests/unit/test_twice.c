/* test_twice.c -- weak lines of horizontal text read again: which, by what the better one is chosen, and what the page says of it. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "ocr/lines.h"
#include "ocr/ocr.h"
#include "ocr/state.h"
#include "one_page.h"
#include "prepare/prepare.h"

static struct ocr_line_reading reading(const char *const *texts, int n, float confidence)
{
	struct ocr_line_reading r = { .n = n };

	for (int i = 0; i < n; i++) {
		(void)snprintf(r.glyph[i].text, sizeof(r.glyph[i].text), "%s", texts[i]);
		r.glyph[i].confidence = confidence;
	}
	return r;
}

TEST(only_weak_lines_are_read_again_unless_all_are_wanted)
{
	static const char *const text[] = { "中", "央" };
	const struct ocr_line_reading sure = reading(text, 2, 0.98f), weak = reading(text, 2, 0.9f), none = { .n = 0 };
	struct rc_config cfg = { .ocr_effort = RC_EFFORT_NORMAL };

	check(ocr_is_weak(&cfg, &weak) && !ocr_is_weak(&cfg, &sure) && !ocr_is_weak(&cfg, &none));
	cfg.ocr_effort = RC_EFFORT_BEST;
	check(ocr_is_weak(&cfg, &sure) && !ocr_is_weak(&cfg, &none));
	cfg.ocr_effort = RC_EFFORT_PLAIN;
	check(!ocr_is_weak(&cfg, &weak));
}

TEST(words_decide_between_readings_that_are_equally_sure)
{
	static const char *const words[] = { "中", "央", "政", "府" }, *const noise[] = { "中", "夾", "攻", "符" };
	const struct ocr_line_reading unsure = reading(noise, 4, 0.7f), good = reading(words, 4, 0.9f), bad = reading(noise, 4, 0.91f), surer = reading(noise, 4, 1), few = reading(words, 1, 0.95f);
	struct ocr_language *language = NULL;
	struct rc_err err;

	check_int(ocr_language_open(&language, &err), RC_OK);
	check(ocr_compare_readings(language, &bad, &good) > 0);
	check(ocr_compare_readings(language, &good, &bad) < 0);
	check(ocr_compare_readings(language, &good, &good) < 0);        /* as good: the first stays */
	check(ocr_compare_readings(language, &unsure, &surer) > 0);
	check(ocr_compare_readings(language, &good, &few) < 0);        /* one sure glyph of four is no better reading */
	ocr_language_close(&language);
}

static void read_sample(struct one_page *p, int effort)
{
	check_int(one_page_open(p, check_root("samples/box/circular/circular-0001.jpg"), RC_MEDIA_JPEG, 0), RC_OK);
	p->cfg->ocr_effort = effort;
	check_int(one_page_run(p, &prepare_stage), RC_OK);
	check_int(one_page_run(p, &ocr_stage), RC_OK);
	check_int(p->page.direction, RC_DIR_HORIZONTAL);
}

TEST(a_page_says_how_far_two_readings_of_its_lines_agree)
{
	struct one_page p;
	int lines = 0, twice = 0, others = 0, inside = 0, glyphs = 0;
	double agreement = 0;

	read_sample(&p, RC_EFFORT_BEST);
	for (size_t r = 0; r < p.page.n_regions; r++)
		for (size_t i = 0; i < p.page.regions[r].n_lines; i++) {
			const struct rc_line *line = &p.page.regions[r].lines[i];

			lines++;
			twice += line->read_twice;
			agreement += line->read_twice ? (double)line->agreement : 0;
			for (size_t k = 0; k < line->n_glyphs; k++) {
				const struct rc_glyph *g = &line->glyphs[k];
				int middle = g->box.x + g->box.w / 2;

				others += g->others[0].text[0] != '\0';
				inside += middle >= line->box.x && middle <= line->box.x + line->box.w;
				glyphs++;
			}
		}
	check(lines > 5 && twice > lines * 3 / 4);
	check(agreement > 0.8 * twice);
	check(inside > glyphs * 95 / 100);
	check(others > 0 && others < glyphs / 4);
	one_page_close(&p);
}

TEST(plain_effort_reads_nothing_twice)
{
	struct one_page p;

	read_sample(&p, RC_EFFORT_PLAIN);
	for (size_t r = 0; r < p.page.n_regions; r++)
		for (size_t i = 0; i < p.page.regions[r].n_lines; i++)
			check(!p.page.regions[r].lines[i].read_twice);
	one_page_close(&p);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
