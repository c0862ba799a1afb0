/* cmd_status.c -- `redcorpus status BATCH`: how far it is. Needs no lock, also while a run goes on. */
#include <stdio.h>

#include "cli/cli.h"
#include "run/summary.h"

static enum rc_status print_status(struct rc_batch *batch, bool json, struct rc_err *err)
{
	RC_CLEANUP(rc_books_close) struct rc_books *books = NULL;
	RC_OWN_BUF text = RC_BUF(64 << 20);
	RC_OWN_JSON all = NULL;
	enum rc_status status = rc_books_open(batch, NULL, &books, err);

	if (!rc_good(status))
		return status;
	if (json) {
		all = rc_summary_json(books);
		rc_json_print_pretty(&text, all);
	} else {
		rc_summary(books, NULL, &text);
	}
	fwrite(text.data, 1, text.len, stdout);
	return RC_OK;
}

int rc_cmd_status(struct rc_cli *cli, int argc, char **argv)
{
	bool json = false;
	const struct rc_option options[] = {
		{ .name = "json", .flag = &json, .help = "print JSON (schemas/status.schema.json)" },
		{ 0 }
	};
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;

	if (!rc_cli_parse(cli, options, 1, 1, argc, argv, &args))
		return args.exit;
	status = rc_batch_open(args.v[0], false, &batch, &err);
	if (rc_good(status))
		status = print_status(batch, json, &err);
	return rc_good(status) ? RC_EXIT_OK : rc_cli_fail(cli, status, &err);
}
