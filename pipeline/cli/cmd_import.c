/* cmd_import.c -- `redcorpus import BATCH FILE...`: corrected ALTO or PAGE back into the records.
 *
 *   rc_cmd_import()     every file, then the records that changed
 *   import_file()       reads it, finds its page, compares, keeps: all of it or nothing
 *   find_page()         by what our export wrote into the file, else by the name of the image
 *   warn_of_words()     what was corrected where it does not count
 *   keep_revision()     the record that stands becomes an old one */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/import_page.h"
#include "common/record_values.h"
#include "core/text.h"
#include "normalize/normalize.h"
#include "run/books.h"
#include "run/progress.h"
#include "run/stop.h"

enum { WARNED = 10 };           /* lines of a file, by name */

struct import {
	struct rc_cli *cli;
	struct rc_books *books;
	const char *batch;
	char **revised;                 /* items whose record was kept in this call; owned */
	size_t n_revised;
	int64_t files, failed, pages, lines, gone, same, placeless;
};

/* A frame of a scan, and one row that is of it. */
struct target {
	struct rc_digest scan;
	int32_t frame;
	int64_t n_scans;                /* that could be meant */
	bool found, settled;             /* read, or in quarantine */
	struct rc_page page;            /* owned: as its record has it */
	int64_t id;                     /* of the row */
	char *name;                     /* for events: "box12/p07.tif"; owned */
};

static void target_clear(struct target *t)
{
	rc_page_clear(&t->page);
	free(t->name);
}

/* ---- which page ----------------------------------------------------------------------------------------------- */

/* "sha256:0123...#frame=2", as export_scan_name() writes it. */
static bool parse_scan(const char *text, struct rc_digest *scan, int32_t *frame)
{
	static const char between[] = "#frame=";
	const char *hash = strstr(text, between);
	char digest[RECORD_DIGEST];
	int64_t number;

	if (!hash || (size_t)(hash - text) >= sizeof digest)
		return false;
	snprintf(digest, sizeof digest, "%.*s", (int)(hash - text), text);
	if (!record_get_digest(digest, scan) || !record_get_int(hash + sizeof between - 1, 0, RC_MAX_FRAMES, &number))
		return false;
	*frame = (int32_t)number;
	return true;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static size_t stem_length(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot > name ? (size_t)(dot - name) : strlen(name);
}

static const char *image_of(const struct rc_page_row *row)
{
	const char *path = *row->entry.member ? row->entry.member : *row->source_path ? row->source_path : row->root_path;

	return last_part(path);
}

struct by_name {
	const char *image;              /* the last part of what the file says */
	struct target *target;
	bool exact;                     /* the ending counts, too */
};

static enum rc_status consider(void *ctx, const struct rc_page_row *row, struct rc_err *err)
{
	struct by_name *b = ctx;
	const char *image = image_of(row);
	size_t len = stem_length(image);
	struct target *t = b->target;

	if (b->exact ? strcmp(image, b->image) != 0 : len != stem_length(b->image) || strncmp(image, b->image, len) != 0)
		return RC_OK;
	if (t->n_scans > 0 && rc_digest_equal(&t->scan, &row->entry.scan) && t->frame == row->entry.frame)
		return RC_OK;
	t->scan = row->entry.scan;
	t->frame = row->entry.frame;
	t->n_scans++;
	return RC_OK;
}

/* The image's name: whole, and if no scan has it, without its ending, for platforms make other images of scans. */
static enum rc_status find_by_name(struct import *i, const struct layout_xml *layout, const char *name, struct target *t, struct rc_err *err)
{
	RC_OWN_STR image = rc_strdup(last_part(layout->image));
	RC_OWN_STR stem = rc_strdup(image);
	struct by_name b = { image, t, true };
	enum rc_status status = RC_OK;

	stem[stem_length(stem)] = '\0';
	if (*stem)
		status = rc_ledger_pages_like(i->books->ledger, stem, consider, &b, err);
	if (rc_good(status) && *stem && t->n_scans == 0) {
		b.exact = false;
		status = rc_ledger_pages_like(i->books->ledger, stem, consider, &b, err);
	}
	if (!rc_good(status) || t->n_scans == 1)
		return status;
	if (!*stem)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot import '%s': it does not say which image it is of", name);
	if (t->n_scans == 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_INVALID, "cannot import '%s': no scan of '%s' is named '%s'", name, i->batch, image);
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_ID_CONFLICT, "cannot import '%s': %" PRId64 " pages of '%s' are of images named '%s'; files that"
	               " 'redcorpus export' wrote say which they are of", name, t->n_scans, i->batch, image);
}

static enum rc_status take_page(void *ctx, const struct rc_page_row *row, struct rc_err *err)
{
	struct target *t = ctx;
	RC_OWN_BUF name = RC_BUF(8 * RC_MAX_NAME);

	if (!t->found) {
		rc_buf_addf(&name, "%s%s%s%s%s", row->root_name, *row->root_name && *row->source_path ? "/" : "", row->source_path,
		            *row->entry.member ? "!/" : "", row->entry.member);
		t->name = rc_strdup(name.data);
		t->id = row->id;
	}
	t->found = true;
	t->settled |= row->state != RC_PENDING;
	return RC_OK;
}

struct load {
	struct rc_books *books;
	struct rc_page *page;
	bool done;
};

static enum rc_status load_page(void *ctx, const struct rc_page_row *row, struct rc_err *err)
{
	struct load *l = ctx;

	/* One that was read before one that was not. */
	if (l->done || row->state == RC_PENDING || (row->state != RC_DONE && l->page->width > 0))
		return RC_OK;
	l->done = row->state == RC_DONE;
	if (l->done)
		rc_page_clear(l->page);
	enum rc_status status = normalize_load(l->books, row, l->page, err);

	return status == RC_SKIP ? RC_OK : status;
}

static enum rc_status find_page(struct import *i, const struct layout_xml *layout, const char *name, struct target *t, struct rc_err *err)
{
	struct load load = { i->books, &t->page, false };
	enum rc_status status = RC_OK;

	if (!parse_scan(layout->scan, &t->scan, &t->frame))
		status = find_by_name(i, layout, name, t, err);
	if (rc_good(status))
		status = rc_ledger_pages_of_scan(i->books->ledger, &t->scan, t->frame, take_page, t, err);
	if (rc_good(status) && !t->found)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_INVALID, "cannot import '%s': its scan is not in '%s'", name, i->batch);
	if (rc_good(status) && !t->settled)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_INVALID, "cannot import '%s': its page waits to be read ('redcorpus run %s')", name, i->batch);
	if (rc_good(status))
		status = rc_ledger_pages_of_scan(i->books->ledger, &t->scan, t->frame, load_page, &load, err);
	return status;
}

/* ---- keeping ---------------------------------------------------------------------------------------------------- */

static bool is_revised(const struct import *i, const char *item)
{
	for (size_t k = 0; k < i->n_revised; k++)
		if (strcmp(i->revised[k], item) == 0)
			return true;
	return false;
}

static enum rc_status keep_record(struct import *i, const char *path, const char *item, struct rc_err *err)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct rc_digest digest;
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return RC_OK;
	if (fd < 0 || fstat(fd, &st) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", path);
	enum rc_status status = rc_books_keep(i->books, fd, st.st_size, "record", &digest, err);

	return rc_good(status) ? rc_ledger_add_revision(i->books->ledger, item, &digest, err) : status;
}

static void forget_revised(struct import *i, size_t from)
{
	while (i->n_revised > from)
		free(i->revised[--i->n_revised]);
}

/* Once a call: however many of its pages are corrected, it is one revision. */
static enum rc_status keep_revision(void *ctx, const struct rc_page_row *row, struct rc_err *err)
{
	struct import *i = ctx;
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);

	if (is_revised(i, row->entry.item))
		return RC_OK;
	rc_books_record_path(i->books, row->entry.item, &path);
	enum rc_status status = keep_record(i, path.data, row->entry.item, err);

	if (!rc_good(status))
		return status;
	if ((i->n_revised & (i->n_revised - 1)) == 0)
		i->revised = rc_realloc(i->revised, (i->n_revised ? 2 * i->n_revised : 1) * sizeof *i->revised);
	i->revised[i->n_revised++] = rc_strdup(row->entry.item);
	return RC_OK;
}

static enum rc_status keep_file(struct import *i, const char *name, struct rc_digest *ret, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_RESULT_BYTES);
	enum rc_status status = rc_buf_read_file(&bytes, name, err);

	if (rc_good(status))
		status = rc_buf_check(&bytes, name, err);
	return rc_good(status) ? rc_books_keep_bytes(i->books, bytes.data, bytes.len, "import", ret, err) : status;
}

/* All of a file, or nothing of it: what other files bring is committed before and after. */
static enum rc_status keep_changes(struct import *i, const char *name, const struct target *t, const struct import_changes *changes, struct rc_err *err)
{
	size_t revised = i->n_revised;
	struct rc_digest file;
	enum rc_status status = keep_file(i, name, &file, err);

	if (rc_good(status))
		status = rc_ledger_pages_of_scan(i->books->ledger, &t->scan, t->frame, keep_revision, i, err);
	for (size_t k = 0; rc_good(status) && k < changes->n; k++)
		status = rc_ledger_correct(i->books->ledger, &t->scan, t->frame, &changes->v[k], &file, err);
	if (!rc_good(status)) {
		rc_ledger_rollback(i->books->ledger);
		forget_revised(i, revised);
		return status;
	}
	rc_event(i->books->events, "import", json_pack("{s:I, s:o, s:I}", "page", (json_int_t)t->id, "name", rc_json_text(t->name),
	                                               "lines", (json_int_t)changes->n));
	i->pages++;
	i->lines += (int64_t)changes->n - changes->gone;
	i->gone += changes->gone;
	return rc_books_commit(i->books, err);
}

/* A correction that does not count must not be lost in silence. */
static void warn_of_words(const struct import *i, const char *name, const struct import_changes *changes)
{
	struct rc_err what = { 0 };

	for (size_t k = 0; k < changes->n_unheard && k < WARNED; k++) {
		rc_fail(&what, RC_WARN, RC_WHY_FORMAT, "%s: line '%.100s': its words say something else than the line; the line counts", name,
		        changes->unheard[k]);
		rc_cli_warn(i->cli, &what);
	}
	if (changes->n_unheard > WARNED) {
		rc_fail(&what, RC_WARN, RC_WHY_FORMAT, "%s: %zu more such lines", name, changes->n_unheard - WARNED);
		rc_cli_warn(i->cli, &what);
	}
}

static enum rc_status import_file(struct import *i, const char *name, struct rc_err *err)
{
	RC_CLEANUP(layout_xml_free) struct layout_xml layout = { 0 };
	RC_CLEANUP(target_clear) struct target target = { .page = RC_PAGE_INIT };
	RC_CLEANUP(import_changes_free) struct import_changes changes = { 0 };
	enum rc_status status = layout_xml_read(&layout, name, name, err);

	if (rc_good(status))
		status = find_page(i, &layout, name, &target, err);
	if (rc_good(status))
		status = import_compare(&layout, &target.page, name, &changes, err);
	if (!rc_good(status))
		return status;
	warn_of_words(i, name, &changes);
	i->same += changes.same;
	i->placeless += changes.placeless;
	return changes.n ? keep_changes(i, name, &target, &changes, err) : RC_OK;
}

/* A file that is not there is worse than one that is wrong; both leave the others as they are. */
static enum rc_status import_files(struct import *i, const struct rc_args *args, int *worst, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (int k = 1; rc_good(status) && k < args->n; k++) {
		struct rc_err why = { 0 };

		if (rc_stop_signal())
			return rc_stop_fail(err);
		i->files++;
		status = import_file(i, args->v[k], &why);
		if (status == RC_PAGE_FAILED || (status == RC_RUN_FAILED && (why.reason == RC_WHY_MISSING || why.reason == RC_WHY_UNREADABLE))) {
			int code = rc_cli_fail(i->cli, status, &why);

			*worst = code > *worst ? code : *worst;
			i->failed++;
			status = RC_OK;
		}
		if (!rc_good(status))
			*err = why;
	}
	return status;
}

/* ---- the command -------------------------------------------------------------------------------------------------- */

static const char *plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

static void say_what_was_done(const struct import *i)
{
	if (i->cli->quiet)
		return;
	if (i->files > i->failed)
		fprintf(stderr, "%" PRId64 " line%s corrected on %" PRId64 " page%s of %zu item%s; %" PRId64 " line%s as before\n", i->lines,
		        plural(i->lines), i->pages, plural(i->pages), i->n_revised, plural((int64_t)i->n_revised), i->same, i->same == 1 ? " is" : "s are");
	if (i->gone)
		fprintf(stderr, "%" PRId64 " line%s of the record that the files no longer have %s taken out\n", i->gone, plural(i->gone),
		        i->gone == 1 ? "was" : "were");
	if (i->placeless)
		fprintf(stderr, "%" PRId64 " line%s no coordinates and %s left out\n", i->placeless, i->placeless == 1 ? " has" : "s have",
		        i->placeless == 1 ? "was" : "were");
	if (i->failed)
		fprintf(stderr, "%" PRId64 " of %" PRId64 " files could not be imported\n", i->failed, i->files);
	if (i->lines || i->gone)
		fprintf(stderr, "the corpus follows with the next 'redcorpus run %s'\n", i->batch);
}

static int import_all(struct import *i, const struct rc_args *args)
{
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	struct rc_err err = { 0 };
	int worst = RC_EXIT_OK;
	enum rc_status status;

	rc_stop_install();
	status = rc_batch_open(args->v[0], true, &batch, &err);
	if (rc_good(status))
		status = rc_books_open(batch, i->cli->stages, &i->books, &err);
	if (rc_good(status)) {
		status = import_files(i, args, &worst, &err);
		if (rc_good(status) && (i->lines || i->gone))
			status = i->cli->stages->normalize->run(i->books, &err);
		if (rc_good(status))
			status = rc_books_commit(i->books, &err);
		say_what_was_done(i);
	}
	rc_books_close(&i->books);
	return rc_good(status) ? worst : rc_cli_fail(i->cli, status, &err);
}

int rc_cmd_import(struct rc_cli *cli, int argc, char **argv)
{
	struct import import = { .cli = cli };
	struct rc_args args;
	int code;

	if (!rc_cli_parse(cli, NULL, 2, -1, argc, argv, &args))
		return args.exit;
	import.batch = args.v[0];
	code = import_all(&import, &args);
	forget_revised(&import, 0);
	free(import.revised);
	return code;
}
