/* cmd_trace.c -- `redcorpus trace BATCH|CORPUS SAMPLE`: from a sample back to the scan and the source file. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/trace.h"
#include "core/text.h"
#include "run/batch.h"

/* "label     value", escaped; nothing for an empty value. */
static void line(const char *label, const char *value)
{
	RC_OWN_BUF safe = RC_BUF(1 << 16);

	if (!value || !*value)
		return;
	rc_text_escape(&safe, value);
	printf("%-10s %s\n", label, safe.data);
}

static void print_words(const char *label, const json_t *words)
{
	RC_OWN_BUF text = RC_BUF(1 << 12);
	size_t i;
	json_t *word;

	json_array_foreach(words, i, word)
		rc_buf_addf(&text, "%s%s", i ? ", " : "", json_string_value(word));
	line(label, json_is_string(words) ? json_string_value(words) : text.data);
}

/* One line for each sentence, under the first. */
static void print_why(const char *label, const json_t *why)
{
	size_t i;
	json_t *sentence;

	json_array_foreach(why, i, sentence)
		line(i ? "" : label, json_string_value(sentence));
}

static void print_place(const json_t *trace)
{
	const json_t *place = json_object_get(trace, "place"), *text = json_object_get(place, "text");
	size_t i;
	json_t *run;

	if (!place)
		printf("%-10s %s\n", "corpus", "not in it");
	if (text)
		printf("%-10s %s, sample %lld\n", "text", rc_json_str(text, "shard", ""), (long long)rc_json_int(text, "at", 0));
	json_array_foreach(json_object_get(place, "pages"), i, run)
		printf("%-10s %s, %lld samples from sample %lld on\n", "pages", rc_json_str(run, "shard", ""),
		       (long long)rc_json_int(run, "samples", 0), (long long)rc_json_int(run, "at", 0));
}

static void print_page(const json_t *page)
{
	RC_OWN_BUF text = RC_BUF(1 << 16);
	const char *root = rc_json_str(page, "root", ""), *source = rc_json_str(page, "source", "");
	int64_t corrected = rc_json_int(page, "corrected_lines", 0);

	printf("\npage %lld\n", (long long)rc_json_int(page, "order", 0));
	line("  key", rc_json_str(page, "key", ""));
	rc_buf_addf(&text, "%s%s%s", root, *root && *source ? "/" : "", source);
	line("  source", text.data);
	line("  member", rc_json_str(page, "member", ""));
	line("  sha256", rc_json_str(page, "source_sha256", ""));
	line("  scan", rc_json_str(page, "scan", ""));
	if (rc_json_int(page, "frame", 0) > 0)
		printf("%-10s %lld\n", "  frame", (long long)rc_json_int(page, "frame", 0));
	if (strcmp(rc_json_str(page, "state", ""), "quarantined") == 0) {
		line("  not read", rc_json_str(page, "reason", ""));
		line("  why", rc_json_str(page, "message", ""));
		print_why("  because", json_object_get(page, "why"));
		return;
	}
	rc_buf_clear(&text);
	rc_buf_addf(&text, "%s %s %s, confidence %.2f", rc_json_str(page, "class", ""), rc_json_str(page, "script", ""),
	            rc_json_str(page, "direction", ""), rc_json_real(page, "confidence", 0));
	if (rc_json_real(page, "estimated_error", -1) >= 0)
		rc_buf_addf(&text, ", estimated error %.2f (%c)", rc_json_real(page, "estimated_error", 0),
		            rc_grade((float)rc_json_real(page, "estimated_error", 0)));
	if (*rc_json_str(page, "models", ""))
		rc_buf_addf(&text, ", models %s", rc_json_str(page, "models", ""));
	line("  read", text.data);
	if (corrected > 0)
		printf("%-10s %lld line%s corrected\n", "  people", (long long)corrected, corrected == 1 ? "" : "s");
	print_words("  tags", json_object_get(page, "tags"));
	print_why("  because", json_object_get(page, "why"));
	if (rc_json_int(page, "copies", 1) > 1 && !json_object_get(page, "duplicate_of"))
		printf("%-10s %lld other pages\n", "  instead", (long long)rc_json_int(page, "copies", 1) - 1);
	line("  in text", rc_json_bool(page, "in_text", false) ? "yes" : "no");
	if (json_object_get(page, "in_pages"))
		line("  in pages", rc_json_bool(page, "in_pages", false) ? "yes" : "no");
}

static void print_trace(const json_t *trace)
{
	const json_t *made_by = json_object_get(trace, "made_by");
	RC_OWN_BUF identity = RC_BUF(1 << 16);
	size_t i;
	json_t *page;

	line("sample", rc_json_str(trace, "sample", ""));
	line("item", rc_json_str(trace, "item", ""));
	line("title", rc_json_str(trace, "title", ""));
	line("split", rc_json_str(trace, "split", ""));
	line("training", rc_json_str(trace, "training", ""));
	print_words("left out", json_object_get(trace, "left_out"));
	print_why("because", json_object_get(trace, "why"));
	print_place(trace);
	line("record", rc_json_str(trace, "record", ""));
	if (rc_json_int(trace, "revision", 1) > 1)
		printf("%-10s %lld\n", "revision", (long long)rc_json_int(trace, "revision", 1));
	json_array_foreach(json_object_get(trace, "old_records"), i, page)
		printf("%-10s revision %lld: %s\n", i ? "" : "before", (long long)rc_json_int(page, "revision", 0), rc_json_str(page, "record", ""));
	line("version", rc_json_str(trace, "version", ""));
	line("settings", rc_json_str(trace, "settings", ""));
	if (json_object_size(made_by))
		rc_json_print(&identity, made_by);
	line("made by", identity.data);
	json_array_foreach(json_object_get(trace, "pages"), i, page)
		print_page(page);
}

static int print_old_record(struct rc_cli *cli, const char *batch, const char *item, int64_t revision)
{
	RC_OWN_BUF record = RC_BUF(INT32_MAX);
	struct rc_err err = { 0 };
	enum rc_status status = trace_old_record(batch, item, revision, &record, &err);

	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	fwrite(record.data, 1, record.len, stdout);
	return RC_EXIT_OK;
}

int rc_cmd_trace(struct rc_cli *cli, int argc, char **argv)
{
	bool json = false;
	int64_t revision = 0;
	const struct rc_option options[] = {
		{ .name = "json", .flag = &json, .help = "print JSON (schemas/trace.schema.json)" },
		{ .name = "revision", .arg = "N", .number = &revision, .low = 1, .high = INT32_MAX,
		  .help = "print the record that item SAMPLE of BATCH had in revision N, before people corrected it" },
		{ 0 }
	};
	RC_OWN_JSON trace = NULL;
	RC_OWN_BUF text = RC_BUF(64 << 20);
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;

	if (!rc_cli_parse(cli, options, 2, 2, argc, argv, &args))
		return args.exit;
	if (revision)
		return print_old_record(cli, args.v[0], args.v[1], revision);
	status = rc_batch_is(args.v[0]) ? trace_batch(args.v[0], args.v[1], &trace, &err) : trace_corpus(args.v[0], args.v[1], &trace, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	if (!json) {
		print_trace(trace);
		return RC_EXIT_OK;
	}
	rc_json_print_pretty(&text, trace);
	fwrite(text.data, 1, text.len, stdout);
	return RC_EXIT_OK;
}
