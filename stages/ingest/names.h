/* names.h -- names of archive members and files as people wrote them: encoding, path, junk.
 *
 * Zips made on Chinese Windows hold names in GBK or Big5 and do not say so. One name is too short to tell the
 * two apart; so an archive is judged as a whole: every name that may be legacy text is shown to a judge, and the
 * verdict decodes them all. */
#ifndef INGEST_NAMES_H
#define INGEST_NAMES_H

#include "core/buf.h"

enum ingest_charset {
	INGEST_UTF8,
	INGEST_GB18030,
	INGEST_BIG5,
	INGEST_BYTES                    /* nobody knows: invalid bytes are written as \xNN */
};

/* Is the name perhaps not UTF-8? True for malformed UTF-8, and for names whose only non-ASCII characters have
 * two bytes: those may be GBK by accident. */
bool ingest_name_doubtful(const char *raw);

struct ingest_judge {
	int64_t gb, big5;               /* evidence for each */
	bool not_gb, not_big5;          /* some name is malformed there */
	bool legacy;                    /* some name cannot be UTF-8 */
	size_t bytes;                   /* of names seen */
};
/* Enough names seen for any verdict? */
bool ingest_judge_satisfied(const struct ingest_judge *judge);
void ingest_judge_add(struct ingest_judge *judge, const char *raw);
/* A tie goes to GB18030: the material is mostly mainland Chinese. */
enum ingest_charset ingest_judge_verdict(const struct ingest_judge *judge);

/* Appends the name as UTF-8. `charset` is for doubtful names; others are taken as they are. */
void ingest_name_decode(struct rc_buf *out, const char *raw, enum ingest_charset charset);

/* Appends a path of the file system as UTF-8. Each part is judged alone, so that a folder has one name. */
void ingest_path_decode(struct rc_buf *out, const char *raw);

/* Appends a clean relative path: '/' between, without empty and "." parts. `dos`: a backslash separates, too, and
 * a drive letter is absolute. Absolute paths, "..", overlong and empty names are RC_PAGE_FAILED/path. */
enum rc_status ingest_member_path(struct rc_buf *out, const char *name, bool dos, struct rc_err *err);
/* Is this what ingest_member_path makes? */
bool ingest_path_is_clean(const char *path);

/* Left behind by file managers (__MACOSX/, ._x, .DS_Store, Thumbs.db, desktop.ini): never ours to read. */
bool ingest_name_is_junk(const char *path);
/* Length of the name without an archive's suffix (".zip", ".tar.gz"); the whole length when there is none. */
size_t ingest_archive_stem(const char *name);
/* Does it end like an archive (".zip", ".tar.gz"), and not only like a compressed file (".gz")? */
bool ingest_name_says_archive(const char *name);

#endif
