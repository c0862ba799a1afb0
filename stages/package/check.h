/* check.h -- is this corpus what its manifest says? For `validate` and for whoever pulled one. */
#ifndef PACKAGE_CHECK_H
#define PACKAGE_CHECK_H

#include "common/manifest.h"

struct corpus_finding {
	const char *file;       /* below the corpus */
	const char *rule;       /* "manifest", "missing", "size", "digest", "samples", "format", "seek-table", "duplicate-id",
	                         * "text-sample", "page-sample", "line-sample", "index", "root-copy", "unlisted" */
	const char *message;    /* one line, complete but for the file's name */
	int64_t line;           /* of JSON Lines, from 1; 0: none */
	int64_t samples;        /* samples that are touched: all of the shard when its bytes are wrong */
	bool warning;           /* nothing is wrong with the corpus */
};
typedef void corpus_finding_fn(void *ctx, const struct corpus_finding *finding);

struct corpus_check_result {
	int64_t files, bytes, samples;  /* looked at */
	int64_t errors, warnings;
};

/* Checks the corpus in a folder: the manifest, every file's size and digest, every sample's form, ids, the seek tables, and that
 * no other files lie beside. Calls on_finding for each finding. RC_OK also with findings; bad statuses only when
 * checking itself cannot go on. Memory: one frame or page, and 16 bytes per sample. */
enum rc_status corpus_check(const char *folder, corpus_finding_fn *on_finding, void *ctx,
                            struct corpus_check_result *ret, struct rc_err *err);

#endif
