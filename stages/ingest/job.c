/* job.c -- what ingest does in a worker: foreign bytes are parsed here and nowhere else.
 *
 *   ingest_job      an image or PDF: its frames; an archive: what is in it
 *   read_archive    one level of archives; calls itself for archives in archives
 *   one_member      name, kind, first bytes: is it ours to read?
 *   keep_member     its data into memory, then a scan or the next level
 *   judge_names     in which encoding the names are; a second look over the archive, only when a name is in doubt
 *   charge          the ceilings on what an archive may unpack to
 *
 * A failure costs a member where the archive can be read further, and the rest of the archive where it cannot: then
 * the archive has failed, its message names the member, and what came before stays. */
#include "job.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/image.h"
#include "core/outfile.h"
#include "names.h"
#include "parts.h"
#include "reader.h"

#define HEAD_BYTES 4096                 /* enough for every magic number */
#define CHUNK (256 * 1024)
/* A part is a member and its frames, and no larger than RC_MAX_SCAN_BYTES. */
#define MAX_MEMBER_BYTES (RC_MAX_SCAN_BYTES - (int64_t)RC_MAX_FRAMES * INGEST_FRAME_BYTES)

struct level {                          /* one archive being read */
	struct level *up;               /* the archive it is in; NULL for the source */
	struct ingest_parts *parts;
	struct ingest_reader *reader;
	const char *name;
	int fd;                         /* borrowed */
	int64_t len, unpacked, members;
	bool over;                      /* a ceiling was hit: nothing more is read from it */
	bool judged;
	enum ingest_charset charset;
	int memory;                     /* holds the member being read; -1 until needed */
};

static enum rc_status read_archive(struct level *level, struct rc_err *err);

static enum rc_status charge(struct level *level, int64_t n, struct rc_err *err)
{
	for (struct level *l = level; l; l = l->up) {
		l->unpacked += n;
		if (l->unpacked > RC_MAX_ARCHIVE_BYTES) {
			l->over = true;
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "'%s' unpacks to more than %lld bytes", l->name,
			               (long long)RC_MAX_ARCHIVE_BYTES);
		}
		if (l->unpacked > RC_FREE_EXPANSION && l->unpacked / RC_MAX_EXPANSION > l->len) {
			l->over = true;
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_RATIO, "'%s' unpacks to more than %d times its size", l->name,
			               RC_MAX_EXPANSION);
		}
	}
	return RC_OK;
}

/* Can this archive, and those it is in, go on after a failure? */
static bool can_go_on(const struct level *level)
{
	for (const struct level *l = level; l; l = l->up)
		if (l->over)
			return false;
	return ingest_reader_alive(level->reader);
}

/* Reads a chunk of the member and charges for it. */
static enum rc_status read_chunk(struct level *level, void *data, size_t cap, size_t *ret, struct rc_err *err)
{
	enum rc_status status = ingest_reader_read(level->reader, data, cap, ret, err);

	return rc_good(status) ? charge(level, (int64_t)*ret, err) : status;
}

/* Unpacks what nobody wants, so that it is charged for. Its own damage matters only when the archive ends with it. */
static enum rc_status drain(struct level *level, struct rc_err *err)
{
	RC_CLEANUP(rc_free) char *chunk = NULL;
	enum rc_status status = RC_OK;
	size_t n = 1;

	if (!ingest_reader_is_stream(level->reader))
		return RC_OK;
	chunk = malloc(CHUNK);
	if (!chunk)
		return rc_fail(err, RC_RETRY, RC_WHY_MEMORY, "out of memory");
	while (rc_good(status) && n > 0)
		status = read_chunk(level, chunk, CHUNK, &n, err);
	return status == RC_PAGE_FAILED && can_go_on(level) ? RC_OK : status;
}

/* ---- names --------------------------------------------------------------------------------------- */

static enum rc_status judge_names(struct level *level, struct rc_err *err)
{
	struct level look = { .parts = level->parts, .name = level->name, .fd = level->fd, .len = level->len, .memory = -1 };
	struct ingest_judge judge = { 0 };
	struct ingest_member member;
	enum rc_status status = ingest_reader_open(&look.reader, level->fd, level->len, level->name, err);

	while (status == RC_OK && !ingest_judge_satisfied(&judge) && look.members++ < RC_MAX_MEMBERS) {
		status = ingest_reader_next(look.reader, &member, err);
		if (status != RC_OK)
			break;
		if (ingest_name_doubtful(member.name))
			ingest_judge_add(&judge, member.name);
		if (member.kind == INGEST_FILE)
			status = drain(&look, err);
	}
	ingest_reader_close(&look.reader);
	level->judged = true;
	level->charset = ingest_judge_verdict(&judge);
	/* Damage is told of when it is met again, with the members before it. */
	return status == RC_PAGE_FAILED || status == RC_SKIP ? RC_OK : status;
}

/* The member's name as text, and as a clean path: *path is empty and `why` says so when it cannot be used. */
static enum rc_status name_member(struct level *level, const struct ingest_member *member, struct rc_buf *label,
                                  struct rc_buf *path, struct rc_err *why, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	if (ingest_reader_is_raw(level->reader)) {
		const char *base = strrchr(level->name, '/');

		base = base ? base + 1 : level->name;
		rc_buf_add(path, base, ingest_archive_stem(base));
		return RC_OK;
	}
	if (!level->judged && ingest_name_doubtful(member->name))
		status = judge_names(level, err);
	if (!rc_good(status))
		return status;
	ingest_name_decode(label, member->name, level->charset);
	if (ingest_member_path(path, label->data, member->dos, why) != RC_OK)
		path->len = 0;
	if (label->len == 0 || label->failed || label->len > RC_MAX_NAME) {
		rc_buf_clear(label);
		rc_buf_adds(label, "(a name that cannot be shown)");
	}
	return RC_OK;
}

/* Zips that are documents: a manifest comes first in them. Their pictures are not scans. */
static bool is_document(const char *first_member)
{
	static const char *const manifests[] = { "[Content_Types].xml", "mimetype", "META-INF/", "META-INF/MANIFEST.MF" };

	for (size_t i = 0; i < RC_COUNT(manifests); i++)
		if (!strcmp(first_member, manifests[i]))
			return true;
	return false;
}

/* ---- members ------------------------------------------------------------------------------------- */

static enum rc_status empty_memory(struct level *level, struct rc_err *err)
{
	if (level->memory < 0)
		level->memory = memfd_create("redcorpus-member", MFD_CLOEXEC);
	if (level->memory < 0 || ftruncate(level->memory, 0) < 0 || lseek(level->memory, 0, SEEK_SET) < 0)
		return rc_fail_errno(err, RC_RETRY, RC_WHY_MEMORY, "cannot make room for a member");
	return RC_OK;
}

/* The member's data, of which `head` was read before, into level->memory. RC_PAGE_FAILED: the member is lost. */
static enum rc_status load_member(struct level *level, const char *head, size_t n_head, int64_t *ret_len, struct rc_err *err)
{
	RC_CLEANUP(rc_free) char *chunk = malloc(CHUNK);
	enum rc_status status = empty_memory(level, err);
	int64_t len = (int64_t)n_head;
	size_t n = 1;

	if (!rc_good(status))
		return status;
	if (!chunk || !rc_write_all(level->memory, head, n_head))
		return rc_fail(err, RC_RETRY, RC_WHY_MEMORY, "out of memory");
	while (n > 0) {
		status = read_chunk(level, chunk, CHUNK, &n, err);
		if (!rc_good(status))
			return status;
		len += (int64_t)n;
		if (len > MAX_MEMBER_BYTES)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "more than %lld bytes", (long long)MAX_MEMBER_BYTES);
		if (!rc_write_all(level->memory, chunk, n))
			return rc_fail_errno(err, RC_RETRY, RC_WHY_MEMORY, "cannot keep a member");
	}
	*ret_len = len;
	return RC_OK;
}

/* What was being read is lost, for `why`. */
static enum rc_status lose(struct level *level, struct rc_err *why, struct rc_err *err)
{
	RC_OWN_BUF label = RC_BUF(RC_MAX_NAME);

	ingest_parts_label(level->parts, &label);
	rc_fail_in(why, RC_PAGE_FAILED, "cannot read '%s'", label.data);
	return ingest_send_failed(level->parts, why, err);
}

static enum rc_status lose_for(struct level *level, enum rc_reason reason, const char *text, struct rc_err *err)
{
	struct rc_err why;

	rc_fail(&why, RC_PAGE_FAILED, reason, "%s", text);
	return lose(level, &why, err);
}

static enum rc_status enter_archive(struct level *level, int64_t len, struct rc_err *err)
{
	RC_OWN_BUF name = RC_BUF(RC_MAX_NAME);
	struct level inner = { .up = level, .parts = level->parts, .fd = level->memory, .len = len, .memory = -1 };
	struct rc_err why = { 0 };
	enum rc_status status;
	int depth = 0;

	for (const struct level *l = level; l; l = l->up)
		depth++;
	if (depth > RC_MAX_NESTING)
		return lose_for(level, RC_WHY_NESTING, "archives are nested too deep", err);
	ingest_parts_label(level->parts, &name);
	inner.name = name.data;
	status = read_archive(&inner, &why);
	if (status == RC_PAGE_FAILED)
		return ingest_send_failed(level->parts, &why, err);
	if (!rc_good(status))
		*err = why;
	return status;
}

/* It is ours to read: all of its data, then what it is. */
static enum rc_status keep_member(struct level *level, const char *path, enum rc_media media, const char *head, size_t n_head,
                                  struct rc_err *err)
{
	struct rc_err why = { 0 };
	int64_t len = 0;
	enum rc_status status = load_member(level, head, n_head, &len, err);

	if (!rc_good(status))
		return status;
	if (media == RC_MEDIA_ARCHIVE)
		return enter_archive(level, len, err);
	if (media == RC_MEDIA_UNKNOWN && ingest_name_says_archive(path))
		return lose_for(level, len == 0 ? RC_WHY_EMPTY : RC_WHY_NOT_IMAGE, "it is named like an archive, but is none", err);
	if (len == 0)
		rc_fail(&why, RC_PAGE_FAILED, RC_WHY_EMPTY, "'%s' is empty", path);
	else if (media == RC_MEDIA_UNKNOWN)
		rc_fail(&why, RC_PAGE_FAILED, RC_WHY_NOT_IMAGE, "'%s' is named like an image, but is none", path);
	return ingest_send_scan(level->parts, level->memory, len, media, true, why.reason ? &why : NULL, err);
}

/* The first bytes of the member. */
static enum rc_status read_head(struct level *level, char head[HEAD_BYTES], size_t *ret, struct rc_err *err)
{
	size_t len = 0, n = 1;

	while (n > 0 && len < HEAD_BYTES) {
		enum rc_status status = read_chunk(level, head + len, HEAD_BYTES - len, &n, err);

		if (!rc_good(status))
			return status;
		len += n;
	}
	*ret = len;
	return RC_OK;
}

static enum rc_status file_member(struct level *level, const struct ingest_member *member, const char *path, struct rc_err *err)
{
	char head[HEAD_BYTES];
	size_t n_head = 0;
	enum rc_status status;
	enum rc_media media;

	if (member->encrypted)
		return image_name_claims(path) ? lose_for(level, RC_WHY_ENCRYPTED, "it needs a password", err)
		                               : ingest_send_ignored(level->parts, err);
	status = read_head(level, head, &n_head, err);
	if (!rc_good(status))
		return status;
	media = image_sniff(head, n_head);
	if (media != RC_MEDIA_UNKNOWN || image_name_claims(path))
		return keep_member(level, path, media, head, n_head, err);
	if (ingest_reader_is_raw(level->reader) && ingest_name_says_archive(level->name)) {
		level->over = true;
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_NOT_IMAGE, "what it unpacks to is no archive");
	}
	status = drain(level, err);
	return rc_good(status) ? ingest_send_ignored(level->parts, err) : status;
}

static enum rc_status one_member(struct level *level, const struct ingest_member *member, struct rc_err *err)
{
	RC_OWN_BUF label = RC_BUF(4 * RC_MAX_NAME), path = RC_BUF(2 * RC_MAX_NAME);
	struct ingest_parts *parts = level->parts;
	struct rc_err why = { 0 };
	enum rc_status status = name_member(level, member, &label, &path, &why, err);

	if (!rc_good(status))
		return status;
	parts->members[parts->n_members++] = path.len > 0 ? path.data : label.data;
	if (path.len == 0)
		status = lose(level, &why, err);
	else if (ingest_name_is_junk(path.data))
		status = ingest_send_ignored(parts, err);
	else if (member->kind == INGEST_LINK)
		status = lose_for(level, RC_WHY_LINK, "it is a link", err);
	else if (member->kind == INGEST_DEVICE)
		status = lose_for(level, RC_WHY_DEVICE, "it is a device, pipe or socket", err);
	else
		status = file_member(level, member, path.data, err);
	if (status == RC_PAGE_FAILED && can_go_on(level)) {
		why = *err;
		status = lose(level, &why, err);
	} else if (status == RC_PAGE_FAILED) {
		rc_fail_in(err, status, "member '%.300s'", path.data);
	}
	parts->n_members--;
	return status;
}

static enum rc_status read_members(struct level *level, struct rc_err *err)
{
	struct ingest_member member;
	enum rc_status status = ingest_reader_open(&level->reader, level->fd, level->len, level->name, err);

	while (rc_good(status)) {
		status = ingest_reader_next(level->reader, &member, err);
		if (status != RC_OK)
			break;
		if (ingest_reader_is_raw(level->reader) && !ingest_reader_is_stream(level->reader))
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_NOT_IMAGE, "it is no archive");
		if (level->members == 0 && member.dos && is_document(member.name))
			return ingest_send_ignored(level->parts, err);
		if (level->members++ >= RC_MAX_MEMBERS)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMBERS, "more than %lld members", (long long)RC_MAX_MEMBERS);
		if (member.kind != INGEST_FOLDER)
			status = one_member(level, &member, err);
	}
	if (status == RC_SKIP && level->members == 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_EMPTY, "there is nothing in it");
	return status == RC_SKIP ? RC_OK : status;
}

static enum rc_status read_archive(struct level *level, struct rc_err *err)
{
	enum rc_status status = read_members(level, err);

	ingest_reader_close(&level->reader);
	rc_close(&level->memory);
	return rc_good(status) ? status : rc_fail_in(err, status, "cannot read '%s'", level->name);
}

enum rc_status ingest_job(const struct rc_config *cfg, const json_t *args, int source_fd, struct rc_job_out *out,
                          struct rc_err *err)
{
	const char *name = rc_json_str(args, "name", "source");
	enum rc_media media = rc_media_find(rc_json_str(args, "media", ""));
	struct ingest_parts parts = { .out = out, .name = name };
	struct level source = { .parts = &parts, .name = name, .fd = source_fd, .memory = -1 };
	struct stat st;

	if (fstat(source_fd, &st) < 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s': %s", name, strerror(errno));
	source.len = st.st_size;
	if (media == RC_MEDIA_ARCHIVE)
		return read_archive(&source, err);
	return ingest_send_scan(&parts, source_fd, st.st_size, media, false, NULL, err);
}
