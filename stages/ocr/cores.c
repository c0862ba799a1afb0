/* cores.c -- how wide the glyphs of columns are, and where their middle runs.
 *
 *   ocr_cores_find()   all columns of a block
 *   find_core()        one column: where its ink lies
 *   settle()           type of one size is equally wide
 *   drop_rules()       what is too narrow for a column */
#include <math.h>
#include <stdlib.h>
#include <leptonica/allheaders.h>

#include "ocr/columns_parts.h"

/* Ink up to which a pixel may be the paper's own, of 255. */
enum { PAPER_NOISE = 40 };

/* From where to where the column's ink lies, but for a sixtieth on each side: punctuation, dust, rests of rules. */
static void find_core(struct ocr_column *column, int32_t *sums)
{
	int w = pixGetWidth(column->pix), h = pixGetHeight(column->pix), from = 0, to = w - 1;
	int64_t all = 0, left = 0, right = 0;

	for (int x = 0; x < w; x++) {
		sums[x] = 0;
		for (int y = 0; y < h; y++) {
			int ink = 255 - (int)GET_DATA_BYTE(pixGetData(column->pix) + (size_t)pixGetWpl(column->pix) * (size_t)y, x) - PAPER_NOISE;

			sums[x] += ink > 0 ? ink : 0;
		}
		all += sums[x];
	}
	while (from < to && (left += sums[from]) < all / 60)
		from++;
	while (to > from && (right += sums[to]) < all / 60)
		to--;
	column->middle = (float)(from + to + 1) / 2;
	column->core = (float)(to + 1 - from);
}

static int compare_floats(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* What is long and much narrower than the others is a rule, or the edge of something. */
static void drop_rules(struct ocr_columns *columns, float common)
{
	int kept = 0;

	for (int i = 0; i < columns->n; i++) {
		struct ocr_column *c = &columns->column[i];

		if (c->core < 0.45f * common && (float)pixGetHeight(c->pix) > 3 * common)
			pixDestroy(&c->pix);
		else
			columns->column[kept++] = *c;
	}
	columns->n = kept;
}

/* Fills middle and core of every column; returns the median core of those that are no halves, if there are any. */
static float measure(struct ocr_columns *columns, float *cores, int32_t *sums)
{
	int n = 0;

	for (int i = 0; i < columns->n; i++) {
		find_core(&columns->column[i], sums);
		if (!columns->column[i].half)
			cores[n++] = columns->column[i].core;
	}
	for (int i = 0; n == 0 && i < columns->n; i++)
		cores[i] = columns->column[i].core;
	n = n ? n : columns->n;
	qsort(cores, (size_t)n, sizeof(*cores), compare_floats);
	return cores[n / 2];
}

/* Type of one size has glyphs of one width, whatever a single column shows: a few narrow ones, or a stain. Only where a column is
 * clearly otherwise it is set in another size. Of two halves the wider one shows the width of both. */
static void settle(struct ocr_columns *columns, float common)
{
	for (int i = 0; i < columns->n; i++) {
		struct ocr_column *c = &columns->column[i];
		bool narrow = c->core <= 0.88f * common, lone = !c->half && (float)pixGetHeight(c->pix) < 6 * common;

		if (c->half) {
			c[0].core = c[1].core = fmaxf(c[0].core, c[1].core);
			narrow = c->core <= 0.88f * common;
		}
		if (c->core < 1.3f * common && (!narrow || lone))
			c->core = common;
		if (c->half) {
			c[1].core = c[0].core;
			i++;
		}
	}
}

enum rc_status ocr_cores_find(struct ocr_columns *columns, double glyph, int most_width, struct rc_err *err)
{
	RC_CLEANUP(rc_free) float *cores = calloc(OCR_MAX_COLUMNS + 1, sizeof(*cores));
	RC_CLEANUP(rc_free) int32_t *sums = calloc((size_t)most_width + 1, sizeof(*sums));
	enum rc_status status;
	float common;

	if (!cores || !sums)
		return ocr_columns_memory(err);
	(void)measure(columns, cores, sums);
	for (int i = 0; i < columns->n; i++)
		ocr_clear_lines(columns->column[i].pix, (double)columns->column[i].middle, glyph);
	common = measure(columns, cores, sums);
	drop_rules(columns, common);
	status = ocr_commentary_split(columns, (double)common, err);
	if (status != RC_OK)
		return status;
	settle(columns, measure(columns, cores, sums));
	return RC_OK;
}
