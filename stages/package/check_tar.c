/* check_tar.c -- tars of a corpus, sample by sample: pages, their images where those lie apart, lines; and the tables beside them.
 *
 *   check_tar()       members, JSON, image; past a sample that cannot be read it goes on by the table of offsets
 *   check_offsets()   a table against its tar
 *
 * Of a tar with another digest every sample is compared with what the index has of it, so that the one that was touched is named. */
#include "package/check_parts.h"

#include <string.h>

#include "common/zst.h"
#include "core/text.h"
#include "package/tar_read.h"

#define MAX_TABLE (INT64_C(1) << 30)

struct tar_check {
	struct checking *c;
	struct tar_walk walk, mate_walk;
	struct tar_sample sample, mate;         /* mate: of an image that lies apart, the rest of its sample */
	const struct manifest_file *mate_file;  /* the tar with the rest; NULL: none, or it cannot be read further */
	struct told told;                       /* only when the tar is damaged */
	struct rc_buf offsets;                  /* its table; empty when that is damaged, too, or not needed */
	int64_t number;                         /* of the sample in the tar, from 0 */
	int64_t named;                          /* samples that were found to be touched */
};

static void tar_check_end(struct tar_check *t)
{
	tar_walk_close(&t->walk);
	tar_walk_close(&t->mate_walk);
	tar_sample_free(&t->sample);
	tar_sample_free(&t->mate);
	told_free(&t->told);
	rc_buf_free(&t->offsets);
}

static uint64_t offset_at(const struct rc_buf *table, size_t i)
{
	uint64_t v = 0;

	for (int byte = 7; byte >= 0; byte--)
		v = v << 8 | (uint8_t)table->data[8 * i + (size_t)byte];
	return v;
}

static const char *rule_of(const struct checking *c)
{
	return c->file->kind == MANIFEST_LINES ? "line-sample" : "page-sample";
}

/* ---- one sample ------------------------------------------------------------------------------------------ */

/* Where images lie apart in the whole corpus, a tar of pages has none, also when it was pulled without them. */
static bool images_apart(const struct manifest *m)
{
	const json_t *samples = json_object_get(json_object_get(m->json, "counts"), "samples");
	const char *split;
	json_t *n;

	json_object_foreach(json_object_get(samples, manifest_kind_name(MANIFEST_IMAGES)), split, n)
		if (json_integer_value(n) > 0)
			return true;
	return false;
}

static const char *image_fault(const struct tar_check *t, const json_t *json)
{
	char hex[RC_DIGEST_HEX];

	if (!t->sample.has_image)
		return images_apart(t->c->manifest) ? NULL : "it has no image";
	return strcmp(rc_json_str(json, "image_sha256", ""), rc_digest_hex(&t->sample.image, hex)) == 0 ? NULL : "its image is another one";
}

static const char *sample_fault(const struct tar_check *t, const json_t *json)
{
	const struct checking *c = t->c;
	const struct tar_sample *s = &t->sample;

	if (strcmp(rc_json_str(json, "id", ""), s->key) != 0)
		return "its id is not its key";
	if (strcmp(rc_json_str(json, "split", ""), manifest_splits[c->file->split]) != 0)
		return "its split is not that of the shard";
	if (!rc_utf8_valid(s->text.data, s->text.len))
		return "its text is not UTF-8";
	if (rc_json_bool(json, "not_read", false) && s->text.len > 0)
		return "it has a text and was not read";
	if (c->file->kind == MANIFEST_LINES && (s->text.len == 0 || !s->png))
		return "it has no text, or its image is no PNG";
	return image_fault(t, json);
}

/* An image that lies apart: its digest stands in the JSON of its mate. */
static const char *apart_fault(const struct tar_check *t)
{
	RC_OWN_JSON json = NULL;
	char hex[RC_DIGEST_HEX];

	if (!t->mate_file)
		return NULL;
	if (strcmp(t->mate.key, t->sample.key) != 0)
		return "its key is not the one in the tar of pages";
	if (!rc_good(rc_json_parse(t->mate.json.data, t->mate.json.len, t->mate.key, &json, NULL)))
		return NULL;
	return strcmp(rc_json_str(json, "image_sha256", ""), rc_digest_hex(&t->sample.image, hex)) == 0 ? NULL : "it is another image";
}

static bool content_differs(const struct tar_check *t)
{
	const struct tar_sample *s = &t->sample;
	uint64_t check = zst_hash(s->text.data, s->text.len, zst_hash(s->json.data, s->json.len, 0));

	return t->c->damaged && t->c->file->kind == MANIFEST_PAGES && told_differs(&t->told, t->number, (uint32_t)check);
}

static enum rc_status check_sample(struct tar_check *t, struct rc_err *err)
{
	struct checking *c = t->c;
	RC_OWN_JSON json = NULL;
	struct rc_err why;
	const char *fault;

	if (c->file->kind == MANIFEST_IMAGES) {
		fault = apart_fault(t);
	} else if (!rc_good(rc_json_parse(t->sample.json.data, t->sample.json.len, t->sample.key, &json, &why))) {
		t->named++;
		check_report(c, c->file->path, rule_of(c), false, 0, 1, "sample '%s': %s", t->sample.key, why.text);
		return RC_OK;
	} else {
		fault = sample_fault(t, json);
		if (!fault && content_differs(t))
			fault = "its JSON or its text is not the one that was packed";
	}
	t->named += fault != NULL;
	if (fault)
		check_report(c, c->file->path, rule_of(c), false, 0, 1, "sample '%s': %s", t->sample.key, fault);
	c->good++;
	return check_add_id(c, t->sample.key, err);
}

/* ---- the walk -------------------------------------------------------------------------------------------- */

/* The next sample beside. What is wrong with that tar is said when it is looked at; here it only ends the comparison. */
static void next_mate(struct tar_check *t)
{
	if (t->mate_file && tar_sample_next(&t->mate_walk, false, &t->mate, NULL) != RC_OK)
		t->mate_file = NULL;
}

/* Says which sample it was, and goes to the one behind it. RC_SKIP: that cannot be found. */
static enum rc_status pass_over(struct tar_check *t, const char *why)
{
	struct checking *c = t->c;
	const struct told_run *run = told_of(&t->told, t->number);
	RC_OWN_BUF who = RC_BUF(1 << 16);
	size_t n = t->offsets.len / 8;

	if (t->sample.key[0])
		rc_buf_addf(&who, "sample '%s'", t->sample.key);
	else
		rc_buf_addf(&who, "sample %lld%s%s%s", (long long)t->number + 1, run ? ", a page of '" : "", run ? run->item : "", run ? "'" : "");
	t->named++;
	if ((int64_t)n != c->file->samples + 1 || t->number >= c->file->samples) {
		int64_t left = c->file->samples > c->good ? c->file->samples - c->good : 0;

		check_report(c, c->file->path, "format", false, 0, left, "%s: %s; what lies behind it cannot be reached", who.data, why);
		return RC_SKIP;
	}
	check_report(c, c->file->path, "format", false, 0, 1, "%s: %s", who.data, why);
	t->walk.offset = (int64_t)offset_at(&t->offsets, (size_t)t->number + 1);
	t->walk.pending = false;
	return RC_OK;
}

/* The table of the tar, if it is what the manifest says. */
static void load_offsets(struct tar_check *t)
{
	RC_OWN_BUF path = RC_BUF(1 << 10);
	const struct manifest_file *table;
	struct rc_digest digest;

	rc_buf_addf(&path, "%s.idx", t->c->file->path);
	table = manifest_find(t->c->manifest, path.data);
	if (!table || !rc_good(corpus_read_all(&t->c->source, path.data, MAX_TABLE, &t->offsets, NULL)))
		return;
	digest = rc_digest_of(t->offsets.data, t->offsets.len);
	if (!rc_digest_equal(&digest, &table->digest))
		rc_buf_clear(&t->offsets);
}

static void open_mate(struct tar_check *t)
{
	struct checking *c = t->c;
	struct rc_err why;

	t->mate_file = manifest_mate(c->manifest, c->file);
	if (!t->mate_file)
		return;
	if (t->mate_file->samples != c->file->samples || t->mate_file->split != c->file->split) {
		check_report(c, c->file->path, "samples", false, 0, 0, "'%s' has not the same samples", t->mate_file->path);
		t->mate_file = NULL;
	} else if (c->file->kind == MANIFEST_PAGES || !rc_good(tar_walk_open(&t->mate_walk, &c->source, t->mate_file, 0, false, &why))) {
		t->mate_file = NULL;
	}
}

static enum rc_status walk_samples(struct tar_check *t, struct rc_err *err)
{
	struct rc_err why = { 0 };
	enum rc_status status;

	for (;; t->number++) {
		next_mate(t);
		status = tar_sample_next(&t->walk, true, &t->sample, &why);
		if (status == RC_SKIP)
			return RC_OK;
		if (rc_good(status))
			status = check_sample(t, err);
		else if (status == RC_PAGE_FAILED)
			status = pass_over(t, why.text);
		else
			return check_settle(t->c, status, "format", &why, err);
		if (status != RC_OK)
			return status == RC_SKIP ? RC_OK : status;
	}
}

enum rc_status check_tar(struct checking *c, struct rc_err *err)
{
	RC_CLEANUP(tar_check_end) struct tar_check t = { .c = c, .offsets = RC_BUF(MAX_TABLE) };
	struct rc_err why = { 0 };
	enum rc_status status = tar_walk_open(&t.walk, &c->source, c->file, 0, false, &why);

	tar_sample_init(&t.sample);
	tar_sample_init(&t.mate);
	if (!rc_good(status))
		return check_settle(c, status, "format", &why, err);
	open_mate(&t);
	if (c->damaged) {
		load_offsets(&t);
		status = told_load(c, &t.told, err);
	}
	if (rc_good(status))
		status = walk_samples(&t, err);
	if (!rc_good(status))
		return status;
	if (c->good != c->file->samples && t.named == 0)
		check_report(c, c->file->path, "samples", false, 0, 0, "%lld samples, the manifest says %lld", (long long)c->good, (long long)c->file->samples);
	else if (c->damaged && t.named == 0)
		check_report(c, c->file->path, "digest", false, 0, 0, t.told.n > 0 ? "all its samples are what was packed: the damage is between them" :
		             "it cannot be told which of its samples is touched");
	return RC_OK;
}

/* ---- tables of offsets ------------------------------------------------------------------------------------ */

/* Compares the table with where samples begin. */
static enum rc_status compare_offsets(struct checking *c, const struct manifest_file *tar, const struct rc_buf *table, struct rc_err *err)
{
	RC_CLEANUP(tar_walk_close) struct tar_walk w;
	RC_CLEANUP(tar_sample_free) struct tar_sample s;
	struct rc_err why;
	enum rc_status status = tar_walk_open(&w, &c->source, tar, 0, false, &why);

	tar_sample_init(&s);
	for (int64_t i = 0; rc_good(status) && i <= tar->samples; i++) {
		status = tar_sample_next(&w, false, &s, &why);
		if (rc_good(status) && (uint64_t)s.offset != offset_at(table, (size_t)i))
			check_report(c, c->file->path, "format", false, 0, status == RC_OK, "offset %lld is not where %s%s%s of '%s' %s", (long long)i + 1,
			             status == RC_OK ? "sample '" : "the end", s.key, status == RC_OK ? "'" : "", tar->path,
			             status == RC_OK ? "begins" : "is");
	}
	return status == RC_RUN_FAILED ? check_settle(c, status, "format", &why, err) : RC_OK;
}

enum rc_status check_offsets(struct checking *c, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(1 << 10);
	RC_OWN_BUF table = RC_BUF(MAX_TABLE);
	const struct manifest_file *tar;
	struct rc_err why;
	enum rc_status status = corpus_read_all(&c->source, c->file->path, MAX_TABLE, &table, &why);

	if (!rc_good(status))
		return check_settle(c, status, "format", &why, err);
	rc_buf_add(&path, c->file->path, strlen(c->file->path) - strlen(".idx"));
	tar = manifest_find(c->manifest, path.data);
	if (!tar || table.len % 8 != 0 || (int64_t)(table.len / 8) != tar->samples + 1) {
		check_report(c, c->file->path, "format", false, 0, 0, "it is not of a tar in the manifest, or has another number of samples");
		return RC_OK;
	}
	return compare_offsets(c, tar, &table, err);
}
