/* cmd_retry.c -- `redcorpus retry BATCH`: what is in quarantine gets another chance with the next run. */
#include <stdio.h>

#include "cli/cli.h"
#include "run/books.h"

static enum rc_status retry(struct rc_batch *batch, const char *reason, int64_t *pages, int64_t *sources, struct rc_err *err)
{
	RC_CLEANUP(rc_books_close) struct rc_books *books = NULL;
	enum rc_status status = rc_books_open(batch, NULL, &books, err);

	if (rc_good(status))
		status = rc_ledger_retry(books->ledger, reason, pages, sources, err);
	if (!rc_good(status))
		return status;
	rc_event(books->events, "retry", json_pack("{s:s, s:I, s:I}", "reason", reason ? reason : "all",
	                                           "pages", (json_int_t)*pages, "sources", (json_int_t)*sources));
	return rc_books_commit(books, err);
}

int rc_cmd_retry(struct rc_cli *cli, int argc, char **argv)
{
	const char *reason = NULL;
	const struct rc_option options[] = {
		{ .name = "reason", .arg = "R", .word = &reason, .help = "only what is there for this reason, as 'timeout'" },
		{ 0 }
	};
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	int64_t pages = 0, sources = 0;
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;

	if (!rc_cli_parse(cli, options, 1, 1, argc, argv, &args))
		return args.exit;
	if (reason && rc_reason_find(reason) == RC_REASON_COUNT)
		return rc_cli_usage(cli, "--reason: '%s' is no reason; 'redcorpus status' lists those there are", reason);
	status = rc_batch_open(args.v[0], true, &batch, &err);
	if (rc_good(status))
		status = retry(batch, reason, &pages, &sources, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	if (cli->quiet)
		return RC_EXIT_OK;
	if (pages + sources == 0)
		fprintf(stderr, "redcorpus: nothing to retry%s%s\n", reason ? ": no page or source is in quarantine for reason " : "",
		        reason ? reason : "");
	else
		fprintf(stderr, "redcorpus: %lld pages and %lld sources wait for 'redcorpus run %s'\n",
		        (long long)pages, (long long)sources, args.v[0]);
	return RC_EXIT_OK;
}
