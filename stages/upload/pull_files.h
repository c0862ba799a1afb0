/* pull_files.h -- files of a corpus on their way into a folder, many at once. */
#ifndef UPLOAD_PULL_FILES_H
#define UPLOAD_PULL_FILES_H

#include "upload/watch.h"

/* Is the file there, with its size and digest? */
bool pull_have_file(const char *path, const struct manifest_file *f);

/* Fetches those that are not there. Each gets its name when all of it is there and was hashed; until then it is a hidden part, with a list of
 * what of it was written, and a later call goes on with that. A file that is broken comes once more; broken again, it is counted in
 * flow->result.broken and told to flow_trouble(). */
enum rc_status pull_files(struct remote *remote, const char *folder, const char *version, const struct manifest_file *const *files, size_t n,
                          struct flow *flow, struct rc_err *err);

#endif
