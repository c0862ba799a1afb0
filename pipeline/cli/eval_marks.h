/* eval_marks.h -- truth and reading of a page side by side, as HTML, with what differs marked.
 *
 * Marks are counterparts (common/score_match.h), so they do not depend on order: a line read in another place is not wrong, its
 * number in the margin says where it belongs. Classes: `l` lost, `w` misread, `n` invented, `u` a line not read. */
#ifndef CLI_EVAL_MARKS_H
#define CLI_EVAL_MARKS_H

#include "cli/eval_report.h"

/* Appends two lists, <ol class="t"> and <ol class="r">. Everything from outside is escaped. */
enum rc_status eval_marks(const struct score_variants *variants, const struct eval_row *row, struct rc_buf *out, struct rc_err *err);

/* Appends text for HTML that is XML too: the five characters escaped, what XML does not allow as U+FFFD. */
void eval_html_text(struct rc_buf *out, const char *text);
/* The same for a name: control and bidi characters are shown as on a terminal. */
void eval_html_name(struct rc_buf *out, const char *name);

#endif
