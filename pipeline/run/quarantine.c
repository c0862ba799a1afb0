/* quarantine.c -- what the ledger has in quarantine, as files for people. */
#include "run/quarantine.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/outfile.h"
#include "core/text.h"

enum { MAX_FILE = 1 << 20 };

static void add_field(struct rc_buf *out, const char *name, const char *value)
{
	rc_buf_addf(out, "%-8s", name);
	rc_text_escape(out, value);
	rc_buf_addc(out, '\n');
}

/* What a person can do about it, by its reason. */
static const char *advice(enum rc_reason reason)
{
	switch (reason) {
	case RC_WHY_ID_CONFLICT:
		return "Remove or rename one of the scans that claim this page, then run with its source named again.";
	case RC_WHY_GONE:
	case RC_WHY_CHANGED:
		return "Bring the source back as it was, then retry; or run with the source named again to take it as it is now.";
	case RC_WHY_TIMEOUT:
		return "Raise run.page_seconds, then retry.";
	case RC_WHY_MEMORY:
		return "Raise run.worker_memory, then retry.";
	default:
		return "Put a good file in its place and run with the source named again, or retry after the cause is gone.";
	}
}

static void describe(const struct rc_batch *batch, const struct rc_trouble *t, struct rc_buf *out)
{
	enum rc_reason reason = rc_reason_find(t->reason);
	RC_OWN_BUF where = RC_BUF(MAX_FILE);

	rc_buf_addf(&where, "%s%s%s", t->root_path, t->source_path[0] ? "/" : "", t->source_path);
	if (t->member && t->member[0])
		rc_buf_addf(&where, "!/%s", t->member);
	rc_buf_adds(out, t->item ? "This page could not be done.\n\n" : "This source could not be read.\n\n");
	if (t->item)
		add_field(out, "item", t->item);
	if (t->number && t->number[0])
		add_field(out, "page", t->number);
	if (t->item && t->frame > 0)
		rc_buf_addf(out, "%-8s%lld\n", "frame", (long long)t->frame + 1);
	add_field(out, "source", where.data);
	rc_buf_addf(out, "%-8s%s: %s\n", "reason", t->reason, rc_reason_meaning(reason));
	add_field(out, "message", t->message);
	rc_buf_addf(out, "\n%s\n\n    redcorpus retry '%s' --reason %s && redcorpus run '%s'\n",
	            advice(reason), batch->name, t->reason, batch->name);
}

static enum rc_status show(void *ctx, const struct rc_trouble *t, struct rc_err *err)
{
	const struct rc_batch *batch = ctx;
	RC_OWN_BUF path = RC_BUF(MAX_FILE);
	RC_OWN_BUF text = RC_BUF(MAX_FILE);

	rc_batch_path(batch, "quarantine/", &path);
	rc_buf_adds(&path, t->name);
	if (!t->present) {
		if (unlink(path.data) != 0 && errno != ENOENT)
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot remove '%s'", path.data);
		return RC_OK;
	}
	describe(batch, t, &text);
	return rc_file_put(path.data, text.data, text.len, err);
}

enum rc_status rc_quarantine_update(const struct rc_batch *batch, struct rc_ledger *ledger, struct rc_err *err)
{
	/* only reads batch; the callback's context has no const */
	return rc_ledger_each_notice(ledger, show, (void *)batch, err);
}
