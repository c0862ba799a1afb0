/* ingest.h -- the stage that turns sources into pages: the scans of a batch, each with its place in an item. */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "core/stage.h"

extern const struct rc_batch_stage ingest_stage;

/* Of libarchive, for --version: "libarchive 3.6.2". */
const char *ingest_library(void);

#endif
