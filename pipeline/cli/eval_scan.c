/* eval_scan.c -- finds the scan of a page and has a worker make a small picture of it.
 *
 *   find_in_batch(), find_beside()   an open descriptor
 *   make_small()                     through the pool, as a page image
 */
#include "cli/eval_scan.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/image.h"
#include "core/outfile.h"
#include "run/books.h"
#include "run/pool.h"

enum { MAX_JPEG = 2 << 20 };        /* of one picture; a page of 1400 pixels has some 200 kB */
static const char *const settings[] = { "package.image_side=1400", "package.image_quality=60" };

struct eval_scans {
	struct rc_config *cfg;
	struct rc_pool *pool;
	bool no_pool;               /* workers cannot start */
	struct rc_batch *batch;     /* NULL: the hypothesis is none */
	struct rc_books *books;
};

struct scan {                   /* where a scan's bytes are */
	int fd;                 /* owned; -1: nowhere */
	int64_t offset, len;
	int32_t frame;
};

enum rc_status eval_scans_open(const struct rc_cli *cli, const char *hypothesis, struct eval_scans **ret, struct rc_err *err)
{
	OWN_EVAL_SCANS s = rc_alloc(sizeof *s);
	enum rc_status status = RC_OK;

	s->cfg = rc_config_new();
	for (size_t i = 0; rc_good(status) && i < RC_COUNT(settings); i++)
		status = rc_config_set(s->cfg, settings[i], err);
	if (rc_good(status))
		status = rc_pool_new(s->cfg, cli->stages, 1, &s->pool, err);
	if (rc_good(status) && rc_batch_is(hypothesis)) {
		status = rc_batch_open(hypothesis, false, &s->batch, err);
		if (rc_good(status))
			status = rc_books_open(s->batch, NULL, &s->books, err);
	}
	if (rc_good(status))
		*ret = rc_steal(s);
	return status;
}

void eval_scans_close(struct eval_scans **scans)
{
	struct eval_scans *s = *scans;

	if (!s)
		return;
	rc_pool_free(&s->pool);
	rc_books_close(&s->books);
	rc_batch_close(&s->batch);
	rc_config_free(&s->cfg);
	free(s);
	*scans = NULL;
}

/* ---- where it is ------------------------------------------------------------------------------------------------ */

static void open_file(const char *path, struct scan *ret)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	ret->fd = fd;
	ret->len = st.st_size;
	fd = -1;
}

static void open_bytes(const struct rc_buf *bytes, struct scan *ret)
{
	RC_OWN_FD fd = memfd_create("page", MFD_CLOEXEC);

	if (fd < 0 || !rc_write_all(fd, bytes->data, bytes->len))
		return;
	*ret = (struct scan){ .fd = fd, .len = (int64_t)bytes->len };
	fd = -1;
}

struct wanted {
	struct rc_books *books;
	int32_t order;
	struct scan *ret;
};

static enum rc_status on_page_row(void *ctx, const struct rc_page_row *row, struct rc_err *err)
{
	struct wanted *w = ctx;
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_IMAGE_BYTES);
	RC_OWN_BUF path = RC_BUF(2 * RC_MAX_NAME);

	if (row->place_in_item != w->order)
		return RC_OK;
	if (!rc_digest_is_zero(&row->image) && rc_good(rc_books_object(w->books, &row->image, &bytes, err))) {
		open_bytes(&bytes, w->ret);
	} else if (row->entry.place == RC_IN_SOURCE) {
		rc_buf_addf(&path, "%s%s%s", row->root_path, *row->source_path ? "/" : "", row->source_path);
		open_file(path.data, w->ret);
		w->ret->offset = row->entry.offset;
		w->ret->len = row->entry.scan_len;
		w->ret->frame = row->entry.frame;
	}
	return RC_OK;
}

static void find_in_batch(struct eval_scans *s, const struct eval_row *row, struct scan *ret)
{
	struct wanted w = { .books = s->books, .order = row->page.order, .ret = ret };
	struct rc_err ignored;

	(void)rc_books_each_page(s->books, row->page.item, on_page_row, &w, &ignored);
}

/* FOLDER of path + last part of name + an image's ending. */
static void find_beside(const char *path, const char *name, struct scan *ret)
{
	static const char *const endings[] = { "jpg", "png", "tif", "jpeg", "tiff", "jp2", "webp", "bmp", "gif", "pdf",
	                                       "JPG", "PNG", "TIF" };
	const char *slash = strrchr(path, '/'), *last = strrchr(name, '/');

	for (size_t i = 0; i < RC_COUNT(endings) && ret->fd < 0; i++) {
		RC_OWN_BUF file = RC_BUF(2 * RC_MAX_NAME);

		rc_buf_add(&file, path, slash ? (size_t)(slash - path) + 1 : 0);
		rc_buf_addf(&file, "%s.%s", last ? last + 1 : name, endings[i]);
		if (!file.failed)
			open_file(file.data, ret);
	}
}

/* ---- a small one -------------------------------------------------------------------------------------------------- */

struct answer {
	bool done;
	struct rc_buf *jpeg;
};

static enum rc_status on_answer(void *ctx, const struct rc_task_result *result, struct rc_err *err)
{
	struct answer *a = ctx;
	char *room;

	a->done = true;
	if (!rc_good(result->status) || result->image_len <= 0 || result->image_len > MAX_JPEG)
		return RC_OK;
	room = rc_buf_grow(a->jpeg, (size_t)result->image_len);
	if (!room || !rc_read_all(result->spool_fd, room, (size_t)result->image_len, result->read_len) ||
	    image_sniff(a->jpeg->data, a->jpeg->len) != RC_MEDIA_JPEG)
		rc_buf_clear(a->jpeg);
	return RC_OK;
}

/* Takes the scan's descriptor. Leaves jpeg empty when there is nothing to see. */
static void make_small(struct eval_scans *s, struct scan *scan, const char *name, struct rc_buf *jpeg)
{
	struct answer answer = { .jpeg = jpeg };
	struct rc_task task = { .name = name, .scan_fd = scan->fd, .offset = scan->offset, .len = scan->len, .frame = scan->frame,
	                        .want_image = true };
	char head[4096];
	ssize_t n = pread(scan->fd, head, sizeof head, scan->offset);
	struct rc_err ignored;
	enum rc_status status;

	task.media = n > 0 ? image_sniff(head, (size_t)n) : RC_MEDIA_UNKNOWN;
	if (task.media == RC_MEDIA_UNKNOWN || task.media == RC_MEDIA_ARCHIVE) {
		rc_close(&scan->fd);
		return;
	}
	status = rc_pool_submit(s->pool, &task, &ignored);
	while (rc_good(status) && !answer.done)
		status = rc_pool_wait(s->pool, -1, on_answer, &answer, &ignored);
	s->no_pool = !rc_good(status);
}

enum rc_status eval_scans_get(struct eval_scans *s, const struct eval_row *row, struct rc_buf *jpeg, const char **ret_why)
{
	struct scan scan = { .fd = -1 };

	if (s->no_pool) {
		*ret_why = "pictures cannot be made here: no worker starts";
		return RC_SKIP;
	}
	if (s->books && row->page.item)
		find_in_batch(s, row, &scan);
	if (scan.fd < 0) {
		scan.frame = row->page.frame > 0 ? row->page.frame : 0;
		find_beside(row->truth->path, row->page.name, &scan);
		find_beside(row->page.file, row->page.name, &scan);
	}
	if (scan.fd < 0) {
		*ret_why = "no scan of this name is beside the truth or the reading";
		return RC_SKIP;
	}
	make_small(s, &scan, row->name, jpeg);
	if (!jpeg->len) {
		*ret_why = s->no_pool ? "pictures cannot be made here: no worker starts" : "no picture can be made of this scan";
		return RC_SKIP;
	}
	return RC_OK;
}
