/* cmd_pull.c -- `redcorpus pull URL DIR`: a corpus, or a part of it, verified. */
#include <stdio.h>
#include <string.h>

#include "cli/corpus_at.h"

/* "2/8": the third of eight. */
static bool parse_part(const char *text, struct pull_choice *choice)
{
	long long part, of;
	int end = 0;

	if (sscanf(text, "%lld/%lld%n", &part, &of, &end) != 2 || text[end] || part < 0 || of < 1 || part >= of || of > MANIFEST_MAX_FILES)
		return false;
	choice->part = part;
	choice->of = of;
	return true;
}

/* RC_EXIT_OK, or the answer to a bad option. */
static int parse_choice(const struct rc_cli *cli, const char *split, const char *kind, const char *part, struct pull_choice *choice)
{
	*choice = PULL_ALL;
	if (split && (choice->split = manifest_split_find(split)) < 0)
		return rc_cli_usage(cli, "--split: '%s' is none of train, validation, test", split);
	if (kind) {
		choice->kind = (int)manifest_kind_find(kind);
		if (!manifest_is_shard((enum manifest_kind)choice->kind))
			return rc_cli_usage(cli, "--shards: '%s' is none of text, pages, images, lines, mds", kind);
	}
	if (part && !parse_part(part, choice))
		return rc_cli_usage(cli, "--shard: '%s' is not I/N with I from 0 to N-1", part);
	return RC_EXIT_OK;
}

int rc_cmd_pull(struct rc_cli *cli, int argc, char **argv)
{
	const char *split = NULL, *kind = NULL, *part = NULL, *bwlimit = NULL;
	RC_OWN_WORDS sets = { 0 };
	const struct rc_option options[] = {
		{ .name = "split", .arg = "S", .word = &split, .help = "only train, validation or test" },
		{ .name = "shards", .arg = "KIND", .word = &kind, .help = "only text, pages, images, lines or mds" },
		{ .name = "shard", .arg = "I/N", .word = &part, .help = "the I-th of N shares, from 0: one per node" },
		{ .name = "bwlimit", .arg = "RATE", .word = &bwlimit, .help = "as 10M (bytes per second) or '08:00-20:00 2M, else full'" },
		{ .name = "set", .arg = "KEY=VALUE", .words = &sets, .help = "a setting of upload, as upload.endpoint=https://..." },
		{ 0 }
	};
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = NULL;
	RC_CLEANUP(transfer_show_end) struct transfer_show show = { 0 };
	struct transfer_result result = { 0 };
	struct transfer_watch watch;
	struct pull_choice choice;
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;
	int code;

	if (!rc_cli_parse(cli, options, 2, 2, argc, argv, &args))
		return args.exit;
	code = parse_choice(cli, split, kind, part, &choice);
	if (code != RC_EXIT_OK)
		return code;
	status = transfer_config(&cfg, NULL, &sets, bwlimit, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	transfer_show_begin(&show, cli, "pulling, MB");
	watch = transfer_show_watch(&show);
	status = upload_pull(args.v[0], args.v[1], &choice, cfg, &watch, &result, &err);
	transfer_show_end(&show);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	transfer_say(&show, "pulled", &result);
	return RC_EXIT_OK;
}
