/* validate_sample.c -- an image, and the truth that lies beside it: NAME.gt.txt and NAME.gt.json, for the frames of a file
 * with several NAME.1.gt.txt and so on. `eval` measures against it; here it is only asked whether it can be used. */
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

static void check_text(struct report *report, const char *path)
{
	RC_OWN_BUF text = RC_BUF(MAX_TRUTH);
	struct rc_err why = { 0 };
	int64_t number = 0;

	if (!rc_good(rc_buf_read_file(&text, path, &why))) {
		report_rule(report, path, 0, RULE_SAMPLE_TEXT, why.text);
		return;
	}
	if (!rc_utf8_valid(text.data, text.len) || strlen(text.data) != text.len) {
		report_rule(report, path, 0, RULE_SAMPLE_TEXT, "not UTF-8 text");
		return;
	}
	for (char *line = text.data, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		if (!is_text(line))
			report_rule(report, path, number, RULE_SAMPLE_TEXT, "a control or other character that is no text");
	}
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

static void check_facts(struct report *report, const char *path)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_SETTINGS_BYTES);
	RC_OWN_JSON facts = NULL;
	struct rc_err why = { 0 };
	enum rc_status status = rc_buf_read_file(&text, path, &why);
	const char *fault;

	if (rc_good(status))
		status = rc_json_parse(text.data, text.len, path, &facts, &why);
	fault = rc_good(status) ? facts_fault(facts) : why.text;
	if (fault)
		report_rule(report, path, 0, RULE_SAMPLE_FACTS, fault);
}

/* The truth named `stem`, as far as it is there; false: it is not. */
static bool check_truth(struct report *report, const char *stem)
{
	RC_OWN_BUF text = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF facts = RC_BUF(MAX_PATH_BYTES);

	rc_buf_addf(&text, "%s.gt.txt", stem);
	rc_buf_addf(&facts, "%s.gt.json", stem);
	bool has_text = access(text.data, F_OK) == 0, has_facts = access(facts.data, F_OK) == 0;

	if (has_text)
		check_text(report, text.data);
	if (has_facts)
		check_facts(report, facts.data);
	return has_text || has_facts;
}

enum rc_status validate_sample(struct report *report, const char *path, enum rc_media media, struct rc_err *err)
{
	RC_OWN_STR stem = rc_strdup(path);
	char *dot = strrchr(stem, '.');

	if (dot && !strchr(dot, '/'))
		*dot = '\0';
	report_begin(report, path, "sample");
	check_image(report, path, media);
	check_truth(report, stem);
	for (int frame = 1; frame <= RC_MAX_FRAMES; frame++) {
		RC_OWN_BUF numbered = RC_BUF(MAX_PATH_BYTES);

		rc_buf_addf(&numbered, "%s.%d", stem, frame);
		if (!check_truth(report, numbered.data))
			break;
	}
	report_end(report);
	return RC_OK;
}
