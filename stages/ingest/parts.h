/* parts.h -- a job's answers being written: the worker's half of the protocol in job.h. */
#ifndef INGEST_PARTS_H
#define INGEST_PARTS_H

#include "core/limits.h"
#include "core/stage.h"

struct ingest_parts {
	struct rc_job_out *out;
	const char *name;               /* of the source, for messages; borrowed */
	int64_t n;                      /* parts sent */
	const char *members[RC_MAX_NESTING + 1];        /* the way from the source to where we are */
	size_t n_members;
};

/* Appends "box12.zip!/inner.zip!/a/p1.tif": where we are, for messages; the start of long ones is cut. */
void ingest_parts_label(const struct ingest_parts *parts, struct rc_buf *out);

/* Probes len bytes of fd and sends them as a scan: with its bytes when `copy`, and with the reason when it cannot be
 * read as an image. `known` (may be NULL): a reason found before; nothing is probed. */
enum rc_status ingest_send_scan(struct ingest_parts *parts, int fd, int64_t len, enum rc_media media, bool copy,
                                const struct rc_err *known, struct rc_err *err);
enum rc_status ingest_send_failed(struct ingest_parts *parts, const struct rc_err *why, struct rc_err *err);
enum rc_status ingest_send_ignored(struct ingest_parts *parts, struct rc_err *err);

#endif
