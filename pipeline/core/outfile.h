/* outfile.h -- a file that appears whole, or does not appear.
 *
 * Written beside its final name, synced, then renamed over it, then the folder
 * is synced. A reader, or the next run, can never meet half a file.
 *
 *     RC_CLEANUP(rc_outfile_abort) struct rc_outfile *f = NULL;    abort by default
 *     rc_outfile_open(&f, path, &err) ... rc_outfile_commit(&f, &err)
 *
 * Temporary files are named ".rc-tmp-*"; a batch sweeps left-over ones away when it is opened. */
#ifndef RC_OUTFILE_H
#define RC_OUTFILE_H

#include "core/digest.h"

struct rc_outfile;

#define RC_TMP_PREFIX ".rc-tmp-"

/* Makes missing parent folders. */
enum rc_status rc_outfile_open(struct rc_outfile **ret, const char *path, struct rc_err *err);
enum rc_status rc_outfile_write(struct rc_outfile *f, const void *bytes, size_t len, struct rc_err *err);
/* Digest and size of what went through rc_outfile_write so far. */
struct rc_digest rc_outfile_digest(struct rc_outfile *f);
int64_t rc_outfile_size(const struct rc_outfile *f);
/* Changes the final name before commit (for names made of digest digits). */
enum rc_status rc_outfile_rename(struct rc_outfile *f, const char *path, struct rc_err *err);
/* Makes the file visible. Frees *f and sets it NULL, whatever the outcome. */
enum rc_status rc_outfile_commit(struct rc_outfile **f, struct rc_err *err);
/* Removes the temporary. NULL is fine. */
void rc_outfile_abort(struct rc_outfile **f);

/* open, write, commit in one call. */
enum rc_status rc_file_put(const char *path, const void *bytes, size_t len, struct rc_err *err);
/* mkdir -p; RC_OK when it is there already. */
enum rc_status rc_make_dirs(const char *path, struct rc_err *err);
/* The same without a sync each, for many files that syncfs() makes safe together before anything names them. After a crash of the
 * machine, a file that was put so may be there empty. */
enum rc_status rc_file_put_unsynced(const char *path, const void *bytes, size_t len, struct rc_err *err);
enum rc_status rc_make_dirs_unsynced(const char *path, struct rc_err *err);
/* Writes all of it, retrying EINTR and short writes. Returns false with errno set. */
bool rc_write_all(int fd, const void *bytes, size_t len);
/* Reads all of it from `offset` on, likewise; the place of fd does not move. Returns false with errno set; 0: the file ends before. */
bool rc_read_all(int fd, void *bytes, size_t len, int64_t offset);
/* Removes a folder of ours with all that is in it, as far as it goes; links are not followed. */
void rc_remove_tree(const char *path);
/* Removes left-over temporaries directly in dir (not below). A missing dir is fine. */
void rc_sweep_temporaries(const char *dir);

#endif
