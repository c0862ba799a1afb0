/* package.h -- the stage that writes the corpus, and what others may ask of one: check it, count it, compare it,
 * read samples from it. */
#ifndef PACKAGE_PACKAGE_H
#define PACKAGE_PACKAGE_H

#include "core/stage.h"
#include "package/check.h"
#include "package/diff.h"
#include "package/read.h"
#include "package/stats.h"

/* Shards and manifest from what curate decided; RC_SKIP when the corpus is what it would be. package.c says how. */
extern const struct rc_batch_stage package_stage;

#endif
