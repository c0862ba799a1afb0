/* pdf_runs.c -- which lines hang together: sizes and ends that lead a reader to our order.
 *
 *   end_run()         one size for all lines of a run, another than its neighbours have
 *   draw_back()       where a page has several runs, their lines stand back from each other
 *   pdf_lines_of()    cuts the lines of a page into runs
 *
 * Who copies text or searches gets the order in which a PDF shows it. pdftotext and the viewers built on Poppler do not: they
 * sort by place. They gather lines into blocks, where letters differ by less than 5 %, the next line is within 1.5 sizes, or what is on
 * the same lines within 0.7; read a block line by line; and sort the blocks by rules that go wrong in columns where many blocks
 * stand side by side. So a block should be what the record reads in one go. A *run* is that: lines of a region that follow each other
 * without going back. With one size for each run, not that of each line's print, text in one tier comes in order; with
 * sizes that differ from run to run, and ends that stand back by half a letter, most of a newspaper in tiers, too. */
#include <math.h>
#include <stdlib.h>

#include "export/pages.h"
#include "export/pdf_parts.h"

#define SIZE 0.9                        /* of the way from line to line */
#define MOST_LEAD 1.5                   /* of the thickness: lines further apart are not meant to look like one block */
#define STEP 0.25                       /* of the thickness; lines that go on by less stand one before the other */
#define SAME_WAY 0.9                    /* cosine */
#define DIFFERENCE 0.07                 /* between the sizes of neighbouring runs */
#define BACK 0.5                        /* of the thickness */
#define MOST_BACK 0.25                  /* of the length */
enum { SIZES = 3 };

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* n > 0; sorts them. */
static double median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, by_size);
	return v[n / 2];
}

/* How far b lies behind a, the way in which lines follow each other: columns to the left, rows downwards. */
static double step_between(const struct pdf_frame *a, const struct pdf_frame *b)
{
	double dx = b->x - a->x + (b->ux * b->length + b->vx * b->thickness - a->ux * a->length - a->vx * a->thickness) / 2;
	double dy = b->y - a->y + (b->uy * b->length + b->vy * b->thickness - a->uy * a->length - a->vy * a->thickness) / 2;
	bool column = fabs(a->uy) > fabs(a->ux);

	return column ? dx * -fabs(a->vx) : dy * -fabs(a->vy);
}

static bool goes_on(const struct pdf_frame *a, const struct pdf_frame *b)
{
	return a->ux * b->ux + a->uy * b->uy > SAME_WAY && step_between(a, b) > STEP * fmin(a->thickness, b->thickness);
}

static void end_run(struct pdf_line *v, size_t n, size_t run)
{
	double *sizes = rc_alloc(n * sizeof *sizes);

	for (size_t i = 0; i < n; i++)
		sizes[i] = v[i].frame.thickness;
	double thickness = median(sizes, n), lead = thickness;

	for (size_t i = 0; i + 1 < n; i++)
		sizes[i] = step_between(&v[i].frame, &v[i + 1].frame);
	if (n > 1)
		lead = fmax(fmin(median(sizes, n - 1), MOST_LEAD * thickness), thickness);
	for (size_t i = 0; i < n; i++) {
		v[i].size = SIZE * lead * (1 - DIFFERENCE * (double)(run % SIZES));
		v[i].back = BACK * thickness;
	}
	free(sizes);
}

static void draw_back(struct pdf_lines *lines, size_t runs)
{
	for (size_t i = 0; i < lines->n; i++)
		lines->v[i].back = runs > 1 ? fmin(lines->v[i].back, MOST_BACK * lines->v[i].frame.length) : 0;
}

static size_t count_lines(const struct record_page *page)
{
	size_t n = 0;

	for (size_t r = 0; r < page->page.n_regions; r++)
		n += page->page.regions[r].n_lines;
	return n;
}

void pdf_lines_of(const struct record_page *page, const struct pdf_sheet *sheet, struct pdf_lines *ret)
{
	size_t first = 0, runs = 0;

	ret->v = rc_alloc((count_lines(page) + 1) * sizeof *ret->v);
	ret->n = 0;
	for (size_t r = 0; r < page->page.n_regions; r++) {
		const struct rc_region *region = &page->page.regions[r];

		for (size_t i = 0; i < region->n_lines; i++) {
			struct pdf_line *line = &ret->v[ret->n];

			*line = (struct pdf_line){ .line = &region->lines[i] };
			if (!line->line->text || !*line->line->text || !pdf_frame_of(line->line, sheet, &line->frame))
				continue;
			if (ret->n > first && !goes_on(&line[-1].frame, &line->frame)) {
				end_run(&ret->v[first], ret->n - first, runs++);
				first = ret->n;
			}
			ret->n++;
		}
		if (ret->n > first)
			end_run(&ret->v[first], ret->n - first, runs++);
		first = ret->n;
	}
	draw_back(ret, runs);
}

void pdf_lines_clear(struct pdf_lines *lines)
{
	free(lines->v);
	*lines = (struct pdf_lines){ 0 };
}
