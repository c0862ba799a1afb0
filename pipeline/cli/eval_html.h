/* eval_html.h -- the evaluation as one HTML file that needs nothing else: no network, no script from elsewhere.
 *
 * The summary, the calibration of the estimates with a scatter plot, a table that sorts, and for each page its scan, truth and
 * reading side by side. The file is XML too. Pictures are left out once they are EVAL_HTML_PICTURES bytes together. */
#ifndef CLI_EVAL_HTML_H
#define CLI_EVAL_HTML_H

#include "cli/eval_scan.h"

#define EVAL_HTML_PICTURES ((size_t)48 << 20)

/* The report must have kept its texts. The file appears whole or not at all. */
enum rc_status eval_write_html(const struct eval_report *report, struct eval_scans *scans, const char *path, struct rc_err *err);

#endif
