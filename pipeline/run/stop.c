/* stop.c -- signals that ask for a stop. */
#include "run/stop.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t asked;

static void ask(int signal)
{
	if (asked == SIGINT && signal == SIGINT)
		_exit(130);
	asked = signal;
}

void rc_stop_install(void)
{
	struct sigaction action = { .sa_handler = ask };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);      /* a write beyond ulimit -f fails like one on a full disk */
}

int rc_stop_signal(void)
{
	return asked;
}

void rc_stop_set(int signal)
{
	asked = signal;
}

enum rc_status rc_stop_fail(struct rc_err *err)
{
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped by %s", asked == SIGINT ? "Ctrl-C" : strsignal(asked));
}
