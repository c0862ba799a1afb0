/* judge.c -- which of what was read may be believed. Wrong text that looks right is the worst that can happen.
 *
 *   ocr_judge()    confidences of lines and page; lines and pages not to be trusted; the estimated error */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ocr/state.h"

/* Lines with a lower mean confidence are kept as places without text: the engine says 0.8 of what it makes of dirt. */
static const float line_floor = 0.85f;
/* From this estimated error on a page is unreadable, and so are all its lines. Handwriting has 0.95. */
static const float unreadable = 0.85f;

/* Mean confidence of a page's glyphs against its character error rate. The engine is sure of itself: half of the characters are
 * wrong where it says 0.90. Read off 36 pages with truth (newspaper crops, manuscripts, modern print and handwriting, our
 * samples), where the two go together with few exceptions: pages of which most was not found, or in the wrong script. */
static const struct { float confidence, error; } sure[] = {
	{ 0.00f, 1.00f }, { 0.86f, 0.95f }, { 0.88f, 0.78f }, { 0.895f, 0.60f }, { 0.91f, 0.42f }, { 0.925f, 0.30f }, { 0.945f, 0.20f },
	{ 0.96f, 0.12f }, { 0.97f, 0.08f }, { 0.98f, 0.045f }, { 0.99f, 0.02f }, { 1.00f, 0.01f },
};

static float error_at(float confidence)
{
	size_t i = 1;

	while (i + 1 < RC_COUNT(sure) && confidence > sure[i].confidence)
		i++;
	return sure[i - 1].error + (sure[i].error - sure[i - 1].error) *
	       fminf(fmaxf((confidence - sure[i - 1].confidence) / (sure[i].confidence - sure[i - 1].confidence), 0), 1);
}

/* Keeps the line and forgets its text. */
static void forget(struct rc_line *line)
{
	line->not_read = true;
	line->text[0] = '\0';
	free(line->glyphs);
	line->glyphs = NULL;
	line->n_glyphs = 0;
}

static double line_sum(const struct rc_line *line)
{
	double sum = 0;

	for (size_t i = 0; i < line->n_glyphs; i++)
		sum += (double)line->glyphs[i].confidence;
	return sum;
}

static void forget_all(struct rc_page *page)
{
	page->quality.page_class = RC_PAGE_UNREADABLE;
	for (size_t r = 0; r < page->n_regions; r++)
		for (size_t l = 0; l < page->regions[r].n_lines; l++)
			forget(&page->regions[r].lines[l]);
}

void ocr_judge(struct rc_page *page)
{
	double all = 0;
	size_t n_all = 0;

	for (size_t r = 0; r < page->n_regions; r++)
		for (size_t l = 0; l < page->regions[r].n_lines; l++) {
			struct rc_line *line = &page->regions[r].lines[l];
			double sum = line_sum(line);
			size_t n = line->n_glyphs;

			line->confidence = n ? (float)(sum / (double)n) : 0;
			all += sum;
			n_all += n;
			if (line->confidence < line_floor)
				forget(line);
		}
	if (!n_all) {
		page->quality.page_class = RC_PAGE_PICTURE;
		return;
	}
	page->quality.confidence = (float)(all / (double)n_all);
	page->quality.estimated_error = error_at(page->quality.confidence);
	if (page->quality.estimated_error >= unreadable)
		forget_all(page);
}
