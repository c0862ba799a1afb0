/* check_lines.c -- JSON Lines of a corpus, frame by frame: text shards and the index.
 *
 *   check_lines()   every frame and every line; a frame that cannot be unpacked does not end it
 *   tell_frame()    what lies in such a frame, by name */
#include "package/check_parts.h"

#include <string.h>

#include "common/zst.h"
#include "package/attributes.h"
#include "package/check_text.h"

#define SHOWN 8                 /* names of samples in one message */

static const char *index_fault(const struct checking *c, const json_t *entry)
{
	const json_t *text = json_object_get(entry, "text");
	size_t i;
	json_t *run;

	if (!rc_json_str(entry, "id", NULL) || manifest_split_find(rc_json_str(entry, "split", "")) < 0)
		return "it lacks id or split";
	if (json_object_get(c->manifest->json, "subset"))       /* a part that was pulled: its index is of the whole */
		return NULL;
	if (text && !manifest_find(c->manifest, rc_json_str(text, "shard", "")))
		return "it names a shard that is not in the manifest";
	json_array_foreach(json_object_get(entry, "pages"), i, run)
		if (!manifest_find(c->manifest, rc_json_str(run, "shard", "")))
			return "it names a shard that is not in the manifest";
	return NULL;
}

static enum rc_status check_line(struct checking *c, const char *line, size_t len, int64_t number, struct rc_err *err)
{
	bool text = c->file->kind == MANIFEST_TEXT, attributes = c->file->kind == MANIFEST_ATTRIBUTES;
	const char *rule = text ? "text-sample" : attributes ? "attributes" : "index";
	RC_OWN_JSON json = NULL;
	struct rc_err why;
	const char *fault;

	if (!rc_good(rc_json_parse(line, len, c->file->path, &json, &why))) {
		check_report(c, c->file->path, rule, false, number, 1, "%s", why.text);
		return RC_OK;
	}
	fault = text ? text_sample_fault(json, manifest_splits[c->file->split]) : attributes ? attributes_fault(json) : index_fault(c, json);
	if (fault)
		check_report(c, c->file->path, rule, false, number, 1, "sample '%s': %s", rc_json_str(json, "id", ""), fault);
	c->good++;
	c->order = zst_hash(rc_json_str(json, "id", ""), strlen(rc_json_str(json, "id", "")), c->order);
	return check_add_id(c, rc_json_str(json, "id", ""), err);
}

static enum rc_status check_frame(struct checking *c, const struct rc_buf *raw, int64_t *number, struct rc_err *err)
{
	enum rc_status status = RC_OK;
	const char *line = raw->data, *stop = raw->data + raw->len, *end;

	while (rc_good(status) && line < stop && (end = memchr(line, '\n', (size_t)(stop - line)))) {
		status = check_line(c, line, (size_t)(end - line), ++*number, err);
		line = end + 1;
	}
	if (rc_good(status) && line < stop)
		check_report(c, c->file->path, "format", false, *number + 1, 1, "a frame ends inside a sample");
	return status;
}

/* Attributes and their text have the same ids in the same order. Of the two, text stands first in a manifest; of a damaged one
 * the order is not known (0), and that is told already. */
static void check_order(struct checking *c)
{
	const struct manifest_file *text = c->file->kind == MANIFEST_ATTRIBUTES ? manifest_mate(c->manifest, c->file) : NULL;

	c->orders[c->file - c->manifest->files] = c->order;
	if (c->file->kind == MANIFEST_ATTRIBUTES && !text)
		check_report(c, c->file->path, "attributes", false, 0, 0, "there is no text shard that they are of");
	else if (text && (text->split != c->file->split || (c->orders[text - c->manifest->files] && c->orders[text - c->manifest->files] != c->order)))
		check_report(c, c->file->path, "attributes", false, 0, c->file->samples, "its ids are not those of '%s', in their order", text->path);
}

/* ---- damage ---------------------------------------------------------------------------------------------- */

/* Appends the names of the samples that begin in the frame; returns how many there are. */
static int64_t name_samples(const struct told *told, const struct zst_frame *frame, struct rc_buf *out)
{
	int64_t n = 0;

	for (size_t i = 0; i < told->n; i++) {
		if (told->runs[i].offset < frame->start || told->runs[i].offset >= frame->start + frame->raw)
			continue;
		if (n++ < SHOWN)
			rc_buf_addf(out, "%s'%s'", n > 1 ? ", " : "", told->runs[i].item);
	}
	if (n > SHOWN)
		rc_buf_addf(out, " and %lld more", (long long)(n - SHOWN));
	return n;
}

/* The next frames can be read all the same. `number`: samples before it that could be read. */
static enum rc_status tell_frame(struct checking *c, const struct zst_table *table, size_t i, int64_t number, const char *why, struct rc_err *err)
{
	RC_CLEANUP(told_free) struct told told = { 0 };
	RC_OWN_BUF names = RC_BUF(1 << 16);
	enum rc_status status = c->file->kind == MANIFEST_TEXT ? told_load(c, &told, err) : RC_OK;
	int64_t n;

	if (!rc_good(status))
		return status;
	n = name_samples(&told, &table->frames[i], &names);
	if (n > 0)
		check_report(c, c->file->path, "format", false, 0, n, "%s (frame %zu of %zu); samples touched: %s", why, i + 1, table->n, names.data);
	else
		check_report(c, c->file->path, "format", false, number + 1, 0, "%s (frame %zu of %zu, after %lld lines that can be read)", why, i + 1,
		             table->n, (long long)number);
	return RC_OK;
}

static void check_count(struct checking *c)
{
	int64_t lost = c->file->samples > c->good ? c->file->samples - c->good : 0;

	if (c->good != c->file->samples)
		check_report(c, c->file->path, "samples", false, 0, lost, "%lld samples can be read, the manifest says %lld", (long long)c->good,
		             (long long)c->file->samples);
	else if (c->damaged)
		check_report(c, c->file->path, "digest", false, 0, 0, "all its samples can be read and fit their checksums: the damage is between frames");
}

enum rc_status check_lines(struct checking *c, struct rc_err *err)
{
	struct corpus_file at = { &c->source, c->file->path };
	struct zst_file zst = { corpus_file_read, &at, c->file->bytes, c->file->path };
	RC_CLEANUP(zst_table_free) struct zst_table table = { 0 };
	RC_OWN_BUF raw = RC_BUF(ZST_MAX_FRAME);
	struct rc_err why;
	enum rc_status status = zst_table_load(&zst, &table, &why);
	int64_t number = 0;

	c->order = 0;
	if (!rc_good(status))
		return check_settle(c, status, "seek-table", &why, err);
	for (size_t i = 0; i < table.n; i++) {
		rc_buf_clear(&raw);
		status = zst_frame_read(&zst, &table, i, &raw, NULL, &why);
		if (status == RC_RUN_FAILED)
			return check_settle(c, status, "format", &why, err);
		if (rc_good(status))
			status = check_frame(c, &raw, &number, err);
		else
			status = tell_frame(c, &table, i, number, why.text, err);
		if (!rc_good(status))
			return status;
	}
	check_count(c);
	check_order(c);
	return RC_OK;
}
