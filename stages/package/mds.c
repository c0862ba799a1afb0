/* mds.c -- writes MDS shards and their index, and looks whether one is whole. */
#include "package/mds.h"

#include <stdio.h>
#include <string.h>

/* Sorted by name, as the format wants them. */
static const struct {
	const char *name, *encoding;
} columns[] = { { "id", "str" }, { "metadata", "json" }, { "source", "str" }, { "text", "str" } };
#define N_COLUMNS RC_COUNT(columns)

struct mds {
	struct rc_buf samples;
	struct rc_buf ends;     /* uint64 each: where a sample ends in samples */
};

struct mds *mds_new(void)
{
	struct mds *m = malloc(sizeof *m);

	if (m)
		*m = (struct mds){ RC_BUF(MDS_MAX_BYTES), RC_BUF(MDS_MAX_BYTES) };
	return m;
}

void mds_free(struct mds **m)
{
	if (*m) {
		rc_buf_free(&(*m)->samples);
		rc_buf_free(&(*m)->ends);
	}
	free(*m);
	*m = NULL;
}

static void add32(struct rc_buf *out, uint64_t v)
{
	rc_buf_add(out, &(uint8_t[4]){ v & 0xff, v >> 8 & 0xff, v >> 16 & 0xff, v >> 24 & 0xff }, 4);
}

static uint32_t get32(const char *at)
{
	const uint8_t *b = (const uint8_t *)at;

	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

enum rc_status mds_add(struct mds *m, const struct rc_buf *line, struct rc_err *err)
{
	RC_OWN_JSON sample = NULL;
	RC_OWN_BUF metadata = RC_BUF(MDS_MAX_BYTES);
	const char *values[N_COLUMNS];
	enum rc_status status = rc_json_parse(line->data, line->len, "sample", &sample, err);
	uint64_t end;

	if (!rc_good(status))
		return status;
	rc_json_print(&metadata, json_object_get(sample, "metadata"));
	for (size_t i = 0; i < N_COLUMNS; i++)
		values[i] = strcmp(columns[i].encoding, "json") == 0 ? metadata.data : rc_json_str(sample, columns[i].name, "");
	for (size_t i = 0; i < N_COLUMNS; i++)
		add32(&m->samples, strlen(values[i]));
	for (size_t i = 0; i < N_COLUMNS; i++)
		rc_buf_adds(&m->samples, values[i]);
	end = m->samples.len;
	rc_buf_add(&m->ends, &end, sizeof end);
	if (metadata.failed || m->samples.failed || m->ends.failed)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BYTES, "cannot write an MDS shard: larger than %lld bytes", (long long)MDS_MAX_BYTES);
	return RC_OK;
}

/* What every shard and every entry of the index says of the columns. */
static json_t *describe(int level)
{
	json_t *json = json_object(), *encodings = json_array(), *names = json_array(), *sizes = json_array(), *hashes = json_array();
	char compression[16];

	for (size_t i = 0; i < N_COLUMNS; i++) {
		json_array_append_new(encodings, json_string(columns[i].encoding));
		json_array_append_new(names, json_string(columns[i].name));
		json_array_append_new(sizes, json_null());
	}
	json_array_append_new(hashes, json_string("sha256"));
	snprintf(compression, sizeof compression, "zstd:%d", level);
	json_object_set_new(json, "column_encodings", encodings);
	json_object_set_new(json, "column_names", names);
	json_object_set_new(json, "column_sizes", sizes);
	json_object_set_new(json, "compression", json_string(compression));
	json_object_set_new(json, "format", json_string("mds"));
	json_object_set_new(json, "hashes", hashes);
	json_object_set_new(json, "size_limit", json_integer(MDS_SHARD_BYTES));
	json_object_set_new(json, "version", json_integer(2));
	return json;
}

enum rc_status mds_end(struct mds *m, int level, struct rc_buf *out, struct rc_err *err)
{
	RC_OWN_JSON config = describe(level);
	RC_OWN_BUF text = RC_BUF(1 << 16);
	size_t n = m->ends.len / sizeof(uint64_t);
	uint64_t start;

	rc_json_print(&text, config);
	start = 4 + 4 * (n + 1) + text.len;
	add32(out, n);
	add32(out, start);
	for (size_t i = 0; i < n; i++) {
		uint64_t end;

		memcpy(&end, m->ends.data + i * sizeof end, sizeof end);
		add32(out, start + end);
	}
	rc_buf_add(out, text.data, text.len);
	rc_buf_add(out, m->samples.data, m->samples.len);
	rc_buf_clear(&m->samples);
	rc_buf_clear(&m->ends);
	return rc_buf_check(out, "an MDS shard", err);
}

/* ---- the index --------------------------------------------------------------------------------------------- */

static json_t *file_json(const char *name, size_t len, int64_t bytes, const struct rc_digest *digest)
{
	json_t *file = json_object(), *hashes = json_object();
	char hex[RC_DIGEST_HEX];

	json_object_set_new(hashes, "sha256", json_string(rc_digest_hex(digest, hex)));
	json_object_set_new(file, "basename", json_stringn(name, len));
	json_object_set_new(file, "bytes", json_integer(bytes));
	json_object_set_new(file, "hashes", hashes);
	return file;
}

void mds_index_print(const struct mds_shard *shards, size_t n, int level, struct rc_buf *out)
{
	RC_OWN_JSON index = json_object();
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *shard = describe(level);
		size_t len = strlen(shards[i].name);

		json_object_set_new(shard, "raw_data", file_json(shards[i].name, len - strlen(".zstd"), shards[i].raw_bytes, &shards[i].raw_digest));
		json_object_set_new(shard, "samples", json_integer(shards[i].samples));
		json_object_set_new(shard, "zip_data", file_json(shards[i].name, len, shards[i].bytes, &shards[i].digest));
		json_array_append_new(list, shard);
	}
	json_object_set_new(index, "shards", list);
	json_object_set_new(index, "version", json_integer(2));
	rc_json_print_pretty(out, index);
}

/* ---- checking ------------------------------------------------------------------------------------------------ */

static bool sample_is_whole(const char *bytes, size_t len)
{
	uint64_t sum = 4 * N_COLUMNS;

	for (size_t i = 0; len >= 4 * N_COLUMNS && i < N_COLUMNS; i++)
		sum += get32(bytes + 4 * i);
	return sum == len;
}

bool mds_is_whole(const struct rc_buf *raw, int64_t samples, const char **why)
{
	uint64_t n = raw->len >= 8 ? get32(raw->data) : 0, at;

	*why = "its table of samples is not whole";
	if (raw->len < 8 || 4 + 4 * (n + 1) > raw->len)
		return false;
	*why = "it has another number of samples than the manifest says";
	if ((int64_t)n != samples)
		return false;
	*why = "a sample is not where the table says";
	at = get32(raw->data + 4);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t end = get32(raw->data + 8 + 4 * i);

		if (end < at || end > raw->len || !sample_is_whole(raw->data + at, end - at))
			return false;
		at = end;
	}
	return at == raw->len;
}
