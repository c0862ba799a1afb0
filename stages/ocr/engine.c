/* engine.c -- the door to Tesseract.
 *
 *   ocr_engine_open()   one TessBaseAPI per model, kept for the life of the worker
 *   ocr_engine_read()   picture in, glyphs out
 *   walk()              Tesseract's iterator as calls of on_glyph
 *
 * Ownership, as Tesseract 5.3 has it but does not say in its header: text it returns goes back with
 * TessDeleteText(); SetImage2 copies the picture; an iterator must go before the next picture comes. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <tesseract/capi.h>

#include "ocr/engine.h"

struct ocr_engine {
	TessBaseAPI *api;
	char model[32];
};

static void text_free(char **text)
{
	if (*text)
		TessDeleteText(*text);
}
#define OWN_TEXT RC_CLEANUP(text_free) char *

static void iterator_free(TessResultIterator **it)
{
	if (*it)
		TessResultIteratorDelete(*it);
}

void ocr_engine_version(struct rc_buf *lines)
{
	rc_buf_addf(lines, "tesseract %s\n", TessVersion());
}

void ocr_model_path(struct rc_buf *path, const char *folder, const char *model)
{
	const char *prefix = getenv("TESSDATA_PREFIX");

	if (!folder[0])
		folder = prefix && prefix[0] ? prefix : "/usr/share/tesseract-ocr/5/tessdata";
	rc_buf_addf(path, "%s/%s.traineddata", folder, model);
}

enum rc_status ocr_model_missing(const char *path, const char *model, struct rc_err *err)
{
	char package[64];

	(void)snprintf(package, sizeof(package), "tesseract-ocr-%.40s", model);
	for (char *c = package; *c; c++)
		if (*c == '_')
			*c = '-';
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot load model '%s' (Debian package %s)", path, package);
}

/* Variables that are not about results: silence, and no second try with inverted pixels of every weak line
 * (prepare has settled the polarity; on bad pages the tries double the time). */
static void set_variables(TessBaseAPI *api)
{
	TessBaseAPISetVariable(api, "debug_file", "/dev/null");
	TessBaseAPISetVariable(api, "tessedit_do_invert", "0");
}

enum rc_status ocr_engine_open(struct ocr_engine **ret, const char *folder, const char *model, struct rc_err *err)
{
	RC_CLEANUP(ocr_engine_close) struct ocr_engine *engine = calloc(1, sizeof(*engine));
	RC_OWN_BUF path = RC_BUF(4096);
	char *slash;

	if (!engine)
		return rc_fail(err, RC_RETRY, RC_WHY_MEMORY, "cannot load model '%s': not enough memory", model);
	(void)snprintf(engine->model, sizeof(engine->model), "%s", model);
	ocr_model_path(&path, folder, model);
	if (path.failed)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "cannot load model '%s': the folder's name is too long", model);
	if (access(path.data, R_OK) != 0)
		return ocr_model_missing(path.data, model, err);
	engine->api = TessBaseAPICreate();
	TessBaseAPISetVariable(engine->api, "debug_file", "/dev/null");
	slash = strrchr(path.data, '/');
	*slash = '\0';
	if (TessBaseAPIInit2(engine->api, path.data, model, OEM_LSTM_ONLY) != 0) {
		*slash = '/';
		return ocr_model_missing(path.data, model, err);
	}
	set_variables(engine->api);
	*ret = rc_steal(engine);
	return RC_OK;
}

enum rc_status ocr_engine_open_own(struct ocr_engine **ret, const struct ocr_own_model *model, struct rc_err *err)
{
	RC_CLEANUP(ocr_engine_close) struct ocr_engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return rc_fail(err, RC_RETRY, RC_WHY_MEMORY, "cannot load model '%s': not enough memory", model->name);
	(void)snprintf(engine->model, sizeof(engine->model), "%s", model->name);
	engine->api = TessBaseAPICreate();
	TessBaseAPISetVariable(engine->api, "debug_file", "/dev/null");
	if (TessBaseAPIInit5(engine->api, model->bytes, (int)model->len, model->name, OEM_LSTM_ONLY, NULL, 0, NULL, NULL, 0, false) != 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot load model '%s', which is part of the program", model->name);
	set_variables(engine->api);
	*ret = rc_steal(engine);
	return RC_OK;
}

void ocr_engine_close(struct ocr_engine **engine)
{
	struct ocr_engine *e = rc_steal(*engine);

	if (e && e->api)
		TessBaseAPIDelete(e->api);
	free(e);
}

/* ---- reading ------------------------------------------------------------------------------------------- */

static struct rc_box box_at(const TessPageIterator *at, TessPageIteratorLevel level)
{
	int left = 0, top = 0, right = 0, bottom = 0;

	if (!TessPageIteratorBoundingBox(at, level, &left, &top, &right, &bottom))
		return (struct rc_box){ 0 };
	return (struct rc_box){ left, top, right - left, bottom - top };
}

static enum rc_region_type type_at(const TessPageIterator *at)
{
	switch (TessPageIteratorBlockType(at)) {
	case PT_HEADING_TEXT: return RC_REGION_HEADING;
	case PT_TABLE:        return RC_REGION_TABLE;
	default:              return RC_REGION_TEXT;
	}
}

static enum rc_status walk(TessResultIterator *it, ocr_glyph_fn *on_glyph, void *ctx, struct rc_err *err)
{
	TessPageIterator *at = TessResultIteratorGetPageIterator(it);
	struct ocr_glyph g = { 0 };

	do {
		OWN_TEXT text = TessResultIteratorGetUTF8Text(it, RIL_SYMBOL);
		enum rc_status status;

		g.starts_block = TessPageIteratorIsAtBeginningOf(at, RIL_BLOCK);
		g.starts_line = TessPageIteratorIsAtBeginningOf(at, RIL_TEXTLINE);
		g.starts_word = TessPageIteratorIsAtBeginningOf(at, RIL_WORD);
		if (g.starts_block) {
			g.block = box_at(at, RIL_BLOCK);
			g.type = type_at(at);
		}
		if (g.starts_line)
			g.line = box_at(at, RIL_TEXTLINE);
		g.text = text ? text : "";
		g.box = box_at(at, RIL_SYMBOL);
		g.confidence = TessResultIteratorConfidence(it, RIL_SYMBOL) / 100;
		status = on_glyph(ctx, &g, err);
		if (!rc_good(status))
			return status;
	} while (TessResultIteratorNext(it, RIL_SYMBOL));
	return RC_OK;
}

enum rc_status ocr_engine_read(struct ocr_engine *engine, struct Pix *pix, enum ocr_layout layout, int dpi,
                               ocr_glyph_fn *on_glyph, void *ctx, struct rc_err *err)
{
	static const TessPageSegMode modes[] = {
		[OCR_LAYOUT_PAGE] = PSM_AUTO, [OCR_LAYOUT_BLOCK] = PSM_SINGLE_BLOCK, [OCR_LAYOUT_LINE] = PSM_RAW_LINE,
	};
	RC_CLEANUP(iterator_free) TessResultIterator *it = NULL;
	enum rc_status status = RC_OK;

	TessBaseAPISetPageSegMode(engine->api, modes[layout]);
	TessBaseAPISetImage2(engine->api, pix);
	TessBaseAPISetSourceResolution(engine->api, dpi);
	if (TessBaseAPIRecognize(engine->api, NULL) != 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_ENGINE, "cannot read the page with model '%s': Tesseract reports an error", engine->model);
	it = TessBaseAPIGetIterator(engine->api);
	if (it)
		status = walk(it, on_glyph, ctx, err);
	iterator_free(&it);
	it = NULL;
	TessBaseAPIClear(engine->api);
	return status;
}
