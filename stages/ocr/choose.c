/* choose.c -- which model fits the page: by evidence where it is clear, by short trials where it is not.
 *
 *   ocr_choose()      direction, then script, then what the engine is told about the layout
 *   trial()           mean confidence of one model on a small part of the page */
#include <math.h>
#include <leptonica/allheaders.h>

#include "ocr/state.h"

/* Below this the lanes do not decide the direction: grids, tables, a few large glyphs. On some 60 pages of known
 * direction the right side was always above 0.25, except for genealogies and a page with notes between lines. */
static const float clear_direction = 0.2f;
/* By how much a trial in simplified must be better. The mean confidence of 30 glyphs is off by 0.03, as large as the
 * difference between the models, so the rest is left to custom: vertical print is traditional. */
static const double vertical_margin = 0.06, horizontal_margin = -0.03;
/* Vertical text that is not so many glyphs high is one block of columns; higher pages have tiers. */
static const float block_height = 45;
/* A trial reads a part so many glyphs wide and high (vertical: wide lines up; horizontal: the other way). */
enum { TRIAL_LONG = 8, TRIAL_SHORT = 4 };

const char *ocr_model_name(enum ocr_script script, bool vertical)
{
	static const char *const names[OCR_SCRIPTS][2] = {
		[OCR_HANT] = { "chi_tra", "chi_tra_vert" },
		[OCR_HANS] = { "chi_sim", "chi_sim_vert" },
	};

	return names[script][vertical];
}

bool ocr_model_possible(const struct rc_config *cfg, enum ocr_script script, bool vertical)
{
	if (cfg->ocr_script != RC_SCRIPT_AUTO && (cfg->ocr_script == RC_SCRIPT_HANS) != (script == OCR_HANS))
		return false;
	return cfg->ocr_direction == RC_TEXT_AUTO || (cfg->ocr_direction == RC_TEXT_VERTICAL) == vertical;
}

enum rc_status ocr_engine_for(struct ocr_state *state, enum ocr_script script, bool vertical, struct ocr_engine **ret, struct rc_err *err)
{
	struct ocr_engine **slot = &state->engines[script][vertical];

	if (!*slot) {
		enum rc_status status = ocr_engine_open(slot, state->cfg->ocr_models, ocr_model_name(script, vertical), err);

		if (status != RC_OK)
			return status;
	}
	*ret = *slot;
	return RC_OK;
}

/* ---- trials ---------------------------------------------------------------------------------------------- */

struct score {
	double sum;
	int n;
};

static enum rc_status add_score(void *ctx, const struct ocr_glyph *glyph, struct rc_err *err)
{
	struct score *score = ctx;

	if (glyph->text[0] == ' ' || !glyph->text[0])
		return RC_OK;
	score->sum += (double)glyph->confidence;
	score->n++;
	return RC_OK;
}

/* The part of the sample that a trial reads: some whole lines of it. */
static struct rc_box trial_part(const struct ocr_evidence *seen, bool vertical)
{
	struct rc_box s = seen->sample;
	int lengthwise = (int)lroundf(TRIAL_LONG * seen->glyph), across = (int)lroundf(TRIAL_SHORT * seen->glyph);
	int w = vertical ? across : lengthwise, h = vertical ? lengthwise : across;

	if (s.w > w) {
		s.x += (s.w - w) / 2;
		s.w = w;
	}
	if (s.h > h) {
		s.y += (s.h - h) / 2;
		s.h = h;
	}
	return s;
}

/* Mean confidence; few glyphs where there is room for many are no success, so that they count as zeros up to a
 * quarter of what the part may hold. */
static enum rc_status trial(struct ocr_state *state, const struct rc_page *page, PIX *gray, const struct ocr_evidence *seen,
                            enum ocr_script script, bool vertical, double *ret, struct rc_err *err)
{
	struct ocr_engine *engine;
	struct score score = { 0 };
	struct rc_box part = trial_part(seen, vertical);
	RC_CLEANUP(ocr_view_close) struct ocr_view view = { 0 };
	enum rc_status status = ocr_engine_for(state, script, vertical, &engine, err);
	double expected;

	if (status == RC_OK)
		status = ocr_view_open(&view, gray, &part, vertical, err);
	if (status != RC_OK)
		return status;
	status = ocr_engine_read(engine, view.pix, OCR_LAYOUT_BLOCK, page->quality.dpi, add_score, &score, err);
	if (status != RC_OK)
		return status;
	expected = (double)part.w * part.h / (double)(seen->glyph * seen->glyph) / 4;
	*ret = score.sum / fmax(score.n, fmax(expected, 1));
	return RC_OK;
}

/* ---- choices ------------------------------------------------------------------------------------------------ */

static enum rc_status choose_direction(struct ocr_state *state, const struct rc_page *page, PIX *gray,
                                       const struct ocr_evidence *seen, bool *ret, struct rc_err *err)
{
	enum ocr_script script = state->cfg->ocr_script == RC_SCRIPT_HANS ? OCR_HANS : OCR_HANT;
	double vertical, horizontal;
	enum rc_status status;

	*ret = state->cfg->ocr_direction == RC_TEXT_AUTO ? seen->vertical > 0 : state->cfg->ocr_direction == RC_TEXT_VERTICAL;
	if (state->cfg->ocr_direction != RC_TEXT_AUTO || fabsf(seen->vertical) >= clear_direction || !seen->sample.w)
		return RC_OK;
	status = trial(state, page, gray, seen, script, true, &vertical, err);
	if (status == RC_OK)
		status = trial(state, page, gray, seen, script, false, &horizontal, err);
	if (status == RC_OK)
		*ret = vertical >= horizontal;
	return status;
}

static enum rc_status choose_script(struct ocr_state *state, const struct rc_page *page, PIX *gray,
                                    const struct ocr_evidence *seen, bool vertical, enum ocr_script *ret, struct rc_err *err)
{
	double hant, hans;
	enum rc_status status;

	*ret = state->cfg->ocr_script == RC_SCRIPT_HANS ? OCR_HANS : OCR_HANT;
	if (state->cfg->ocr_script != RC_SCRIPT_AUTO || !seen->sample.w)
		return RC_OK;
	status = trial(state, page, gray, seen, OCR_HANT, vertical, &hant, err);
	if (status == RC_OK)
		status = trial(state, page, gray, seen, OCR_HANS, vertical, &hans, err);
	if (status == RC_OK)
		*ret = hans - hant > (vertical ? vertical_margin : horizontal_margin) ? OCR_HANS : OCR_HANT;
	return status;
}

enum rc_status ocr_choose(struct ocr_state *state, const struct rc_page *page, PIX *gray, const struct ocr_evidence *seen,
                          struct ocr_choice *ret, struct rc_err *err)
{
	enum rc_status status = choose_direction(state, page, gray, seen, &ret->vertical, err);

	if (status == RC_OK)
		status = choose_script(state, page, gray, seen, ret->vertical, &ret->script, err);
	if (status != RC_OK)
		return status;
	ret->layout = ret->vertical && seen->ink.h < block_height * seen->glyph ? OCR_LAYOUT_BLOCK : OCR_LAYOUT_PAGE;
	return RC_OK;
}
