/* signs.c -- counts what speaks against a reading: the text of a line, the boxes of its glyphs, and the shares that follow.
 *
 *   ocr_line_sums()   read_glyphs(), then add_text(), add_loops(), add_boxes(), add_ink()
 *   ocr_signs()       sums into shares
 *
 * No sign is proof. A rare character may be printed there, and a glyph of low confidence right; what matters is that each
 * happens more often where the reading is wrong (estimate.c weighs them). */
#include "ocr/signs.h"

#include <math.h>
#include <string.h>

#include "common/chars.h"
#include "core/text.h"

/* Glyphs of less confidence are weak: clean print has hardly any. */
static const float weak = 0.85f;
/* Glyphs of as much are surely read: it is less than the mean of clean print. */
static const float sure = 0.95f;
/* Of the neighbours in modern text half stand in no word, in classical text 0.69 to 0.78; of the same texts' characters in random
 * order 0.9 (measured on 28 texts of all kinds). */
static const float classical = 0.78f, mixed = 0.9f;
/* Characters beyond this rank are rare: 3 in 1000 of modern text at most, 3 in 100 of a newspaper of the thirties. */
enum { COMMON = 3000 };
/* Longer lines are looked at in part: 800 glyphs are more than a column of any newspaper has. */
enum { MOST = 800 };
/* Periods of repetitions that are looked for. */
enum { LONGEST_LOOP = 12 };

struct seen {                   /* a glyph, as signs see it */
	uint32_t cp, folded;
	char kind;              /* 'H' Han, 'L' letter or number, 'P' punctuation, 'S' anything else */
	bool sure;
	struct rc_box box;      /* clean page */
};

static char kind_of(uint32_t cp)
{
	char class = chars_class(cp);

	if (rc_is_han(cp))
		return 'H';
	return class == 'P' ? 'P' : class == 'L' || class == 'N' ? 'L' : 'S';
}

/* A glyph that words chose makes words, right or wrong: the page is judged by what was read there. */
static size_t read_glyphs(const struct rc_page *page, const struct rc_line *line, const struct ocr_language *language, struct seen seen[MOST])
{
	size_t n = 0;

	for (size_t i = 0; i < line->n_glyphs && n < MOST; i++) {
		const struct rc_glyph *g = &line->glyphs[i];
		const char *text = g->chosen ? g->others[0].text : line->text + g->start;
		uint32_t cp = rc_utf8_next(&text);

		seen[n++] = (struct seen){
			cp, ocr_language_fold(language, cp), kind_of(cp), g->confidence >= sure, rc_page_clean_box(page, g->box),
		};
	}
	return n;
}

/* ---- text ------------------------------------------------------------------------------------------------ */

static bool wrong_form(const struct rc_page *page, const struct ocr_language *language, uint32_t cp)
{
	enum ocr_form form = ocr_language_form(language, cp);

	return (form == OCR_FORM_HANT && strcmp(page->script, "hans") == 0) || (form == OCR_FORM_HANS && strcmp(page->script, "hant") == 0);
}

/* A letter among others is a word or a number. */
static bool is_stray(const struct seen *seen, size_t n, size_t i)
{
	if (seen[i].kind == 'S')
		return true;
	return seen[i].kind == 'L' && !(i > 0 && seen[i - 1].kind == 'L') && !(i + 1 < n && seen[i + 1].kind == 'L');
}

static void add_pair(struct ocr_sums *s, const struct ocr_language *language, const struct seen *a, const struct seen *b)
{
	bool wordless = !ocr_language_is_pair(language, a->folded, b->folded);

	s->pairs++;
	s->wordless += wordless;
	s->sure_pairs += a->sure && b->sure;
	s->sure_wordless += a->sure && b->sure && wordless;
}

static void add_text(struct ocr_sums *s, const struct rc_page *page, const struct ocr_language *language, const struct seen *seen, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		s->stray += is_stray(seen, n, i);
		s->marks += seen[i].kind == 'P';
		if (seen[i].kind != 'H')
			continue;
		s->han++;
		s->rare += !ocr_language_is_common(language, seen[i].folded, COMMON);
		s->form += wrong_form(page, language, seen[i].cp);
		if (i > 0 && seen[i - 1].kind == 'H')
			add_pair(s, language, &seen[i - 1], &seen[i]);
	}
}

/* Does the glyph end three equal passages of this length? Dots and dashes do so by nature. */
static bool ends_loop(const struct seen *seen, size_t i, size_t period)
{
	bool letters = false;

	if (i + 1 < 3 * period)
		return false;
	for (size_t k = 0; k < 2 * period; k++) {
		if (seen[i - k].cp != seen[i - k - period].cp)
			return false;
		letters |= seen[i - k].kind == 'H' || seen[i - k].kind == 'L';
	}
	return letters;
}

static void add_loops(struct ocr_sums *s, const struct rc_line *line, const struct rc_line *before, const struct seen *seen, size_t n)
{
	size_t looped = 0, until = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t period = 1; period <= LONGEST_LOOP; period++)
			if (ends_loop(seen, i, period)) {
				size_t start = i + 1 - 3 * period;

				looped += i + 1 - (start > until ? start : until);
				until = i + 1;
				break;
			}
	if (before && before->text && n >= 4 && strcmp(before->text, line->text) == 0)
		looped = n;
	s->loop += (double)looped;
}

/* ---- boxes ----------------------------------------------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Adds the values' deviations from their median, as shares of it and at most 1 each. Returns it; 0: too few values. */
static double add_deviations(double *values, size_t n, double *count, double *sum)
{
	double middle;

	if (n < 3)
		return 0;
	qsort(values, n, sizeof *values, compare_doubles);
	middle = values[n / 2];
	for (size_t i = 0; i < n && middle > 0; i++) {
		*sum += fmin(fabs(values[i] / middle - 1), 1);
		(*count)++;
	}
	return middle;
}

static double middle_along(struct rc_box b, bool vertical)
{
	return vertical ? b.y + b.h / 2.0 : b.x + b.w / 2.0;
}

/* Han glyphs of a line have one size and one pitch. Returns the pitch; 0: not to be told. */
static double add_boxes(struct ocr_sums *s, const struct rc_line *line, const struct seen *seen, size_t n)
{
	bool vertical = line->direction == RC_DIR_VERTICAL;
	double values[MOST], pitch;
	size_t n_values = 0;

	for (size_t i = 1; i < n; i++)
		if (seen[i - 1].kind == 'H' && seen[i].kind == 'H')
			values[n_values++] = fabs(middle_along(seen[i].box, vertical) - middle_along(seen[i - 1].box, vertical));
	pitch = add_deviations(values, n_values, &s->steps, &s->pitch);
	n_values = 0;
	for (size_t i = 0; i < n; i++)
		if (seen[i].kind == 'H')
			values[n_values++] = vertical ? seen[i].box.h : seen[i].box.w;
	(void)add_deviations(values, n_values, &s->sizes, &s->size);
	return pitch;
}

/* What the ink under the line says. */
static void add_ink(struct ocr_sums *s, const struct rc_page *page, const struct rc_line *line, const struct ocr_ink *ink,
                    const struct seen *seen, size_t n, double pitch)
{
	double uneven = ocr_unevenness(ink, rc_page_clean_box(page, line->box), line->direction == RC_DIR_VERTICAL, pitch);

	if (uneven >= 0) {
		s->beats += s->glyphs;
		s->uneven += uneven * s->glyphs;
	}
	for (size_t i = 0; i < n; i++) {
		if (seen[i].kind != 'H' || !seen[i].box.w || !seen[i].box.h)
			continue;
		s->cells++;
		s->empty += ocr_is_empty(ink, seen[i].box);
	}
}

struct ocr_sums ocr_line_sums(const struct rc_page *page, const struct rc_line *line, const struct rc_line *before,
                              const struct ocr_language *language, const struct ocr_ink *ink)
{
	struct ocr_sums s = { .glyphs = (double)line->n_glyphs };
	struct seen seen[MOST];
	size_t n = read_glyphs(page, line, language, seen);
	double pitch;

	for (size_t i = 0; i < line->n_glyphs; i++) {
		s.doubt += 1 - (double)line->glyphs[i].confidence;
		s.weak += line->glyphs[i].confidence < weak;
	}
	if (line->read_twice)
		s.differ = (1 - (double)line->agreement) * s.glyphs;
	add_text(&s, page, language, seen, n);
	add_loops(&s, line, before, seen, n);
	pitch = add_boxes(&s, line, seen, n);
	if (ink)
		add_ink(&s, page, line, ink, seen, n, pitch);
	s.alone = n <= 2 ? s.glyphs : 0;
	return s;
}

/* ---- shares ---------------------------------------------------------------------------------------------- */

void ocr_sums_add(struct ocr_sums *to, const struct ocr_sums *sums, double weight)
{
	double *sum = (double *)to;
	const double *more = (const double *)sums;

	for (size_t i = 0; i < sizeof *to / sizeof *sum; i++)
		sum[i] += weight * more[i];
}

/* what of all; drawn to `usual` as if eight more had been seen. */
static float share(double what, double all, double usual)
{
	static const double more = 8;

	return (float)fmin(fmax((what + more * usual) / (all + more), 0), 1);
}

void ocr_signs(const struct ocr_sums *s, float ret[RC_SIGN_COUNT])
{
	/* What is usual was read off clean modern print (samples/). */
	const float signs[RC_SIGN_COUNT] = {
		[RC_SIGN_DOUBT] = s->glyphs > 0 ? (float)(s->doubt / s->glyphs) : 0,
		[RC_SIGN_WEAK] = s->glyphs > 0 ? (float)(s->weak / s->glyphs) : 0,
		[RC_SIGN_RARE] = share(s->rare, s->han, 0.01),
		[RC_SIGN_FORM] = share(s->form, s->han, 0),
		[RC_SIGN_STRAY] = share(s->stray, s->glyphs, 0),
		[RC_SIGN_WORDLESS] = share(s->wordless, s->pairs, 0.55),
		[RC_SIGN_DIFFER] = share(s->differ, s->glyphs, 0),
		[RC_SIGN_MISSED] = share(s->missed, s->parts, 0),
		[RC_SIGN_EMPTY] = share(s->empty, s->cells, 0),
		[RC_SIGN_LOOP] = share(s->loop, s->glyphs, 0),
		[RC_SIGN_MARKS] = share(s->marks, s->glyphs, 0.1),
		[RC_SIGN_PITCH] = share(s->pitch, s->steps, 0.1),
		[RC_SIGN_SIZE] = share(s->size, s->sizes, 0.1),
		[RC_SIGN_UNEVEN] = share(s->uneven, s->beats, 0.4),
		[RC_SIGN_ALONE] = share(s->alone, s->glyphs, 0),
		[RC_SIGN_ORDER] = fminf(fmaxf((share(s->sure_wordless, s->sure_pairs, 0.6) - classical) / (mixed - classical), 0), 1),
	};

	memcpy(ret, signs, sizeof signs);
}
