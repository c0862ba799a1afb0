/* estimate.c -- what each sign weighs.
 *
 * A logistic curve over a sum: with no sign at all hardly anything is wrong, and each sign adds to the odds. No weight is
 * negative, so that nothing that speaks against a reading can make it look better.
 *
 * The table is made by tests/bench/calibrate.py, which says what it was fitted on and how well it holds for sets of pages
 * that it has not seen; put its output here when the way of reading changes. */
#include "ocr/estimate.h"

#include <math.h>

static const double at_rest = -4.0;
static const double weights[RC_SIGN_COUNT] = {
	[RC_SIGN_DOUBT] = 45,
};

float ocr_estimate(const float signs[RC_SIGN_COUNT])
{
	double sum = at_rest;

	for (int i = 0; i < RC_SIGN_COUNT; i++)
		sum += weights[i] * (double)signs[i];
	return (float)(1 / (1 + exp(-sum)));
}
