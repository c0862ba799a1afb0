/* cmd_gc.c -- `redcorpus gc BATCH`: drops what nothing in the batch refers to any more. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "run/gc.h"
#include "run/stop.h"

/* "3.4 MB", "12 kB". */
static const char *amount(int64_t bytes, char text[32])
{
	if (bytes < 1000000)
		snprintf(text, 32, "%lld kB", (long long)(bytes + 999) / 1000);
	else
		snprintf(text, 32, "%.1f MB", (double)bytes / 1e6);
	return text;
}

static json_t *report_json(const struct rc_gc_report *r, bool dry)
{
	json_t *kinds = json_object();

	for (size_t i = 0; i < RC_GC_KINDS && r->dropped[i].kind[0]; i++)
		json_object_set_new(kinds, r->dropped[i].kind, json_pack("{s:I, s:I}", "objects", (json_int_t)r->dropped[i].objects,
		                                                         "bytes", (json_int_t)r->dropped[i].bytes));
	return json_pack("{s:b, s:I, s:{s:I, s:I, s:o}, s:{s:I, s:I}, s:{s:I, s:I, s:I, s:I}}", "dry_run", dry,
	                 "results", (json_int_t)r->results,
	                 "dropped", "objects", (json_int_t)r->objects, "bytes", (json_int_t)r->bytes, "kinds", kinds,
	                 "left", "objects", (json_int_t)r->left_objects, "bytes", (json_int_t)r->left_bytes,
	                 "packs", "all", (json_int_t)r->packs, "thinned", (json_int_t)r->thinned, "damaged", (json_int_t)r->damaged,
	                 "bytes", (json_int_t)r->stored);
}

static const char *kind_name(const char *kind)
{
	static const char *const names[][2] = {
		{ "scan", "scans out of archives" }, { "page", "results of pages" }, { "image", "page images" }, { "record", "old records" },
		{ "import", "imported files" },
	};

	for (size_t i = 0; i < RC_COUNT(names); i++)
		if (strcmp(names[i][0], kind) == 0)
			return names[i][1];
	return "others";
}

static void print_report(const char *name, const struct rc_gc_report *r, bool dry)
{
	char some[32], all[32];

	if (r->objects == 0 && r->results == 0 && r->left_objects == 0) {
		printf("%s: nothing to drop, %s in %lld packs\n", name, amount(r->stored, all), (long long)r->packs);
		return;
	}
	printf("%s: %s %lld objects that nothing refers to, %s of %s, in %lld of %lld packs\n", name,
	       dry ? "would drop" : "dropped", (long long)r->objects, amount(r->bytes, some), amount(r->stored, all), (long long)r->thinned,
	       (long long)r->packs);
	for (size_t i = 0; i < RC_GC_KINDS && r->dropped[i].kind[0]; i++)
		printf("  %-24s %8lld %12s\n", kind_name(r->dropped[i].kind), (long long)r->dropped[i].objects, amount(r->dropped[i].bytes, some));
	if (r->results > 0)
		printf("  %lld results %s: of settings that are not in use, or of scans that went\n", (long long)r->results,
		       dry ? "would be forgotten" : "are forgotten");
	if (r->left_objects > 0)
		printf("  %lld more (%s) stay in packs that have little to drop%s\n", (long long)r->left_objects, amount(r->left_bytes, some),
		       r->damaged ? " or are damaged" : " (--all takes them too)");
}

static enum rc_status collect(const struct rc_cli *cli, struct rc_batch *batch, const struct rc_gc_wish *wish, struct rc_gc_report *ret, struct rc_err *err)
{
	RC_CLEANUP(rc_progress_free) struct rc_progress *progress = rc_progress_new(cli->quiet, cli->verbose);
	RC_CLEANUP(rc_books_close) struct rc_books *books = NULL;
	enum rc_status status = rc_books_open(batch, NULL, &books, err);

	if (!rc_good(status))
		return status;
	books->progress = progress;
	status = rc_gc(books, wish, ret, err);
	if (!rc_good(status) || wish->dry)
		return status;
	rc_event(books->events, "gc", report_json(ret, false));
	return rc_books_commit(books, err);
}

int rc_cmd_gc(struct rc_cli *cli, int argc, char **argv)
{
	struct rc_gc_wish wish = { 0 };
	bool json = false;
	const struct rc_option options[] = {
		{ .name = "dry-run", .flag = &wish.dry, .help = "only say what would be dropped" },
		{ .name = "all", .flag = &wish.all, .help = "also where a large pack has less than a tenth to drop" },
		{ .name = "json", .flag = &json, .help = "print JSON (schemas/gc.schema.json)" },
		{ 0 }
	};
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	RC_OWN_BUF text = RC_BUF(1 << 20);
	RC_OWN_JSON all = NULL;
	struct rc_gc_report report = { 0 };
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;

	if (!rc_cli_parse(cli, options, 1, 1, argc, argv, &args))
		return args.exit;
	rc_stop_install();
	status = rc_batch_open(args.v[0], true, &batch, &err);
	if (rc_good(status))
		status = collect(cli, batch, &wish, &report, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	if (json) {
		all = report_json(&report, wish.dry);
		rc_json_print_pretty(&text, all);
		fwrite(text.data, 1, text.len, stdout);
	} else if (!cli->quiet) {
		print_report(batch->name, &report, wish.dry);
	}
	return RC_EXIT_OK;
}
