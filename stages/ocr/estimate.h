/* estimate.h -- from signs to one number: the share of characters that are probably wrong or missing. */
#ifndef OCR_ESTIMATE_H
#define OCR_ESTIMATE_H

#include "core/page.h"

/* The share of a line's characters that are wrong, 0 to 1; grows with every sign. */
float ocr_estimate_line(const float signs[RC_SIGN_COUNT]);
/* A page's: lines is the mean over its glyphs of their lines' estimates, missed the sign of that name. Grows with both. */
float ocr_estimate_page(float lines, float missed);

#endif
