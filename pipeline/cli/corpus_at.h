/* corpus_at.h -- what commands about a corpus take: BATCH, CORPUS or URL; and how they show that bytes flow. */
#ifndef CLI_CORPUS_AT_H
#define CLI_CORPUS_AT_H

#include "cli/cli.h"
#include "package/package.h"
#include "run/progress.h"
#include "upload/upload.h"

/* Appends the folder of the corpus: of a batch, BATCH/corpus, else the path itself. */
void corpus_path(const char *batch_or_corpus, struct rc_buf *out);

struct corpus_at {              /* a corpus that is open for reading */
	struct corpus_folder *folder;   /* or */
	struct remote *remote;
	struct corpus_source source;
	struct manifest *manifest;
	struct corpus_reader *reader;
};
/* what: a batch, a corpus, one of its versions ("corpus/versions/1.0.0"), or a URL ("file:///...") of either. It must not move while it is open. */
enum rc_status corpus_at_open(struct corpus_at *at, const char *what, struct rc_err *err);
/* The same with upload.* of cfg, where it is a URL; NULL: defaults. */
enum rc_status corpus_at_open_with(struct corpus_at *at, const char *what, const struct rc_config *cfg, struct rc_err *err);
void corpus_at_close(struct corpus_at *at);

/* Shows a transfer on stderr and stops it on a signal. Installs the signal handlers. */
struct transfer_show {
	const struct rc_cli *cli;
	struct rc_progress *progress;
	const char *doing;
	double began, looked;           /* seconds of the monotonic clock */
	int64_t first, before;          /* bytes that were there at the start, and at the last look; -1: not known yet */
	double rate;                    /* bytes per second, of late */
};
void transfer_show_begin(struct transfer_show *show, const struct rc_cli *cli, const char *doing);
void transfer_show_end(struct transfer_show *show);
struct transfer_watch transfer_show_watch(struct transfer_show *show);
/* "published version 1.0.0: 12 files, 3 sent (4.1 MB)". Not with --quiet. */
void transfer_say(const struct transfer_show *show, const char *what, const struct transfer_result *r);

/* What a command that talks to a remote goes by: the settings of a batch, where it is one, then each "upload.KEY=VALUE", then the limit of
 * --bwlimit (may be NULL). RC_RUN_FAILED/usage for a setting of another section. */
enum rc_status transfer_config(struct rc_config **ret, const char *batch_or_else, const struct rc_words *sets, const char *bwlimit, struct rc_err *err);

#endif
