/* stop.h -- Ctrl-C and friends: a wish to stop that the loop asks about. */
#ifndef RC_STOP_H
#define RC_STOP_H

#include "core/err.h"

/* SIGINT, SIGTERM and SIGHUP ask for a stop; a second SIGINT ends the process at once with 130 (nothing
 * committed is lost). SIGPIPE and SIGXFSZ are ignored. Interrupts system calls. */
void rc_stop_install(void);
/* The signal that asked, or 0. */
int rc_stop_signal(void);
/* For tests: as if the signal had come; 0 forgets it. */
void rc_stop_set(int signal);
/* RC_RUN_FAILED/stopped "stopped by Ctrl-C", as a stage returns it. */
enum rc_status rc_stop_fail(struct rc_err *err);

#endif
