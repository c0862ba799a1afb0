/* validate.c -- what lies at a path, and the checks of it.
 *
 *   validate_path()     batch, corpus or folder; or a file: record, sample image, or nothing we know
 *   walk_folder()       everything in a folder that we know, in natural order
 *   validate_record()   schema, rules, and what the ledger says
 *   validate_corpus()   package/check.h with our rules
 *
 * A person who names a file wants to hear about it, so that what is not recognised is a finding. In a folder it is
 * something else that lies there, and only a folder with nothing in it for us is a finding. */
#include "cli/validate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/bag.h"
#include "common/image.h"
#include "common/record.h"
#include "common/record_values.h"
#include "common/xml.h"
#include "core/text.h"
#include "package/package.h"
#include "run/batch.h"

enum { MAX_PATH_BYTES = 1 << 16, MAX_FOLDER_DEPTH = 64, HEAD_BYTES = 4096 };

/* ---- records ------------------------------------------------------------------------------------------ */

/* "cannot read 'x.xml': line 12: why": the line, and *why past it; 0 without one. */
static int64_t line_in(const char *text, const char **why)
{
	static const char mark[] = "': line ";
	const char *at = strstr(text, mark);
	char *end;

	*why = text;
	if (!at)
		return 0;
	long long line = strtoll(at + strlen(mark), &end, 10);

	if (strncmp(end, ": ", 2) != 0)
		return 0;
	*why = end + 2;
	return line;
}

static void on_record_finding(void *ctx, int64_t line, enum rule rule, const char *actual, const char *expected, const char *message)
{
	report_add(ctx, &(struct finding){ .line = line, .rule = rule, .actual = actual, .expected = expected, .message = message });
}

/* Is the root element that of a record? RC_SKIP: another one. */
static enum rc_status check_root(const char *path, struct rc_err *err)
{
	RC_CLEANUP(xml_reader_close) struct xml_reader *r = NULL;
	enum xml_event event = XML_EVENT_DONE;
	enum rc_status status = xml_reader_open(&r, path, path, err);

	if (rc_good(status))
		status = xml_next(r, &event, err);
	if (!rc_good(status))
		return status;
	return event == XML_EVENT_START && strcmp(xml_name(r), "record") == 0 && strcmp(xml_namespace(r), RECORD_NS) == 0 ? RC_OK : RC_SKIP;
}

static enum rc_status read_record(struct report *report, const char *path, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *reader = NULL;
	struct record_page *page;
	enum rc_status status = record_open_checked(&reader, path, on_record_finding, report, err);

	while (status == RC_OK)
		status = record_next(reader, &page, err);
	return status;
}

static enum rc_status check_digest(struct report *report, const char *path, const struct rc_digest *expected, struct rc_err *err)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	char is[RC_DIGEST_HEX], should[RC_DIGEST_HEX];
	struct rc_digest digest;
	enum rc_status status;

	if (fd < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", path);
	status = rc_digest_fd(fd, 0, -1, path, &digest, NULL, err);
	if (rc_good(status) && !rc_digest_equal(&digest, expected))
		report_add(report, &(struct finding){ .rule = RULE_RECORD_CHANGED, .actual = rc_digest_hex(&digest, is),
			.expected = rc_digest_hex(expected, should), .message = "the record is not the one that was written" });
	return status;
}

enum rc_status validate_record(struct report *report, const char *path, const struct rc_digest *expected, struct rc_err *err)
{
	struct rc_err why = { 0 };
	const char *text;

	report_begin(report, path, "record");
	enum rc_status status = check_root(path, &why);

	if (status == RC_SKIP)
		report_rule(report, NULL, 1, RULE_UNKNOWN_KIND, "XML of another kind, or a record of another version");
	else if (rc_good(status))
		status = read_record(report, path, &why);
	if (rc_good(status) && expected && report_invalid_here(report) == 0)
		status = check_digest(report, path, expected, &why);
	if (!rc_good(status)) {
		int64_t line = line_in(why.text, &text);

		report_rule(report, NULL, line, why.reason == RC_WHY_FORMAT ? RULE_XML : RULE_UNREADABLE, text);
	}
	report_end(report);
	return RC_OK;
}

/* ---- corpora ------------------------------------------------------------------------------------------ */

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

/* ---- files -------------------------------------------------------------------------------------------- */

enum kind { KIND_OTHER, KIND_RECORD, KIND_IMAGE };

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

/* After a byte order mark and blanks comes '<'. */
static bool looks_like_xml(const char *bytes)
{
	static const char mark[] = "\xEF\xBB\xBF";

	bytes += strncmp(bytes, mark, strlen(mark)) == 0 ? strlen(mark) : 0;
	return bytes[strspn(bytes, " \t\r\n")] == '<';
}

static enum rc_status find_kind(const char *path, enum kind *kind, enum rc_media *media, struct rc_err *err)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char head[HEAD_BYTES + 1];
	ssize_t got = fd < 0 ? -1 : pread(fd, head, HEAD_BYTES, 0);

	if (got < 0)
		return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", path);
	head[got] = '\0';
	*media = image_sniff(head, (size_t)got);
	if (*media != RC_MEDIA_UNKNOWN && *media != RC_MEDIA_ARCHIVE)
		*kind = KIND_IMAGE;
	else
		*kind = ends_with(path, ".xml") || looks_like_xml(head) ? KIND_RECORD : KIND_OTHER;
	return RC_OK;
}

static void report_one(struct report *report, const char *path, enum rule rule, const char *message)
{
	report_begin(report, path, "other");
	report_rule(report, NULL, 0, rule, message);
	report_end(report);
}

/* named: by a person; else it was met in a folder. */
static enum rc_status validate_file(struct report *report, const char *path, bool named, struct rc_err *err)
{
	enum kind kind = KIND_OTHER;
	enum rc_media media = RC_MEDIA_UNKNOWN;
	struct rc_err why;

	if (!rc_good(find_kind(path, &kind, &media, &why)))
		report_one(report, path, RULE_UNREADABLE, why.text);
	else if (kind == KIND_RECORD)
		return validate_record(report, path, NULL, err);
	else if (kind == KIND_IMAGE)
		return validate_sample(report, path, media, err);
	else if (named)
		report_one(report, path, RULE_UNKNOWN_KIND, "neither a record nor an image");
	return RC_OK;
}

/* ---- folders ------------------------------------------------------------------------------------------ */

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int in_order(const struct dirent **a, const struct dirent **b)
{
	return rc_natural_compare((*a)->d_name, (*b)->d_name);
}

struct names {
	struct dirent **v;      /* owned, with its elements */
	int n;
};

static void names_free(struct names *names)
{
	for (int i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
}

static enum rc_status validate_folder(struct report *report, const char *path, int depth, struct rc_err *err);

/* Links are not followed: they may lead in circles. */
static enum rc_status validate_entry(struct report *report, const char *path, int depth, struct rc_err *err)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return RC_OK;           /* gone meanwhile */
	if (S_ISDIR(st.st_mode))
		return validate_folder(report, path, depth + 1, err);
	return S_ISREG(st.st_mode) ? validate_file(report, path, false, err) : RC_OK;
}

static enum rc_status walk_folder(struct report *report, const char *path, int depth, struct rc_err *err)
{
	RC_CLEANUP(names_free) struct names names = { 0 };

	names.n = scandir(path, &names.v, not_hidden, in_order);
	if (names.n < 0) {
		names.n = 0;
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read folder '%s'", path);
	}
	for (int i = 0; i < names.n; i++) {
		RC_OWN_BUF entry = RC_BUF(MAX_PATH_BYTES);

		rc_buf_addf(&entry, "%s/%s", path, names.v[i]->d_name);
		enum rc_status status = validate_entry(report, entry.data, depth, err);

		if (!rc_good(status))
			return status;
	}
	return RC_OK;
}

static bool holds(const char *path, const char *name)
{
	RC_OWN_BUF file = RC_BUF(MAX_PATH_BYTES);

	rc_buf_addf(&file, "%s/%s", path, name);
	return access(file.data, F_OK) == 0;
}

static enum rc_status validate_folder(struct report *report, const char *path, int depth, struct rc_err *err)
{
	if (rc_batch_is(path))
		return validate_batch(report, path, err);
	if (bag_is(path))
		return validate_bag(report, path, err);
	if (holds(path, "manifest.json"))
		return validate_corpus(report, path, err);
	return depth < MAX_FOLDER_DEPTH ? walk_folder(report, path, depth, err) : RC_OK;
}

enum rc_status validate_path(struct report *report, const char *path, struct rc_err *err)
{
	int64_t before = report_checked(report);
	enum rc_status status;
	struct stat st;

	if (stat(path, &st) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot check '%s'", path);
	if (S_ISREG(st.st_mode))
		return validate_file(report, path, true, err);
	if (!S_ISDIR(st.st_mode)) {
		report_one(report, path, RULE_UNKNOWN_KIND, "neither a file nor a folder");
		return RC_OK;
	}
	status = validate_folder(report, path, 0, err);
	if (rc_good(status) && report_checked(report) == before)
		report_one(report, path, RULE_UNKNOWN_KIND, "a folder without records, batches, corpora, bags or images");
	return status;
}
