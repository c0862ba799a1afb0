/* index_read.c -- the index of a corpus: sorted by id, so that a search needs a few frames of it.
 *
 *   corpus_reader_item()          one item, by bisection
 *   corpus_reader_item_of_key()   the item of a page key
 *   corpus_index_walk_*()         all items */
#include <string.h>

#include "core/text.h"
#include "package/read_parts.h"

static enum rc_status open_index(struct corpus_reader *r, struct rc_err *err)
{
	if (r->index.file)
		return RC_OK;
	for (size_t i = 0; i < r->manifest->n_files; i++)
		if (r->manifest->files[i].kind == MANIFEST_INDEX)
			return packed_open(&r->index, r->source, &r->manifest->files[i], err);
	return RC_SKIP;
}

enum rc_status read_line(const struct packed_file *f, const char *line, size_t len, json_t **ret, struct rc_err *err)
{
	return rc_json_parse(line, len, f->file->path, ret, err);
}

/* How the first id of a frame compares with `item`: < 0 when it comes before. */
static enum rc_status compare_first(const struct packed_file *f, size_t frame, const char *item, struct rc_buf *raw, int *ret, struct rc_err *err)
{
	RC_OWN_JSON json = NULL;
	size_t at = 0, len = 0;
	const char *line;
	enum rc_status status;

	rc_buf_clear(raw);
	status = zst_frame_read(&f->zst, &f->table, frame, raw, NULL, err);
	line = rc_good(status) ? packed_line(raw, &at, &len) : NULL;
	if (line)
		status = read_line(f, line, len, &json, err);
	if (rc_good(status))
		*ret = strcmp(rc_json_str(json, "id", ""), item);
	return status;
}

enum rc_status corpus_reader_item(struct corpus_reader *r, const char *item, json_t **ret, struct rc_err *err)
{
	RC_OWN_BUF raw = RC_BUF(ZST_MAX_FRAME);
	enum rc_status status = open_index(r, err);
	size_t low = 0, high = r->index.table.n, at = 0, len;

	/* low: the last frame whose first id is not after the item's */
	while (status == RC_OK && high - low > 1) {
		size_t middle = low + (high - low) / 2;
		int order = 0;

		status = compare_first(&r->index, middle, item, &raw, &order, err);
		if (order <= 0)
			low = middle;
		else
			high = middle;
	}
	if (status != RC_OK || high == 0)
		return status == RC_OK ? RC_SKIP : status;
	rc_buf_clear(&raw);
	status = zst_frame_read(&r->index.zst, &r->index.table, low, &raw, NULL, err);
	for (const char *line; rc_good(status) && (line = packed_line(&raw, &at, &len));) {
		RC_OWN_JSON json = NULL;

		status = read_line(&r->index, line, len, &json, err);
		if (rc_good(status) && strcmp(rc_json_str(json, "id", ""), item) == 0) {
			*ret = rc_steal(json);
			return RC_OK;
		}
	}
	return rc_good(status) ? RC_SKIP : status;
}

/* The item's share of a key, with percent-encoding undone. */
static bool decode_key(const char *key, struct rc_buf *item)
{
	const char *end = strrchr(key, '-');

	if (end && end[1] == 'f' && strspn(end + 2, "0123456789") == strlen(end + 2)) {
		const char *frame = end;

		while (end > key && *--end != '-')
			;
		if (frame - end != 13)
			end = frame;
	}
	if (!end || end == key || strspn(end + 1, "0123456789abcdef") < 12)
		return false;
	for (const char *c = key; c < end; c++) {
		if (*c == '%' && end - c > 2 && rc_hex_digit(c[1]) >= 0 && rc_hex_digit(c[2]) >= 0) {
			rc_buf_addc(item, (char)(rc_hex_digit(c[1]) * 16 + rc_hex_digit(c[2])));
			c += 2;
		} else {
			rc_buf_addc(item, *c);
		}
	}
	return true;
}

/* Twelve digest digits after '~': the key was too long and was cut. Then only the whole index tells. */
static enum rc_status search_cut(struct corpus_reader *r, const char *key, struct rc_buf *item, struct rc_err *err)
{
	const char *tilde = strchr(key, '~');
	RC_OWN_BUF raw = RC_BUF(ZST_MAX_FRAME);
	enum rc_status status = tilde ? RC_OK : RC_SKIP;

	for (size_t i = 0; status == RC_OK && i < r->index.table.n; i++) {
		size_t at = 0, len;

		rc_buf_clear(&raw);
		status = zst_frame_read(&r->index.zst, &r->index.table, i, &raw, NULL, err);
		for (const char *line; status == RC_OK && (line = packed_line(&raw, &at, &len));) {
			RC_OWN_JSON json = NULL;
			char hex[RC_DIGEST_HEX];
			struct rc_digest d;
			const char *id;

			status = read_line(&r->index, line, len, &json, err);
			id = rc_json_str(json, "id", "");
			d = rc_digest_of(id, strlen(id));
			if (status == RC_OK && strncmp(tilde + 1, rc_digest_hex(&d, hex), 12) == 0) {
				rc_buf_adds(item, id);
				return RC_OK;
			}
		}
	}
	return rc_good(status) ? RC_SKIP : status;
}

enum rc_status corpus_reader_item_of_key(struct corpus_reader *r, const char *key, struct rc_buf *item, struct rc_err *err)
{
	RC_OWN_JSON found = NULL;
	enum rc_status status = open_index(r, err);

	if (status != RC_OK || !decode_key(key, item))
		return rc_good(status) ? RC_SKIP : status;
	status = corpus_reader_item(r, item->data, &found, err);
	if (status != RC_SKIP)
		return status;
	rc_buf_clear(item);
	return search_cut(r, key, item, err);
}

/* ---- all of it, in the order of ids --------------------------------------------------------------------- */

struct corpus_index_walk {
	struct corpus_reader *r;
	size_t frame, at;
	struct rc_buf raw;
};

enum rc_status corpus_index_walk_new(struct corpus_index_walk **ret, struct corpus_reader *r, struct rc_err *err)
{
	enum rc_status status = open_index(r, err);
	struct corpus_index_walk *w = rc_good(status) ? malloc(sizeof *w) : NULL;

	if (!rc_good(status))
		return status;
	if (!w)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot read '%s': out of memory", r->source->name);
	*w = (struct corpus_index_walk){ .r = r, .raw = RC_BUF(ZST_MAX_FRAME) };
	*ret = w;
	return RC_OK;
}

enum rc_status corpus_index_walk_next(struct corpus_index_walk *w, json_t **ret, struct rc_err *err)
{
	struct packed_file *f = &w->r->index;
	enum rc_status status;
	const char *line;
	size_t len = 0;

	while (!(line = packed_line(&w->raw, &w->at, &len))) {
		if (w->frame >= f->table.n)     /* also without an index */
			return RC_SKIP;
		rc_buf_clear(&w->raw);
		w->at = 0;
		status = zst_frame_read(&f->zst, &f->table, w->frame++, &w->raw, NULL, err);
		if (!rc_good(status))
			return status;
	}
	return read_line(f, line, len, ret, err);
}

void corpus_index_walk_free(struct corpus_index_walk **w)
{
	if (*w)
		rc_buf_free(&(*w)->raw);
	free(*w);
	*w = NULL;
}
