/* progress.h -- one line on a terminal that says how far it is; plain lines elsewhere, now and then. */
#ifndef RC_PROGRESS_H
#define RC_PROGRESS_H

#include "core/err.h"

struct rc_progress;

/* Writes to stderr. quiet: says nothing. NULL without memory. */
struct rc_progress *rc_progress_new(bool quiet, bool verbose);
void rc_progress_free(struct rc_progress **p);      /* takes the line off the terminal */

struct rc_progress_state {
	const char *doing;              /* "reading", "packaging" */
	int64_t done, total;            /* total 0: unknown */
	int64_t failed;
	double per_second;              /* 0: unknown */
	double seconds_left;            /* < 0: unknown */
};
/* Shows it if it is time to; cheap to call often. due: would it? Then it is worth making a state. */
bool rc_progress_due(const struct rc_progress *p);
void rc_progress_show(struct rc_progress *p, const struct rc_progress_state *state);
/* Lines of their own, escaped, before which the progress line makes way. */
void rc_progress_warn(struct rc_progress *p, const char *text);
void rc_progress_note(struct rc_progress *p, const char *text);     /* with --verbose only */

/* Takes the progress line off the terminal, for a question. NULL is fine. */
void rc_progress_end_line(struct rc_progress *p);

/* "45 s", "3 min 20 s", "5 h 10 min". */
void rc_say_seconds(double seconds, char text[32]);

#endif
