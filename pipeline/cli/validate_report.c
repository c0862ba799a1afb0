/* validate_report.c -- findings as text, JSON and JUnit, while they come.
 *
 *   report_add()      print_text() or print_json(), and remember for JUnit
 *   report_end()      one thing's line of the spool
 *   write_junit()     the spool as XML; its head needs the counts, so it is written last
 *
 * Of one thing at most SHOWN findings are printed: a damaged record of 2 GB must not give 2 GB of findings. All are counted. */
#include "cli/validate_report.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/xml.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/outfile.h"
#include "core/text.h"

enum { SHOWN = 100, WORDS = 200, MAX_BODY = 1 << 20 };

struct report {
	bool json, quiet;
	const char *junit;          /* borrowed */
	FILE *spool;                /* owned: kind, name, findings, first rule, text; each with a zero byte */
	int64_t checked, invalid, errors, warnings;
	/* the thing that was begun */
	char *file, *kind;
	int64_t here, shown;        /* findings; printed ones with warnings */
	enum rule first;            /* when here > 0 */
	struct rc_buf body;         /* for JUnit */
	struct rc_buf once;         /* words that were asked about, a line each */
	bool terminal, line;        /* stderr is one, and has a line of ours */
	int64_t told;               /* when, in ms */
};

/* Appends at most WORDS bytes of the text, cut on a character, escaped. */
static void add_short(struct rc_buf *out, const char *text)
{
	RC_OWN_BUF cut = RC_BUF(WORDS + 8);
	const char *at = text;

	while (*at && at - text < WORDS)
		rc_utf8_next(&at);
	rc_buf_add(&cut, text, (size_t)(at - text));
	rc_text_escape(out, cut.data);
	if (*at)
		rc_buf_adds(out, "...");
}

/* ---- where it is -------------------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void wipe_line(struct report *r)
{
	if (r->line)
		fputs("\r\033[K", stderr);
	r->line = false;
}

/* At most five times a second. */
static void show_line(struct report *r)
{
	RC_OWN_BUF name = RC_BUF(MAX_BODY);
	int64_t now = r->terminal ? now_ms() : 0;

	if (!r->terminal || now - r->told < 200)
		return;
	r->told = now;
	r->line = true;
	add_short(&name, strlen(r->file) > 40 ? r->file + strlen(r->file) - 40 : r->file);
	fprintf(stderr, "\r%lld checked, %lld not valid: %s\033[K", (long long)r->checked, (long long)r->invalid, name.data);
}

/* ---- findings ----------------------------------------------------------------------------------------- */

static bool said(const char *text)
{
	return text && *text;
}

static const char *file_of(const struct report *r, const struct finding *f)
{
	return f->file ? f->file : r->file;
}

/* "records/x.xml:12: box-outside: a box reaches outside its frame (is '1 2 3 4', should be 'inside 2 by 2')" */
static void add_line(const struct report *r, const struct finding *f, struct rc_buf *out)
{
	rc_text_escape(out, file_of(r, f));
	if (f->line > 0)
		rc_buf_addf(out, ":%lld", (long long)f->line);
	rc_buf_addf(out, ": %s%s: ", f->warning ? "warning: " : "", rule_code(f->rule));
	rc_text_escape(out, f->message);
	if (!said(f->actual) && !said(f->expected)) {
		rc_buf_addc(out, '\n');
		return;
	}
	rc_buf_adds(out, " (");
	if (said(f->actual)) {
		rc_buf_adds(out, "is '");
		add_short(out, f->actual);
		rc_buf_addc(out, '\'');
	}
	if (said(f->expected)) {
		rc_buf_adds(out, said(f->actual) ? ", should be '" : "should be '");
		add_short(out, f->expected);
		rc_buf_addc(out, '\'');
	}
	rc_buf_adds(out, ")\n");
}

/* A JSON string; what is no UTF-8 is escaped. */
static json_t *string_or_null(const char *text)
{
	RC_OWN_BUF cut = RC_BUF(MAX_BODY);

	if (!said(text))
		return json_null();
	add_short(&cut, text);
	return json_string(cut.data);
}

static void print_json(const struct report *r, const struct finding *f)
{
	RC_OWN_BUF out = RC_BUF(MAX_BODY);
	RC_OWN_JSON object = json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:o}",
		"file", rc_json_text(file_of(r, f)), "line", f->line > 0 ? json_integer(f->line) : json_null(),
		"rule", rule_code(f->rule), "level", f->warning ? "warning" : "error",
		"actual", string_or_null(f->actual), "expected", string_or_null(f->expected), "message", rc_json_text(f->message));

	rc_json_print(&out, object);
	printf("%s\n    %s", r->errors + r->warnings ? "," : "", out.data);
}

enum rc_status report_new(struct report **ret, bool json, bool quiet, const char *junit, struct rc_err *err)
{
	FILE *spool = junit ? tmpfile() : NULL;

	if (junit && !spool)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot make a temporary file");
	struct report *r = rc_alloc(sizeof *r);

	r->json = json;
	r->quiet = quiet;
	r->junit = junit;
	r->spool = spool;
	r->body = RC_BUF(MAX_BODY);
	r->once = RC_BUF(MAX_BODY);
	r->terminal = !quiet && isatty(STDERR_FILENO);
	if (json)
		fputs("{\n  \"format\": \"redcorpus-validate-1\",\n  \"findings\": [", stdout);
	*ret = r;
	return RC_OK;
}

void report_begin(struct report *r, const char *file, const char *kind)
{
	r->file = rc_strdup(file);
	r->kind = rc_strdup(kind);
	r->here = r->shown = 0;
	rc_buf_clear(&r->body);
	show_line(r);
}

bool report_once(struct report *r, const char *word)
{
	RC_OWN_BUF line = RC_BUF(MAX_BODY);

	rc_buf_addf(&line, "\n%s\n", word);
	if (strstr(r->once.data, line.data))
		return false;
	rc_buf_adds(&r->once, line.data);
	return true;
}

static void show(struct report *r, const struct finding *f)
{
	RC_OWN_BUF line = RC_BUF(MAX_BODY);

	add_line(r, f, &line);
	wipe_line(r);
	if (r->json)
		print_json(r, f);
	else
		fputs(line.data, stdout);
	if (r->spool && !f->warning)
		rc_buf_adds(&r->body, line.data);
}

void report_add(struct report *r, const struct finding *f)
{
	if (r->shown++ < SHOWN)
		show(r, f);
	if (f->warning) {
		r->warnings++;
		return;
	}
	if (r->here++ == 0)
		r->first = f->rule;
	r->errors++;
}

void report_rule(struct report *r, const char *file, int64_t line, enum rule rule, const char *message)
{
	report_add(r, &(struct finding){ .file = file, .line = line, .rule = rule, .message = message });
}

void report_warn(struct report *r, const char *file, enum rule rule, const char *message)
{
	r->shown = 0;
	report_add(r, &(struct finding){ .file = file, .rule = rule, .warning = true, .message = message });
}

int64_t report_invalid_here(const struct report *r)
{
	return r->here;
}

static void spool_string(FILE *spool, const char *text)
{
	fwrite(text, 1, strlen(text) + 1, spool);
}

void report_end(struct report *r)
{
	char number[32];

	if (r->shown > SHOWN && !r->json) {
		RC_OWN_BUF name = RC_BUF(MAX_BODY);

		rc_text_escape(&name, r->file);
		printf("%s: and %lld more\n", name.data, (long long)(r->shown - SHOWN));
	}
	if (r->spool) {
		snprintf(number, sizeof number, "%lld", (long long)r->here);
		spool_string(r->spool, r->kind);
		spool_string(r->spool, r->file);
		spool_string(r->spool, number);
		spool_string(r->spool, r->here ? rule_code(r->first) : "");
		spool_string(r->spool, r->body.data);
	}
	r->checked++;
	r->invalid += r->here > 0;
	free(r->file);
	free(r->kind);
	r->file = r->kind = NULL;
}

/* ---- JUnit -------------------------------------------------------------------------------------------- */

enum { F_KIND, F_NAME, F_COUNT, F_RULE, F_BODY, F_ALL };

struct fields {                 /* of one line of the spool */
	char *v[F_ALL];         /* owned; kept from line to line */
	size_t room[F_ALL];
};

static void free_fields(struct fields *f)
{
	for (size_t i = 0; i < F_ALL; i++)
		free(f->v[i]);
}

static bool next_fields(FILE *spool, struct fields *f)
{
	for (size_t i = 0; i < F_ALL; i++)
		if (getdelim(&f->v[i], &f->room[i], '\0', spool) < 1)
			return false;
	return true;
}

static void write_case(struct xml_writer *w, const struct fields *f)
{
	RC_OWN_BUF name = RC_BUF(MAX_BODY);
	RC_OWN_BUF message = RC_BUF(MAX_BODY);

	rc_text_escape(&name, f->v[F_NAME]);
	xml_start(w, "testcase");
	xml_attr(w, "classname", f->v[F_KIND]);
	xml_attr(w, "name", name.data);
	if (*f->v[F_RULE]) {
		bool one = strcmp(f->v[F_COUNT], "1") == 0;

		rc_buf_addf(&message, "%s finding%s, the first: %s", f->v[F_COUNT], one ? "" : "s", f->v[F_RULE]);
		xml_start(w, "failure");
		xml_attr(w, "type", f->v[F_RULE]);
		xml_attr(w, "message", message.data);
		xml_text(w, f->v[F_BODY]);
		xml_end(w);
	}
	xml_end(w);
}

static void write_counts(struct xml_writer *w, const struct report *r)
{
	xml_attr(w, "name", "redcorpus validate");
	xml_attr_int(w, "tests", r->checked);
	xml_attr_int(w, "failures", r->invalid);
	xml_attr_int(w, "errors", 0);
}

static enum rc_status write_junit(struct report *r, struct rc_err *err)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *file = NULL;
	RC_CLEANUP(free_fields) struct fields fields = { 0 };
	enum rc_status status = rc_outfile_open(&file, r->junit, err);

	if (!rc_good(status))
		return status;
	RC_CLEANUP(xml_writer_free) struct xml_writer *w = xml_writer_new(xml_to_file, file);

	if (fflush(r->spool) != 0 || ferror(r->spool) || fseek(r->spool, 0, SEEK_SET) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write a temporary file");
	xml_start(w, "testsuites");
	write_counts(w, r);
	xml_start(w, "testsuite");
	write_counts(w, r);
	xml_attr_int(w, "skipped", 0);
	while (next_fields(r->spool, &fields))
		write_case(w, &fields);
	status = xml_writer_finish(w, err);
	return rc_good(status) ? rc_outfile_commit(&file, err) : status;
}

/* ---- the end ------------------------------------------------------------------------------------------ */

enum rc_status report_finish(struct report *r, struct rc_err *err)
{
	wipe_line(r);
	if (r->json)
		printf("%s],\n  \"checked\": %lld,\n  \"invalid\": %lld,\n  \"errors\": %lld,\n  \"warnings\": %lld,\n  \"valid\": %s\n}\n",
		       r->errors + r->warnings ? "\n  " : "", (long long)r->checked, (long long)r->invalid, (long long)r->errors,
		       (long long)r->warnings, r->invalid ? "false" : "true");
	else if (!r->quiet && r->invalid)
		printf("%lld checked, %lld not valid\n", (long long)r->checked, (long long)r->invalid);
	else if (!r->quiet && r->checked)
		printf("%lld checked, all valid\n", (long long)r->checked);
	return r->junit ? write_junit(r, err) : RC_OK;
}

int64_t report_checked(const struct report *r)
{
	return r->checked;
}

int64_t report_invalid(const struct report *r)
{
	return r->invalid;
}

void report_free(struct report **r)
{
	if (!*r)
		return;
	if ((*r)->spool)
		fclose((*r)->spool);
	rc_buf_free(&(*r)->body);
	rc_buf_free(&(*r)->once);
	free((*r)->file);
	free((*r)->kind);
	free(*r);
	*r = NULL;
}
