/* engine.h -- the door to Tesseract: a model that stays open, and one call that reads a picture.
 *
 * engine.c is the only file that includes <tesseract/capi.h>. Results come glyph by glyph, in the engine's
 * reading order, in pixels of the picture. Tesseract keeps process-wide state: one thread. */
#ifndef OCR_ENGINE_H
#define OCR_ENGINE_H

#include "core/page.h"
#include "ocr/models.h"

struct Pix;
struct ocr_engine;

struct ocr_glyph {
	const char *text;               /* UTF-8, one or a few code points; valid inside the callback */
	struct rc_box box;
	float confidence;               /* 0 to 1 */
	bool starts_block, starts_line, starts_word;
	struct rc_box block, line;      /* around it */
	enum rc_region_type type;       /* of the block */
};
typedef enum rc_status ocr_glyph_fn(void *ctx, const struct ocr_glyph *glyph, struct rc_err *err);

enum ocr_layout {               /* what the engine is told about the picture */
	OCR_LAYOUT_PAGE,            /* find blocks and columns */
	OCR_LAYOUT_BLOCK,           /* one block of lines */
	OCR_LAYOUT_LINE,            /* one line and nothing else */
};

/* Adds "tesseract 5.3.0\n". */
void ocr_engine_version(struct rc_buf *lines);
/* Adds the path of the model's file: folder/NAME.traineddata, where an empty folder means Tesseract's own
 * (TESSDATA_PREFIX, or the one it was built with). */
void ocr_model_path(struct rc_buf *path, const char *folder, const char *model);
/* RC_RUN_FAILED/missing, naming the file and the Debian package that has it. */
enum rc_status ocr_model_missing(const char *path, const char *model, struct rc_err *err);
/* Loads a model. A model that is not there: ocr_model_missing(). */
enum rc_status ocr_engine_open(struct ocr_engine **ret, const char *folder, const char *model, struct rc_err *err);
/* Loads a model of our own from memory. */
enum rc_status ocr_engine_open_own(struct ocr_engine **ret, const struct ocr_own_model *model, struct rc_err *err);
/* Reads a gray picture whose lines are horizontal. What on_glyph returns ends the reading when it is not good. */
enum rc_status ocr_engine_read(struct ocr_engine *engine, struct Pix *pix, enum ocr_layout layout, int dpi,
                               ocr_glyph_fn *on_glyph, void *ctx, struct rc_err *err);
/* Accepts NULL. */
void ocr_engine_close(struct ocr_engine **engine);

#endif
