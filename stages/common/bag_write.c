/* bag_write.c -- bags of our own: payload first, what describes it after.
 *
 *   bag_put(), bag_copy()    a payload file, written and summed in one go
 *   bag_end()                bag-info.txt, manifests, bagit.txt, tag manifests
 *
 * Lines are kept until the end, sorted by path then, so that the same files give the same bytes in whatever order they came. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/bag_parts.h"

enum { STEP = 256 << 10, MAX_INFO = 1 << 20 };
enum { SUMS = 1u << RC_SUM_SHA256 | 1u << RC_SUM_SHA512 };
static const enum rc_sum both[] = { RC_SUM_SHA256, RC_SUM_SHA512 };

struct line {
	char *path;                             /* owned; "data/x" or "bag-info.txt" */
	char sums[RC_COUNT(both)][RC_SUM_HEX];
};

struct lines {
	struct line *v;                         /* owned */
	size_t n, room;
};

struct bag_writer {
	const char *folder;
	struct lines payload, tags;
	struct rc_buf info;                     /* bag-info.txt so far */
	int64_t octets;
};

/* ---- lines -------------------------------------------------------------------------------------------- */

static void lines_clear(struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		free(lines->v[i].path);
	free(lines->v);
}

static void add_line(struct lines *lines, const char *path, struct rc_summer *sums)
{
	if (lines->n == lines->room) {
		lines->room = lines->room ? 2 * lines->room : 16;
		lines->v = rc_realloc(lines->v, lines->room * sizeof *lines->v);
	}
	struct line *line = &lines->v[lines->n++];

	line->path = rc_strdup(path);
	rc_summer_end(sums);
	for (size_t i = 0; i < RC_COUNT(both); i++)
		snprintf(line->sums[i], sizeof line->sums[i], "%s", rc_summer_hex(sums, both[i]));
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct line *)a)->path, ((const struct line *)b)->path);
}

/* ---- files -------------------------------------------------------------------------------------------- */

/* A file of the bag that is being written. */
struct writing {
	struct rc_outfile *file;
	struct rc_summer *sums;
};

static void writing_clear(struct writing *w)
{
	rc_outfile_abort(&w->file);
	rc_summer_free(&w->sums);
}

static enum rc_status begin_file(struct bag_writer *bag, const char *path, struct writing *ret, struct rc_err *err)
{
	RC_OWN_BUF full = RC_BUF(4 * BAG_MAX_PATH);

	rc_buf_addf(&full, "%s/%s", bag->folder, path);
	enum rc_status status = rc_buf_check(&full, "the path of a bag", err);

	if (rc_good(status))
		status = rc_summer_new(&ret->sums, SUMS, err);
	return rc_good(status) ? rc_outfile_open(&ret->file, full.data, err) : status;
}

static enum rc_status write_piece(struct writing *w, const void *bytes, size_t len, struct rc_err *err)
{
	rc_summer_add(w->sums, bytes, len);
	return rc_outfile_write(w->file, bytes, len, err);
}

static enum rc_status end_file(struct bag_writer *bag, struct lines *lines, const char *path, struct writing *w, struct rc_err *err)
{
	int64_t size = rc_outfile_size(w->file);
	enum rc_status status = rc_outfile_commit(&w->file, err);

	if (!rc_good(status))
		return status;
	add_line(lines, path, w->sums);
	if (lines == &bag->payload)
		bag->octets += size;
	return RC_OK;
}

static enum rc_status put(struct bag_writer *bag, struct lines *lines, const char *path, const void *bytes, size_t len, struct rc_err *err)
{
	RC_CLEANUP(writing_clear) struct writing w = { 0 };
	enum rc_status status = begin_file(bag, path, &w, err);

	if (rc_good(status))
		status = write_piece(&w, bytes, len, err);
	return rc_good(status) ? end_file(bag, lines, path, &w, err) : status;
}

/* ---- the payload -------------------------------------------------------------------------------------- */

/* Appends "data/NAME". */
static enum rc_status payload_path(const char *name, struct rc_buf *path, struct rc_err *err)
{
	rc_buf_addf(path, "data/%s", name);
	for (const char *at = name; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7F || *at == '%' || *at == '\\')
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot put '%s' into a bag: not all tools would read its name alike", name);
	if (!bag_path_is_safe(path->data))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot put '%s' into a bag: the name leads elsewhere", name);
	return rc_buf_check(path, "the path of a bag", err);
}

enum rc_status bag_put(struct bag_writer *bag, const char *name, const void *bytes, size_t len, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(BAG_MAX_PATH);
	enum rc_status status = payload_path(name, &path, err);

	return rc_good(status) ? put(bag, &bag->payload, path.data, bytes, len, err) : status;
}

static enum rc_status copy_pieces(struct writing *w, int fd, int64_t offset, int64_t len, const char *what, struct rc_err *err)
{
	RC_CLEANUP(rc_free) char *step = rc_alloc(STEP);

	for (int64_t done = 0; done < len;) {
		ssize_t got = pread(fd, step, len - done < STEP ? (size_t)(len - done) : STEP, offset + done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", what);
		if (got == 0)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot copy '%s': it is shorter than when it was read", what);
		enum rc_status status = write_piece(w, step, (size_t)got, err);

		if (!rc_good(status))
			return status;
		done += got;
	}
	return RC_OK;
}

enum rc_status bag_copy(struct bag_writer *bag, const char *name, int fd, int64_t offset, int64_t len, const char *what,
                        const struct rc_digest *expected, struct rc_err *err)
{
	RC_CLEANUP(writing_clear) struct writing w = { 0 };
	RC_OWN_BUF path = RC_BUF(BAG_MAX_PATH);
	enum rc_status status = payload_path(name, &path, err);

	if (rc_good(status))
		status = begin_file(bag, path.data, &w, err);
	if (rc_good(status))
		status = copy_pieces(&w, fd, offset, len, what, err);
	if (!rc_good(status))
		return status;
	struct rc_digest is = rc_outfile_digest(w.file);

	if (expected && !rc_digest_equal(&is, expected))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot copy '%s': its bytes are not those that were read", what);
	return end_file(bag, &bag->payload, path.data, &w, err);
}

/* ---- what describes it -------------------------------------------------------------------------------- */

/* One line: runs of white space and control characters are a space, none at the ends. */
static void add_value(struct rc_buf *out, const char *value)
{
	bool space = false, any = false;

	for (; *value; value++) {
		if ((unsigned char)*value <= 0x20 || *value == 0x7F) {
			space = any;
			continue;
		}
		if (space)
			rc_buf_addc(out, ' ');
		rc_buf_addc(out, *value);
		space = false;
		any = true;
	}
}

void bag_info(struct bag_writer *bag, const char *label, const char *value)
{
	if (value[strspn(value, " \t\r\n")] == '\0')
		return;
	rc_buf_addf(&bag->info, "%s: ", label);
	add_value(&bag->info, value);
	rc_buf_addc(&bag->info, '\n');
}

static enum rc_status put_manifest(struct bag_writer *bag, size_t which, bool of_tags, struct rc_err *err)
{
	struct lines *lines = of_tags ? &bag->tags : &bag->payload;
	RC_CLEANUP(writing_clear) struct writing w = { 0 };
	char name[64];

	snprintf(name, sizeof name, "%smanifest-%s.txt", of_tags ? "tag" : "", rc_sum_name(both[which]));
	enum rc_status status = begin_file(bag, name, &w, err);

	for (size_t i = 0; rc_good(status) && i < lines->n; i++) {
		RC_OWN_BUF line = RC_BUF(2 * BAG_MAX_PATH);

		rc_buf_addf(&line, "%s  %s\n", lines->v[i].sums[which], lines->v[i].path);
		status = write_piece(&w, line.data, line.len, err);
	}
	if (!rc_good(status))
		return status;
	if (of_tags)
		return rc_outfile_commit(&w.file, err);         /* listed nowhere */
	return end_file(bag, &bag->tags, name, &w, err);
}

static enum rc_status put_manifests(struct bag_writer *bag, bool of_tags, struct rc_err *err)
{
	struct lines *lines = of_tags ? &bag->tags : &bag->payload;
	enum rc_status status = RC_OK;

	if (lines->n)
		qsort(lines->v, lines->n, sizeof *lines->v, by_path);
	for (size_t i = 1; i < lines->n; i++)
		if (strcmp(lines->v[i].path, lines->v[i - 1].path) == 0)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot write a bag with two files '%s'", lines->v[i].path);
	for (size_t i = 0; rc_good(status) && i < RC_COUNT(both); i++)
		status = put_manifest(bag, i, of_tags, err);
	return status;
}

enum rc_status bag_end(struct bag_writer *bag, struct rc_err *err)
{
	static const char declaration[] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
	enum rc_status status;

	rc_buf_addf(&bag->info, "Payload-Oxum: %lld.%zu\n", (long long)bag->octets, bag->payload.n);
	status = rc_buf_check(&bag->info, "bag-info.txt", err);
	if (rc_good(status))
		status = put(bag, &bag->tags, "bag-info.txt", bag->info.data, bag->info.len, err);
	if (rc_good(status))
		status = put_manifests(bag, false, err);
	if (rc_good(status))
		status = put(bag, &bag->tags, "bagit.txt", declaration, strlen(declaration), err);
	return rc_good(status) ? put_manifests(bag, true, err) : status;
}

struct bag_writer *bag_begin(const char *folder)
{
	struct bag_writer *bag = rc_alloc(sizeof *bag);

	bag->folder = folder;
	bag->info = RC_BUF(MAX_INFO);
	return bag;
}

void bag_free(struct bag_writer **bag)
{
	if (!*bag)
		return;
	lines_clear(&(*bag)->payload);
	lines_clear(&(*bag)->tags);
	rc_buf_free(&(*bag)->info);
	free(*bag);
	*bag = NULL;
}
