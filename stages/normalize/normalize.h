/* normalize.h -- the stage that writes records/ID.xml when the last page of an item is done. */
#ifndef NORMALIZE_NORMALIZE_H
#define NORMALIZE_NORMALIZE_H

#include "core/stage.h"

extern const struct rc_batch_stage normalize_stage;

#endif
