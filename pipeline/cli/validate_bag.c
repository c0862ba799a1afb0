/* validate_bag.c -- a BagIt bag: what bag_check() finds, as findings. What its payload is, is not looked at. */
#include "cli/validate.h"
#include "common/bag.h"
#include "core/buf.h"

enum { MAX_PATH_BYTES = 1 << 16 };

struct bag_ctx {
	struct report *report;
	const char *folder;
};

static void on_bag_finding(void *ctx, const struct bag_finding *f)
{
	struct bag_ctx *c = ctx;
	RC_OWN_BUF file = RC_BUF(MAX_PATH_BYTES);

	rc_buf_addf(&file, "%s%s%s", c->folder, *f->file ? "/" : "", f->file);
	report_add(c->report, &(struct finding){ .file = file.data, .line = f->line, .rule = f->rule, .warning = f->warning,
		.actual = f->actual, .expected = f->expected, .message = f->message });
}

enum rc_status validate_bag(struct report *report, const char *path, struct rc_err *err)
{
	struct bag_ctx ctx = { report, path };

	report_begin(report, path, "bag");
	enum rc_status status = bag_check(path, on_bag_finding, &ctx, NULL, err);

	report_end(report);
	return status;
}
