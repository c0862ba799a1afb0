/* scan_job.c -- from a job's arguments and descriptor to pixels. */
#include "common/scan_job.h"

#include <errno.h>
#include <unistd.h>

#include "common/pdf.h"

static enum rc_status read_all(int fd, int64_t offset, int64_t len, const char *name, struct rc_buf *out, struct rc_err *err)
{
	char *to = rc_buf_grow(out, (size_t)len);
	int64_t have = 0;

	if (!to)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot read '%s': not enough memory", name);
	while (have < len) {
		ssize_t got = pread(fd, to + have, (size_t)(len - have), offset + have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_TRUNCATED, "cannot read '%s': it became shorter", name);
		have += got;
	}
	return RC_OK;
}

enum rc_status scan_job_decode(const struct rc_config *cfg, const json_t *args, int fd, struct rc_image **ret, struct rc_err *err)
{
	const char *name = rc_json_str(args, "name", "page");
	enum rc_media media = rc_media_find(rc_json_str(args, "media", ""));
	int64_t offset = rc_json_int(args, "offset", 0), len = rc_json_int(args, "len", 0);
	int32_t frame = (int32_t)rc_json_int(args, "frame", 0);
	struct image_info info;
	enum rc_status status;

	image_quiet();
	if (len <= 0 || len > RC_MAX_SCAN_BYTES || offset < 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot read '%s': its size makes no sense", name);
	if (media == RC_MEDIA_PDF) {
		RC_CLEANUP(pdf_close) struct pdf *pdf = NULL;

		status = pdf_open(&pdf, fd, offset, len, name, err);
		return rc_good(status) ? pdf_render(pdf, frame, (int32_t)cfg->ingest_default_dpi, ret, &info, err) : status;
	}
	RC_OWN_BUF bytes = RC_BUF((size_t)RC_MAX_SCAN_BYTES);

	status = read_all(fd, offset, len, name, &bytes, err);
	if (!rc_good(status))
		return status;
	if (media == RC_MEDIA_UNKNOWN)
		media = image_sniff(bytes.data, bytes.len);
	return image_decode(bytes.data, bytes.len, media, frame, name, ret, &info, err);
}
