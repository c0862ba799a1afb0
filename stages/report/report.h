/* report.h -- a batch to look at: report/index.html and what it loads. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "core/stage.h"

extern const struct rc_batch_stage report_stage;

#endif
