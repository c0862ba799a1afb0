/* answers.c -- frames of a task's answers: written by who read the pages, believed by nobody until they verify. */
#include "run/answers.h"

#include <endian.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/json.h"
#include "core/limits.h"
#include "core/outfile.h"

enum { MAX_HEAD = 1 << 16, CHUNK = 1 << 16 };
static const char magic[8] = "RCTASK1\n";

struct frame_header {
	char magic[8];
	uint32_t head_len, nothing;
	uint64_t read_len, image_len;
	struct rc_digest digest;
};
_Static_assert(sizeof(struct frame_header) == 64, "the header is written as it stands in memory");

static struct rc_hasher *begin_digest(const struct frame_header *h)
{
	struct rc_hasher *hasher = rc_hasher_new();

	rc_hasher_add(hasher, &h->head_len, sizeof h->head_len);
	rc_hasher_add(hasher, &h->read_len, sizeof h->read_len);
	rc_hasher_add(hasher, &h->image_len, sizeof h->image_len);
	return hasher;
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

/* Hands len bytes at offset of a file to the hasher, and, when to >= 0, appends them there. */
static enum rc_status pass_bytes(int from, int64_t offset, int64_t len, struct rc_hasher *hasher, int to, struct rc_err *err)
{
	char chunk[CHUNK];

	while (len > 0) {
		size_t n = len < CHUNK ? (size_t)len : CHUNK;

		if (!rc_read_all(from, chunk, n, offset))
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "cannot take a result: it is shorter than was said");
		rc_hasher_add(hasher, chunk, n);
		if (to >= 0 && !rc_write_all(to, chunk, n))
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write the answers of a task");
		offset += (int64_t)n;
		len -= (int64_t)n;
	}
	return RC_OK;
}

static enum rc_status put_frame(int fd, const json_t *head, int spool, int64_t at, int64_t read_len, int64_t image_len, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(MAX_HEAD);
	struct frame_header h = { .read_len = htole64((uint64_t)read_len), .image_len = htole64((uint64_t)image_len) };
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *hasher = NULL;
	enum rc_status status;

	rc_json_print(&text, head);
	status = rc_buf_check(&text, "an answer", err);
	if (!rc_good(status))
		return status;
	memcpy(h.magic, magic, sizeof h.magic);
	h.head_len = htole32((uint32_t)text.len);
	hasher = begin_digest(&h);
	rc_hasher_add(hasher, text.data, text.len);
	status = pass_bytes(spool, at, read_len + image_len, hasher, -1, err);
	if (!rc_good(status))
		return status;
	h.digest = rc_hasher_end(hasher);
	if (!rc_write_all(fd, &h, sizeof h) || !rc_write_all(fd, text.data, text.len))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write the answers of a task");
	return pass_bytes(spool, at, read_len + image_len, hasher, fd, err);
}

enum rc_status rc_answers_begin(int fd, int64_t page, struct rc_err *err)
{
	RC_OWN_JSON head = json_pack("{s:I, s:b}", "page", (json_int_t)page, "begun", 1);

	return put_frame(fd, head, -1, 0, 0, 0, err);
}

enum rc_status rc_answers_add(int fd, int64_t page, const struct rc_task_result *r, struct rc_err *err)
{
	bool good = rc_good(r->status);
	RC_OWN_JSON head = json_pack("{s:I, s:i, s:f, s:f, s:f, s:f, s:f}", "page", (json_int_t)page, "status", (int)r->status, "cpu", r->cpu_seconds,
	                             "wall", r->wall_seconds, "decode", r->decode_seconds, "prepare", r->prepare_seconds, "ocr", r->ocr_seconds);
	enum rc_status status;

	if (r->status != RC_OK) {
		json_object_set_new(head, "reason", json_integer(r->err.reason));
		json_object_set_new(head, "message", rc_json_text(r->err.text));
	}
	if (r->last_words && r->last_words[0])
		json_object_set_new(head, "last_words", rc_json_text(r->last_words));
	if (good && r->image_len > 0)
		json_object_set_new(head, "media", json_integer(r->image_media));
	status = put_frame(fd, head, r->spool_fd, r->spool_at, good ? r->read_len : 0, good ? r->image_len : 0, err);
	if (rc_good(status) && fdatasync(fd) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot sync the answers of a task");
	return status;
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

/* The header at offset, numbers as the machine has them, when all it speaks of can be there. */
static bool read_header(int fd, int64_t offset, struct frame_header *ret)
{
	struct frame_header h;
	struct stat st;
	int64_t room;

	if (fstat(fd, &st) != 0 || !rc_read_all(fd, &h, sizeof h, offset) || memcmp(h.magic, magic, sizeof magic) != 0)
		return false;
	h.head_len = le32toh(h.head_len);
	h.read_len = le64toh(h.read_len);
	h.image_len = le64toh(h.image_len);
	room = st.st_size - offset - (int64_t)sizeof h - h.head_len;
	if (h.head_len > MAX_HEAD || h.read_len > RC_MAX_RESULT_BYTES || h.image_len > RC_MAX_IMAGE_BYTES
	    || room < (int64_t)(h.read_len + h.image_len))
		return false;
	*ret = h;
	return true;
}

static bool is_true(int fd, int64_t offset, const struct frame_header *h)
{
	struct frame_header stored = { .head_len = htole32(h->head_len), .read_len = htole64(h->read_len), .image_len = htole64(h->image_len) };
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *hasher = begin_digest(&stored);
	struct rc_digest d;

	if (!rc_good(pass_bytes(fd, offset + (int64_t)sizeof *h, h->head_len + (int64_t)(h->read_len + h->image_len), hasher, -1, NULL)))
		return false;
	d = rc_hasher_end(hasher);
	return rc_digest_equal(&d, &h->digest);
}

/* A frame that verifies was written by this program; that its numbers are in range is looked at all the same. */
static enum rc_status take_head(const json_t *head, const struct frame_header *h, struct rc_answer_frame *ret, struct rc_err *err)
{
	int64_t status = rc_json_int(head, "status", -1), reason = rc_json_int(head, "reason", RC_WHY_NONE), media = rc_json_int(head, "media", 0);
	struct rc_answer_frame f = { .page = rc_json_int(head, "page", -1), .begun = rc_json_bool(head, "begun", false) };
	struct rc_task_result *r = &f.result;

	if (f.page < 0 || (!f.begun && (status < RC_OK || status > RC_RUN_FAILED)) || reason < 0 || reason >= RC_REASON_COUNT
	    || media < 0 || media >= RC_MEDIA_COUNT)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "cannot take an answer: its numbers make no sense");
	r->status = f.begun ? RC_SKIP : (enum rc_status)status;
	if (status != RC_OK && !f.begun)
		(void)rc_fail(&r->err, r->status, (enum rc_reason)reason, "%s", rc_json_str(head, "message", ""));
	r->cpu_seconds = rc_json_real(head, "cpu", 0);
	r->wall_seconds = rc_json_real(head, "wall", 0);
	r->decode_seconds = rc_json_real(head, "decode", 0);
	r->prepare_seconds = rc_json_real(head, "prepare", 0);
	r->ocr_seconds = rc_json_real(head, "ocr", 0);
	r->read_len = (int64_t)h->read_len;
	r->image_len = (int64_t)h->image_len;
	r->image_media = (enum rc_media)media;
	strncpy(f.words, rc_json_str(head, "last_words", ""), sizeof f.words - 1);
	*ret = f;
	return RC_OK;
}

enum rc_status rc_answers_next(int fd, int64_t *offset, struct rc_answer_frame *ret, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(MAX_HEAD);
	RC_OWN_JSON head = NULL;
	struct frame_header h;
	int64_t bytes_at;
	enum rc_status status;

	if (!read_header(fd, *offset, &h) || !is_true(fd, *offset, &h))
		return RC_SKIP;
	bytes_at = *offset + (int64_t)sizeof h + h.head_len;
	if (!rc_buf_grow(&text, h.head_len) || !rc_read_all(fd, text.data, h.head_len, *offset + (int64_t)sizeof h))
		return RC_SKIP;
	status = rc_json_parse(text.data, text.len, "an answer", &head, err);
	if (rc_good(status))
		status = take_head(head, &h, ret, err);
	if (!rc_good(status))
		return status;
	ret->result.spool_fd = fd;
	ret->result.spool_at = bytes_at;
	ret->result.last_words = ret->words;
	*offset = bytes_at + (int64_t)(h.read_len + h.image_len);
	return RC_OK;
}
