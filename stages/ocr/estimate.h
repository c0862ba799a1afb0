/* estimate.h -- from signs to one number: the share of characters that are probably wrong or missing. */
#ifndef OCR_ESTIMATE_H
#define OCR_ESTIMATE_H

#include "core/page.h"

/* 0 to 1; grows with every sign. */
float ocr_estimate(const float signs[RC_SIGN_COUNT]);

#endif
