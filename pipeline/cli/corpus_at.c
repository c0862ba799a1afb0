/* corpus_at.c -- finds and opens corpora for the commands, and shows transfers. */
#include "cli/corpus_at.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "run/batch.h"
#include "run/stop.h"

void corpus_path(const char *what, struct rc_buf *out)
{
	rc_buf_addf(out, "%s%s", what, rc_batch_is(what) ? "/corpus" : "");
}

/* "X/versions/V" is version V of the corpus X: appends X to root and returns V; else all of it and "". */
static const char *split_version(const char *what, struct rc_buf *root)
{
	static const char versions[] = "/versions/";
	const char *at = NULL, *version;

	for (const char *next = what; (next = strstr(next, versions)); next++)
		at = next;
	version = at ? at + strlen(versions) : "";
	if (!at || !manifest_version_ok(version)) {
		rc_buf_adds(root, what);
		return "";
	}
	rc_buf_add(root, what, (size_t)(at - what));
	return version;
}

static int is_version(const struct dirent *e)
{
	return manifest_version_ok(e->d_name);
}

/* Adds to err, which says that a version is not there, those that are. */
static void say_versions(const char *corpus, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(1 << 16);
	struct rc_err why = *err;
	struct dirent **found = NULL;
	int n;

	rc_buf_addf(&text, "%s/versions", corpus);
	n = scandir(text.data, &found, is_version, versionsort);
	rc_buf_clear(&text);
	for (int i = 0; i < n; i++) {
		rc_buf_addf(&text, "%s%s", i ? ", " : "", found[i]->d_name);
		free(found[i]);
	}
	free(found);
	if (n > 0)
		rc_fail(err, RC_RUN_FAILED, why.reason, "%s (versions there: %s)", why.text, text.data);
}

enum rc_status corpus_at_open(struct corpus_at *at, const char *what, struct rc_err *err)
{
	return corpus_at_open_with(at, what, NULL, err);
}

enum rc_status corpus_at_open_with(struct corpus_at *at, const char *what, const struct rc_config *cfg, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(1 << 16);
	RC_OWN_BUF root = RC_BUF(1 << 16);
	const char *version = split_version(what, &root);
	enum rc_status status;

	*at = (struct corpus_at){ 0 };
	if (strstr(what, "://")) {
		status = remote_open(&at->remote, root.data, false, cfg, err);
		if (rc_good(status))
			at->source = remote_source(at->remote);
	} else {
		corpus_path(root.data, &path);
		status = corpus_folder_open(&at->folder, path.data, err);
		if (rc_good(status))
			at->source = corpus_folder_source(at->folder);
	}
	if (rc_good(status))
		status = manifest_fetch_version(&at->source, version, &at->manifest, err);
	if (!rc_good(status) && *version && at->folder && err->reason == RC_WHY_MISSING)
		say_versions(path.data, err);
	if (rc_good(status))
		status = corpus_reader_open(&at->reader, &at->source, at->manifest, err);
	return status;
}

void corpus_at_close(struct corpus_at *at)
{
	corpus_reader_close(&at->reader);
	manifest_free(&at->manifest);
	corpus_folder_close(&at->folder);
	remote_close(&at->remote);
}

/* ---- transfers --------------------------------------------------------------------------------------------- */

void transfer_show_begin(struct transfer_show *show, const struct rc_cli *cli, const char *doing)
{
	rc_stop_install();
	*show = (struct transfer_show){ cli, rc_progress_new(cli->quiet, cli->verbose), doing, .first = -1 };
}

void transfer_show_end(struct transfer_show *show)
{
	rc_progress_free(&show->progress);
}

static bool stopping(void *ctx)
{
	return rc_stop_signal() != 0;
}

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The rate of late: looks weigh less the longer they are ago. What was there already does not count. */
static void measure(struct transfer_show *show, int64_t done)
{
	const double fade = 5;          /* seconds in which an old rate loses two thirds of its weight */
	double now = seconds_now(), since = now - show->looked;

	if (show->first < 0) {
		show->first = show->before = done;
		show->began = show->looked = now;
	} else if (since >= 0.2) {
		double rate = (double)(done - show->before) / since, weight = since / (since + fade);

		show->rate = show->rate > 0 ? show->rate + (rate - show->rate) * weight : rate;
		show->before = done;
		show->looked = now;
	}
}

/* In MB, which is what people compare with the line they have. */
static void progress(void *ctx, int64_t done, int64_t total)
{
	struct transfer_show *show = ctx;
	struct rc_progress_state state = { .doing = show->doing, .done = done / 1000000, .total = total / 1000000, .seconds_left = -1 };

	if (!show->progress)
		return;
	measure(show, done);
	if (!rc_progress_due(show->progress))
		return;
	if (show->rate > 0) {
		state.per_second = show->rate / 1e6;
		state.seconds_left = (double)(total - done) / show->rate;
	}
	rc_progress_show(show->progress, &state);
}

static void trouble(void *ctx, const struct rc_err *what)
{
	struct transfer_show *show = ctx;

	/* Broken files are the outcome, not chatter: also with --quiet. */
	rc_cli_fail(show->cli, RC_PAGE_FAILED, what);
}

struct transfer_watch transfer_show_watch(struct transfer_show *show)
{
	return (struct transfer_watch){ stopping, progress, trouble, show };
}

void transfer_say(const struct transfer_show *show, const char *what, const struct transfer_result *r)
{
	struct rc_err empty;
	bool kb = r->bytes_sent < 1000000;

	if (r->samples == 0) {
		rc_fail(&empty, RC_WARN, RC_WHY_SETTING, "the corpus has no samples: its README.md says what was left out, and why");
		rc_cli_warn(show->cli, &empty);
	} else if (r->nothing.text[0]) {
		rc_cli_warn(show->cli, &r->nothing);
	}
	if (!show->cli->quiet)
		fprintf(stderr, "redcorpus: %s version %s: %lld files, %lld of them new (%.1f %s)\n", what, r->version, (long long)r->files,
		        (long long)r->files_sent, (double)r->bytes_sent / (kb ? 1e3 : 1e6), kb ? "kB" : "MB");
}

enum rc_status transfer_config(struct rc_config **ret, const char *what, const struct rc_words *sets, const char *bwlimit, struct rc_err *err)
{
	struct rc_config *cfg = rc_config_new();
	RC_OWN_BUF text = RC_BUF(1 << 16);
	enum rc_status status = RC_OK;

	if (what && rc_batch_is(what)) {
		rc_buf_addf(&text, "%s/batch.yaml", what);
		status = rc_config_load(cfg, text.data, err);
	}
	for (size_t i = 0; rc_good(status) && i < sets->n; i++)
		status = strncmp(sets->v[i], "upload.", 7) == 0 ? rc_config_set(cfg, sets->v[i], err)
		                                                : rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "--set: '%s' is no setting of upload", sets->v[i]);
	if (rc_good(status) && bwlimit) {
		rc_buf_clear(&text);
		rc_buf_addf(&text, "upload.bwlimit=%s", bwlimit);
		status = rc_config_set(cfg, text.data, err);
	}
	if (rc_good(status))
		status = upload_check_settings(cfg, err);
	if (rc_good(status))
		*ret = cfg;
	else
		rc_config_free(&cfg);
	return status;
}
