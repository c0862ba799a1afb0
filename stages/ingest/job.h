/* job.h -- what ingest does in a worker, and what it sends back.
 *
 * Arguments: {"name": "box12.zip", "media": "application/x-archive"}; the source is the descriptor, from its start.
 *
 * One part for each thing found, in the order of the archive:
 *   {"n": 0, "is": "scan", "members": ["inner.zip", "a/p1.tif"], "media": "image/tiff", "bytes": 91234, "frames": 3}
 *   {"n": 1, "is": "scan", ..., "frames": 2, "why": "decode", "text": "..."}   the third frame is bad
 *   {"n": 2, "is": "failed", "members": ["../x.tif"], "why": "path", "text": "..."}
 *   {"n": 3, "is": "ignored", "members": ["notes.txt"]}
 * n counts from 0, the same in every attempt. members is [] when it is the source itself. The spool of a scan holds its
 * bytes ("bytes": 0 when it is the source), then width, height, dpi of every frame (0: not known, or beyond the ceilings):
 * INGEST_FRAME_BYTES each, 32 bits little endian. The job's outcome is RC_PAGE_FAILED when an archive cannot be read to its end. */
#ifndef INGEST_JOB_H
#define INGEST_JOB_H

#include "core/stage.h"

#define INGEST_FRAME_BYTES 12

enum rc_status ingest_job(const struct rc_config *cfg, const json_t *args, int source_fd, struct rc_job_out *out,
                          struct rc_err *err);

#endif
