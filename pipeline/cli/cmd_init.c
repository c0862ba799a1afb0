/* cmd_init.c -- `redcorpus init BATCH`: a batch with a commented batch.yaml, and nothing in it yet. */
#include <stdio.h>

#include "cli/cli.h"
#include "run/run.h"

/* Makes the folder, and in it an empty ledger, so that `status` has something to say. A batch.yaml that is
 * there already takes in what --set says. */
static enum rc_status make_batch(const char *path, const struct rc_config *cfg, const struct rc_words *set, struct rc_err *err)
{
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	RC_CLEANUP(rc_books_close) struct rc_books *books = NULL;
	enum rc_status status = rc_batch_make(path, cfg, err);

	if (status == RC_OK)
		status = rc_batch_open(path, true, &batch, err);
	for (size_t i = 0; status == RC_OK && i < set->n; i++)
		status = rc_config_set(batch->cfg, set->v[i], err);
	if (status == RC_OK && set->n > 0)
		status = rc_batch_save_settings(batch, err);
	return status == RC_OK ? rc_books_open(batch, NULL, &books, err) : status;
}

int rc_cmd_init(struct rc_cli *cli, int argc, char **argv)
{
	RC_OWN_WORDS set = { 0 };
	const struct rc_option options[] = {
		{ .name = "set", .arg = "KEY=VALUE", .words = &set, .help = "begin with this setting; repeatable" },
		{ 0 }
	};
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status = RC_OK;

	if (!rc_cli_parse(cli, options, 1, 1, argc, argv, &args))
		return args.exit;
	/* Somebody may have written the settings before the batch: then they are checked before it is made. */
	if (!rc_batch_is(args.v[0]))
		status = rc_batch_load_settings(args.v[0], cfg, &err);
	for (size_t i = 0; i < set.n && rc_good(status); i++)
		status = rc_config_set(cfg, set.v[i], &err);
	if (rc_good(status))
		status = rc_run_check(cli->stages, cfg, &err);
	if (rc_good(status))
		status = make_batch(args.v[0], cfg, &set, &err);
	if (status == RC_SKIP)
		return rc_cli_usage(cli, "'%s' is a batch already", args.v[0]);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	if (!cli->quiet)
		fprintf(stderr, "redcorpus: made '%s'; look at '%s/batch.yaml', then: redcorpus run '%s' SOURCE...\n",
		        args.v[0], args.v[0], args.v[0]);
	return RC_EXIT_OK;
}
