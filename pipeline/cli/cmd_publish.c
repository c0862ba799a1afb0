/* cmd_publish.c -- `redcorpus publish BATCH|CORPUS URL`. */
#include "cli/corpus_at.h"

int rc_cmd_publish(struct rc_cli *cli, int argc, char **argv)
{
	RC_OWN_WORDS sets = { 0 };
	const char *bwlimit = NULL;
	bool dry_run = false;
	const struct rc_option options[] = {
		{ .name = "dry-run", .flag = &dry_run, .help = "say what would be sent, and send nothing" },
		{ .name = "bwlimit", .arg = "RATE", .word = &bwlimit, .help = "as 10M (bytes per second) or '08:00-20:00 2M, else full'" },
		{ .name = "set", .arg = "KEY=VALUE", .words = &sets, .help = "a setting of upload, as upload.endpoint=https://..." },
		{ 0 }
	};
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = NULL;
	RC_CLEANUP(transfer_show_end) struct transfer_show show = { 0 };
	RC_OWN_BUF corpus = RC_BUF(1 << 16);
	struct transfer_result result = { 0 };
	struct transfer_watch watch;
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;

	if (!rc_cli_parse(cli, options, 2, 2, argc, argv, &args))
		return args.exit;
	status = transfer_config(&cfg, args.v[0], &sets, bwlimit, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	transfer_show_begin(&show, cli, "publishing, MB");
	watch = transfer_show_watch(&show);
	corpus_path(args.v[0], &corpus);
	status = upload_publish(corpus.data, args.v[1], &(struct publish_options){ cfg, dry_run }, &watch, &result, &err);
	transfer_show_end(&show);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	transfer_say(&show, dry_run ? "would publish" : "published", &result);
	return RC_EXIT_OK;
}
