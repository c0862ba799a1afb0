/* store.c -- objects in append-only packs.
 *
 *   rc_store_open()     finds the packs, and in them what the ledger does not know
 *   scan_pack()         walks a pack by its own headers
 *   append()            one object at the end of the last pack
 *   rc_store_read()     an object's bytes, verified
 *   rc_store_move()     an object to the end, so that its old pack can go
 *
 * The order that makes it safe: append, sync the pack, commit the ledger. A crash leaves at worst an
 * object nobody refers to (it is found and indexed when the store is opened again) or half an object at
 * the end (it is cut off). */
#include "run/store.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/outfile.h"
#include "core/zstd.h"

enum {
	ZSTD_LEVEL = 3,                 /* page results shrink tenfold; more effort gains little and costs page time */
	SMALLEST_PACKED = 256,          /* bytes; less is not worth a frame */
	WINDOW = 1 << 20,
};

struct rc_store {
	char *dir;
	struct rc_ledger *ledger;
	bool writing, dirty, only_name;
	int64_t pack_bytes;             /* a pack is not made larger than this */
	int64_t pack, end;              /* the pack that grows, and its length; pack 0: none yet */
	int fd;                         /* of that pack; -1: not open */
};

static int steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

static enum rc_status no_disk(struct rc_err *err, const char *what, int64_t pack)
{
	return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot %s object pack %06lld", what, (long long)pack);
}

static enum rc_status open_pack(const struct rc_store *s, int64_t pack, int flags, int *ret, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(1 << 16);
	int fd;

	rc_buf_addf(&path, "%s/%06lld.pack", s->dir, (long long)pack);
	fd = open(path.data, flags | O_CLOEXEC, 0666);
	if (fd < 0)
		return no_disk(err, "open", pack);
	*ret = fd;
	return RC_OK;
}

/* ---- finding what is there ---------------------------------------------------------------------------- */

/* Indexes the whole objects from offset on. *ret_end: behind the last of them. What cannot be read stops it: the caller cuts off
 * what lies behind the end. */
static enum rc_status scan_pack(struct rc_store *s, int64_t pack, int fd, int64_t offset, int64_t size,
                                int64_t *ret_end, struct rc_err *err)
{
	struct rc_object_place place = { .pack = pack };
	enum rc_status status;
	struct rc_pack_header h;

	*ret_end = offset;
	while ((status = rc_pack_next(fd, &offset, size, &h, err)) == RC_OK) {
		status = rc_pack_check(fd, offset, &h, err);
		if (status == RC_SKIP) {
			offset++;
			continue;
		}
		place.offset = offset;
		if (rc_good(status))
			status = rc_ledger_object_add(s->ledger, &h.digest, &place, err);
		if (!rc_good(status))
			return status;
		offset += rc_pack_object_bytes(&h);
		*ret_end = offset;
	}
	return status == RC_SKIP ? RC_OK : status;
}

/* Brings the index up to one pack's bytes; what is torn at its end goes. */
static enum rc_status recover_pack(struct rc_store *s, int64_t pack, struct rc_err *err)
{
	RC_OWN_FD fd = -1;
	int64_t known = 0, end;
	struct stat st;
	enum rc_status status = open_pack(s, pack, O_RDWR, &fd, err);

	if (!rc_good(status))
		return status;
	status = rc_ledger_pack(s->ledger, pack, &known, err);
	if (!rc_good(status))
		return status;
	if (fstat(fd, &st) != 0)
		return no_disk(err, "look at", pack);
	if (pack > s->pack) {
		s->pack = pack;
		s->end = st.st_size;
	}
	if (status == RC_OK && st.st_size <= known)
		return RC_OK;
	status = scan_pack(s, pack, fd, known, st.st_size, &end, err);
	if (!rc_good(status))
		return status;
	if (end < st.st_size && ftruncate(fd, end) != 0)
		return no_disk(err, "cut", pack);
	if (fsync(fd) != 0)
		return no_disk(err, "sync", pack);
	if (pack == s->pack)
		s->end = end;
	return rc_ledger_pack_grown(s->ledger, pack, end, err);
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

enum rc_status rc_store_packs(struct rc_store *s, int64_t **ret, size_t *n, struct rc_err *err)
{
	DIR *dir = opendir(s->dir);
	int64_t *packs = NULL;
	size_t count = 0;

	if (!dir)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot open '%s'", s->dir);
	for (struct dirent *e; (e = readdir(dir));) {
		char *end;
		long long pack = strtoll(e->d_name, &end, 10);

		if (pack > 0 && end != e->d_name && strcmp(end, ".pack") == 0) {
			packs = rc_realloc(packs, (count + 1) * sizeof *packs);
			packs[count++] = pack;
		}
	}
	closedir(dir);
	if (count)
		qsort(packs, count, sizeof *packs, ascending);
	*ret = packs;
	*n = count;
	return RC_OK;
}

static enum rc_status recover(struct rc_store *s, struct rc_err *err)
{
	RC_CLEANUP(rc_free) int64_t *packs = NULL;
	size_t n = 0;
	enum rc_status status = rc_store_packs(s, &packs, &n, err);

	for (size_t i = 0; rc_good(status) && i < n; i++)
		status = recover_pack(s, packs[i], err);
	return status;
}

enum rc_status rc_store_open(const char *dir, struct rc_ledger *ledger, bool writing, struct rc_store **ret, struct rc_err *err)
{
	RC_CLEANUP(rc_store_close) struct rc_store *s = calloc(1, sizeof *s);
	enum rc_status status = RC_OK;

	if (!s || !(s->dir = strdup(dir)))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot open '%s': no memory", dir);
	s->fd = -1;
	s->ledger = ledger;
	s->writing = writing;
	s->pack_bytes = RC_MAX_PACK_BYTES;
	if (writing)
		status = rc_make_dirs(dir, err);
	if (rc_good(status) && writing)
		status = recover(s, err);
	if (!rc_good(status))
		return status;
	*ret = rc_steal(s);
	return RC_OK;
}

void rc_store_close(struct rc_store **store)
{
	if (!*store)
		return;
	rc_close(&(*store)->fd);
	free((*store)->dir);
	free(*store);
	*store = NULL;
}

void rc_store_set_pack_bytes(struct rc_store *store, int64_t bytes)
{
	store->pack_bytes = bytes;
}

void rc_store_only_name(struct rc_store *store)
{
	store->only_name = true;
}

/* ---- adding --------------------------------------------------------------------------------------------- */

static enum rc_status sync_dir(const struct rc_store *s, struct rc_err *err)
{
	RC_OWN_FD fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot sync '%s'", s->dir);
	return RC_OK;
}

static enum rc_status begin_pack(struct rc_store *s, struct rc_err *err)
{
	enum rc_status status = rc_store_sync(s, err);

	if (!rc_good(status))
		return status;
	rc_close(&s->fd);
	s->fd = -1;
	status = open_pack(s, s->pack + 1, O_RDWR | O_CREAT, &s->fd, err);
	if (!rc_good(status))
		return status;
	s->pack++;
	s->end = 0;
	return sync_dir(s, err);
}

/* Makes the last pack one that has room for len more bytes. */
static enum rc_status make_room(struct rc_store *s, int64_t len, struct rc_err *err)
{
	if (!s->pack || (s->end > 0 && s->end + len > s->pack_bytes))
		return begin_pack(s, err);
	return s->fd >= 0 ? RC_OK : open_pack(s, s->pack, O_RDWR, &s->fd, err);
}

static enum rc_status put(struct rc_store *s, const void *bytes, size_t len, int64_t *offset, struct rc_err *err)
{
	const char *from = bytes;

	while (len > 0) {
		ssize_t n = pwrite(s->fd, from, len, *offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return no_disk(err, "write", s->pack);
		from += n;
		len -= (size_t)n;
		*offset += n;
	}
	return RC_OK;
}

static enum rc_status put_from_fd(struct rc_store *s, int fd, int64_t from, int64_t len, int64_t *offset, struct rc_err *err)
{
	RC_OWN_STR window = malloc(WINDOW);
	int64_t at = 0;

	while (window && at < len) {
		ssize_t n = pread(fd, window, len - at < WINDOW ? (size_t)(len - at) : WINDOW, from + at);
		enum rc_status status;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_TRUNCATED, "cannot keep an object: it ends too early");
		status = put(s, window, (size_t)n, offset, err);
		if (!rc_good(status))
			return status;
		at += n;
	}
	return window ? RC_OK : rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot keep an object: no memory");
}

/* Appends the header and then the stored bytes, from memory or from a place in fd. The ledger is the caller's. */
static enum rc_status append_only(struct rc_store *s, const struct rc_pack_header *h, const void *bytes, int fd, int64_t from,
                                  struct rc_object_place *ret, struct rc_err *err)
{
	int64_t len = (int64_t)le64toh(h->stored_len), offset;
	enum rc_status status;

	status = make_room(s, len + (int64_t)sizeof *h, err);
	if (!rc_good(status))
		return status;
	*ret = (struct rc_object_place){ .pack = s->pack, .offset = s->end };
	offset = s->end;
	status = put(s, h, sizeof *h, &offset, err);
	if (rc_good(status))
		status = bytes ? put(s, bytes, (size_t)len, &offset, err) : put_from_fd(s, fd, from, len, &offset, err);
	if (!rc_good(status)) {
		/* Gives the room back; if even that fails, opening the store again cuts it. */
		(void)!ftruncate(s->fd, s->end);
		return status;
	}
	s->end = offset;
	s->dirty = true;
	return RC_OK;
}

static enum rc_status append(struct rc_store *s, const struct rc_pack_header *h, const void *bytes, int fd, struct rc_err *err)
{
	struct rc_object_place place;
	enum rc_status status;

	if (s->only_name)
		return RC_OK;
	status = append_only(s, h, bytes, fd, 0, &place, err);
	return rc_good(status) ? rc_ledger_object_add(s->ledger, &h->digest, &place, err) : status;
}

enum rc_status rc_store_add_fd(struct rc_store *s, int fd, int64_t len, const char *kind, struct rc_digest *ret, struct rc_err *err)
{
	struct rc_digest d;
	struct rc_pack_header h;
	enum rc_status status;

	if (len > RC_MAX_SCAN_BYTES)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot keep an object of %lld bytes: too large", (long long)len);
	status = rc_digest_fd(fd, 0, len, "object", &d, NULL, err);
	if (rc_good(status) && !rc_store_has(s, &d)) {
		h = rc_pack_header_make(kind, 0, len, len, &d);
		status = append(s, &h, NULL, fd, err);
	}
	if (rc_good(status))
		*ret = d;
	return status;
}

enum rc_status rc_store_add(struct rc_store *s, const void *bytes, size_t len, const char *kind, struct rc_digest *ret, struct rc_err *err)
{
	RC_OWN_BUF packed = RC_BUF(RC_MAX_SCAN_BYTES);
	struct rc_digest d = rc_digest_of(bytes, len);
	enum rc_status status = RC_OK;
	struct rc_pack_header h;

	if (!rc_store_has(s, &d)) {
		if (len >= SMALLEST_PACKED)
			rc_zstd_pack(&packed, bytes, len, ZSTD_LEVEL);
		if (packed.len > 0 && !packed.failed && packed.len < len - len / 16) {
			h = rc_pack_header_make(kind, RC_PACK_ZSTD, (int64_t)len, (int64_t)packed.len, &d);
			status = append(s, &h, packed.data, -1, err);
		} else {
			h = rc_pack_header_make(kind, 0, (int64_t)len, (int64_t)len, &d);
			status = append(s, &h, len ? bytes : "", -1, err);
		}
	}
	if (rc_good(status))
		*ret = d;
	return status;
}

enum rc_status rc_store_sync(struct rc_store *s, struct rc_err *err)
{
	if (!s->dirty)
		return RC_OK;
	if (fdatasync(s->fd) != 0)
		return no_disk(err, "sync", s->pack);
	s->dirty = false;
	return rc_ledger_pack_grown(s->ledger, s->pack, s->end, err);
}

/* ---- reading -------------------------------------------------------------------------------------------- */

bool rc_store_has(struct rc_store *s, const struct rc_digest *d)
{
	struct rc_object_place place;

	return rc_ledger_object(s->ledger, d, &place, NULL) == RC_OK;
}

static enum rc_status find(struct rc_store *s, const struct rc_digest *d, int *fd, int64_t *offset, struct rc_pack_header *h, struct rc_err *err)
{
	struct rc_object_place place;
	char hex[RC_DIGEST_HEX];
	struct stat st;
	RC_OWN_FD pack = -1;
	enum rc_status status = rc_ledger_object(s->ledger, d, &place, err);

	if (!rc_good(status))
		return status;
	if (status == RC_SKIP)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_GONE, "cannot find object %.16s", rc_digest_hex(d, hex));
	status = open_pack(s, place.pack, O_RDONLY, &pack, err);
	if (!rc_good(status))
		return status;
	if (fstat(pack, &st) != 0 || !rc_pack_header_read(pack, place.offset, st.st_size, h) || !rc_digest_equal(&h->digest, d))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot read object %.16s: pack %06lld does not have it",
		               rc_digest_hex(d, hex), (long long)place.pack);
	*fd = steal_fd(&pack);
	*offset = place.offset;
	return RC_OK;
}

enum rc_status rc_store_read(struct rc_store *s, const struct rc_digest *d, struct rc_buf *out, struct rc_err *err)
{
	RC_OWN_FD fd = -1;
	size_t before = out->len;
	int64_t offset;
	struct rc_pack_header h;
	char hex[RC_DIGEST_HEX];
	struct rc_digest got;
	enum rc_status status = find(s, d, &fd, &offset, &h, err);

	if (rc_good(status))
		status = rc_pack_read(fd, offset, &h, out, err);
	if (rc_good(status))
		status = rc_buf_check(out, "an object", err);
	if (!rc_good(status))
		return status;
	got = rc_digest_of(out->data + before, out->len - before);
	if (rc_digest_equal(&got, d))
		return RC_OK;
	out->len = before;
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot use object %.16s: its bytes changed", rc_digest_hex(d, hex));
}

enum rc_status rc_store_open_object(struct rc_store *s, const struct rc_digest *d, int *fd, int64_t *offset, int64_t *len, struct rc_err *err)
{
	RC_OWN_FD pack = -1;
	int64_t at;
	struct rc_pack_header h;
	enum rc_status status = find(s, d, &pack, &at, &h, err);

	if (!rc_good(status))
		return status;
	if (h.flags & RC_PACK_ZSTD)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot hand on a packed object");
	*fd = steal_fd(&pack);
	*offset = at + (int64_t)sizeof h;
	*len = (int64_t)h.raw_len;
	return RC_OK;
}

/* ---- thinning out ------------------------------------------------------------------------------------------ */

enum rc_status rc_store_open_pack(struct rc_store *s, int64_t pack, int *fd, int64_t *size, struct rc_err *err)
{
	RC_OWN_FD opened = -1;
	struct stat st;
	enum rc_status status = open_pack(s, pack, O_RDONLY, &opened, err);

	if (!rc_good(status))
		return status;
	if (fstat(opened, &st) != 0)
		return no_disk(err, "look at", pack);
	*size = st.st_size;
	*fd = steal_fd(&opened);
	return RC_OK;
}

enum rc_status rc_store_new_pack(struct rc_store *s, struct rc_err *err)
{
	return s->pack && s->end == 0 ? RC_OK : begin_pack(s, err);
}

enum rc_status rc_store_move(struct rc_store *s, int fd, int64_t offset, const struct rc_pack_header *h, struct rc_err *err)
{
	char kind[sizeof h->kind + 1] = "", hex[RC_DIGEST_HEX];
	struct rc_pack_header written;
	struct rc_object_place place;
	enum rc_status status = rc_pack_check(fd, offset, h, err);

	if (status == RC_SKIP)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot move object %.16s: its bytes changed", rc_digest_hex(&h->digest, hex));
	if (!rc_good(status))
		return status;
	memcpy(kind, h->kind, sizeof h->kind);
	written = rc_pack_header_make(kind, h->flags, (int64_t)h->raw_len, (int64_t)h->stored_len, &h->digest);
	status = append_only(s, &written, NULL, fd, offset + (int64_t)sizeof *h, &place, err);
	return rc_good(status) ? rc_ledger_object_move(s->ledger, &h->digest, &place, err) : status;
}

enum rc_status rc_store_drop_pack(struct rc_store *s, int64_t pack, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(1 << 16);

	if (pack == s->pack)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot remove object pack %06lld: it is the one that grows", (long long)pack);
	rc_buf_addf(&path, "%s/%06lld.pack", s->dir, (long long)pack);
	if (unlink(path.data) != 0)
		return no_disk(err, "remove", pack);
	return sync_dir(s, err);
}
