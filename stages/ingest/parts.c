/* parts.c -- a job's answers being written.
 *
 *   ingest_send_scan      frames of an image or PDF, and its bytes when it comes from an archive
 *   ingest_send_failed, ingest_send_ignored
 *   ingest_parts_label    how messages call what is being read
 *   probe                 what the frames are */
#include "parts.h"

#include <sys/mman.h>

#include "common/image.h"
#include "common/pdf.h"
#include "job.h"
#include "names.h"

/* A message has 1000 bytes, and its end, the cause, matters most. */
#define MAX_LABEL 300

struct mapping {
	void *at;
	size_t len;
};

void ingest_parts_label(const struct ingest_parts *parts, struct rc_buf *out)
{
	RC_OWN_BUF label = RC_BUF((size_t)RC_MAX_NAME * (RC_MAX_NESTING + 3));
	const char *from;

	rc_buf_adds(&label, parts->name);
	for (size_t i = 0; i < parts->n_members; i++)
		rc_buf_addf(&label, "!/%s", parts->members[i]);
	from = label.data;
	if (label.len > MAX_LABEL) {
		from += label.len - MAX_LABEL;
		while ((*from & 0xC0) == 0x80)
			from++;
		rc_buf_adds(out, "...");
	}
	rc_buf_adds(out, from);
}

static void unmap(struct mapping *map)
{
	if (map->at)
		munmap(map->at, map->len);
}

static bool map_file(int fd, int64_t len, struct mapping *ret)
{
	void *at = mmap(NULL, (size_t)len, PROT_READ, MAP_PRIVATE, fd, 0);

	if (at == MAP_FAILED)
		return false;
	*ret = (struct mapping){ at, (size_t)len };
	return true;
}

static void add_int32(struct rc_buf *out, int32_t value)
{
	uint32_t v = (uint32_t)value;
	unsigned char bytes[4] = { v & 0xFF, v >> 8 & 0xFF, v >> 16 & 0xFF, v >> 24 };

	rc_buf_add(out, bytes, sizeof bytes);
}

/* A frame beyond the ceilings is one page like the others, which fails when it is decoded: its size is not told. */
static enum rc_status add_frame(void *ctx, int32_t frame, const struct image_info *info, struct rc_err *err)
{
	struct rc_buf *frames = ctx;
	bool possible = info->width <= RC_MAX_SIDE && info->height <= RC_MAX_SIDE;

	add_int32(frames, possible ? info->width : 0);
	add_int32(frames, possible ? info->height : 0);
	add_int32(frames, info->dpi);
	if (frames->failed)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMBERS, "more than %d frames", RC_MAX_FRAMES);
	return RC_OK;
}

/* Only counts a PDF's pages: what is on them is looked at when they are read, for finding the resolution of a page
 * decodes its scan. */
static enum rc_status probe_pdf(int fd, int64_t len, const char *name, struct rc_buf *frames, struct rc_err *err)
{
	RC_CLEANUP(pdf_close) struct pdf *pdf = NULL;
	enum rc_status status = pdf_open(&pdf, fd, 0, len, name, err);

	for (int32_t i = 0; rc_good(status) && i < pdf_pages(pdf); i++)
		status = add_frame(frames, i, &(struct image_info){ 0 }, err);
	if (rc_good(status) && frames->len == 0)
		status = rc_fail(err, RC_PAGE_FAILED, RC_WHY_EMPTY, "cannot read '%s': there is no page in it", name);
	return status;
}

static enum rc_status probe(int fd, const struct mapping *map, enum rc_media media, const char *name,
                            struct rc_buf *frames, struct rc_err *err)
{
	if (media == RC_MEDIA_PDF)
		return probe_pdf(fd, (int64_t)map->len, name, frames, err);
	return image_probe(map->at, map->len, media, name, add_frame, frames, err);
}

static enum rc_status send_part(struct ingest_parts *parts, const char *is, json_t *part, const struct rc_err *why,
                                struct rc_err *err)
{
	RC_OWN_JSON owned = part;
	RC_OWN_BUF text = RC_BUF(4 * sizeof why->text);
	json_t *members = json_array();

	for (size_t i = 0; i < parts->n_members; i++)
		json_array_append_new(members, json_string(parts->members[i]));
	json_object_set_new(part, "n", json_integer(parts->n++));
	json_object_set_new(part, "is", json_string(is));
	json_object_set_new(part, "members", members);
	if (why) {
		ingest_name_decode(&text, why->text, INGEST_BYTES);     /* libraries quote raw bytes */
		json_object_set_new(part, "why", json_string(rc_reason_name(why->reason)));
		json_object_set_new(part, "text", json_string(text.data));
	}
	return rc_job_emit(parts->out, part, err);
}

enum rc_status ingest_send_failed(struct ingest_parts *parts, const struct rc_err *why, struct rc_err *err)
{
	return send_part(parts, "failed", json_object(), why, err);
}

enum rc_status ingest_send_ignored(struct ingest_parts *parts, struct rc_err *err)
{
	return send_part(parts, "ignored", json_object(), NULL, err);
}

/* The spool of a scan: its bytes, then its frames. */
static enum rc_status write_spool(struct rc_job_out *out, const struct mapping *map, const struct rc_buf *frames, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	if (map && map->len > 0)
		status = rc_job_write(out, map->at, map->len, err);
	if (rc_good(status) && frames->len > 0)
		status = rc_job_write(out, frames->data, frames->len, err);
	return status;
}

enum rc_status ingest_send_scan(struct ingest_parts *parts, int fd, int64_t len, enum rc_media media, bool copy,
                                const struct rc_err *known, struct rc_err *err)
{
	RC_OWN_BUF name = RC_BUF(2 * MAX_LABEL);
	RC_OWN_BUF frames = RC_BUF((size_t)RC_MAX_FRAMES * INGEST_FRAME_BYTES);
	RC_CLEANUP(unmap) struct mapping map = { 0 };
	struct rc_err why = { 0 };
	enum rc_status status = RC_OK;
	json_t *part;

	ingest_parts_label(parts, &name);
	if (len > 0 && !map_file(fd, len, &map))
		return rc_fail_errno(err, RC_RETRY, RC_WHY_MEMORY, "cannot map '%s'", name.data);
	if (!known)
		status = probe(fd, &map, media, name.data, &frames, &why);
	if (status == RC_RUN_FAILED) {
		*err = why;
		return status;
	}
	if (!rc_good(status))
		known = &why;
	frames.len -= frames.len % INGEST_FRAME_BYTES;
	status = write_spool(parts->out, copy ? &map : NULL, &frames, err);
	if (!rc_good(status))
		return status;
	part = json_object();
	json_object_set_new(part, "media", json_string(rc_media_name(media)));
	json_object_set_new(part, "bytes", json_integer(copy ? len : 0));
	json_object_set_new(part, "frames", json_integer((json_int_t)(frames.len / INGEST_FRAME_BYTES)));
	return send_part(parts, "scan", part, known, err);
}
