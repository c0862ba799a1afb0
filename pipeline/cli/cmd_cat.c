/* cmd_cat.c -- `redcorpus cat BATCH|CORPUS|URL`: samples as JSON Lines, in the order of the corpus. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/corpus_at.h"

struct printing {
	bool closed;            /* who reads has read enough */
};

static enum rc_status print_sample(void *ctx, const char *json, size_t len, struct rc_err *err)
{
	struct printing *p = ctx;

	errno = 0;
	if (fwrite(json, 1, len, stdout) == len && putchar('\n') != EOF)
		return RC_OK;
	p->closed = errno == EPIPE;
	return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write the output");
}

static enum rc_status print_id(struct corpus_at *at, int kind, const char *id, struct printing *p, struct rc_err *err)
{
	enum rc_status status = RC_SKIP;

	if (kind < 0 || kind == MANIFEST_TEXT)
		status = corpus_reader_id(at->reader, MANIFEST_TEXT, id, print_sample, p, err);
	if (kind < 0 && !rc_good(status) && err->reason == RC_WHY_MISSING)
		kind = MANIFEST_PAGES;
	return kind > MANIFEST_TEXT ? corpus_reader_id(at->reader, (enum manifest_kind)kind, id, print_sample, p, err) : status;
}

static int usual_kind(const struct manifest *m)
{
	return m->n_samples[MANIFEST_TEXT] == 0 && m->n_samples[MANIFEST_PAGES] > 0 ? MANIFEST_PAGES : MANIFEST_TEXT;
}

/* Nothing is a right answer to an option that fits nothing, but one that people wonder about. */
static void say_nothing_fits(const struct rc_cli *cli, const struct manifest *m, int kind, int split)
{
	struct rc_err why;

	if (!manifest_has(m, kind < 0 && split >= 0 ? usual_kind(m) : kind, split, &why))
		rc_cli_warn(cli, &why);
}

static enum rc_status print_samples(struct corpus_at *at, int kind, int split, int64_t n, const char *id, struct printing *p, struct rc_err *err)
{
	if (id)
		return print_id(at, kind, id, p, err);
	if (kind < 0)
		kind = usual_kind(at->manifest);
	if (n >= 0)
		return corpus_reader_at(at->reader, (enum manifest_kind)kind, split, n, print_sample, p, err);
	return corpus_reader_each(at->reader, (enum manifest_kind)kind, split, print_sample, p, err);
}

/* A closed pipe is how `head` says that it has enough: what is still in the buffer is dropped. */
static int enough(void)
{
	return freopen("/dev/null", "w", stdout) ? RC_EXIT_OK : RC_EXIT_STOPPED;
}

int rc_cmd_cat(struct rc_cli *cli, int argc, char **argv)
{
	const char *split = NULL, *kind = NULL, *id = NULL;
	int64_t n = -1;
	RC_OWN_WORDS sets = { 0 };
	const struct rc_option options[] = {
		{ .name = "split", .arg = "S", .word = &split, .help = "only train, validation or test" },
		{ .name = "shards", .arg = "KIND", .word = &kind, .help = "text (one sample per item), pages or lines" },
		{ .name = "at", .arg = "N", .number = &n, .low = 0, .high = INT64_MAX, .help = "only the sample with this number, from 0" },
		{ .name = "id", .arg = "ID", .word = &id, .help = "only the sample of this item, page or line" },
		{ .name = "set", .arg = "KEY=VALUE", .words = &sets, .help = "a setting of upload, as upload.endpoint=https://..." },
		{ 0 }
	};
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = NULL;
	RC_CLEANUP(corpus_at_close) struct corpus_at at = { 0 };
	struct printing printing = { 0 };
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;
	int want_kind = -1, want_split = -1;

	if (!rc_cli_parse(cli, options, 1, 1, argc, argv, &args))
		return args.exit;
	if (split && (want_split = manifest_split_find(split)) < 0)
		return rc_cli_usage(cli, "--split: '%s' is none of train, validation, test", split);
	if (kind && (want_kind = (int)manifest_kind_find(kind)) > MANIFEST_LINES)
		return rc_cli_usage(cli, "--shards: '%s' is none of text, pages, lines", kind);
	if (id && n >= 0)
		return rc_cli_usage(cli, "--at and --id exclude each other");
	signal(SIGPIPE, SIG_IGN);
	status = transfer_config(&cfg, NULL, &sets, NULL, &err);
	if (rc_good(status))
		status = corpus_at_open_with(&at, args.v[0], cfg, &err);
	if (rc_good(status))
		status = print_samples(&at, want_kind, want_split, n, id, &printing, &err);
	if (printing.closed)
		return enough();
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	if (!id && n < 0)
		say_nothing_fits(cli, at.manifest, want_kind, want_split);
	errno = 0;
	return fflush(stdout) != 0 && errno == EPIPE ? enough() : RC_EXIT_OK;
}
