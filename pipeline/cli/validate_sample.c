/* validate_sample.c -- an image, and the truth that lies beside it: NAME.gt.txt and NAME.gt.json, for the frames of a file
 * with several NAME.1.gt.txt and so on.
 *
 *   check_image()    its header
 *   check_truth()    can the truth be used? Then check_budget(): is the page read as well as it must be? */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/validate.h"
#include "common/image.h"
#include "common/xml.h"
#include "core/json.h"
#include "core/text.h"

enum { MAX_PATH_BYTES = 1 << 16, MAX_TRUTH = 64 << 20 };

static enum rc_status count_frame(void *ctx, int32_t frame, const struct image_info *info, struct rc_err *err)
{
	return RC_OK;
}

/* The header alone; PDF is left to the workers that render it. */
static void check_image(struct report *report, const char *path, enum rc_media media)
{
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_SCAN_BYTES);
	struct rc_err why = { 0 };
	enum rc_status status;

	if (media == RC_MEDIA_PDF)
		return;
	status = rc_buf_read_file(&bytes, path, &why);
	if (rc_good(status))
		status = image_probe(bytes.data, bytes.len, media, path, count_frame, NULL, &why);
	if (!rc_good(status))
		report_rule(report, NULL, 0, RULE_SAMPLE_IMAGE, why.text);
}

/* Truth may have spaces, where there is space on the page, and tabs between the cells of a table. */
static bool is_text(const char *line)
{
	for (uint32_t cp; (cp = rc_utf8_next(&line)) != 0;)
		if (cp != '\t' && (!xml_allows(cp) || cp == '\r'))
			return false;
	return true;
}

/* The text itself, if it is one. */
static bool check_text(struct report *report, const char *path, struct rc_buf *ret)
{
	RC_OWN_BUF text = RC_BUF(MAX_TRUTH);
	struct rc_err why = { 0 };
	int64_t number = 0;

	if (!rc_good(rc_buf_read_file(&text, path, &why))) {
		report_rule(report, path, 0, RULE_SAMPLE_TEXT, why.text);
		return false;
	}
	if (!rc_utf8_valid(text.data, text.len) || strlen(text.data) != text.len) {
		report_rule(report, path, 0, RULE_SAMPLE_TEXT, "not UTF-8 text");
		return false;
	}
	rc_buf_add(ret, text.data, text.len);
	for (char *line = text.data, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		if (!is_text(line))
			report_rule(report, path, number, RULE_SAMPLE_TEXT, "a control or other character that is no text");
	}
	return !ret->failed;
}

/* What is wrong with the facts, or NULL. */
static const char *facts_fault(const json_t *facts)
{
	double max_cer = rc_json_real(facts, "max_cer", json_object_get(facts, "max_cer") ? -1 : 0);
	const char *script = rc_json_str(facts, "script", "");

	if (!json_is_object(facts))
		return "not an object";
	if (max_cer < 0)
		return "'max_cer' is no number from 0 on";
	if (rc_direction_find(rc_json_str(facts, "direction", "unknown")) == RC_DIR_COUNT)
		return "'direction' is neither 'vertical' nor 'horizontal'";
	if (*script && strcmp(script, "hans") != 0 && strcmp(script, "hant") != 0)
		return "'script' is neither 'hans' nor 'hant'";
	return NULL;
}

struct budget {                 /* what the facts allow */
	bool measured;
	double most;            /* the largest error rate; < 0: the page is blank, and nothing may be read */
};

static void check_facts(struct report *report, const char *path, struct budget *ret)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_SETTINGS_BYTES);
	RC_OWN_JSON facts = NULL;
	struct rc_err why = { 0 };
	enum rc_status status = rc_buf_read_file(&text, path, &why);
	const char *fault;

	if (rc_good(status))
		status = rc_json_parse(text.data, text.len, path, &facts, &why);
	fault = rc_good(status) ? facts_fault(facts) : why.text;
	if (fault) {
		report_rule(report, path, 0, RULE_SAMPLE_FACTS, fault);
		return;
	}
	bool blank = strcmp(rc_json_str(facts, "class", ""), "blank") == 0;

	ret->measured = blank || json_object_get(facts, "max_cer");
	ret->most = blank ? -1 : rc_json_real(facts, "max_cer", 0);
}

/* ---- reading ------------------------------------------------------------------------------------------ */

struct sample {
	const char *path;
	enum rc_media media;
	int32_t frame;
};

static void add_score(struct report *report, const char *facts, const struct sample_score *score, const struct budget *budget)
{
	char actual[64], expected[64];

	if (budget->most < 0 && score->got > 0) {
		snprintf(actual, sizeof actual, "%lld characters", (long long)score->got);
		report_add(report, &(struct finding){ .file = facts, .rule = RULE_SAMPLE_BUDGET, .actual = actual, .expected = "none",
			.message = "something is read from a blank page" });
	} else if (budget->most >= 0 && score->error > budget->most) {
		snprintf(actual, sizeof actual, "%.4f", score->error);
		snprintf(expected, sizeof expected, "at most %.4f", budget->most);
		report_add(report, &(struct finding){ .file = facts, .rule = RULE_SAMPLE_BUDGET, .actual = actual, .expected = expected,
			.message = "the page is read with more errors than it may have" });
	}
}

/* RC_RUN_FAILED when no page can be read. */
static enum rc_status check_budget(const struct validation *v, const struct sample *s, const char *facts, const struct rc_buf *truth,
                                   const struct budget *budget, struct rc_err *err)
{
	struct sample_score score;
	struct rc_err why = { 0 };
	enum rc_status status = sample_reader_score(v->reader, s->path, s->media, s->frame, truth->data, truth->len, &score, &why);

	if (status == RC_RUN_FAILED) {
		*err = why;
		return status;
	}
	if (!rc_good(status))
		report_rule(v->report, facts, 0, RULE_SAMPLE_BUDGET, why.text);
	else
		add_score(v->report, facts, &score, budget);
	return RC_OK;
}

/* The truth named `stem`, as far as it is there. RC_SKIP: it is not. */
static enum rc_status check_truth(const struct validation *v, const struct sample *s, const char *stem, struct rc_err *err)
{
	RC_OWN_BUF truth = RC_BUF(MAX_TRUTH);
	RC_OWN_BUF text = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF facts = RC_BUF(MAX_PATH_BYTES);
	struct budget budget = { 0 };

	rc_buf_addf(&text, "%s.gt.txt", stem);
	rc_buf_addf(&facts, "%s.gt.json", stem);
	bool has_text = access(text.data, F_OK) == 0, has_facts = access(facts.data, F_OK) == 0;

	if (!has_text && !has_facts)
		return RC_SKIP;
	has_text = has_text && check_text(v->report, text.data, &truth);
	if (has_facts)
		check_facts(v->report, facts.data, &budget);
	if (!v->reader || !budget.measured || (!has_text && budget.most >= 0))
		return RC_OK;
	return check_budget(v, s, facts.data, &truth, &budget, err);
}

enum rc_status validate_sample(const struct validation *v, const char *path, enum rc_media media, struct rc_err *err)
{
	struct sample sample = { path, media, 0 };
	RC_OWN_STR stem = rc_strdup(path);
	char *dot = strrchr(stem, '.');

	if (dot && !strchr(dot, '/'))
		*dot = '\0';
	report_begin(v->report, path, "sample");
	check_image(v->report, path, media);
	enum rc_status status = check_truth(v, &sample, stem, err);

	for (int frame = 1; rc_good(status) && frame <= RC_MAX_FRAMES; frame++) {
		RC_OWN_BUF numbered = RC_BUF(MAX_PATH_BYTES);

		rc_buf_addf(&numbered, "%s.%d", stem, frame);
		sample.frame = frame - 1;
		status = check_truth(v, &sample, numbered.data, err);
		if (status == RC_SKIP)
			break;
	}
	report_end(v->report);
	return rc_good(status) ? RC_OK : status;
}
