/* upload.h -- publish and pull: corpora to and from remotes, verified, and resumable by doing it again.
 *
 * Order of writing, there and here: shards, versions/V, card and sums, and manifest.json last, so that a reader sees the old corpus
 * or the new one. An object is whole or absent; what is there with its digest is not sent again. */
#ifndef UPLOAD_UPLOAD_H
#define UPLOAD_UPLOAD_H

#include "core/stage.h"
#include "upload/remote.h"

/* Publishes the batch's corpus to upload.to; RC_SKIP without that setting, or when it is there. */
extern const struct rc_batch_stage upload_stage;

/* Looks at upload.* beyond their ranges: RC_RUN_FAILED/setting. */
enum rc_status upload_check_settings(const struct rc_config *cfg, struct rc_err *err);

struct transfer_watch {         /* all of it may be NULL */
	bool (*stopping)(void *ctx);    /* then RC_RUN_FAILED/stopped */
	void (*progress)(void *ctx, int64_t done, int64_t total);       /* bytes, of all files of the transfer */
	void (*trouble)(void *ctx, const struct rc_err *what);          /* something was tried again, or is broken */
	void *ctx;
};

struct transfer_result {
	int64_t files, bytes;           /* of the transfer */
	int64_t files_sent, bytes_sent; /* what was not there already */
	int64_t broken;                 /* files that are not what the manifest says, there (pull) */
	int64_t samples;                /* of the whole corpus, text and pages */
	char version[72];
	struct rc_err nothing;          /* pull: its text says why there are no shards to choose from; "" when there are */
};

struct publish_options {
	const struct rc_config *cfg;    /* upload.*; NULL: defaults and the environment */
	bool look_only;                 /* send nothing: the result says what would be */
};

/* corpus: the folder; options may be NULL. Refuses (RC_RUN_FAILED/setting) to publish another content under a version that is there, and to publish
 * where a corpus of another name is. */
enum rc_status upload_publish(const char *corpus, const char *url, const struct publish_options *options, const struct transfer_watch *watch,
                              struct transfer_result *ret, struct rc_err *err);

struct pull_choice {            /* which shards; card, sums and index come always */
	int split;                      /* -1: all */
	int kind;                       /* a kind of shards; -1: all */
	int64_t part, of;               /* every shard whose number modulo `of` is `part`; of 0: all */
};
#define PULL_ALL ((struct pull_choice){ .split = -1, .kind = -1 })

/* Into a folder; one that holds a corpus of another name, or things that are of no corpus, is RC_RUN_FAILED/usage. Files come several at a time, large ones in pieces; what
 * was there of a file when a pull was stopped is not fetched again. A file that is broken is fetched once more; when it is broken again it
 * is told to watch->trouble, the rest is fetched, and the outcome is RC_PAGE_FAILED/changed without a manifest. With a choice, the manifest
 * written names only what was chosen and has "subset" with the digest of the whole one. cfg: upload.*; NULL: defaults. */
enum rc_status upload_pull(const char *url, const char *folder, const struct pull_choice *choice, const struct rc_config *cfg,
                           const struct transfer_watch *watch, struct transfer_result *ret, struct rc_err *err);

#endif
