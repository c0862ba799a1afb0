/* say.c -- messages on stderr, and which exit code a failure is. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "core/text.h"
#include "run/stop.h"

/* What the process says with its exit code when a run failed for this reason. Reasons of pages and sources
 * say "something checked is not valid" when a command is about that very thing. */
int rc_exit_of(enum rc_status status, enum rc_reason reason)
{
	if (rc_good(status))
		return RC_EXIT_OK;
	switch (reason) {
	case RC_WHY_SETTING:
	case RC_WHY_USAGE:
		return RC_EXIT_USAGE;
	case RC_WHY_MISSING:
	case RC_WHY_BUSY:
	case RC_WHY_GONE:
	case RC_WHY_UNREADABLE:
	case RC_WHY_ENGINE:
		return RC_EXIT_MISSING;
	case RC_WHY_STOPPED:
		return rc_stop_signal() == SIGINT ? RC_EXIT_CTRL_C : RC_EXIT_STOPPED;
	case RC_WHY_DISK:
	case RC_WHY_BUDGET:
	case RC_WHY_NETWORK:
	case RC_WHY_TIMEOUT:
	case RC_WHY_MEMORY:
	case RC_WHY_CRASH:
		return RC_EXIT_STOPPED;
	case RC_WHY_BUG:
	case RC_WHY_NONE:
		return RC_EXIT_BUG;
	default:
		return RC_EXIT_FAILED;
	}
}

static void say(const char *text)
{
	RC_OWN_BUF safe = RC_BUF(16384);

	rc_text_escape(&safe, text);
	fflush(stdout);
	fprintf(stderr, "redcorpus: %s\n", safe.data);
}

int rc_cli_fail(const struct rc_cli *cli, enum rc_status status, const struct rc_err *err)
{
	say(err->text);
	return rc_exit_of(status, err->reason);
}

void rc_cli_warn(const struct rc_cli *cli, const struct rc_err *err)
{
	if (!cli->quiet)
		say(err->text);
}

int rc_cli_usage(const struct rc_cli *cli, const char *fmt, ...)
{
	char text[1000];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	say(text);
	if (cli->command)
		fprintf(stderr, "redcorpus: see 'redcorpus %s --help'\n", cli->command->name);
	else
		fprintf(stderr, "redcorpus: see 'redcorpus --help'\n");
	return RC_EXIT_USAGE;
}
