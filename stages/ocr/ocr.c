/* ocr.c -- the stage that reads a clean page.
 *
 *   ocr_stage   the descriptor
 *   run()       look, then read_page(): cut, choose a model, read, judge
 *
 * Models are loaded when the first page needs them and stay open: a worker that meets only one kind of page
 * pays for one model. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "common/image.h"
#include "core/limits.h"
#include "ocr/ocr.h"
#include "ocr/state.h"

/* More connected parts than this are halftone or noise, over which the engine's layout analysis takes hours; a
 * dense newspaper fold has 9,000. */
#define MAX_COMPONENTS 60000
/* Share of ink from which a page without parts of a glyph's size is a picture and not blank. */
static const float picture_ink = 0.01f;

static enum rc_status open_stage(const struct rc_config *cfg, void **state, struct rc_err *err)
{
	struct ocr_state *s = calloc(1, sizeof(*s));

	if (!s)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot start reading: not enough memory");
	s->cfg = cfg;
	*state = s;
	return ocr_language_open(&s->language, err);
}

static void close_stage(void *state)
{
	struct ocr_state *s = state;

	if (!s)
		return;
	ocr_language_close(&s->language);
	for (int i = 0; i < OCR_SCRIPTS; i++)
		for (int vertical = 0; vertical < 2; vertical++)
			ocr_engine_close(&s->engines[i][vertical]);
	ocr_engine_close(&s->own);
	free(s);
}

/* ---- who reads ------------------------------------------------------------------------------------------- */

static enum rc_status identify_model(const struct rc_config *cfg, const char *model, struct rc_buf *lines, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(4096);
	RC_OWN_FD fd = -1;
	struct rc_digest digest;
	char hex[RC_DIGEST_HEX];
	enum rc_status status;

	ocr_model_path(&path, cfg->ocr_models, model);
	fd = open(path.data, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ocr_model_missing(path.data, model, err);
	status = rc_digest_fd(fd, 0, -1, path.data, &digest, NULL, err);
	if (status != RC_OK)
		return status;
	rc_buf_addf(lines, "model %s sha256:%s\n", model, rc_digest_hex(&digest, hex));
	return RC_OK;
}

static enum rc_status identify(const struct rc_config *cfg, struct rc_buf *lines, struct rc_err *err)
{
	ocr_engine_version(lines);
	for (int script = 0; script < OCR_SCRIPTS; script++)
		for (int vertical = 0; vertical < 2; vertical++) {
			enum rc_status status = RC_OK;

			if (ocr_model_possible(cfg, (enum ocr_script)script, vertical))
				status = identify_model(cfg, ocr_model_name((enum ocr_script)script, vertical), lines, err);
			if (status != RC_OK)
				return status;
		}
	if (ocr_own_model_possible(cfg, OCR_HANT, true)) {
		struct ocr_own_model model = ocr_model_hant_vert();
		struct rc_digest digest = rc_digest_of(model.bytes, model.len);
		char hex[RC_DIGEST_HEX];

		rc_buf_addf(lines, "model %s sha256:%s\n", model.name, rc_digest_hex(&digest, hex));
	}
	return rc_buf_check(lines, "the list of models", err);
}

/* ---- a page ------------------------------------------------------------------------------------------------ */

static bool has_block(const struct ocr_blocks *blocks, bool vertical)
{
	for (int i = 0; i < blocks->n; i++)
		if (blocks->block[i].vertical == vertical)
			return true;
	return false;
}

static void note_choice(const struct rc_config *cfg, struct rc_page *page, const struct ocr_blocks *blocks, enum ocr_script script, bool vertical)
{
	const char *own = ocr_own_model_possible(cfg, script, vertical) ? ocr_model_hant_vert().name : NULL;
	const char *other = has_block(blocks, !vertical) ? ocr_model_name(script, !vertical) : NULL;

	(void)snprintf(page->script, sizeof(page->script), "%s", script == OCR_HANS ? "hans" : "hant");
	(void)snprintf(page->models, sizeof(page->models), "%s%s%s%s%s", ocr_model_name(script, vertical), own ? "+" : "", own ? own : "",
	               other ? "+" : "", other ? other : "");
	page->direction = vertical ? RC_DIR_VERTICAL : RC_DIR_HORIZONTAL;
}

/* What the page is cut into, and who reads it. Where the first glance at its text was not encouraging: does it lie? */
static enum rc_status look_closer(struct ocr_state *s, struct rc_page *page, const struct ocr_evidence *seen, struct ocr_blocks *blocks, bool *vertical,
                                  enum ocr_script *script, struct rc_err *err)
{
	struct Pix *gray = image_pix(page->clean);
	bool upright = false;
	enum rc_status status = ocr_choose_direction(s, page, gray, seen, vertical, err);

	if (status == RC_OK)
		status = ocr_cut(&(struct ocr_sheet){ gray, seen, *vertical, (enum ocr_page_order)s->cfg->ocr_page_order, page->leaves, page->n_leaves }, blocks, err);
	if (status == RC_OK)
		status = ocr_draw_blocks(page, gray, blocks, err);
	if (status == RC_OK)
		status = ocr_choose_script(s, page, gray, seen, blocks, *vertical, script, &upright, err);
	if (status != RC_OK || upright || page->turned || !s->cfg->ocr_upright)
		return status;
	status = ocr_find_turn(s, page, gray, seen, &page->turned, err);
	page->again = page->turned != 0;
	return status;
}

static enum rc_status read_page(struct ocr_state *s, struct rc_page *page, const struct ocr_evidence *seen, struct rc_err *err)
{
	struct Pix *gray = image_pix(page->clean);
	struct ocr_blocks blocks;
	enum ocr_script script;
	bool vertical;
	enum rc_status status = look_closer(s, page, seen, &blocks, &vertical, &script, err);

	if (status != RC_OK || page->again)
		return status;
	note_choice(s->cfg, page, &blocks, script, vertical);
	status = ocr_collect(s, script, page, gray, &blocks, err);
	if (status != RC_OK)
		return status;
	status = ocr_judge(s, page, gray, seen->glyph, err);
	if (status == RC_OK)
		status = ocr_add_marks(page, err);
	if (status == RC_OK)
		status = ocr_add_figures(page, gray, seen->glyph, err);
	return status == RC_OK ? ocr_draw(page, gray, err) : status;
}

static enum rc_status run(void *state, struct rc_page *page, struct rc_err *err)
{
	struct ocr_evidence seen;
	enum rc_status status;

	if (!page->want_read || page->quality.page_class != RC_PAGE_TEXT)
		return RC_OK;
	status = ocr_look(image_pix(page->clean), &seen, err);
	if (status != RC_OK)
		return status;
	if (seen.components == 0 || seen.components > MAX_COMPONENTS) {
		/* Nothing of a glyph's size: with much ink all the same it is one large picture. */
		page->quality.page_class = seen.components || page->quality.ink > picture_ink ? RC_PAGE_PICTURE : RC_PAGE_BLANK;
		return ocr_add_marks(page, err);
	}
	return read_page(state, page, &seen, err);
}

const struct rc_page_stage ocr_stage = {
	.name = "ocr",
	.summary = "find the lines and read them",
	.version = 14,
	.identify = identify,
	.open = open_stage,
	.run = run,
	.close = close_stage,
};
