/* ocr.h -- the page stage that turns a clean page into regions, lines and glyphs. */
#ifndef OCR_H
#define OCR_H

#include "core/stage.h"

extern const struct rc_page_stage ocr_stage;

#endif
