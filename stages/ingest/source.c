/* source.c -- one file of a root.
 *
 *   ingest_source     what to do with an entry of the walk
 *   read_file         known? else digest, first bytes, and the job
 *   take_part         a job's answer, checked, into the books
 *   add_scan          the pages of one scan
 *
 * This runs in the supervisor: files are hashed and their first bytes compared, nothing is parsed. Answers of a job are
 * foreign: every one is checked, and a job that is run again repeats itself, so answers taken before are passed over. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "common/image.h"
#include "core/limits.h"
#include "core/text.h"
#include "identity.h"
#include "job.h"
#include "names.h"

#define HEAD_BYTES 4096
#define MAX_DPI 2540
/* The time of what could not be read: no file has it, so the next walk tries again. */
#define NEVER INT64_C(-1)

struct reading {                        /* one source while its job runs */
	struct ingest_walker *walker;
	struct rc_source *source;
	const char *path;               /* below the root, UTF-8 */
	int64_t taken;                  /* parts */
	bool begun, has_scan;           /* a plain file gave some of its pages; all of them */
};

struct part {                           /* a checked answer */
	const char *members[RC_MAX_NESTING + 1];
	size_t n_members;
	enum rc_media media;
	int64_t bytes;
	int32_t frames;
	bool bad;
	struct rc_err why;
};

/* ---- pages --------------------------------------------------------------------------------------- */

/* "inner.zip!/a/p1.tif" */
static void member_label(struct rc_buf *out, const struct part *part)
{
	for (size_t i = 0; i < part->n_members; i++) {
		if (i > 0)
			rc_buf_adds(out, "!/");
		rc_buf_adds(out, part->members[i]);
	}
}

static int32_t get_int32(const unsigned char *p)
{
	return (int32_t)(p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
}

static enum rc_status protocol(struct rc_err *err, const char *what)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "the worker's answer makes no sense: %s", what);
}

/* Width, height and dpi of a frame from the spool. */
static enum rc_status read_frame(int spool_fd, int64_t offset, struct rc_page_entry *page, struct rc_err *err)
{
	unsigned char raw[INGEST_FRAME_BYTES];
	ssize_t n;

	do
		n = pread(spool_fd, raw, sizeof raw, (off_t)offset);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof raw)
		return protocol(err, "a frame is missing");
	page->width = get_int32(raw);
	page->height = get_int32(raw + 4);
	page->dpi = get_int32(raw + 8);
	if (page->width < 0 || page->width > RC_MAX_SIDE || page->height < 0 || page->height > RC_MAX_SIDE ||
	    page->dpi < 0 || page->dpi > MAX_DPI)
		return protocol(err, "the size of a frame");
	return RC_OK;
}

/* Adds one page of the scan, numbered as the identity says. */
static enum rc_status add_page(struct reading *reading, const struct ingest_identity *id, struct rc_page_entry *page,
                               int32_t frame, const struct rc_err *why, struct rc_err *err)
{
	RC_OWN_BUF number = RC_BUF(RC_MAX_NAME + 16);

	rc_buf_adds(&number, id->number);
	if (id->frames_in_number)
		rc_buf_addf(&number, ".%" PRId32, frame + 1);
	page->number = number.data;
	page->frame = frame;
	return rc_books_page_add(reading->walker->books, page, why, err);
}

static enum rc_status identify(struct reading *reading, const struct part *part, struct ingest_identity *ret, struct rc_err *err)
{
	struct ingest_place place = {
		.root_name = reading->walker->root->name,
		.path = reading->path,
		.n_members = part->n_members,
		.many = part->media == RC_MEDIA_PDF || part->frames + part->bad > 1,
	};

	memcpy(place.members, part->members, sizeof place.members);
	if (!ingest_identify(reading->walker->pattern, &place, ret))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot name a page: out of memory");
	return ret->fields ? rc_books_item_fields(reading->walker->books, ret->item, ret->fields, err) : RC_OK;
}

/* Where the scan's bytes are: in the source, or kept as an object now. */
static enum rc_status place_scan(struct reading *reading, const struct part *part, int spool_fd, struct rc_page_entry *page,
                                 struct rc_err *err)
{
	page->media = part->media;
	page->source = reading->source->id;
	if (part->n_members == 0) {
		page->place = RC_IN_SOURCE;
		page->scan = reading->source->digest;
		page->scan_len = reading->source->size;
		return RC_OK;
	}
	page->place = RC_IN_OBJECT;
	page->scan_len = part->bytes;
	return rc_books_keep(reading->walker->books, spool_fd, part->bytes, "scan", &page->scan, err);
}

static enum rc_status add_scan(struct reading *reading, const struct part *part, int spool_fd, struct rc_err *err)
{
	INGEST_OWN_IDENTITY id = { 0 };
	RC_OWN_BUF member = RC_BUF(RC_MAX_NAME * (RC_MAX_NESTING + 2));
	struct rc_page_entry page = { 0 };
	enum rc_status status = place_scan(reading, part, spool_fd, &page, err);

	if (rc_good(status))
		status = identify(reading, part, &id, err);
	reading->begun = true;
	member_label(&member, part);
	page.item = id.item;
	page.order = id.order;
	page.member = member.data;
	for (int32_t i = 0; rc_good(status) && i < part->frames; i++) {
		status = read_frame(spool_fd, part->bytes + (int64_t)i * INGEST_FRAME_BYTES, &page, err);
		if (rc_good(status))
			status = add_page(reading, &id, &page, i, NULL, err);
	}
	page.width = page.height = page.dpi = 0;
	if (rc_good(status) && part->bad)
		status = add_page(reading, &id, &page, part->frames, &part->why, err);
	reading->has_scan = rc_good(status);
	return status;
}

/* ---- answers of the job -------------------------------------------------------------------------- */

static enum rc_status check_members(const json_t *json, bool clean, struct part *ret, struct rc_err *err)
{
	const json_t *members = json_object_get(json, "members");
	const json_t *member;
	size_t i;

	if (!json_is_array(members) || json_array_size(members) > RC_COUNT(ret->members))
		return protocol(err, "members");
	json_array_foreach(members, i, member) {
		const char *name = json_string_value(member);

		if (!name || !*name || strlen(name) > RC_MAX_NAME || (clean && !ingest_path_is_clean(name)))
			return protocol(err, "the name of a member");
		ret->members[ret->n_members++] = name;
	}
	return RC_OK;
}

static enum rc_status check_why(const json_t *json, struct part *ret, struct rc_err *err)
{
	const char *reason = rc_json_str(json, "why", NULL);
	enum rc_reason why;

	if (!reason)
		return RC_OK;
	why = rc_reason_find(reason);
	if (why == RC_REASON_COUNT || why == RC_WHY_NONE)
		return protocol(err, "a reason");
	ret->bad = true;
	rc_fail(&ret->why, RC_PAGE_FAILED, why, "%s", rc_json_str(json, "text", ""));
	return RC_OK;
}

static enum rc_status check_scan(const struct reading *reading, const json_t *json, int64_t len, struct part *ret, struct rc_err *err)
{
	int64_t frames = rc_json_int(json, "frames", -1);

	ret->media = rc_media_find(rc_json_str(json, "media", ""));
	ret->bytes = rc_json_int(json, "bytes", -1);
	if (frames < 0 || frames > RC_MAX_FRAMES || frames + ret->bad < 1)
		return protocol(err, "the number of frames");
	if (ret->bytes < 0 || ret->bytes > RC_MAX_SCAN_BYTES || ret->bytes + frames * INGEST_FRAME_BYTES != len)
		return protocol(err, "the length of a scan");
	if ((ret->n_members == 0) != (reading->source->media != RC_MEDIA_ARCHIVE) || (ret->n_members == 0 && reading->has_scan))
		return protocol(err, "a scan where none can be");
	ret->frames = (int32_t)frames;
	return RC_OK;
}

static enum rc_status use_part(struct reading *reading, const json_t *json, int spool_fd, int64_t len, struct rc_err *err)
{
	struct rc_books *books = reading->walker->books;
	RC_OWN_BUF member = RC_BUF(RC_MAX_NAME * (RC_MAX_NESTING + 2));
	const char *is = rc_json_str(json, "is", "");
	bool is_scan = !strcmp(is, "scan");
	struct part part = { 0 };
	enum rc_status status = check_members(json, is_scan, &part, err);

	if (rc_good(status))
		status = check_why(json, &part, err);
	if (rc_good(status) && is_scan)
		status = check_scan(reading, json, len, &part, err);
	if (!rc_good(status))
		return status;
	if (is_scan)
		return add_scan(reading, &part, spool_fd, err);
	member_label(&member, &part);
	if (!strcmp(is, "ignored"))
		return rc_books_ignore(books, reading->source->id, member.len > 0 ? member.data : NULL, err);
	if (!strcmp(is, "failed") && part.bad)
		return rc_books_source_failed(books, reading->source->id, member.len > 0 ? member.data : NULL, &part.why, err);
	return protocol(err, "a part of no known kind");
}

static enum rc_status take_part(void *ctx, const json_t *json, int spool_fd, int64_t len, struct rc_err *err)
{
	struct reading *reading = ctx;
	int64_t n = rc_json_int(json, "n", -1);
	enum rc_status status;

	if (n < 0 || n > reading->taken)
		return protocol(err, "parts out of order");
	if (n < reading->taken)
		return RC_OK;
	status = use_part(reading, json, spool_fd, len, err);
	if (rc_good(status))
		reading->taken++;
	if (rc_good(status) && rc_books_stopping(reading->walker->books))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped");
	return status;
}

/* ---- one source ---------------------------------------------------------------------------------- */

/* A source that is one page and cannot be read; or an archive, or a file of pages, that cannot be read to its end. */
static enum rc_status source_is_bad(struct reading *reading, const struct rc_err *why, struct rc_err *err)
{
	struct part part = { .media = reading->source->media, .bad = true, .why = *why };

	if (reading->has_scan && reading->source->media != RC_MEDIA_ARCHIVE)
		return RC_OK;
	if (reading->begun || reading->source->media == RC_MEDIA_ARCHIVE || ingest_name_says_archive(reading->path))
		return rc_books_source_failed(reading->walker->books, reading->source->id, NULL, why, err);
	return add_scan(reading, &part, -1, err);
}

static enum rc_status run_job(struct reading *reading, int fd, const char *name, struct rc_err *err)
{
	RC_OWN_JSON args = json_pack("{s:s, s:s}", "name", name, "media", rc_media_name(reading->source->media));
	struct rc_err why = { 0 };
	enum rc_status status;

	if (!args)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot read '%s': out of memory", name);
	status = rc_books_job(reading->walker->books, "ingest", args, fd, take_part, reading, &why);
	if (status == RC_RUN_FAILED) {
		*err = why;
		return status;
	}
	return rc_good(status) ? RC_OK : source_is_bad(reading, &why, err);
}

/* What is in the file, by its first bytes; and by its name, when they say nothing. */
static enum rc_status read_content(struct reading *reading, int fd, const char *name, struct rc_err *err)
{
	unsigned char head[HEAD_BYTES];
	ssize_t n = pread(fd, head, sizeof head, 0);
	struct rc_source *source = reading->source;
	struct rc_err why = { 0 };
	enum rc_status status;

	source->media = ingest_name_is_junk(reading->path) ? RC_MEDIA_UNKNOWN : image_sniff(head, n > 0 ? (size_t)n : 0);
	status = rc_books_source_begin(reading->walker->books, source, err);
	if (!rc_good(status))
		return status;
	if (source->media != RC_MEDIA_UNKNOWN && source->media != RC_MEDIA_ARCHIVE && source->size > RC_MAX_SCAN_BYTES)
		rc_fail(&why, RC_PAGE_FAILED, RC_WHY_BYTES, "'%s' has more than %lld bytes", name, (long long)RC_MAX_SCAN_BYTES);
	else if (source->media != RC_MEDIA_UNKNOWN)
		return run_job(reading, fd, name, err);
	else if (!image_name_claims(name) || ingest_name_is_junk(reading->path))
		return rc_books_ignore(reading->walker->books, source->id, NULL, err);
	else if (source->size == 0)
		rc_fail(&why, RC_PAGE_FAILED, RC_WHY_EMPTY, "'%s' is empty", name);
	else
		rc_fail(&why, RC_PAGE_FAILED, RC_WHY_NOT_IMAGE, "'%s' is named like an image or archive, but is none", name);
	return source_is_bad(reading, &why, err);
}

/* Opened now, and still the file that the walk saw. */
static int open_entry(const struct ingest_entry *entry, struct stat *ret)
{
	RC_OWN_FD fd = openat(entry->folder, entry->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int open_fd;

	if (fd < 0 || fstat(fd, ret) < 0)
		return -1;
	if (!S_ISREG(ret->st_mode)) {
		errno = ESTALE;
		return -1;
	}
	open_fd = fd;
	fd = -1;
	return open_fd;
}

static int64_t mtime_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

/* Cannot be read now. What is known of it stays; what is not is quarantined, and tried again in the next walk. */
static enum rc_status unreadable(struct ingest_walker *walker, struct rc_source *source, bool known, const struct rc_err *why,
                                 struct rc_err *err)
{
	enum rc_status status;

	if (known && source->complete && source->mtime_ns != NEVER) {
		rc_books_warn(walker->books, why);
		return rc_books_source_same(walker->books, source->id, source->mtime_ns, err);
	}
	source->mtime_ns = NEVER;
	status = rc_books_source_begin(walker->books, source, err);
	if (rc_good(status))
		status = rc_books_source_failed(walker->books, source->id, NULL, why, err);
	return rc_good(status) ? rc_books_source_done(walker->books, source->id, err) : status;
}

static enum rc_status read_file(struct ingest_walker *walker, const struct ingest_entry *entry, struct rc_source *source,
                                bool known, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME), name = RC_BUF(4 * RC_MAX_NAME);
	struct reading reading = { .walker = walker, .source = source };
	struct rc_err why = { 0 };
	struct stat st;
	RC_OWN_FD fd = open_entry(entry, &st);
	struct rc_digest before = source->digest;
	enum rc_status status;

	if (fd < 0 && errno == ENOENT)
		return RC_OK;
	ingest_path_decode(&path, entry->path);
	rc_buf_addf(&name, "%s%s%s", walker->root->name, path.len > 0 ? "/" : "", path.data);
	if (fd < 0) {
		rc_fail(&why, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot open '%s': %s", name.data, strerror(errno));
		return unreadable(walker, source, known, &why, err);
	}
	/* Whatever goes wrong here, even a bad disk, is the source's fault and not the batch's. */
	if (!rc_good(rc_digest_fd(fd, 0, -1, name.data, &source->digest, &source->size, &why))) {
		why.reason = RC_WHY_UNREADABLE;
		return unreadable(walker, source, known, &why, err);
	}
	source->mtime_ns = mtime_ns(&st);
	if (known && source->complete && !walker->anew && rc_digest_equal(&before, &source->digest))
		return rc_books_source_same(walker->books, source->id, source->mtime_ns, err);
	reading.path = path.data;
	status = read_content(&reading, fd, name.data, err);
	return rc_good(status) ? rc_books_source_done(walker->books, source->id, err) : status;
}

/* Listed as ignored: a link, a device. */
static enum rc_status ignore_entry(struct ingest_walker *walker, struct rc_source *source, bool known, struct rc_err *err)
{
	enum rc_status status;

	if (known && source->complete)
		return rc_books_source_same(walker->books, source->id, source->mtime_ns, err);
	status = rc_books_source_begin(walker->books, source, err);
	if (rc_good(status))
		status = rc_books_ignore(walker->books, source->id, NULL, err);
	return rc_good(status) ? rc_books_source_done(walker->books, source->id, err) : status;
}

/* A folder is a source only while it cannot be read. */
static enum rc_status folder_readable(struct ingest_walker *walker, struct rc_source *source, bool known, struct rc_err *err)
{
	enum rc_status status;

	if (!known)
		return RC_OK;
	status = rc_books_source_begin(walker->books, source, err);
	return rc_good(status) ? rc_books_source_done(walker->books, source->id, err) : status;
}

enum rc_status ingest_source(struct ingest_walker *walker, const struct ingest_entry *entry, struct rc_err *err)
{
	struct rc_source source = { .root = walker->root->id, .path = entry->path };
	enum rc_status status = rc_books_source(walker->books, walker->root->id, entry->path, &source, err);
	bool known = status == RC_OK;

	if (!rc_good(status))
		return status;
	source.root = walker->root->id;
	source.path = entry->path;
	switch (entry->kind) {
	case INGEST_ENTRY_FILE:
		if (known && source.complete && !walker->anew && source.size == entry->st->st_size &&
		    source.mtime_ns == mtime_ns(entry->st))
			return rc_books_source_same(walker->books, source.id, source.mtime_ns, err);
		return read_file(walker, entry, &source, known, err);
	case INGEST_ENTRY_LINK:
		walker->n_links++;
		return ignore_entry(walker, &source, known, err);
	case INGEST_ENTRY_OTHER:
		return ignore_entry(walker, &source, known, err);
	case INGEST_ENTRY_UNREADABLE:
		return unreadable(walker, &source, known, entry->why, err);
	case INGEST_ENTRY_FOLDER:
		return folder_readable(walker, &source, known, err);
	case INGEST_ENTRY_BATCH:
		return RC_OK;
	}
	return RC_OK;
}
