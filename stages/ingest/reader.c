/* reader.c -- the door to libarchive.
 *
 *   ingest_reader_open, _next, _read, _close
 *   start, enable        one libarchive handle with what we allow
 *   explain              libarchive's complaint -> our status and reason
 *
 * Member names must come as the archive's raw bytes where it does not say their encoding, and as UTF-8 where it does.
 * libarchive does that when the thread's locale is UTF-8; so a reader carries one and uses it around every call.
 *
 * A damaged member kills libarchive's handle. The directory of a zip still knows the members after it: then a new
 * handle is started and the members up to the damaged one are passed over. */
#include "reader.h"
#include "ingest.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A zip with more damaged members than this is given up: each costs a walk over its directory. */
#define MAX_RESTARTS 32
#define BLOCK (256 * 1024)

struct ingest_reader {
	int fd;
	int64_t len, at;
	const char *name;
	struct archive *a;
	locale_t utf8;
	int64_t n_next;                 /* members returned so far */
	int restarts;
	bool dead, restart;             /* cannot go on; must start again to go on */
	unsigned char block[BLOCK];
};

/* ---- callbacks ----------------------------------------------------------------------------------- */

static la_ssize_t read_block(struct archive *a, void *ctx, const void **ret)
{
	struct ingest_reader *r = ctx;
	int64_t left = r->len - r->at;
	size_t want = left < BLOCK ? (size_t)left : BLOCK;
	ssize_t n;

	*ret = r->block;
	if (left <= 0)
		return 0;
	do
		n = pread(r->fd, r->block, want, r->at);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		archive_set_error(a, errno, "cannot read the file: %s", strerror(errno));
		return ARCHIVE_FATAL;
	}
	r->at += n;
	return n;
}

static la_int64_t skip_block(struct archive *a, void *ctx, la_int64_t n)
{
	struct ingest_reader *r = ctx;
	int64_t left = r->len - r->at;

	if (n > left)
		n = left;
	r->at += n;
	return n;
}

static la_int64_t seek_block(struct archive *a, void *ctx, la_int64_t offset, int whence)
{
	struct ingest_reader *r = ctx;
	int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? r->at : r->len;

	if (__builtin_add_overflow(base, offset, &offset) || offset < 0)
		return ARCHIVE_FATAL;
	r->at = offset < r->len ? offset : r->len;
	return r->at;
}

/* ---- starting ------------------------------------------------------------------------------------ */

static bool enable(struct archive *a)
{
	/* A filter that libarchive would need a program for answers ARCHIVE_WARN: refused. */
	return archive_read_support_filter_gzip(a) == ARCHIVE_OK && archive_read_support_filter_bzip2(a) == ARCHIVE_OK &&
	       archive_read_support_filter_xz(a) == ARCHIVE_OK && archive_read_support_filter_lzma(a) == ARCHIVE_OK &&
	       archive_read_support_filter_zstd(a) == ARCHIVE_OK && archive_read_support_filter_lz4(a) == ARCHIVE_OK &&
	       archive_read_support_format_tar(a) == ARCHIVE_OK && archive_read_support_format_cpio(a) == ARCHIVE_OK &&
	       archive_read_support_format_zip_seekable(a) == ARCHIVE_OK &&
	       archive_read_support_format_zip_streamable(a) == ARCHIVE_OK &&
	       archive_read_support_format_7zip(a) == ARCHIVE_OK && archive_read_support_format_raw(a) == ARCHIVE_OK &&
	       archive_read_support_format_empty(a) == ARCHIVE_OK;
}

/* The directory of a 7z is at its end, and libarchive calls it damaged or says nothing. Its place, counted
 * from byte 32, and its length stand at 12 and 20 in 64 bits: 7zFormat.txt of the LZMA SDK, "SignatureHeader". */
static bool is_cut_7z(const struct ingest_reader *r)
{
	unsigned char b[32];
	uint64_t place = 0, len = 0;

	if (pread(r->fd, b, sizeof b, 0) != (ssize_t)sizeof b || memcmp(b, "7z\xBC\xAF\x27\x1C", 6))
		return false;
	for (int i = 7; i >= 0; i--) {
		place = place << 8 | b[12 + i];
		len = len << 8 | b[20 + i];
	}
	return place > (uint64_t)r->len || len > (uint64_t)r->len || place + len + sizeof b > (uint64_t)r->len;
}

/* "No progress is possible" is liblzma's word for input that ends too early. */
static enum rc_status explain(const struct ingest_reader *r, struct rc_err *err)
{
	const char *said = archive_error_string(r->a);
	enum rc_reason why = RC_WHY_DECODE;

	if (is_cut_7z(r))
		said = "truncated 7-Zip archive";
	if (!said)
		said = "the data is damaged";
	if (strcasestr(said, "encrypt") || strcasestr(said, "passphrase"))
		why = RC_WHY_ENCRYPTED;
	else if (strcasestr(said, "truncated") || strcasestr(said, "no progress is possible"))
		why = RC_WHY_TRUNCATED;
	else if (strcasestr(said, "unsupported") || strcasestr(said, "not supported"))
		why = RC_WHY_UNSUPPORTED;
	return rc_fail(err, RC_PAGE_FAILED, why, "%s", said);
}

static enum rc_status start(struct ingest_reader *r, struct rc_err *err)
{
	archive_read_free(r->a);
	r->at = 0;
	r->restart = false;
	r->a = archive_read_new();
	if (!r->a || !enable(r->a))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read archives: libarchive lacks a format");
	archive_read_set_read_callback(r->a, read_block);
	archive_read_set_skip_callback(r->a, skip_block);
	archive_read_set_seek_callback(r->a, seek_block);
	archive_read_set_callback_data(r->a, r);
	return archive_read_open1(r->a) < ARCHIVE_WARN ? explain(r, err) : RC_OK;
}

void ingest_reader_close(struct ingest_reader **r)
{
	if (!*r)
		return;
	archive_read_free((*r)->a);
	if ((*r)->utf8)
		freelocale((*r)->utf8);
	free(*r);
	*r = NULL;
}

enum rc_status ingest_reader_open(struct ingest_reader **ret, int fd, int64_t len, const char *name, struct rc_err *err)
{
	RC_CLEANUP(ingest_reader_close) struct ingest_reader *r = calloc(1, sizeof *r);
	enum rc_status status;
	locale_t before;

	if (!r)
		return rc_fail(err, RC_RETRY, RC_WHY_MEMORY, "out of memory");
	*r = (struct ingest_reader){ .fd = fd, .len = len, .name = name };
	r->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!r->utf8)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read archives: there is no locale C.UTF-8");
	before = uselocale(r->utf8);
	status = start(r, err);
	uselocale(before);
	if (rc_good(status))
		*ret = rc_steal(r);
	return status;
}

/* ---- members ------------------------------------------------------------------------------------- */

static bool is_zip(const struct ingest_reader *r)
{
	return (archive_format(r->a) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_ZIP;
}

/* One header. RC_SKIP at the end. Warnings (a name that cannot be converted, an odd field) are no loss. */
static enum rc_status next_header(struct ingest_reader *r, struct archive_entry **ret, struct rc_err *err)
{
	int code = ARCHIVE_RETRY;

	for (int tries = 0; code == ARCHIVE_RETRY && tries < 100; tries++)
		code = archive_read_next_header(r->a, ret);
	if (code == ARCHIVE_EOF)
		return RC_SKIP;
	if (code == ARCHIVE_OK || code == ARCHIVE_WARN)
		return RC_OK;
	r->dead = true;
	return explain(r, err);
}

/* After a damaged member: a new handle, and past the members that were returned. */
static enum rc_status resume(struct ingest_reader *r, struct rc_err *err)
{
	enum rc_status status = start(r, err);

	for (int64_t i = 0; status == RC_OK && i < r->n_next; i++) {
		struct archive_entry *entry;

		status = next_header(r, &entry, err);
	}
	if (status != RC_OK)
		r->dead = true;
	return status;
}

static enum ingest_kind kind_of(struct archive_entry *entry)
{
	if (archive_entry_symlink(entry) || (archive_entry_hardlink(entry) && archive_entry_size(entry) == 0))
		return INGEST_LINK;
	switch (archive_entry_filetype(entry)) {
	case AE_IFDIR:
		return INGEST_FOLDER;
	case AE_IFLNK:
		return INGEST_LINK;
	case AE_IFCHR: case AE_IFBLK: case AE_IFIFO: case AE_IFSOCK:
		return INGEST_DEVICE;
	default:
		return INGEST_FILE;
	}
}

static void describe(struct ingest_reader *r, struct archive_entry *entry, struct ingest_member *ret)
{
	const char *name = archive_entry_pathname(entry);

	if (!name)
		name = archive_entry_pathname_utf8(entry);
	*ret = (struct ingest_member){
		.name = name ? name : "",
		.kind = kind_of(entry),
		.encrypted = archive_entry_is_encrypted(entry) > 0,
		.dos = is_zip(r),
	};
}

enum rc_status ingest_reader_next(struct ingest_reader *r, struct ingest_member *ret, struct rc_err *err)
{
	struct archive_entry *entry = NULL;
	locale_t before = uselocale(r->utf8);
	enum rc_status status = RC_OK;

	if (r->restart)
		status = resume(r, err);
	if (status == RC_OK)
		status = next_header(r, &entry, err);
	if (status == RC_OK) {
		r->n_next++;
		describe(r, entry, ret);
	}
	uselocale(before);
	return status;
}

enum rc_status ingest_reader_read(struct ingest_reader *r, void *data, size_t cap, size_t *ret_len, struct rc_err *err)
{
	locale_t before = uselocale(r->utf8);
	la_ssize_t n = ARCHIVE_RETRY;
	enum rc_status status = RC_OK;

	for (int tries = 0; n == ARCHIVE_RETRY && tries < 100; tries++)
		n = archive_read_data(r->a, data, cap);
	if (n >= 0) {
		*ret_len = (size_t)n;
	} else {
		struct rc_err why = { 0 };

		status = explain(r, &why);
		/* WARN and FAILED leave the handle usable; a zip can be started again unless it simply ends. */
		if (n == ARCHIVE_FATAL && is_zip(r) && why.reason != RC_WHY_TRUNCATED && r->restarts++ < MAX_RESTARTS)
			r->restart = true;
		else if (n == ARCHIVE_FATAL)
			r->dead = true;
		if (err)
			*err = why;
	}
	uselocale(before);
	return status;
}

bool ingest_reader_alive(const struct ingest_reader *r)
{
	return !r->dead;
}

bool ingest_reader_is_stream(const struct ingest_reader *r)
{
	return archive_filter_count(r->a) > 1;
}

bool ingest_reader_is_raw(const struct ingest_reader *r)
{
	return archive_format(r->a) == ARCHIVE_FORMAT_RAW;
}

const char *ingest_library(void)
{
	return archive_version_string();
}
