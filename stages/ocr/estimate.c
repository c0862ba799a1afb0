/* estimate.c -- what each sign weighs.
 *
 * A line: a logistic curve over a sum. With no sign at all hardly anything is wrong, and each sign adds to the odds. No weight is
 * negative, so that nothing that speaks against a reading can make it look better.
 * A page: what was read is as wrong as its lines say, and what was missed is wrong altogether.
 *
 * The table is made by tests/bench/calibrate.py, which says what it was fitted on and how well it holds for sets of pages
 * that it has not seen; put its output here when the way of reading changes. */
#include "ocr/estimate.h"

#include <math.h>

static const double at_rest = -6.61;
static const double weights[RC_SIGN_COUNT] = {
	[RC_SIGN_DOUBT] = 21.60,
	[RC_SIGN_STRAY] = 6.04,
	[RC_SIGN_WORDLESS] = 5.07,
	[RC_SIGN_DIFFER] = 0.66,
	[RC_SIGN_EMPTY] = 1.28,
	[RC_SIGN_LOOP] = 9.28,
	[RC_SIGN_MARKS] = 0.01,
	[RC_SIGN_PITCH] = 0.77,
	[RC_SIGN_SIZE] = 1.97,
	[RC_SIGN_UNEVEN] = 1.10,
	[RC_SIGN_ALONE] = 14.88,
	[RC_SIGN_ORDER] = 8.19,
};

float ocr_estimate_line(const float signs[RC_SIGN_COUNT])
{
	double sum = at_rest;

	for (int i = 0; i < RC_SIGN_COUNT; i++)
		sum += weights[i] * (double)signs[i];
	return (float)(1 / (1 + exp(-sum)));
}

float ocr_estimate_page(float lines, float missed)
{
	return fminf(1 - (1 - lines) * (1 - missed), 1);
}
