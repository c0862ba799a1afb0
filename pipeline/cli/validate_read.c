/* validate_read.c -- a sample image through a worker, its text against the truth. One at a time: samples are few. */
#include "cli/validate_read.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/score.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/outfile.h"
#include "run/pool.h"

struct sample_reader {
	struct rc_pool *pool;
	struct score_variants *variants;
	/* of the page in its worker */
	bool done;
	enum rc_status status;
	struct rc_err err;
	struct rc_buf text;
};

enum rc_status sample_reader_new(const struct rc_config *cfg, const struct rc_stages *stages, struct sample_reader **ret, struct rc_err *err)
{
	RC_CLEANUP(sample_reader_free) struct sample_reader *r = rc_alloc(sizeof *r);
	enum rc_status status = rc_pool_new(cfg, stages, 1, &r->pool, err);

	if (!rc_good(status))
		return status;
	r->text = RC_BUF(RC_MAX_RESULT_BYTES);
	r->variants = score_variants_new();
	*ret = rc_steal(r);
	return RC_OK;
}

void sample_reader_free(struct sample_reader **r)
{
	if (!*r)
		return;
	rc_pool_free(&(*r)->pool);
	score_variants_free(&(*r)->variants);
	rc_buf_free(&(*r)->text);
	free(*r);
	*r = NULL;
}

static enum rc_status take_text(const struct rc_task_result *result, struct rc_buf *text, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_RESULT_BYTES);
	RC_OWN_JSON json = NULL;
	struct rc_page page = RC_PAGE_INIT;
	char *room = rc_buf_grow(&bytes, (size_t)result->read_len);

	if (!room || !rc_read_all(result->spool_fd, room, (size_t)result->read_len, 0))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "the worker's answer is not whole");
	enum rc_status status = rc_json_parse(bytes.data, bytes.len, "the worker's answer", &json, err);

	if (rc_good(status))
		status = rc_page_from_json(json, &page, err);
	if (rc_good(status))
		rc_page_text(&page, text);
	rc_page_clear(&page);
	return rc_good(status) ? rc_buf_check(text, "a text", err) : status;
}

static enum rc_status on_result(void *ctx, const struct rc_task_result *result, struct rc_err *err)
{
	struct sample_reader *r = ctx;

	r->done = true;
	r->status = result->status;
	if (rc_good(result->status))
		r->status = take_text(result, &r->text, &r->err);
	else
		r->err = result->err;
	return RC_OK;
}

/* Into r->text. */
static enum rc_status read_frame(struct sample_reader *r, const char *path, enum rc_media media, int32_t frame, struct rc_err *err)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct rc_task task = { .name = path, .media = media, .frame = frame, .want_read = true };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", path);
	task.len = st.st_size;
	task.scan_fd = fd;
	r->done = false;
	rc_buf_clear(&r->text);
	enum rc_status status = rc_pool_submit(r->pool, &task, err);

	if (!rc_good(status) || status == RC_SKIP)
		return status == RC_SKIP ? rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "no worker is free") : status;
	fd = -1;                /* the pool's now */
	while (rc_good(status) && !r->done)
		status = rc_pool_wait(r->pool, -1, on_result, r, err);
	if (rc_good(status) && !rc_good(r->status)) {
		*err = r->err;
		return r->status;
	}
	return status;
}

enum rc_status sample_reader_score(struct sample_reader *r, const char *path, enum rc_media media, int32_t frame, const char *truth,
                                   size_t len, struct sample_score *ret, struct rc_err *err)
{
	OWN_SCORE_TEXT should = { 0 };
	OWN_SCORE_TEXT is = { 0 };
	enum rc_status status = read_frame(r, path, media, frame, err);

	if (rc_good(status))
		status = score_fold(r->variants, truth, len, &should, err);
	if (rc_good(status))
		status = score_fold(r->variants, r->text.data, r->text.len, &is, err);
	if (!rc_good(status))
		return status;
	struct score score = score_compare(&should, &is);

	*ret = (struct sample_score){ score_cer(&score), score.truth, score.got };
	return RC_OK;
}
