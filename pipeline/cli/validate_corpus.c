/* validate_corpus.c -- corpora: package/check.h, with our rules. */
#include <stdio.h>
#include <string.h>

#include "cli/validate.h"
#include "package/package.h"

enum { MAX_PATH_BYTES = 1 << 16 };

struct corpus_ctx {
	struct report *report;
	const char *folder;
};

/* The rule "corpus-NAME"; what check.h adds later is corpus-other. */
static enum rule corpus_rule(const char *name)
{
	static const char prefix[] = "corpus-";

	for (enum rule i = 0; i < RULE_COUNT; i++)
		if (strncmp(rule_code(i), prefix, strlen(prefix)) == 0 && strcmp(rule_code(i) + strlen(prefix), name) == 0)
			return i;
	return RULE_CORPUS_OTHER;
}

static void on_corpus_finding(void *ctx, const struct corpus_finding *f)
{
	struct corpus_ctx *c = ctx;
	RC_OWN_BUF file = RC_BUF(MAX_PATH_BYTES);

	rc_buf_addf(&file, "%s/%s", c->folder, f->file);
	report_add(c->report, &(struct finding){ .file = file.data, .line = f->line, .rule = corpus_rule(f->rule),
		.warning = f->warning, .message = f->message });
}

enum rc_status validate_corpus(struct report *report, const char *path, struct rc_err *err)
{
	struct corpus_ctx ctx = { report, path };
	struct corpus_check_result result;
	struct rc_err why = { 0 };

	report_begin(report, path, "corpus");
	enum rc_status status = corpus_check(path, on_corpus_finding, &ctx, &result, &why);

	if (!rc_good(status) && status != RC_RUN_FAILED) {
		report_rule(report, NULL, 0, RULE_CORPUS_MANIFEST, why.text);
		status = RC_OK;
	}
	report_end(report);
	if (!rc_good(status))
		*err = why;
	return status;
}
