/* eval_scan.h -- a small picture of a page's scan, for the report.
 *
 * In a batch it is made of the page image that was kept for shards, or of the scan itself; elsewhere of an image file of the
 * page's name beside its truth or beside the reading. Pictures are made by a worker, as all that parses foreign bytes is. */
#ifndef CLI_EVAL_SCAN_H
#define CLI_EVAL_SCAN_H

#include "cli/cli.h"
#include "cli/eval_report.h"

struct eval_scans;
/* cli is borrowed. Starts nothing yet. */
enum rc_status eval_scans_open(const struct rc_cli *cli, const char *hypothesis, struct eval_scans **ret, struct rc_err *err);
/* Appends a JPEG. RC_SKIP: there is no picture, and *ret_why says why (static). */
enum rc_status eval_scans_get(struct eval_scans *scans, const struct eval_row *row, struct rc_buf *jpeg, const char **ret_why);
void eval_scans_close(struct eval_scans **scans);
#define OWN_EVAL_SCANS RC_CLEANUP(eval_scans_close) struct eval_scans *

#endif
