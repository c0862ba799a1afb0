/* validate_batch.c -- a batch: is what lies in its folder what its ledger says? Needs no lock.
 *
 *   open_batch()       settings and layout
 *   on_item()          every record of the ledger: there, valid, and unchanged
 *   check_unknown()    records that the ledger does not know
 *   check_quarantine() a file for everything in quarantine */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/validate.h"
#include "core/outfile.h"
#include "run/books.h"

enum { MAX_PATH_BYTES = 1 << 16, MAX_TROUBLES = INT32_MAX };

struct checking {
	struct report *report;
	const char *path;           /* of the batch, as it was named */
	struct rc_batch *batch;
	struct rc_books *books;
	uint64_t *known;            /* owned: hashes of the names of records that the ledger knows */
	size_t n_known, room;
};

static void checking_clear(struct checking *c)
{
	rc_books_close(&c->books);
	rc_batch_close(&c->batch);
	free(c->known);
}

static void add_path(const struct checking *c, const char *folder, const char *name, const char *end, struct rc_buf *out)
{
	rc_buf_addf(out, "%s/%s/%s%s", c->path, folder, name, end);
}

/* ---- the batch itself --------------------------------------------------------------------------------- */

/* "batch.yaml:14: run.jobs: ..." has the line in it; *text moves past it. */
static int64_t settings_line(const char **text)
{
	static const char mark[] = "batch.yaml:";
	const char *at = strstr(*text, mark);
	char *end;

	if (!at)
		return 0;
	long long line = strtoll(at + strlen(mark), &end, 10);

	if (line <= 0 || strncmp(end, ": ", 2) != 0)
		return 0;
	*text = end + 2;
	return line;
}

/* RC_SKIP: a finding, and nothing more can be looked at. */
static enum rc_status open_batch(struct checking *c, struct rc_err *err)
{
	RC_OWN_BUF settings = RC_BUF(MAX_PATH_BYTES);
	struct rc_err why = { 0 };
	const char *text = why.text;
	enum rc_status status = rc_batch_open(c->path, false, &c->batch, &why);

	if (rc_good(status))
		status = rc_books_open(c->batch, NULL, &c->books, &why);
	if (rc_good(status))
		return RC_OK;
	if (why.reason == RC_WHY_SETTING) {
		int64_t line = settings_line(&text);

		rc_buf_addf(&settings, "%s/batch.yaml", c->path);
		report_rule(c->report, settings.data, line, RULE_BATCH_SETTINGS, text);
		return RC_SKIP;
	}
	if (why.reason == RC_WHY_FORMAT || why.reason == RC_WHY_DISK) {
		report_rule(c->report, NULL, 0, RULE_BATCH_FORMAT, text);
		return RC_SKIP;
	}
	*err = why;
	return status;
}

static enum rc_status on_trouble(void *ctx, const struct rc_trouble *t, struct rc_err *err)
{
	struct checking *c = ctx;
	RC_OWN_BUF file = RC_BUF(MAX_PATH_BYTES);

	add_path(c, "quarantine", t->name, "", &file);
	if (access(file.data, F_OK) != 0)
		report_rule(c->report, file.data, 0, RULE_QUARANTINE_FILE, "something is in quarantine and its file is not there");
	return RC_OK;
}

/* ---- records ------------------------------------------------------------------------------------------ */

static uint64_t hash_of(const char *name, size_t len)
{
	struct rc_digest digest = rc_digest_of(name, len);
	uint64_t hash;

	memcpy(&hash, digest.bytes, sizeof hash);
	return hash;
}

static int by_hash(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void remember(struct checking *c, const char *id)
{
	if (c->n_known == c->room) {
		c->room = c->room ? 2 * c->room : 1024;
		c->known = rc_realloc(c->known, c->room * sizeof *c->known);
	}
	c->known[c->n_known++] = hash_of(id, strlen(id));
}

static enum rc_status on_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct checking *c = ctx;
	RC_OWN_BUF file = RC_BUF(MAX_PATH_BYTES);

	add_path(c, "records", item->id, ".xml", &file);
	remember(c, item->id);
	if (access(file.data, F_OK) == 0)
		return validate_record(c->report, file.data, &item->record, err);
	report_begin(c->report, file.data, "record");
	report_rule(c->report, NULL, 0, RULE_RECORD_MISSING, "the ledger knows this record, and it is not there");
	report_end(c->report);
	return RC_OK;
}

static bool is_known(const struct checking *c, const char *name, size_t len)
{
	uint64_t hash = hash_of(name, len);

	return c->n_known && bsearch(&hash, c->known, c->n_known, sizeof hash, by_hash);
}

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static void check_unknown(struct checking *c)
{
	static const char end[] = ".xml";
	RC_OWN_BUF folder = RC_BUF(MAX_PATH_BYTES);

	if (c->n_known)
		qsort(c->known, c->n_known, sizeof *c->known, by_hash);
	rc_buf_addf(&folder, "%s/records", c->path);
	RC_CLEANUP(close_dir) DIR *dir = opendir(folder.data);

	for (const struct dirent *e; dir && (e = readdir(dir));) {
		size_t len = strlen(e->d_name);
		RC_OWN_BUF file = RC_BUF(MAX_PATH_BYTES);

		if (len <= strlen(end) || strcmp(e->d_name + len - strlen(end), end) != 0 ||
		    strncmp(e->d_name, RC_TMP_PREFIX, strlen(RC_TMP_PREFIX)) == 0 || is_known(c, e->d_name, len - strlen(end)))
			continue;
		add_path(c, "records", e->d_name, "", &file);
		report_begin(c->report, file.data, "record");
		report_rule(c->report, NULL, 0, RULE_RECORD_UNKNOWN, "the ledger does not know this record");
		report_end(c->report);
	}
}

/* ---- all of it ---------------------------------------------------------------------------------------- */

static enum rc_status check_corpus(struct checking *c, struct rc_err *err)
{
	RC_OWN_BUF manifest = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF folder = RC_BUF(MAX_PATH_BYTES);

	rc_buf_addf(&folder, "%s/corpus", c->path);
	rc_buf_addf(&manifest, "%s/manifest.json", folder.data);
	return access(manifest.data, F_OK) == 0 ? validate_corpus(c->report, folder.data, err) : RC_OK;
}

enum rc_status validate_batch(struct report *report, const char *path, struct rc_err *err)
{
	RC_CLEANUP(checking_clear) struct checking c = { .report = report, .path = path };

	report_begin(report, path, "batch");
	enum rc_status status = open_batch(&c, err);

	if (status == RC_OK)
		status = rc_ledger_each_trouble(c.books->ledger, MAX_TROUBLES, on_trouble, &c, err);
	report_end(report);
	if (status == RC_OK)
		status = rc_books_each_item(c.books, RC_ITEMS_RECORDED, on_item, &c, err);
	if (status == RC_OK) {
		check_unknown(&c);
		status = check_corpus(&c, err);
	}
	return rc_good(status) ? RC_OK : status;
}
