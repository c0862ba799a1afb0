/* cmd_report.c -- redcorpus report BATCH: makes report/index.html without reading pages. */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "run/run.h"
#include "run/stop.h"

/* A report without its first page is made anew. */
static void forget_index(const struct rc_batch *batch)
{
	RC_OWN_BUF path = RC_BUF(RC_MAX_NAME);

	rc_batch_path(batch, "report/index.html", &path);
	(void)unlink(path.data);
}

static enum rc_status make_report(const struct rc_cli *cli, const char *path, bool anew, struct rc_err *err)
{
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	RC_CLEANUP(rc_books_close) struct rc_books *books = NULL;
	enum rc_status status = rc_batch_open(path, true, &batch, err);

	if (rc_good(status))
		status = rc_books_open(batch, NULL, &books, err);
	if (!rc_good(status))
		return status;
	if (anew)
		forget_index(batch);
	return rc_run_report(books, cli->stages, err);
}

int rc_cmd_report(struct rc_cli *cli, int argc, char **argv)
{
	bool anew = false;
	const struct rc_option options[] = {
		{ .name = "anew", .flag = &anew, .help = "look at every page again, also for images that could not be made" },
		{ 0 }
	};
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;

	if (!rc_cli_parse(cli, options, 1, 1, argc, argv, &args))
		return args.exit;
	rc_stop_install();
	status = make_report(cli, args.v[0], anew, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	printf("%s/report/index.html\n", args.v[0]);
	return RC_EXIT_OK;
}
