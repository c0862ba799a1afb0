/* turn.c -- does the page lie on its side, or on its head?
 *
 *   ocr_looks_upright()   from a reading that was made anyway: if so, nothing more is done
 *   ocr_find_turn()       parts of the page read in all four ways
 *
 * What lies is read all the same: an engine makes some character of everything. But it is less sure of them. On 30 pages of print, mimeograph
 * and brush the Han glyphs of parts of a page have a mean confidence of 0.84 to 0.96 when they stand upright, and of 0.79 to 0.87 when they lie;
 * of one page the upright way is nearly always the surest. Which way the lines run makes much less of a difference, so that columns
 * which lie are not taken for lines. Turning a page that was upright is the worst that can happen here: another way must lead clearly. */
#include <math.h>
#include <leptonica/allheaders.h>

#include "core/text.h"
#include "ocr/state.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* So sure of so many Han glyphs, on average, a reading is one of upright text. */
static const double surely_upright = 0.9;
enum { LEAST_FOR_UPRIGHT = 12 };
/* What a glyph counts that is found in one way and not in another. */
static const double not_found = 0.75;
/* Standard errors of the difference by which a way leads. Of 31 upright pages no other way ever led by more than 1.8, and by more than 0 on
 * few of their parts. */
static const double leads = 1, leads_clearly = 3.5;
/* Fewer glyphs tell nothing. A page is not turned for one of its parts, if it has more. */
enum { LEAST_GLYPHS = 20, LEAST_PARTS = 2 };

enum { WAYS = 4 };              /* number i stands for i quarters clockwise */

/* Who reads: the model that fits the lines as they run then, the one for the other direction, and the program's own. All three are surer
 * of what stands upright. The second and the third are asked only where the first leaves it open. */
enum reader { FITTING, OTHER, OWN, READERS };

struct way {                    /* what was read in it, of all parts */
	double n, sum, squares;
};

struct trial {
	struct ocr_state *state;
	const struct rc_page *page;
	PIX *gray;
	const struct ocr_evidence *seen;
	struct way way[READERS][WAYS];
};

static void add_reading(struct way *way, const struct ocr_reading *r)
{
	for (int i = 0; i < r->n; i++) {
		double c = (double)r->seen[i].confidence;

		if (!rc_is_han(r->seen[i].cp))
			continue;
		way->n++;
		way->sum += c;
		way->squares += c * c;
	}
}

bool ocr_looks_upright(const struct ocr_reading *r)
{
	struct way way = { 0 };

	add_reading(&way, r);
	return way.n >= LEAST_FOR_UPRIGHT && way.sum >= surely_upright * way.n;
}

/* ---- which way leads ------------------------------------------------------------------------------------------- */

struct standing {               /* of a way, over the glyphs that the richest of the ways has */
	double mean, variance;  /* the variance is that of the mean */
};

static struct standing standing_of(const struct way *way, double most)
{
	double missing = most - way->n, sum = way->sum + missing * not_found, squares = way->squares + missing * not_found * not_found;
	double mean = sum / most;

	return (struct standing){ mean, fmax(squares / most - mean * mean, 0) / most };
}

/* By how many standard errors way i leads way k, all readers taken together. A reader is compared with itself alone. */
static double lead_over(const struct trial *t, int i, int k)
{
	double difference = 0, variance = 1e-6;

	for (int r = 0; r < READERS; r++) {
		double most = 0;

		for (int w = 0; w < WAYS; w++)
			most = fmax(most, t->way[r][w].n);
		if (most < 1)
			continue;
		struct standing a = standing_of(&t->way[r][i], most), b = standing_of(&t->way[r][k], most);

		difference += a.mean - b.mean;
		variance += a.variance + b.variance;
	}
	return difference / sqrt(variance);
}

/* By how much it leads all others; negative: it does not. */
static double lead_of(const struct trial *t, int i)
{
	double lead = INFINITY;

	for (int k = 0; k < WAYS; k++)
		lead = k == i ? lead : fmin(lead, lead_over(t, i, k));
	return lead;
}

static int best_of(const struct trial *t)
{
	int best = 0;

	for (int i = 1; i < WAYS; i++)
		if (lead_of(t, i) > lead_of(t, best))
			best = i;
	return best;
}

/* ---- trials ------------------------------------------------------------------------------------------------------ */

/* Lines of text may be columns that lie, and the other way round: which model fits follows from the way. */
static bool is_vertical(const struct trial *t, int quarters)
{
	if (t->state->cfg->ocr_direction != RC_TEXT_AUTO)
		return t->state->cfg->ocr_direction == RC_TEXT_VERTICAL;
	return (t->seen->vertical > 0) == (quarters % 2 == 0);
}

/* NULL: the settings rule this reader out. */
static enum rc_status engine_of(struct trial *t, enum reader reader, bool vertical, struct ocr_engine **ret, struct rc_err *err)
{
	const struct rc_config *cfg = t->state->cfg;
	enum ocr_script script = cfg->ocr_script == RC_SCRIPT_HANS ? OCR_HANS : OCR_HANT;

	*ret = NULL;
	if (reader == OWN)
		return ocr_own_model_possible(cfg, script, true) ? ocr_own_engine(t->state, ret, err) : RC_OK;
	return ocr_model_possible(cfg, script, vertical) ? ocr_engine_for(t->state, script, vertical, ret, err) : RC_OK;
}

static enum rc_status try_way(struct trial *t, PIX *part, int quarters, enum reader reader, struct rc_err *err)
{
	OWN_PIX turned = quarters ? pixRotateOrth(part, quarters) : pixClone(part);
	bool vertical = reader == OWN || is_vertical(t, quarters) == (reader == FITTING);
	struct ocr_reading reading = { 0 };
	struct ocr_engine *engine;
	enum rc_status status = engine_of(t, reader, vertical, &engine, err);

	if (status == RC_OK && !turned)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot turn a part of the page: not enough memory");
	if (status == RC_OK && engine)
		status = ocr_trial(engine, t->page, turned, NULL, vertical, &reading, err);
	add_reading(&t->way[reader][quarters], &reading);
	return status;
}

static enum rc_status try_part(struct trial *t, struct rc_box b, enum reader reader, struct rc_err *err)
{
	RC_CLEANUP(boxDestroy) BOX *box = boxCreate(b.x, b.y, b.w, b.h);
	OWN_PIX part = box ? pixClipRectangle(t->gray, box, NULL) : NULL;
	enum rc_status status = RC_OK;

	if (!part)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot cut a part of the page: not enough memory");
	for (int i = 0; status == RC_OK && i < WAYS; i++)
		status = try_way(t, part, i, reader, err);
	return status;
}

static bool is_turned(const struct trial *t, int best)
{
	return best != 0 && t->way[FITTING][best].n >= LEAST_GLYPHS && lead_of(t, best) >= leads_clearly;
}

/* Part by part, until it is plain that the page is upright, or that it is not. Sets the best way. */
static enum rc_status try_parts(struct trial *t, int *best, struct rc_err *err)
{
	enum rc_status status = RC_OK;
	bool plain = false;

	for (int i = 0; status == RC_OK && !plain && i < t->seen->parts; i++) {
		status = try_part(t, t->seen->part[i], FITTING, err);
		*best = best_of(t);
		plain = lead_of(t, 0) >= leads || (i + 1 >= LEAST_PARTS && is_turned(t, *best));
	}
	return status;
}

/* All parts once more, by the other readers. */
static enum rc_status ask_others(struct trial *t, int *best, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (int i = 0; status == RC_OK && i < t->seen->parts; i++)
		status = try_part(t, t->seen->part[i], OTHER, err);
	for (int i = 0; status == RC_OK && i < t->seen->parts; i++)
		status = try_part(t, t->seen->part[i], OWN, err);
	*best = best_of(t);
	return status;
}

enum rc_status ocr_find_turn(struct ocr_state *state, const struct rc_page *page, PIX *gray, const struct ocr_evidence *seen, int *ret, struct rc_err *err)
{
	struct trial t = { .state = state, .page = page, .gray = gray, .seen = seen };
	int best = 0;
	enum rc_status status = try_parts(&t, &best, err);

	if (status == RC_OK && best != 0 && !is_turned(&t, best))
		status = ask_others(&t, &best, err);
	*ret = status == RC_OK && is_turned(&t, best) ? best : 0;
	return status == RC_OK ? ocr_draw_turn(page, gray, seen, *ret, err) : status;
}
