/* cmd_stats.c -- `redcorpus stats BATCH|CORPUS|URL`: what is inside, as a table or as JSON. */
#include <stdio.h>

#include "cli/corpus_at.h"
#include "core/text.h"

static long long number(const json_t *counts, const char *what)
{
	return (long long)rc_json_int(counts, what, 0);
}

static void print_counts(const char *name, const json_t *counts)
{
	RC_OWN_BUF shown = RC_BUF(1 << 16);

	rc_text_escape(&shown, name);
	printf("  %-28s", shown.data);
	if (json_object_get(counts, "samples"))
		printf(" %10lld", number(counts, "samples"));
	else
		printf(" %10s", "");
	printf(" %10lld %14lld\n", number(counts, "pages"), number(counts, "characters"));
}

static void print_list(const char *title, const json_t *counts)
{
	const char *name;
	json_t *n;

	if (json_object_size(counts) == 0)
		return;
	printf("%s\n", title);
	json_object_foreach((json_t *)(uintptr_t)counts, name, n)
		printf("  %-28s %10lld\n", name, (long long)json_integer_value(n));
}

static void print_files(const json_t *files)
{
	const char *kind;
	json_t *counts;

	printf("%-30s %10s %10s %14s\n", "kind of file", "samples", "files", "bytes");
	json_object_foreach((json_t *)(uintptr_t)files, kind, counts)
		printf("  %-28s %10lld %10lld %14lld\n", kind, number(counts, "samples"), number(counts, "files"), number(counts, "bytes"));
}

static void print_copies(const json_t *duplicates)
{
	size_t i;
	json_t *entry;

	if (json_array_size(duplicates) == 0)
		return;
	printf("pages that are there most often\n");
	json_array_foreach((json_t *)(uintptr_t)duplicates, i, entry) {
		RC_OWN_BUF shown = RC_BUF(1 << 16);

		rc_text_escape(&shown, rc_json_str(entry, "id", ""));
		printf("  %10lld times   %s, page %lld\n", number(entry, "copies"), shown.data, number(entry, "order"));
	}
}

static void print_text(const json_t *stats)
{
	const char *property, *value;
	json_t *values, *counts;

	printf("%s, version %s\n", rc_json_str(stats, "corpus", ""), rc_json_str(stats, "version", ""));
	print_files(json_object_get(stats, "files"));
	printf("%-30s %10s %10s %14s\n", "what counts as text", "samples", "pages", "characters");
	print_counts("all", json_object_get(stats, "all"));
	json_object_foreach(json_object_get(stats, "by"), property, values) {
		if (json_object_size(values) > 0)
			printf("by %s\n", property);
		json_object_foreach(values, value, counts)
			print_counts(value, counts);
	}
	print_copies(json_object_get(stats, "duplicates"));
	print_list("items left out (an item may have several reasons)", json_object_get(stats, "items_left_out"));
	print_list("pages by tag", json_object_get(stats, "page_tags"));
}

int rc_cmd_stats(struct rc_cli *cli, int argc, char **argv)
{
	bool json = false;
	const struct rc_option options[] = {
		{ .name = "json", .flag = &json, .help = "print JSON (schemas/stats.schema.json)" },
		{ 0 }
	};
	RC_CLEANUP(corpus_at_close) struct corpus_at at = { 0 };
	RC_OWN_BUF text = RC_BUF(64 << 20);
	RC_OWN_JSON stats = NULL;
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;

	if (!rc_cli_parse(cli, options, 1, 1, argc, argv, &args))
		return args.exit;
	status = corpus_at_open(&at, args.v[0], &err);
	if (rc_good(status))
		status = corpus_stats(at.reader, at.manifest, &stats, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	if (json) {
		rc_json_print_pretty(&text, stats);
		fwrite(text.data, 1, text.len, stdout);
	} else {
		print_text(stats);
	}
	return RC_EXIT_OK;
}
