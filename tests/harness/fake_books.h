/* fake_books.h -- books kept in memory, for tests of batch stages that find pages. Include it in one file of a test.
 *
 *     struct rc_books *b = fake_books_new();              settings are b->cfg
 *     fake_books_root(b, "/tmp/x/box");
 *     fake_books_run(b, &ingest_stage);                   runs the stage; its jobs run in this process
 *     check_str(fake_books_tell(b), "page box p1.pgm ...");
 *     fake_books_free(&b);
 *
 * It keeps the promises of core/books.h that ingest relies on: what was not added again since begin goes away when the
 * source is done, and a job may be tried twice (`break_after`). */
#ifndef FAKE_BOOKS_H
#define FAKE_BOOKS_H

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "core/books.h"
#include "core/outfile.h"
#include "core/stage.h"

#define FAKE_MAX 20000

struct fake_row {                   /* a page, or a member that is none */
	int64_t source;
	bool current;               /* added since begin */
	bool is_page;
	enum rc_reason why;         /* of failures; NONE: a good page, or ignored */
	char *item, *number, *order, *member, *text;
	int32_t frame, width, height, dpi;
	enum rc_media media;
	enum rc_place place;
	struct rc_digest scan;
	int64_t scan_len;
};

struct rc_books {
	struct rc_config *cfg;
	const struct rc_batch_stage *stage;
	struct rc_root roots[16];
	bool root_todo[16];
	size_t n_roots;
	struct rc_source *sources;
	size_t n_sources;
	struct fake_row *rows;
	size_t n_rows;
	char *note;
	struct rc_digest objects[FAKE_MAX];
	size_t n_objects, n_kept;   /* objects; calls that wrote one */
	size_t n_jobs, n_gone;
	int break_after;            /* > 0: the next job's first attempt breaks after so many parts */
	int stop_after;             /* > 0: rc_books_stopping() after so many pumps */
	struct rc_buf warnings, story, fields;
};

/* ---- for tests ----------------------------------------------------------------------------------- */

static inline struct rc_books *fake_books_new(void)
{
	struct rc_books *b = calloc(1, sizeof *b);

	b->cfg = rc_config_new();
	b->sources = calloc(FAKE_MAX, sizeof *b->sources);
	b->rows = calloc(FAKE_MAX, sizeof *b->rows);
	b->warnings = b->story = b->fields = RC_BUF(1 << 24);
	return b;
}

static inline void fake_row_clear(struct fake_row *row)
{
	free(row->item);
	free(row->number);
	free(row->order);
	free(row->member);
	free(row->text);
}

static inline void fake_books_free(struct rc_books **b)
{
	for (size_t i = 0; i < (*b)->n_rows; i++)
		fake_row_clear(&(*b)->rows[i]);
	for (size_t i = 0; i < (*b)->n_sources; i++)
		free((char *)(*b)->sources[i].path);
	for (size_t i = 0; i < (*b)->n_roots; i++) {
		free((char *)(*b)->roots[i].path);
		free((char *)(*b)->roots[i].name);
	}
	rc_buf_free(&(*b)->warnings);
	rc_buf_free(&(*b)->story);
	rc_buf_free(&(*b)->fields);
	free((*b)->note);
	rc_config_free(&(*b)->cfg);
	free((*b)->sources);
	free((*b)->rows);
	free(*b);
	*b = NULL;
}

/* Names a source, again or for the first time. path is absolute, or relative to the working folder. */
static inline void fake_books_root(struct rc_books *b, const char *path)
{
	RC_OWN_STR full = realpath(path, NULL);
	size_t i = 0;

	while (i < b->n_roots && strcmp(b->roots[i].path, full ? full : path))
		i++;
	if (i == b->n_roots)
		b->roots[b->n_roots++] = (struct rc_root){ .id = (int64_t)i + 1, .path = strdup(full ? full : path), .name = strdup("") };
	b->root_todo[i] = true;
}

static inline enum rc_status fake_books_run(struct rc_books *b, const struct rc_batch_stage *stage, struct rc_err *err)
{
	b->stage = stage;
	for (size_t i = 0; i < b->n_sources; i++)
		b->sources[i].seen = false;
	return stage->run(b, err);
}

/* One line per row: "page ITEM ORDER FRAME MEDIA [member M] [number N] [WHY]", "failed SOURCE [member M] WHY",
 * "ignored SOURCE [member M]". Borrowed until the next call. */
static inline const char *fake_books_tell(struct rc_books *b)
{
	rc_buf_clear(&b->story);
	for (size_t i = 0; i < b->n_rows; i++) {
		const struct fake_row *row = &b->rows[i];
		const char *path = b->sources[row->source - 1].path;

		if (row->is_page)
			rc_buf_addf(&b->story, "page %s %s %d %s", row->item, row->order, row->frame, rc_media_name(row->media));
		else
			rc_buf_addf(&b->story, "%s %s", row->why ? "failed" : "ignored", *path ? path : ".");
		if (*row->member)
			rc_buf_addf(&b->story, " member %s", row->member);
		if (row->number && *row->number)
			rc_buf_addf(&b->story, " number %s", row->number);
		if (row->why)
			rc_buf_addf(&b->story, " %s", rc_reason_name(row->why));
		rc_buf_addc(&b->story, '\n');
	}
	return b->story.data;
}

/* ---- core/books.h -------------------------------------------------------------------------------- */

const struct rc_config *rc_books_config(struct rc_books *b)
{
	return b->cfg;
}

bool rc_books_stopping(struct rc_books *b)
{
	return b->stop_after < 0;
}

enum rc_status rc_books_pump(struct rc_books *b, struct rc_err *err)
{
	if (b->stop_after > 0 && --b->stop_after == 0)
		b->stop_after = -1;
	return RC_OK;
}

void rc_books_warn(struct rc_books *b, const struct rc_err *what)
{
	rc_buf_addf(&b->warnings, "%s\n", what->text);
}

void rc_books_progress(struct rc_books *b, const char *doing, int64_t done, int64_t total)
{
}

char *rc_books_note(struct rc_books *b, const char *name)
{
	return b->note ? strdup(b->note) : NULL;
}

enum rc_status rc_books_set_note(struct rc_books *b, const char *name, const char *value, struct rc_err *err)
{
	free(b->note);
	b->note = strdup(value);
	return RC_OK;
}

static bool has_object(struct rc_books *b, const struct rc_digest *object)
{
	for (size_t i = 0; i < b->n_objects; i++)
		if (rc_digest_equal(&b->objects[i], object))
			return true;
	return false;
}

enum rc_status rc_books_keep(struct rc_books *b, int fd, int64_t len, const char *kind, struct rc_digest *ret, struct rc_err *err)
{
	enum rc_status status = rc_digest_fd(fd, 0, len, "spool", ret, NULL, err);

	if (!rc_good(status) || has_object(b, ret))
		return status;
	b->objects[b->n_objects++] = *ret;
	b->n_kept++;
	return RC_OK;
}

static enum rc_status fake_each_root(struct rc_books *b, bool all, rc_root_fn *fn, void *ctx, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (size_t i = 0; rc_good(status) && i < b->n_roots; i++)
		if (all || b->root_todo[i])
			status = fn(ctx, &b->roots[i], err);
	return status;
}

enum rc_status rc_books_each_root(struct rc_books *b, rc_root_fn *fn, void *ctx, struct rc_err *err)
{
	return fake_each_root(b, false, fn, ctx, err);
}

enum rc_status rc_books_all_roots(struct rc_books *b, rc_root_fn *fn, void *ctx, struct rc_err *err)
{
	return fake_each_root(b, true, fn, ctx, err);
}

enum rc_status rc_books_name_root(struct rc_books *b, int64_t root, const char *name, struct rc_err *err)
{
	free((char *)b->roots[root - 1].name);
	b->roots[root - 1].name = strdup(name);
	return RC_OK;
}

enum rc_status rc_books_root_done(struct rc_books *b, int64_t root, struct rc_err *err)
{
	b->root_todo[root - 1] = false;
	for (size_t i = 0; i < b->n_sources; i++)
		b->n_gone += b->sources[i].root == root && !b->sources[i].seen;
	return RC_OK;
}

enum rc_status rc_books_source(struct rc_books *b, int64_t root, const char *path, struct rc_source *ret, struct rc_err *err)
{
	for (size_t i = 0; i < b->n_sources; i++) {
		if (b->sources[i].root == root && !strcmp(b->sources[i].path, path)) {
			*ret = b->sources[i];
			ret->path = path;
			return RC_OK;
		}
	}
	return RC_SKIP;
}

enum rc_status rc_books_source_begin(struct rc_books *b, struct rc_source *source, struct rc_err *err)
{
	if (source->id == 0) {
		source->id = (int64_t)++b->n_sources;
		b->sources[source->id - 1] = *source;
		b->sources[source->id - 1].path = strdup(source->path);
	} else {
		char *path = (char *)b->sources[source->id - 1].path;

		b->sources[source->id - 1] = *source;
		b->sources[source->id - 1].path = path;
	}
	b->sources[source->id - 1].complete = false;
	for (size_t i = 0; i < b->n_rows; i++)
		if (b->rows[i].source == source->id)
			b->rows[i].current = false;
	return RC_OK;
}

enum rc_status rc_books_source_done(struct rc_books *b, int64_t source, struct rc_err *err)
{
	size_t n = 0;

	b->sources[source - 1].complete = b->sources[source - 1].seen = true;
	for (size_t i = 0; i < b->n_rows; i++) {
		if (b->rows[i].source != source || b->rows[i].current)
			b->rows[n++] = b->rows[i];
		else
			fake_row_clear(&b->rows[i]);
	}
	memset(b->rows + n, 0, (b->n_rows - n) * sizeof *b->rows);
	b->n_rows = n;
	return RC_OK;
}

enum rc_status rc_books_source_same(struct rc_books *b, int64_t source, int64_t mtime_ns, struct rc_err *err)
{
	b->sources[source - 1].seen = true;
	b->sources[source - 1].mtime_ns = mtime_ns;
	return RC_OK;
}

static struct fake_row *fake_find(struct rc_books *b, const struct fake_row *like)
{
	for (size_t i = 0; i < b->n_rows; i++) {
		struct fake_row *row = &b->rows[i];

		if (row->source == like->source && row->is_page == like->is_page && row->frame == like->frame &&
		    !strcmp(row->member, like->member) && (!row->is_page || !strcmp(row->item, like->item)) &&
		    rc_digest_equal(&row->scan, &like->scan) && !row->current)
			return row;
	}
	return &b->rows[b->n_rows++];
}

static enum rc_status fake_put(struct rc_books *b, struct fake_row row)
{
	struct fake_row *at = fake_find(b, &row);

	fake_row_clear(at);
	row.current = true;
	*at = row;
	return RC_OK;
}

enum rc_status rc_books_ignore(struct rc_books *b, int64_t source, const char *member, struct rc_err *err)
{
	return fake_put(b, (struct fake_row){ .source = source, .member = strdup(member ? member : "") });
}

enum rc_status rc_books_source_failed(struct rc_books *b, int64_t source, const char *member, const struct rc_err *why,
                                      struct rc_err *err)
{
	return fake_put(b, (struct fake_row){ .source = source, .member = strdup(member ? member : ""), .why = why->reason,
	                                      .text = strdup(why->text) });
}

enum rc_status rc_books_page_add(struct rc_books *b, const struct rc_page_entry *p, const struct rc_err *why, struct rc_err *err)
{
	return fake_put(b, (struct fake_row){
		.source = p->source, .is_page = true, .why = why ? why->reason : RC_WHY_NONE, .text = strdup(why ? why->text : ""),
		.item = strdup(p->item), .number = strdup(p->number), .order = strdup(p->order), .member = strdup(p->member),
		.frame = p->frame, .width = p->width, .height = p->height, .dpi = p->dpi, .media = p->media, .place = p->place,
		.scan = p->scan, .scan_len = p->scan_len });
}

enum rc_status rc_books_item_fields(struct rc_books *b, const char *item, const char *fields, struct rc_err *err)
{
	rc_buf_addf(&b->fields, "%s %s\n", item, fields);
	return RC_OK;
}

/* ---- jobs, in this process ----------------------------------------------------------------------- */

struct rc_job_out {
	int fd;
	int64_t len;
	int parts_left;                 /* 0: breaks; < 0: does not */
	rc_part_fn *on_part;
	void *ctx;
};

enum rc_status rc_job_write(struct rc_job_out *out, const void *bytes, size_t len, struct rc_err *err)
{
	out->len += (int64_t)len;
	return rc_write_all(out->fd, bytes, len) ? RC_OK : rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write the spool");
}

enum rc_status rc_job_rewind(struct rc_job_out *out, struct rc_err *err)
{
	out->len = 0;
	return ftruncate(out->fd, 0) < 0 || lseek(out->fd, 0, SEEK_SET) < 0 ? RC_RUN_FAILED : RC_OK;
}

enum rc_status rc_job_emit(struct rc_job_out *out, const json_t *part, struct rc_err *err)
{
	enum rc_status status;

	if (out->parts_left == 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_CRASH, "the worker died");
	out->parts_left--;
	status = out->on_part(out->ctx, part, out->fd, out->len, err);
	return rc_good(status) ? rc_job_rewind(out, err) : status;
}

enum rc_status rc_books_job(struct rc_books *b, const char *stage, const json_t *args, int source_fd, rc_part_fn *on_part,
                            void *ctx, struct rc_err *err)
{
	struct rc_job_out out = { .fd = memfd_create("spool", MFD_CLOEXEC), .parts_left = -1, .on_part = on_part, .ctx = ctx };
	enum rc_status status;

	b->n_jobs++;
	if (b->break_after > 0) {
		out.parts_left = b->break_after;
		b->break_after = 0;
		b->stage->job(b->cfg, args, source_fd, &out, err);
		rc_job_rewind(&out, err);
		out.parts_left = -1;
	}
	status = b->stage->job(b->cfg, args, source_fd, &out, err);
	close(out.fd);
	return status;
}

#endif
