/* base.h -- a version of a corpus in a folder, open for reading by the path of its manifest; and what the step from one to the next is. */
#ifndef PACKAGE_BASE_H
#define PACKAGE_BASE_H

#include "package/read.h"

struct corpus_base {            /* must not move while it is open; reader NULL: not open */
	struct corpus_folder *folder;
	struct corpus_source source;
	struct manifest *manifest;
	struct corpus_reader *reader;
};
/* path: of manifest.json, at the root of a corpus or below versions/V. */
enum rc_status corpus_base_open(struct corpus_base *b, const char *path, struct rc_err *err);
void corpus_base_close(struct corpus_base *b);

/* RC_WARN, with a message in why, when the version at `path` has a number that does not say what kind of step it is from `base` (path of a
 * manifest, "" for none), or has a name that is no semantic version. */
enum rc_status corpus_base_step(const char *base, const char *path, struct rc_err *why);

#endif
