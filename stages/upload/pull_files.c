/* pull_files.c -- files of a corpus on their way into a folder, many at once.
 *
 *   part_open()      the hidden file, and what an earlier pull wrote of it
 *   next_piece()     remote_fetch() asks: what is still missing, file after file
 *   take_bytes()     written where they belong; noted, so that a stop loses little
 *   finish()         hashed, named; or once more
 *
 * A part ".rc-tmp-part-DIGEST" has its bytes where they belong, and ".map" beside it has a line "FROM LEN" for each run that was written.
 * Nothing of that is believed in the end: the whole file is hashed before it gets its name. */
#include "upload/pull_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/outfile.h"

#define NOTE_EVERY (1 << 20)            /* bytes of a piece between two lines of the map; smaller files have none */
#define MAX_MAP (1 << 20)               /* bytes of a map: a file of 1 TB in pieces of 16 MB has 2 MB; then some is fetched again */
#define TRIES 2

struct run {                    /* of bytes, [from, to) */
	int64_t from, to;
};

struct part {
	const struct manifest_file *f;
	struct part *next;
	char *final, *path, *map;       /* owned */
	char *from;                     /* owned: where it is at the remote */
	int fd, map_fd;
	struct run *missing;            /* owned: what nobody was asked for yet, in order */
	size_t n_missing;
	int64_t got;                    /* bytes that were counted */
	int64_t hashed;                 /* bytes from 0 on that went through h */
	struct rc_hasher *h;
	int flying, tries;
	enum rc_status failed;
	struct rc_err why;
};

struct piece {
	struct part *part;
	int64_t noted;                  /* up to here in the map */
};

struct pull {
	struct remote *remote;
	const char *folder, *version;
	const struct manifest_file *const *files;
	size_t n, at;
	struct part *open;              /* all that are being fetched, the newest first */
	struct flow *flow;
	int64_t piece;
	enum rc_status failed;          /* of next_piece(), which cannot say so */
	struct rc_err err;
};

bool pull_have_file(const char *path, const struct manifest_file *f)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct rc_digest digest;
	int64_t len = 0;

	return fd >= 0 && lseek(fd, 0, SEEK_END) == f->bytes && rc_good(rc_digest_fd(fd, 0, -1, path, &digest, &len, NULL)) && len == f->bytes &&
	       rc_digest_equal(&digest, &f->digest);
}

/* ---- parts --------------------------------------------------------------------------------------------------------------- */

static void part_close(struct part **p)
{
	if (!*p)
		return;
	rc_close(&(*p)->fd);
	rc_close(&(*p)->map_fd);
	rc_hasher_free(&(*p)->h);
	free((*p)->final);
	free((*p)->path);
	free((*p)->map);
	free((*p)->from);
	free((*p)->missing);
	free(*p);
	*p = NULL;
}

static char *format(const char *fmt, ...) RC_PRINTF(1, 2);
static char *format(const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		rc_out_of_memory();
	va_end(args);
	return text;
}

/* Takes a run out of what is missing. */
static void is_written(struct part *p, int64_t from, int64_t to)
{
	struct run *left = rc_alloc((p->n_missing + 1) * sizeof *left);
	size_t n = 0;

	for (size_t i = 0; i < p->n_missing; i++) {
		struct run m = p->missing[i];

		if (m.from < from)
			left[n++] = (struct run){ m.from, m.to < from ? m.to : from };
		if (m.to > to)
			left[n++] = (struct run){ m.from > to ? m.from : to, m.to };
	}
	free(p->missing);
	p->missing = left;
	p->n_missing = n;
}

static int64_t bytes_missing(const struct part *p)
{
	int64_t n = 0;

	for (size_t i = 0; i < p->n_missing; i++)
		n += p->missing[i].to - p->missing[i].from;
	return n;
}

/* What an earlier pull wrote. A line that makes no sense ends it. */
static void read_map(struct part *p)
{
	RC_OWN_BUF map = RC_BUF(MAX_MAP);
	long long from, len;
	int end;

	if (lseek(p->fd, 0, SEEK_END) == 0 || !rc_good(rc_buf_read_file(&map, p->map, NULL)))
		return;
	for (const char *at = map.data; sscanf(at, "%lld %lld\n%n", &from, &len, &end) == 2; at += end) {
		if (from < 0 || len <= 0 || from > p->f->bytes || len > p->f->bytes - from)
			return;
		is_written(p, from, from + len);
	}
}

/* Noted, and on its way to the disk while more comes, so that the sync at the end finds little to do. */
static void note_written(struct part *p, int64_t from, int64_t to)
{
	char line[60];

	if (p->map_fd < 0 || to <= from)
		return;
	sync_file_range(p->fd, from, to - from, SYNC_FILE_RANGE_WRITE);
	snprintf(line, sizeof line, "%lld %lld\n", (long long)from, (long long)(to - from));
	rc_write_all(p->map_fd, line, strlen(line));    /* without it, these bytes come again */
}

static void all_missing(struct part *p)
{
	free(p->missing);
	p->missing = rc_alloc(sizeof *p->missing);
	p->missing[0] = (struct run){ 0, p->f->bytes };
	p->n_missing = p->f->bytes > 0;
	p->hashed = 0;
	rc_hasher_free(&p->h);
	p->h = rc_hasher_new();
}

static enum rc_status part_open(struct pull *pull, const struct manifest_file *f, struct part **ret, struct rc_err *err)
{
	RC_CLEANUP(part_close) struct part *p = rc_alloc(sizeof *p);
	const char *slash = strrchr(f->path, '/');
	int dir_len = slash ? (int)(slash - f->path) + 1 : 0;
	char hex[RC_DIGEST_HEX];
	RC_OWN_STR dir = NULL;
	enum rc_status status;

	rc_digest_hex(&f->digest, hex);
	dir = format("%s/%.*s", pull->folder, dir_len, f->path);
	p->f = f;
	p->fd = p->map_fd = -1;
	p->final = format("%s/%s", pull->folder, f->path);
	p->path = format("%s" RC_TMP_PREFIX "part-%s", dir, hex);
	p->map = format("%s.map", p->path);
	/* Card and sums of this very version lie below versions/V and do not change while we read; the root's may. */
	p->from = manifest_is_root_copy(f) ? format("versions/%s/%s", pull->version, f->path) : rc_strdup(f->path);
	status = rc_make_dirs_unsynced(dir, err);
	if (!rc_good(status))
		return status;
	p->fd = open(p->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (p->fd < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot create '%s'", p->path);
	all_missing(p);
	if (f->bytes > NOTE_EVERY) {
		read_map(p);
		p->map_fd = open(p->map, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	}
	p->got = f->bytes - bytes_missing(p);
	*ret = rc_steal(p);
	return RC_OK;
}

static void part_drop(struct pull *pull, struct part *p)
{
	struct part **at = &pull->open;

	while (*at && *at != p)
		at = &(*at)->next;
	if (*at)
		*at = p->next;
	part_close(&p);
}

/* ---- the end of a file ---------------------------------------------------------------------------------------------------------- */

static void forget(const struct part *p)
{
	unlink(p->path);
	unlink(p->map);
}

/* Hashes what did not come in order. */
static enum rc_status check_part(struct part *p, struct rc_err *err)
{
	enum { STEP = 1 << 20 };
	RC_CLEANUP(rc_free) char *step = rc_alloc(STEP);
	struct rc_digest d;

	while (p->hashed < p->f->bytes) {
		size_t len = p->f->bytes - p->hashed < STEP ? (size_t)(p->f->bytes - p->hashed) : STEP;

		if (!rc_read_all(p->fd, step, len, p->hashed))
			return errno ? rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot read '%s'", p->path)
			             : rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "'%s' is not what the manifest says: another size", p->f->path);
		rc_hasher_add(p->h, step, len);
		p->hashed += (int64_t)len;
	}
	d = rc_hasher_end(p->h);
	return rc_digest_equal(&d, &p->f->digest)
	               ? RC_OK
	               : rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "'%s' is not what the manifest says: another SHA-256", p->f->path);
}

static enum rc_status name_part(struct part *p, struct rc_err *err)
{
	if (ftruncate(p->fd, p->f->bytes) != 0 || rename(p->path, p->final) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write '%s'", p->final);
	unlink(p->map);
	return RC_OK;
}

/* All that was asked of this file has come, or failed. */
static enum rc_status finish(struct pull *pull, struct part *p, struct rc_err *err)
{
	enum rc_status status = rc_good(p->failed) ? check_part(p, &p->why) : p->failed;

	if (rc_good(status))
		status = name_part(p, &p->why);
	if (rc_good(status)) {
		pull->flow->result.files_sent++;
		pull->flow->result.bytes_sent += p->f->bytes;
		part_drop(pull, p);
		return RC_OK;
	}
	if (p->why.reason == RC_WHY_DISK)
		forget(p);              /* makes room for what is whole */
	if (status != RC_PAGE_FAILED) {
		*err = p->why;
		return status;
	}
	flow_moved(pull->flow, -p->got);
	p->got = 0;
	forget(p);
	if (++p->tries < TRIES) {
		/* Once more, from nothing; what was not below versions/V may be at the root. */
		free(p->from);
		p->from = rc_strdup(p->f->path);
		p->failed = RC_OK;
		all_missing(p);
		rc_close(&p->fd);
		rc_close(&p->map_fd);
		p->map_fd = -1;
		p->fd = open(p->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
		return p->fd >= 0 ? RC_OK : rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot create '%s'", p->path);
	}
	pull->flow->result.broken++;
	flow_trouble(pull->flow, &p->why);
	part_drop(pull, p);
	return RC_OK;
}

/* ---- what remote_fetch() asks and brings ------------------------------------------------------------------------------------------- */

/* The next run of a part that is missing, at most a piece long. */
static void take_run(struct pull *pull, struct part *p, struct remote_piece *ret)
{
	struct run *m = &p->missing[0];
	struct piece *piece = rc_alloc(sizeof *piece);
	int64_t len = m->to - m->from < pull->piece ? m->to - m->from : pull->piece;

	*piece = (struct piece){ p, m->from };
	*ret = (struct remote_piece){ p->from, m->from, len, p->tries > 0, piece };
	m->from += len;
	if (m->from == m->to)
		memmove(m, m + 1, --p->n_missing * sizeof *m);
	p->flying++;
}

static bool stopping(const struct pull *pull)
{
	struct remote_watch watch = flow_watch(pull->flow);

	return watch.stopping(watch.ctx);
}

/* Opens the next file that is not there. RC_SKIP: there is none, or somebody wants to stop: those that are there take their time to be hashed. */
static enum rc_status open_next(struct pull *pull, struct rc_err *err)
{
	while (pull->at < pull->n && !stopping(pull)) {
		const struct manifest_file *f = pull->files[pull->at++];
		RC_OWN_STR final = format("%s/%s", pull->folder, f->path);
		struct part *p = NULL;
		enum rc_status status;

		if (pull_have_file(final, f)) {
			flow_moved(pull->flow, f->bytes);
			continue;
		}
		status = part_open(pull, f, &p, err);
		if (!rc_good(status))
			return status;
		p->next = pull->open;
		pull->open = p;
		flow_moved(pull->flow, p->got);
		return p->n_missing ? RC_OK : finish(pull, p, err);     /* empty, or all of it was there */
	}
	return RC_SKIP;
}

static bool next_piece(void *ctx, struct remote_piece *ret)
{
	struct pull *pull = ctx;

	while (pull->failed == RC_OK && !stopping(pull)) {
		for (struct part *p = pull->open; p; p = p->next)
			if (p->n_missing && rc_good(p->failed)) {
				take_run(pull, p, ret);
				return true;
			}
		pull->failed = open_next(pull, &pull->err);
	}
	/* What comes once more is asked for even when no other file is left. */
	if (pull->failed == RC_SKIP)
		pull->failed = RC_OK;
	return false;
}

static enum rc_status take_bytes(void *ctx, const struct remote_piece *rp, int64_t at, const void *bytes, size_t len, struct rc_err *err)
{
	struct pull *pull = ctx;
	struct piece *piece = rp->user;
	struct part *p = piece->part;
	const char *from = bytes;

	if (!rc_good(pull->failed)) {
		*err = pull->err;
		return pull->failed;
	}
	if (at == p->hashed) {
		rc_hasher_add(p->h, bytes, len);
		p->hashed += (int64_t)len;
	}
	p->got += (int64_t)len;
	for (size_t done = 0; done < len; ) {
		ssize_t n = pwrite(p->fd, from + done, len - done, at + (int64_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			enum rc_status status = rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write '%s'", p->final);

			forget(p);
			return status;
		}
		done += (size_t)n;
	}
	if (at + (int64_t)len - piece->noted >= NOTE_EVERY) {
		note_written(p, piece->noted, at + (int64_t)len);
		piece->noted = at + (int64_t)len;
	}
	return RC_OK;
}

static enum rc_status piece_done(void *ctx, const struct remote_piece *rp, enum rc_status status, const struct rc_err *why, struct rc_err *err)
{
	struct pull *pull = ctx;
	struct piece *piece = rp->user;
	struct part *p = piece->part;

	p->flying--;
	if (rc_good(status))
		note_written(p, piece->noted, rp->from + rp->len);
	free(piece);
	if (!rc_good(status) && status != RC_PAGE_FAILED) {
		*err = *why;
		return status;
	}
	if (!rc_good(status) && rc_good(p->failed)) {
		p->failed = status;
		p->why = *why;
	}
	if (p->flying || (p->n_missing && rc_good(p->failed)))
		return RC_OK;
	return finish(pull, p, err);
}

enum rc_status pull_files(struct remote *remote, const char *folder, const char *version, const struct manifest_file *const *files, size_t n,
                          struct flow *flow, struct rc_err *err)
{
	struct pull pull = { .remote = remote, .folder = folder, .version = version, .files = files, .n = n, .flow = flow,
	                     .piece = remote_piece_bytes(remote) };
	struct remote_fetching fetching = { next_piece, take_bytes, piece_done, &pull };
	enum rc_status status = remote_fetch(remote, &fetching, err);

	if (rc_good(status) && !rc_good(pull.failed)) {
		status = pull.failed;
		*err = pull.err;
	}
	if (rc_good(status) && stopping(&pull))
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped; run it again to go on");
	if (rc_good(status) && (pull.open || pull.at < n))
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot pull: files were left out");
	while (pull.open)
		part_drop(&pull, pull.open);
	return status;
}
