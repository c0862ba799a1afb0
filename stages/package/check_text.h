/* check_text.h -- is this one line of a text shard what a sample must be? */
#ifndef PACKAGE_CHECK_TEXT_H
#define PACKAGE_CHECK_TEXT_H

#include "core/json.h"

/* What is wrong with it, or NULL. Beyond its form: its pages and lines cover the text in order, and anchors lead from the text to the other layers.
 * Samples of before package 5 have neither lines nor layers: that is no fault. */
const char *text_sample_fault(const json_t *sample, const char *split);

#endif
