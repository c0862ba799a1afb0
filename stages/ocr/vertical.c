/* vertical.c -- a block of vertical text read column by column, each in several ways of which the surest is kept.
 *
 *   ocr_read_columns()   all columns of a block
 *   read_column()        its readings; the one with the best score stands, but for what words choose (words.c)
 *   put_column()         the glyphs with their cells as boxes */
#include <math.h>
#include <leptonica/allheaders.h>

#include "ocr/lines.h"
#include "ocr/state.h"
#include "ocr/words.h"

/* How columns are shown to the model, the best way first: how wide their glyphs' ink is in the line, and how stretched. */
struct showing {
	bool own;                   /* to the program's own model, where it fits */
	int core;
	double stretch;
};
/* Two readings, as unlike as can be had, so that where they agree it means something. */
static const struct showing with_own[] = { { true, 33, 1.0 }, { false, 28, 1.0 }, { true, 36, 1.0 }, { false, 30, 0.94 } };
static const struct showing without_own[] = { { false, 28, 1.0 }, { false, 29, 0.94 }, { false, 31, 1.0 }, { false, 26, 1.0 } };
enum { NORMAL_WAYS = 2, BEST_WAYS = RC_COUNT(with_own) };

struct reader {
	struct ocr_line_reading reading[BEST_WAYS];
	struct ocr_way way[BEST_WAYS];
	const struct ocr_language *language;    /* NULL: words have no say */
	struct ocr_places places;
	int ways, best, second;     /* numbers of readings; second: -1 when there is only one */
};

static void clean_place(const struct ocr_column *c, double from, double to, struct rc_box *ret)
{
	double w = pixGetWidth(c->pix), a = c->x + c->lean * from, b = c->x + c->lean * to, left = floor(fmin(a, b)), top = floor(c->y + from);

	ret->x = (int32_t)fmax(left, 0);
	ret->y = (int32_t)fmax(top, 0);
	ret->w = (int32_t)fmax(ceil(fmax(a, b) + w) - ret->x, 1);
	ret->h = (int32_t)fmax(ceil(c->y + to) - ret->y, 1);
}

/* The cell around the glyph's middle, when its neighbours are not in it too; else what the engine says. */
static void place_of(const struct ocr_column *column, const struct ocr_line_reading *r, int i, double *from, double *to)
{
	double middle = (r->glyph[i].from + r->glyph[i].to) / 2.0;
	int h = pixGetHeight(column->pix);

	*from = fmin(fmax(r->glyph[i].from, 0), h - 1);
	*to = fmin(fmax(r->glyph[i].to, *from + 1), h);
	for (int k = 0; k < column->cells; k++) {
		double top = column->cell[k], bottom = column->cell[k + 1];
		double before = i > 0 ? (r->glyph[i - 1].from + r->glyph[i - 1].to) / 2.0 : -1;
		double after = i + 1 < r->n ? (r->glyph[i + 1].from + r->glyph[i + 1].to) / 2.0 : h + 1;

		if (middle < top || middle >= bottom)
			continue;
		if (before < top && after >= bottom) {
			*from = top;
			*to = bottom;
		}
		return;
	}
}

static enum rc_status put_column(struct reader *r, const struct ocr_column *column, struct ocr_composer *composer, struct rc_err *err)
{
	const struct ocr_line_reading *best = &r->reading[r->best], *second = r->second >= 0 ? &r->reading[r->second] : NULL;
	struct rc_box box;
	enum rc_status status;

	clean_place(column, 0, pixGetHeight(column->pix), &box);
	status = ocr_compose_line(composer, box, column->lean * pixGetHeight(column->pix), true, err);
	ocr_compare_places(r->language, best, second, &r->places);
	for (int i = 0; status == RC_OK && i < best->n; i++) {
		double from, to;

		place_of(column, best, i, &from, &to);
		clean_place(column, from, to, &box);
		status = ocr_compose_place(composer, &r->places, i, box, false, err);
	}
	if (status == RC_OK && second) {
		composer->line->read_twice = true;
		composer->line->agreement = (float)ocr_agreement(best, second);
	}
	return status;
}

static enum rc_status read_column(struct reader *r, const struct ocr_column *column, struct rc_err *err)
{
	r->best = 0;
	r->second = -1;
	for (int i = 0; i < r->ways; i++) {
		enum rc_status status = ocr_read_column(column, &r->way[i], &r->reading[i], err);

		if (status != RC_OK)
			return status;
		if (i > 0 && r->reading[i].score > r->reading[r->best].score) {
			r->second = r->best;
			r->best = i;
		} else if (i > 0 && (r->second < 0 || r->reading[i].score > r->reading[r->second].score)) {
			r->second = i;
		}
	}
	return RC_OK;
}

static enum rc_status choose_ways(struct reader *r, struct ocr_state *state, enum ocr_script script, struct rc_err *err)
{
	bool own = ocr_own_model_possible(state->cfg, script, true);
	struct ocr_engine *stock, *ours = NULL;
	enum rc_status status = ocr_engine_for(state, script, true, &stock, err);

	if (status == RC_OK && own)
		status = ocr_own_engine(state, &ours, err);
	if (status != RC_OK)
		return status;
	r->language = state->cfg->ocr_words ? state->language : NULL;
	r->ways = state->cfg->ocr_effort == RC_EFFORT_BEST ? BEST_WAYS : NORMAL_WAYS;
	for (int i = 0; i < r->ways; i++) {
		const struct showing *how = own ? &with_own[i] : &without_own[i];

		r->way[i] = (struct ocr_way){ .engine = how->own ? ours : stock, .core = how->core, .stretch = how->stretch };
	}
	return RC_OK;
}

enum rc_status ocr_read_columns(struct ocr_state *state, enum ocr_script script, struct ocr_composer *composer, struct Pix *gray,
                                const struct ocr_block *block, struct rc_err *err)
{
	RC_CLEANUP(ocr_columns_free) struct ocr_columns columns = { 0 };
	RC_CLEANUP(rc_free) struct reader *r = calloc(1, sizeof(*r));
	enum rc_status status;

	if (!r)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot read columns: not enough memory");
	status = choose_ways(r, state, script, err);
	if (status == RC_OK)
		status = ocr_columns_cut(gray, block, &columns, err);
	for (int i = 0; status == RC_OK && i < columns.n; i++) {
		status = read_column(r, &columns.column[i], err);
		if (status == RC_OK && r->reading[r->best].n > 0)
			status = put_column(r, &columns.column[i], composer, err);
	}
	return status;
}
