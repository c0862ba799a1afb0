/* watch.c -- progress, troubles and the wish to stop. */
#include "upload/watch.h"

#include "upload/pace.h"

void flow_moved(void *ctx, int64_t n)
{
	struct flow *f = ctx;

	f->done += n;
	if (f->watch && f->watch->progress)
		f->watch->progress(f->watch->ctx, f->done, f->result.bytes);
}

static bool flow_stopping(void *ctx)
{
	const struct flow *f = ctx;

	return f->watch && f->watch->stopping && f->watch->stopping(f->watch->ctx);
}

struct remote_watch flow_watch(struct flow *f)
{
	return (struct remote_watch){ flow_stopping, flow_moved, f };
}

void flow_trouble(struct flow *f, const struct rc_err *what)
{
	if (f->watch && f->watch->trouble)
		f->watch->trouble(f->watch->ctx, what);
}

enum rc_status upload_check_settings(const struct rc_config *cfg, struct rc_err *err)
{
	RC_CLEANUP(pace_free) struct pace *pace = NULL;
	enum rc_status status = pace_new(&pace, cfg->upload_bwlimit, err);

	return rc_good(status) ? status : rc_fail_in(err, status, "upload.bwlimit");
}
