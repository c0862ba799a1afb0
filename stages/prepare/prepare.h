/* prepare.h -- the page stage that turns a scan into a page an OCR engine likes. */
#ifndef PREPARE_H
#define PREPARE_H

#include "core/stage.h"

extern const struct rc_page_stage prepare_stage;

#endif
