/* cmd_publish.c -- `redcorpus publish BATCH|CORPUS URL`. */
#include "cli/corpus_at.h"

int rc_cmd_publish(struct rc_cli *cli, int argc, char **argv)
{
	const struct rc_option options[] = { { 0 } };
	RC_CLEANUP(transfer_show_end) struct transfer_show show = { 0 };
	RC_OWN_BUF corpus = RC_BUF(1 << 16);
	struct transfer_result result = { 0 };
	struct transfer_watch watch;
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;

	if (!rc_cli_parse(cli, options, 2, 2, argc, argv, &args))
		return args.exit;
	transfer_show_begin(&show, cli, "publishing, MB");
	watch = transfer_show_watch(&show);
	corpus_path(args.v[0], &corpus);
	status = upload_publish(corpus.data, args.v[1], &watch, &result, &err);
	transfer_show_end(&show);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	transfer_say(&show, "published", &result);
	return RC_EXIT_OK;
}
