/* cmd_diff.c -- `redcorpus diff FROM TO`: what changed between two corpora, or two versions of one. */
#include <stdio.h>

#include "cli/corpus_at.h"
#include "core/text.h"

static void print_name(const char *name)
{
	RC_OWN_BUF shown = RC_BUF(1 << 16);

	rc_text_escape(&shown, name);
	fputs(shown.data, stdout);
}

/* One line each, with tabs between: for people and for scripts. */
static enum rc_status list_item(void *ctx, enum corpus_change change, const char *id, const char *from, const char *to, struct rc_err *err)
{
	printf("item\t%s\t", corpus_change_name(change));
	print_name(id);
	printf("\t%s\t%s\n", from, to);
	return RC_OK;
}

static enum rc_status list_file(void *ctx, enum corpus_change change, const struct manifest_file *file, struct rc_err *err)
{
	printf("file\t%s\t%s\t%lld\n", corpus_change_name(change), file->path, (long long)file->bytes);
	return RC_OK;
}

static void print_side(const char *what, const json_t *side)
{
	printf("%-5s ", what);
	print_name(rc_json_str(side, "corpus", ""));
	printf(", version %s\n", rc_json_str(side, "version", ""));
}

static void print_sum(const json_t *diff)
{
	const json_t *files = json_object_get(diff, "files");
	const char *name;
	json_t *n;
	size_t i;

	print_side("from", json_object_get(diff, "from"));
	print_side("to", json_object_get(diff, "to"));
	printf("items\n");
	json_object_foreach(json_object_get(diff, "items"), name, n)
		printf("  %-10s %12lld\n", name, (long long)json_integer_value(n));
	printf("files\n");
	json_object_foreach((json_t *)(uintptr_t)files, name, n)
		printf("  %-10s %12lld %16lld bytes\n", name, (long long)rc_json_int(n, "files", 0), (long long)rc_json_int(n, "bytes", 0));
	printf("step: %s%s\n", rc_json_str(diff, "step", ""),
	       json_is_false(json_object_get(diff, "versions_fit")) ? "; the version numbers do not say so" : "");
	json_array_foreach(json_object_get(diff, "different"), i, n)
		printf("%s: not the same\n", json_string_value(n));
}

int rc_cmd_diff(struct rc_cli *cli, int argc, char **argv)
{
	bool json = false, list = false;
	const struct rc_option options[] = {
		{ .name = "list", .flag = &list, .help = "first every item and file that differs, one a line, with tabs between" },
		{ .name = "json", .flag = &json, .help = "print JSON (schemas/diff.schema.json)" },
		{ 0 }
	};
	const struct corpus_diff_sink sink = { list_item, list_file, NULL };
	RC_CLEANUP(corpus_at_close) struct corpus_at from = { 0 };
	RC_CLEANUP(corpus_at_close) struct corpus_at to = { 0 };
	RC_OWN_BUF text = RC_BUF(1 << 20);
	RC_OWN_JSON diff = NULL;
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;

	if (!rc_cli_parse(cli, options, 2, 2, argc, argv, &args))
		return args.exit;
	if (json && list)
		return rc_cli_usage(cli, "--json and --list exclude each other");
	status = corpus_at_open(&from, args.v[0], &err);
	if (rc_good(status))
		status = corpus_at_open(&to, args.v[1], &err);
	if (rc_good(status))
		status = corpus_diff(&(struct corpus_side){ from.reader, from.manifest }, &(struct corpus_side){ to.reader, to.manifest },
		                     list ? &sink : NULL, &diff, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	if (json) {
		rc_json_print_pretty(&text, diff);
		fwrite(text.data, 1, text.len, stdout);
	} else {
		print_sum(diff);
	}
	return RC_EXIT_OK;
}
