/* reader.h -- the door to libarchive: members of an archive one after the other.
 *
 * Formats tar, cpio, zip and 7z, and single compressed files; filters gzip, bzip2, xz, lzma, zstd, lz4: enabled one by
 * one, none of them starts a program. Reads with pread, so that several readers share a descriptor.
 * Only a worker may use this. */
#ifndef INGEST_READER_H
#define INGEST_READER_H

#include "core/err.h"

struct ingest_reader;

enum ingest_kind { INGEST_FILE, INGEST_FOLDER, INGEST_LINK, INGEST_DEVICE };

struct ingest_member {
	const char *name;               /* raw bytes; "" when it has none that can be told; until the next call */
	enum ingest_kind kind;
	bool encrypted;
	bool dos;                       /* in a zip: a backslash may separate */
};

/* fd is borrowed and read from its start, len bytes. `name` is for messages and borrowed, too. */
enum rc_status ingest_reader_open(struct ingest_reader **ret, int fd, int64_t len, const char *name, struct rc_err *err);
/* RC_SKIP after the last member. RC_PAGE_FAILED: the archive cannot be read further. */
enum rc_status ingest_reader_next(struct ingest_reader *r, struct ingest_member *ret, struct rc_err *err);
/* Data of the member; *ret_len 0 at its end. RC_PAGE_FAILED: this member cannot be read (encrypted, truncated, decode,
 * unsupported); whether others can, ingest_reader_alive() says. */
enum rc_status ingest_reader_read(struct ingest_reader *r, void *data, size_t cap, size_t *ret_len, struct rc_err *err);
/* Can ingest_reader_next() still find members after a failure? */
bool ingest_reader_alive(const struct ingest_reader *r);
/* Must what nobody wants be unpacked all the same to come to the next member? */
bool ingest_reader_is_stream(const struct ingest_reader *r);
/* Is it one compressed file and no archive? Its member has no name of its own. */
bool ingest_reader_is_raw(const struct ingest_reader *r);
void ingest_reader_close(struct ingest_reader **r);

#endif
