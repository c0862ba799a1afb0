/* answer.c -- is what a worker says true, and what does it mean that it died?
 *
 *   rc_answer_page    a page's result: lengths, status, JSON
 *   rc_answer_part    a part of a job: lengths, JSON
 *   rc_answer_death   exit statuses and signals in words */
#include "run/answer.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/outfile.h"

/* `first` and `second` bytes are all there is in the spool, and within their ceilings. */
static bool fits(int spool, int64_t first, int64_t first_max, int64_t second, int64_t second_max)
{
	struct stat st;

	return first >= 0 && first <= first_max && second >= 0 && second <= second_max &&
	       fstat(spool, &st) == 0 && st.st_size == first + second;
}

static enum rc_status parse_spool(int spool, int64_t offset, int64_t len, const char *name, json_t **ret, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF((size_t)len);
	char *to = rc_buf_grow(&text, (size_t)len);

	if (!to)
		return rc_fail(err, RC_RETRY, RC_WHY_MEMORY, "cannot take the result of '%s': out of memory", name);
	if (!rc_read_all(spool, to, (size_t)len, offset))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "cannot take the result of '%s': it became shorter", name);
	return rc_json_parse(to, (size_t)len, name, ret, err);
}

static enum rc_status check_page_json(int spool, int64_t len, const char *name, struct rc_err *err)
{
	struct rc_page page = RC_PAGE_INIT;
	RC_OWN_JSON json = NULL;
	enum rc_status status = parse_spool(spool, 0, len, name, &json, err);

	if (rc_good(status))
		status = rc_page_from_json(json, &page, err);
	rc_page_clear(&page);
	return status;
}

static bool is_time(double seconds)
{
	return isfinite(seconds) && seconds >= 0;
}

static enum rc_status nonsense(const char *name, const char *what, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "worker's answer about '%s' makes no sense: %s", name, what);
}

/* What a good answer must have left in the spool. */
static enum rc_status check_made(const struct rc_wire *msg, const struct rc_task *task, int spool, struct rc_err *err)
{
	struct rc_err inner;

	if (!fits(spool, msg->first, RC_MAX_RESULT_BYTES, msg->second, RC_MAX_IMAGE_BYTES))
		return nonsense(task->name, "lengths", err);
	if (task->want_read != (msg->first > 0) || task->want_image != (msg->second > 0))
		return nonsense(task->name, "not what was asked for", err);
	if (task->want_image && msg->media != RC_MEDIA_JPEG && msg->media != RC_MEDIA_PNG)
		return nonsense(task->name, "kind of image", err);
	if (task->want_read && !rc_good(check_page_json(spool, msg->first, task->name, &inner)))
		return nonsense(task->name, inner.text, err);
	return RC_OK;
}

enum rc_status rc_answer_page(const struct rc_wire *msg, const struct rc_task *task, int spool,
                              struct rc_task_result *ret, struct rc_err *err)
{
	struct rc_task_result result = { .id = task->id, .last_words = "", .spool_fd = -1 };
	enum rc_status status;

	if (msg->id != task->id || !rc_wire_get_err(msg, &result.status, &result.err))
		return nonsense(task->name, "status", err);
	if (!is_time(msg->cpu) || !is_time(msg->wall) || !is_time(msg->decode) || !is_time(msg->prepare) || !is_time(msg->ocr))
		return nonsense(task->name, "times", err);
	if (rc_good(result.status)) {
		status = check_made(msg, task, spool, err);
		if (!rc_good(status))
			return status;
		result.spool_fd = spool;
		result.read_len = msg->first;
		result.image_len = msg->second;
		result.image_media = (enum rc_media)msg->media;
	}
	result.cpu_seconds = msg->cpu;
	result.wall_seconds = msg->wall;
	result.decode_seconds = msg->decode;
	result.prepare_seconds = msg->prepare;
	result.ocr_seconds = msg->ocr;
	*ret = result;
	return RC_OK;
}

enum rc_status rc_answer_part(const struct rc_wire *msg, const char *stage, int spool, json_t **ret, struct rc_err *err)
{
	struct rc_err inner;

	if (!fits(spool, msg->first, RC_MAX_SCAN_BYTES, msg->second, RC_MAX_MESSAGE))
		return nonsense(stage, "lengths", err);
	if (!rc_good(parse_spool(spool, msg->first, msg->second, stage, ret, &inner)))
		return nonsense(stage, inner.text, err);
	return RC_OK;
}

enum rc_status rc_answer_death(enum rc_death death, int wait_status, const struct rc_config *cfg, const char *name,
                               struct rc_err *err)
{
	bool exited = WIFEXITED(wait_status);
	int code = exited ? WEXITSTATUS(wait_status) : 0;
	const char *signal_name;

	if (death == RC_DEATH_LATE)
		return rc_fail(err, RC_RETRY, RC_WHY_TIMEOUT, "cannot finish '%s': no answer within %" PRId64 " seconds "
		               "(ten times run.page_seconds)", name, 10 * cfg->run_page_seconds);
	if (exited && code == RC_WORKER_TIMEOUT)
		return rc_fail(err, RC_RETRY, RC_WHY_TIMEOUT, "cannot finish '%s': more than %" PRId64 " CPU seconds "
		               "(run.page_seconds)", name, cfg->run_page_seconds);
	if (death == RC_DEATH_GREW || (exited && code == RC_WORKER_MEMORY))
		return rc_fail(err, RC_RETRY, RC_WHY_MEMORY, "cannot finish '%s': more than %" PRId64 " MiB of memory "
		               "(run.worker_memory)", name, cfg->run_worker_memory);
	if (exited)
		return rc_fail(err, RC_RETRY, RC_WHY_CRASH, "cannot finish '%s': worker exited with status %d", name, code);
	signal_name = sigabbrev_np(WTERMSIG(wait_status));
	return rc_fail(err, RC_RETRY, RC_WHY_CRASH, "cannot finish '%s': worker was killed by SIG%s", name,
	               signal_name ? signal_name : "???");
}
