/* cmd_export.c -- `redcorpus export BATCH --format F --out DIR`: records in the formats of others.
 *
 *   rc_cmd_export()    options
 *   list_items()       what is to be written, and what is in the way
 *   write_items()      one after the other; a broken record costs its item
 *
 * Reads the batch without its lock, also while a run goes on, and writes nothing in it. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/export_scans.h"
#include "core/outfile.h"
#include "core/text.h"
#include "export/export.h"
#include "run/books.h"
#include "run/progress.h"
#include "run/stop.h"

enum existing { EXISTING_ABORT, EXISTING_REPLACE, EXISTING_SKIP };

struct listed {
	char *id;                       /* owned */
	int64_t n_pages;
};

struct export {
	struct rc_cli *cli;
	const struct export_format *format;
	const char *batch_name, *out;
	const struct rc_words *wanted;  /* ids; none: all */
	enum existing existing;
	char created[32];               /* "": no date was given */
	bool with_scans;

	struct rc_books *books;
	struct event_times times;
	struct rc_progress *progress;
	struct listed *items;           /* owned */
	size_t n_items;
	int64_t n_pages, done_pages;    /* of all items; so far */
	int64_t written, failed, skipped, not_read, no_record;
};

static void export_clear(struct export *e)
{
	for (size_t i = 0; i < e->n_items; i++)
		free(e->items[i].id);
	free(e->items);
	event_times_free(&e->times);
	rc_progress_free(&e->progress);
	rc_books_close(&e->books);
}

/* ---- which items -------------------------------------------------------------------------------------------- */

static bool is_wanted(const struct export *e, const char *id)
{
	for (size_t i = 0; i < e->wanted->n; i++)
		if (strcmp(e->wanted->v[i], id) == 0)
			return true;
	return e->wanted->n == 0;
}

/* RC_SKIP: it is there, and shall stay. */
static enum rc_status look_for_existing(struct export *e, const char *id, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);
	struct stat st;

	export_path(e->format, e->out, id, &path);
	enum rc_status status = rc_buf_check(&path, e->out, err);

	if (!rc_good(status) || e->existing == EXISTING_REPLACE || lstat(path.data, &st) != 0)
		return status;
	if (e->existing == EXISTING_SKIP)
		return RC_SKIP;
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot export to '%s': '%s' is there already; --existing replace writes it anew,"
	               " --existing skip leaves it", e->out, path.data);
}

static enum rc_status list_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct export *e = ctx;

	if (!is_wanted(e, item->id))
		return RC_OK;
	enum rc_status status = look_for_existing(e, item->id, err);

	if (status != RC_OK) {
		e->skipped += status == RC_SKIP;
		return status == RC_SKIP ? RC_OK : status;
	}
	if ((e->n_items & (e->n_items - 1)) == 0)
		e->items = rc_realloc(e->items, (e->n_items ? 2 * e->n_items : 1) * sizeof *e->items);
	e->items[e->n_items++] = (struct listed){ rc_strdup(item->id), item->n_pages };
	e->n_pages += item->n_pages;
	return RC_OK;
}

static enum rc_status check_wanted(const struct export *e, struct rc_err *err)
{
	for (size_t i = 0; i < e->wanted->n; i++) {
		RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);
		struct stat st;

		rc_books_record_path(e->books, e->wanted->v[i], &path);
		if (strchr(e->wanted->v[i], '/') || path.failed || stat(path.data, &st) != 0)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find a record of item '%s' in '%s'", e->wanted->v[i], e->batch_name);
	}
	return RC_OK;
}

static enum rc_status list_items(struct export *e, struct rc_err *err)
{
	enum rc_status status = check_wanted(e, err);

	if (rc_good(status))
		status = rc_books_each_item(e->books, RC_ITEMS_RECORDED, list_item, e, err);
	if (!rc_good(status))
		return status;
	e->no_record = rc_ledger_count(e->books->ledger, RC_COUNT_ITEMS) - rc_ledger_count(e->books->ledger, RC_COUNT_RECORDS);
	if (e->n_items == 0 && e->skipped == 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot export '%s': it has no records yet; 'redcorpus run' makes them", e->batch_name);
	return RC_OK;
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

static enum rc_status page_done(void *ctx, struct rc_err *err)
{
	struct export *e = ((struct export_scans *)ctx)->owner;

	e->done_pages++;
	if (rc_progress_due(e->progress))
		rc_progress_show(e->progress, &(struct rc_progress_state){ .doing = "exporting", .done = e->done_pages, .total = e->n_pages,
		                 .failed = e->failed, .seconds_left = -1 });
	return rc_stop_signal() ? rc_stop_fail(err) : RC_OK;
}

static enum rc_status write_item(struct export *e, const char *id, struct rc_err *err)
{
	RC_CLEANUP(export_scans_close) struct export_scans scans = { .books = e->books, .id = id, .owner = e, .times = &e->times };
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);
	const struct rc_config *cfg = e->books->batch->cfg;
	const struct export_sender sender = { cfg->export_organization, cfg->export_address, cfg->export_contact_name, cfg->export_contact_phone,
	                                      cfg->export_contact_email };
	struct export_item item = { .id = id, .sender = &sender, .created = *e->created ? e->created : NULL, .with_scans = e->with_scans, .scan = export_scans_open,
	                            .times = export_scans_times, .page_done = page_done, .ctx = &scans };

	rc_books_record_path(e->books, id, &path);
	item.record = path.data;
	enum rc_status status = export_item(e->format, &item, e->out, err);

	e->not_read += item.not_read;
	e->written += rc_good(status);
	return status;
}

static enum rc_status read_times(struct export *e, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);

	rc_batch_path(e->books->batch, ".redcorpus/events.jsonl", &path);
	return e->format->wants_times ? event_times_read(&e->times, path.data, err) : RC_OK;
}

static enum rc_status write_items(struct export *e, struct rc_err *err)
{
	enum rc_status status = read_times(e, err);

	if (rc_good(status))
		status = rc_make_dirs(e->out, err);
	for (size_t i = 0; rc_good(status) && i < e->n_items; i++) {
		status = write_item(e, e->items[i].id, err);
		if (status == RC_PAGE_FAILED) {
			rc_progress_free(&e->progress);         /* its line makes way */
			(void)rc_cli_fail(e->cli, status, err);
			e->progress = rc_progress_new(e->cli->quiet, e->cli->verbose);
			e->failed++;
			status = RC_OK;
		}
	}
	return status;
}

/* ---- the command -------------------------------------------------------------------------------------------- */

static const char *plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

static void say_what_was_done(const struct export *e)
{
	RC_OWN_BUF out = RC_BUF(8 * RC_MAX_NAME);

	if (e->cli->quiet)
		return;
	rc_text_escape(&out, e->out);
	fprintf(stderr, "%lld item%s written to '%s'\n", (long long)e->written, plural(e->written), out.data);
	if (e->skipped)
		fprintf(stderr, "%lld item%s already there, left as %s\n", (long long)e->skipped, e->skipped == 1 ? " was" : "s were",
		        e->skipped == 1 ? "it is" : "they are");
	if (e->failed)
		fprintf(stderr, "%lld item%s could not be written\n", (long long)e->failed, plural(e->failed));
	if (e->not_read)
		fprintf(stderr, "%lld page%s in quarantine and therefore without text\n", (long long)e->not_read, e->not_read == 1 ? " is" : "s are");
	if (e->no_record && e->wanted->n == 0)
		fprintf(stderr, "%lld item%s no record yet; 'redcorpus run' makes it\n", (long long)e->no_record, e->no_record == 1 ? " has" : "s have");
}

/* "2026-11-24" or a whole time in UTC. false: neither. */
static bool set_created(struct export *e, const char *date)
{
	static const char pattern[] = "0000-00-00T00:00:00Z";
	size_t len = strlen(date);

	if (len != 10 && len != 20)
		return false;
	for (size_t i = 0; i < len; i++)
		if (pattern[i] == '0' ? date[i] < '0' || date[i] > '9' : date[i] != pattern[i])
			return false;
	snprintf(e->created, sizeof e->created, "%s%s", date, len == 10 ? pattern + 10 : "");
	return true;
}

static int run_export(struct export *e, const char *batch_path)
{
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	struct rc_err err = { 0 };
	enum rc_status status = rc_batch_open(batch_path, false, &batch, &err);

	if (rc_good(status))
		status = rc_books_open(batch, NULL, &e->books, &err);
	if (rc_good(status) && !*e->created)
		(void)set_created(e, batch->cfg->corpus_date);
	if (rc_good(status))
		status = list_items(e, &err);
	if (rc_good(status)) {
		rc_stop_install();
		e->progress = rc_progress_new(e->cli->quiet, e->cli->verbose);
		status = write_items(e, &err);
		rc_progress_free(&e->progress);
		say_what_was_done(e);
	}
	export_clear(e);
	if (!rc_good(status))
		return rc_cli_fail(e->cli, status, &err);
	return e->failed || e->not_read ? RC_EXIT_FAILED : RC_EXIT_OK;
}

/* false: *ret_exit says how the command ends. */
static bool choose_format(const struct rc_cli *cli, const char *word, const struct export_format **ret, int *ret_exit)
{
	RC_OWN_BUF names = RC_BUF(RC_MAX_NAME);

	*ret = word ? export_format_find(word) : NULL;
	if (*ret)
		return true;
	for (const struct export_format *f = export_formats; f->name; f++)
		rc_buf_addf(&names, "%s%s", names.len ? ", " : "", f->name);
	if (word)
		*ret_exit = rc_cli_usage(cli, "unknown format '%s' (there are: %s)", word, names.data);
	else
		*ret_exit = rc_cli_usage(cli, "--format is missing (there are: %s)", names.data);
	return false;
}

static bool choose_existing(const char *word, enum existing *ret)
{
	static const char *const words[] = { [EXISTING_ABORT] = "abort", [EXISTING_REPLACE] = "replace", [EXISTING_SKIP] = "skip" };

	for (size_t i = 0; i < RC_COUNT(words); i++)
		if (strcmp(word, words[i]) == 0) {
			*ret = (enum existing)i;
			return true;
		}
	return false;
}

static void print_formats(void)
{
	printf("\nformats:\n");
	for (const struct export_format *f = export_formats; f->name; f++)
		printf("  %-8s %s\n", f->name, f->what);
}

int rc_cmd_export(struct rc_cli *cli, int argc, char **argv)
{
	RC_OWN_WORDS wanted = { 0 };
	struct export e = { .cli = cli, .wanted = &wanted, .with_scans = true };
	const char *format = NULL, *existing = "abort", *date = NULL;
	bool no_scans = false;
	const struct rc_option options[] = {
		{ .name = "format", .arg = "F", .word = &format, .help = "one of those below" },
		{ .name = "out", .arg = "DIR", .word = &e.out, .help = "folder to write to; made when it is not there" },
		{ .name = "item", .arg = "ID", .words = &wanted, .help = "only this item; repeatable" },
		{ .name = "date", .arg = "DATE", .word = &date, .help = "for formats that have a date of their own; else corpus.date" },
		{ .name = "no-scans", .flag = &no_scans, .help = "packages without the scans: they are only named" },
		{ .name = "existing", .arg = "WHAT", .word = &existing, .help = "an item that is there already: abort (default), replace or skip" },
		{ 0 }
	};
	struct rc_args args;
	int end;

	if (!rc_cli_parse(cli, options, 1, 1, argc, argv, &args)) {
		if (args.exit == RC_EXIT_OK)
			print_formats();
		return args.exit;
	}
	if (!choose_format(cli, format, &e.format, &end))
		return end;
	if (!e.out)
		return rc_cli_usage(cli, "--out is missing");
	if (!choose_existing(existing, &e.existing))
		return rc_cli_usage(cli, "--existing: '%s' is none of abort, replace, skip", existing);
	if (date && !set_created(&e, date))
		return rc_cli_usage(cli, "--date: '%s' is no date like 2026-11-24", date);
	e.with_scans = !no_scans;
	e.batch_name = args.v[0];
	return run_export(&e, args.v[0]);
}
