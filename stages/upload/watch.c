/* watch.c -- progress, troubles and the wish to stop. */
#include "upload/watch.h"

enum rc_status flow_bytes(void *ctx, int64_t n, struct rc_err *err)
{
	struct flow *f = ctx;

	f->done += n;
	if (f->watch && f->watch->progress)
		f->watch->progress(f->watch->ctx, f->done, f->result.bytes);
	if (f->watch && f->watch->stopping && f->watch->stopping(f->watch->ctx))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped; run it again to go on");
	return RC_OK;
}

void flow_trouble(struct flow *f, const struct rc_err *what)
{
	if (f->watch && f->watch->trouble)
		f->watch->trouble(f->watch->ctx, what);
}
