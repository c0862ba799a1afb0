/* choose.c -- which model fits the page: by evidence where it is clear, by short trials where it is not.
 *
 *   ocr_choose_direction()
 *   ocr_choose_script()     after the page was cut into blocks: whole lines are tried
 *   ocr_trial()             what one model sees in a small part of the page */
#include <math.h>
#include <leptonica/allheaders.h>

#include "core/text.h"
#include "ocr/state.h"

/* Below this the lanes do not decide the direction: grids, tables, a few large glyphs. Of 35 pages
 * of known direction those of print were all on the right side, and above 0.28; genealogies and manuscripts came down to 0.1. */
static const float clear_direction = 0.2f;
/* What ocr_compare_scripts() must exceed for simplified. Custom decides where the evidence is thin: vertical print is
 * traditional, horizontal print more often simplified. */
static const double vertical_margin = 0.3, horizontal_margin = -0.3;

/* How much the script trial reads, in glyphs, twice: along the lines and across them. Half as much decided
 * more pages wrongly, and in the wrong script 13 to 30 characters more of a hundred are wrong. Vertical print is hardly ever
 * simplified, so half must do there, if there are some LEAST_PARTS parts of glyphs and a block of LEAST_TRIAL glyphs; other pages
 * with little text are tried whole. */
enum { TRIAL_ALONG = 24, TRIAL_ACROSS = 8, VERTICAL_ACROSS = 4, LEAST_TRIAL = 60, LEAST_PARTS = 300 };

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
	/* Pages of vertical text have horizontal lines too: mast heads, boxes of adverts. */
	return !vertical || cfg->ocr_direction != RC_TEXT_HORIZONTAL;
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

bool ocr_own_model_possible(const struct rc_config *cfg, enum ocr_script script, bool vertical)
{
	return cfg->ocr_own_model && cfg->ocr_effort != RC_EFFORT_PLAIN && script == OCR_HANT && vertical && ocr_model_possible(cfg, script, vertical);
}

enum rc_status ocr_own_engine(struct ocr_state *state, struct ocr_engine **ret, struct rc_err *err)
{
	struct ocr_own_model model = ocr_model_hant_vert();
	enum rc_status status = state->own ? RC_OK : ocr_engine_open_own(&state->own, &model, err);

	if (status == RC_OK)
		*ret = state->own;
	return status;
}

/* ---- trials ---------------------------------------------------------------------------------------------- */

static enum rc_status add_seen(void *ctx, const struct ocr_glyph *glyph, struct rc_err *err)
{
	struct ocr_reading *r = ctx;
	const char *text = glyph->text;
	uint32_t cp = rc_utf8_next(&text);

	if (cp > ' ' && r->n < OCR_MAX_READING)
		r->seen[r->n++] = (struct ocr_seen){ cp, (float)glyph->box.x + (float)glyph->box.w / 2,
		                                     (float)glyph->box.y + (float)glyph->box.h / 2, glyph->confidence };
	return RC_OK;
}

enum rc_status ocr_trial(struct ocr_engine *engine, const struct rc_page *page, PIX *gray, const struct rc_box *part, bool vertical,
                         struct ocr_reading *ret, struct rc_err *err)
{
	RC_CLEANUP(ocr_view_close) struct ocr_view view = { 0 };
	enum rc_status status = ocr_view_open(&view, gray, part, vertical, err);

	ret->n = 0;
	return status == RC_OK ? ocr_engine_read(engine, view.pix, OCR_LAYOUT_BLOCK, page->quality.dpi, add_seen, ret, err) : status;
}

static enum rc_status trial(struct ocr_state *state, const struct rc_page *page, PIX *gray, const struct rc_box *part,
                            enum ocr_script script, bool vertical, struct ocr_reading *ret, struct rc_err *err)
{
	struct ocr_engine *engine;
	enum rc_status status = ocr_engine_for(state, script, vertical, &engine, err);

	return status == RC_OK ? ocr_trial(engine, page, gray, part, vertical, ret, err) : status;
}

/* Mean confidence, where finding few glyphs is no success: a quarter of what the part may hold is the least that counts. */
static double success(const struct ocr_reading *r, const struct ocr_evidence *seen)
{
	double sum = 0, room = (double)seen->sample.w * seen->sample.h / (double)(seen->glyph * seen->glyph);

	for (int i = 0; i < r->n; i++)
		sum += (double)r->seen[i].confidence;
	return sum / fmax(r->n, fmax(room / 4, 1));
}

/* ---- choices ------------------------------------------------------------------------------------------------ */

enum rc_status ocr_choose_direction(struct ocr_state *state, const struct rc_page *page, PIX *gray,
                                    const struct ocr_evidence *seen, bool *ret, struct rc_err *err)
{
	enum ocr_script script = state->cfg->ocr_script == RC_SCRIPT_HANS ? OCR_HANS : OCR_HANT;
	struct ocr_reading vertical, horizontal;
	enum rc_status status;

	*ret = state->cfg->ocr_direction == RC_TEXT_AUTO ? seen->vertical > 0 : state->cfg->ocr_direction == RC_TEXT_VERTICAL;
	if (state->cfg->ocr_direction != RC_TEXT_AUTO || fabsf(seen->vertical) >= clear_direction || !seen->sample.w)
		return RC_OK;
	status = trial(state, page, gray, &seen->sample, script, true, &vertical, err);
	if (status == RC_OK)
		status = trial(state, page, gray, &seen->sample, script, false, &horizontal, err);
	if (status == RC_OK)
		*ret = success(&vertical, seen) >= success(&horizontal, seen);
	return status;
}

static int64_t trial_worth(const struct ocr_block *b, bool vertical)
{
	return b->vertical == vertical ? (int64_t)b->box.w * b->box.h : 0;
}

/* From the middle of the largest block of the page's direction: pieces of some lines. On a page with hardly any text all of it. */
static struct rc_box trial_part(const struct ocr_evidence *seen, const struct ocr_blocks *blocks, bool vertical)
{
	int along = (int)(TRIAL_ALONG * seen->glyph), across = (int)((float)(vertical ? VERTICAL_ACROSS : TRIAL_ACROSS) * seen->glyph);
	int w = vertical ? across : along, h = vertical ? along : across;
	const struct ocr_block *largest = &blocks->block[0];
	struct rc_box b;

	for (int i = 1; i < blocks->n; i++)
		if (trial_worth(&blocks->block[i], vertical) > trial_worth(largest, vertical))
			largest = &blocks->block[i];
	b = largest->box;
	if (seen->little_text && (!vertical || seen->components < LEAST_PARTS || (float)b.w * (float)b.h < LEAST_TRIAL * seen->glyph * seen->glyph))
		return seen->ink;
	if (b.w > w) {
		b.x += (b.w - w) / 2;
		b.w = w;
	}
	if (b.h > h) {
		b.y += (b.h - h) / 2;
		b.h = h;
	}
	return b;
}

enum rc_status ocr_choose_script(struct ocr_state *state, const struct rc_page *page, PIX *gray, const struct ocr_evidence *seen,
                                 const struct ocr_blocks *blocks, bool vertical, enum ocr_script *ret, bool *ret_upright, struct rc_err *err)
{
	struct ocr_reading hant, hans;
	struct rc_box part;
	enum rc_status status;

	*ret = state->cfg->ocr_script == RC_SCRIPT_HANS ? OCR_HANS : OCR_HANT;
	*ret_upright = false;
	if (state->cfg->ocr_script != RC_SCRIPT_AUTO || blocks->n == 0)
		return RC_OK;
	part = trial_part(seen, blocks, vertical);
	status = trial(state, page, gray, &part, OCR_HANT, vertical, &hant, err);
	if (status == RC_OK)
		status = trial(state, page, gray, &part, OCR_HANS, vertical, &hans, err);
	if (status != RC_OK)
		return status;
	*ret = ocr_compare_scripts(&hant, &hans, seen->glyph) > (vertical ? vertical_margin : horizontal_margin) ? OCR_HANS : OCR_HANT;
	*ret_upright = ocr_looks_upright(&hant) || ocr_looks_upright(&hans);
	return RC_OK;
}
