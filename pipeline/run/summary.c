/* summary.c -- totals from the ledger and the manifest, as text and as JSON.
 *
 *   rc_totals()         the numbers
 *   rc_summary()        a table a person understands, and what to do next
 *   rc_summary_json()   schemas/status.schema.json */
#include "run/summary.h"

#include <string.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/text.h"
#include "run/slurm.h"

enum { MAX_TEXT = 1 << 20, MAX_MANIFEST = 64 << 20, SHOWN_TROUBLE = 5, LISTED = 1000 };

/* ---- numbers ------------------------------------------------------------------------------------------ */

struct corpus {                 /* what the manifest says, for people */
	bool there;
	int64_t shards, samples;
	struct rc_buf kinds;            /* "8 text, 120 pages; beside them 8 attributes" */
	int64_t out;                    /* items that are in no shard */
	struct rc_buf reasons;          /* "rights-unknown 2, no-pages 1" */
	int64_t withdrawn, withdrawn_items, withdrawn_pages;    /* rows of withdraw.csv, and what of the batch they named */
};

static void corpus_free(struct corpus *c)
{
	rc_buf_free(&c->kinds);
	rc_buf_free(&c->reasons);
}

/* Shards whose samples are those of other shards again, in another form or by part. */
static bool repeats(const char *kind, bool text)
{
	return strcmp(kind, "attributes") == 0 || strcmp(kind, "images") == 0 || (text && strcmp(kind, "mds") == 0);
}

/* One kind of shard after the other, in the order of the manifest. */
static void count_kind(struct corpus *c, const json_t *files, const char *kind, bool again, struct rc_buf *out)
{
	int64_t samples = 0;
	size_t i;
	json_t *f;

	json_array_foreach(files, i, f) {
		if (strcmp(rc_json_str(f, "kind", ""), kind) != 0)
			continue;
		c->shards++;
		samples += rc_json_int(f, "samples", 0);
	}
	c->samples += again ? 0 : samples;
	rc_buf_addf(out, "%s%lld %s", out->len ? ", " : "", (long long)samples, kind);
}

/* Files of samples belong to a split; so do tables and indexes beside them, which have no samples. */
static bool is_shard(const json_t *file)
{
	return json_object_get(file, "split") && rc_json_int(file, "samples", 0) > 0;
}

static bool came_before(const json_t *files, size_t end, const char *kind)
{
	for (size_t i = 0; i < end; i++) {
		const json_t *f = json_array_get(files, i);

		if (is_shard(f) && strcmp(rc_json_str(f, "kind", ""), kind) == 0)
			return true;
	}
	return false;
}

static void count_shards(struct corpus *c, const json_t *files)
{
	RC_OWN_BUF beside = RC_BUF(MAX_TEXT);
	bool text = came_before(files, json_array_size(files), "text");
	size_t i;
	json_t *f;

	json_array_foreach(files, i, f) {
		const char *kind = rc_json_str(f, "kind", "");
		bool again = repeats(kind, text);

		if (is_shard(f) && !came_before(files, i, kind))
			count_kind(c, files, kind, again, again ? &beside : &c->kinds);
	}
	if (beside.len)
		rc_buf_addf(&c->kinds, "; beside them %s", beside.data);
}

/* Which items are in no shard, and why. An item may have several reasons. */
static void count_left_out(struct corpus *c, const json_t *manifest)
{
	const json_t *counts = json_object_get(manifest, "counts"), *reasons = json_object_get(counts, "items_left_out");
	const char *reason;
	json_t *n;

	c->out = rc_json_int(counts, "items", 0) - rc_json_int(counts, "items_in_corpus", 0);
	json_object_foreach((json_t *)(uintptr_t)reasons, reason, n)
		rc_buf_addf(&c->reasons, "%s%s %lld", c->reasons.len ? ", " : ": ", reason, (long long)json_integer_value(n));
	c->withdrawn = (int64_t)json_array_size(json_object_get(manifest, "withdrawn"));
	c->withdrawn_items = rc_json_int(reasons, "withdrawn", 0);
	c->withdrawn_pages = rc_json_int(json_object_get(counts, "page_tags"), "withdrawn", 0);
}

static void read_manifest(const struct rc_batch *batch, struct corpus *ret)
{
	RC_OWN_BUF path = RC_BUF(MAX_TEXT);
	RC_OWN_BUF bytes = RC_BUF(MAX_MANIFEST);
	RC_OWN_JSON manifest = NULL;

	*ret = (struct corpus){ .kinds = RC_BUF(MAX_TEXT), .reasons = RC_BUF(MAX_TEXT) };
	rc_batch_path(batch, "corpus/manifest.json", &path);
	if (!rc_good(rc_buf_read_file(&bytes, path.data, NULL))
	    || !rc_good(rc_json_parse(bytes.data, bytes.len, "manifest.json", &manifest, NULL)))
		return;
	ret->there = true;
	count_shards(ret, json_object_get(manifest, "files"));
	count_left_out(ret, manifest);
}

struct rc_totals rc_totals(struct rc_books *b)
{
	struct rc_ledger *l = b->ledger;
	struct rc_totals t = {
		.pending = rc_ledger_count(l, RC_COUNT_PENDING) + rc_ledger_count(l, RC_COUNT_ALONE),
		.done = rc_ledger_count(l, RC_COUNT_DONE), .quarantined = rc_ledger_count(l, RC_COUNT_QUARANTINED),
		.stale = rc_books_stale(b), .files_with_pages = rc_ledger_count(l, RC_COUNT_FILES_WITH_PAGES),
		.files_failed = rc_ledger_count(l, RC_COUNT_FILES_FAILED), .files_ignored = rc_ledger_count(l, RC_COUNT_FILES_IGNORED),
		.files_gone = rc_ledger_count(l, RC_COUNT_GONE), .ignored = rc_ledger_count(l, RC_COUNT_IGNORED),
		.faults = rc_ledger_count(l, RC_COUNT_FAULTS), .items = rc_ledger_count(l, RC_COUNT_ITEMS),
		.records = rc_ledger_count(l, RC_COUNT_RECORDS), .ranked = rc_ledger_count(l, RC_COUNT_RANKED),
	};
	int64_t timed = rc_ledger_count(l, RC_COUNT_READ_TIMED);

	t.pages = t.pending + t.done + t.quarantined;
	t.files = t.files_with_pages + t.files_failed + t.files_ignored + rc_ledger_count(l, RC_COUNT_FILES_BEGUN);
	if (timed > 0)
		t.page_seconds = (double)rc_ledger_count(l, RC_COUNT_READ_MS) / 1000 / (double)timed;
	return t;
}

bool rc_totals_are_clean(const struct rc_totals *t)
{
	return t->quarantined == 0 && t->faults == 0;
}

/* ---- text ------------------------------------------------------------------------------------------------ */

struct list {
	struct rc_buf *out;
	int64_t n;
};

static enum rc_status add_tally(void *ctx, const char *reason, int64_t n, struct rc_err *err)
{
	struct list *list = ctx;

	rc_buf_addf(list->out, "%s%s %lld", list->n++ ? ", " : "", reason, (long long)n);
	return RC_OK;
}

/* The name a person knows the file by. */
static const char *last_part(const struct rc_trouble *t)
{
	const char *name = t->member && t->member[0] ? t->member : t->source_path[0] ? t->source_path : t->root_path;
	const char *slash = strrchr(name, '/');

	return slash && slash[1] ? slash + 1 : name;
}

static enum rc_status add_trouble(void *ctx, const struct rc_trouble *t, struct rc_err *err)
{
	struct list *list = ctx;

	rc_buf_adds(list->out, "    ");
	if (!strstr(t->message, last_part(t))) {
		rc_text_escape(list->out, last_part(t));
		rc_buf_adds(list->out, ": ");
	}
	rc_text_escape(list->out, t->message);
	rc_buf_addc(list->out, '\n');
	list->n++;
	return RC_OK;
}

#define ROW "  %-12s %8lld   "

/* How well pages were read, as far as they are decided on. */
static void add_grades(struct rc_books *b, struct rc_buf *out)
{
	RC_OWN_BUF grades = RC_BUF(MAX_TEXT);
	struct list list = { .out = &grades };

	if (rc_good(rc_ledger_tally_grades(b->ledger, add_tally, &list, NULL)) && list.n > 0)
		rc_buf_addf(out, "  %-12s %8s   %s\n", "grades", "", grades.data);
}

static void add_pages(struct rc_books *b, const struct rc_totals *t, const struct rc_run_result *run, struct rc_buf *out)
{
	struct list list = { .out = out };
	char took[32];

	rc_buf_addf(out, ROW, "read", (long long)t->done);
	if (run && run->pages > run->failed) {
		rc_say_seconds(run->seconds, took);
		/* Pages with equal scans share one reading. */
		rc_buf_addf(out, "%lld in this run%s, %.1f s a page, %s in all", (long long)(run->pages - run->failed),
		            t->done > run->pages - run->failed ? " (equal scans once)" : "", run->page_seconds, took);
	} else if (t->page_seconds > 0) {
		rc_buf_addf(out, "%.1f s a page", t->page_seconds);
	}
	rc_buf_addc(out, '\n');
	if (t->pending > 0)
		rc_buf_addf(out, ROW "\n", "waiting", (long long)t->pending);
	add_grades(b, out);
	if (t->stale > 0)
		rc_buf_addf(out, ROW "read by another version or model; 'run --upgrade' redoes them\n", "stale", (long long)t->stale);
	if (!rc_totals_are_clean(t)) {
		rc_buf_addf(out, ROW, "quarantined", (long long)(t->quarantined + t->faults));
		(void)rc_ledger_tally(b->ledger, add_tally, &list, NULL);
		rc_buf_addc(out, '\n');
	}
}

/* What normalize noted under this name ("catalogue.counts"), or NULL. New reference. */
static json_t *noted_counts(struct rc_books *b, const char *name)
{
	RC_OWN_STR note = rc_ledger_note(b->ledger, name);
	json_t *counts = NULL;

	if (note && *note)
		(void)rc_json_parse(note, strlen(note), name, &counts, NULL);
	return counts;
}

static void add_count(struct rc_buf *out, const json_t *counts, const char *key, const char *what)
{
	int64_t n = rc_json_int(counts, key, 0);

	if (n > 0)
		rc_buf_addf(out, ", %lld %s", (long long)n, what);
}

/* How the archive's catalogue and the scans fit. */
static void add_catalogue(struct rc_books *b, struct rc_buf *out)
{
	RC_OWN_JSON counts = noted_counts(b, "catalogue.counts");
	const json_t *items = json_object_get(counts, "items");
	int64_t by_id = rc_json_int(items, "id", 0), by_number = rc_json_int(items, "reference", 0), by_name = rc_json_int(items, "name", 0);

	if (!counts)
		return;
	rc_buf_addf(out, ROW "rows (%s, %s) for %lld items", "catalogue", (long long)rc_json_int(counts, "rows", 0),
	            rc_json_str(counts, "encoding", ""), rc_json_str(counts, "delimiter", ""), (long long)(by_id + by_number + by_name));
	rc_buf_addf(out, ": %lld by id, %lld by number, %lld by name", (long long)by_id, (long long)by_number, (long long)by_name);
	add_count(out, counts, "rows_without_scans", "rows without scans");
	add_count(out, counts, "scans_without_row", "items without a row");
	add_count(out, counts, "ambiguous", "ambiguous rows");
	add_count(out, counts, "duplicate", "rows twice");
	add_count(out, counts, "broken", "broken rows");
	if (rc_json_int(counts, "rows_without_scans", 0) + rc_json_int(counts, "scans_without_row", 0) + rc_json_int(counts, "findings", 0) > 0)
		rc_buf_addf(out, ": %s/report/catalogue.tsv", b->batch->name);
	rc_buf_addc(out, '\n');
}

/* How many pages keep to DA/T 31. */
static void add_profile(struct rc_books *b, struct rc_buf *out)
{
	RC_OWN_JSON counts = noted_counts(b, "dat31.counts");
	const char *code;
	json_t *n;

	if (!counts)
		return;
	rc_buf_addf(out, ROW "pages of %lld keep to DA/T 31", "dat31", (long long)rc_json_int(counts, "without_findings", 0),
	            (long long)rc_json_int(counts, "pages", 0));
	json_object_foreach(json_object_get(counts, "findings"), code, n)
		add_count(out, json_object_get(counts, "findings"), code, code);
	rc_buf_addf(out, ": %s/report/dat31.tsv\n", b->batch->name);
}

/* Tasks of the engine slurm, as the coordinator saw them last. */
static void add_slurm(struct rc_books *b, struct rc_buf *out)
{
	RC_OWN_JSON now = rc_slurm_now(b->batch);
	const json_t *nodes = json_object_get(now, "nodes");
	size_t i;
	json_t *node;

	if (!now)
		return;
	rc_buf_addf(out, ROW "tasks run, %lld wait, with %lld pages (%s)", "slurm", (long long)rc_json_int(now, "running", 0),
	            (long long)rc_json_int(now, "waiting", 0), (long long)rc_json_int(now, "pages", 0), rc_json_str(now, "jobs", ""));
	json_array_foreach(nodes, i, node)
		rc_buf_addf(out, "%s%s", i ? ", " : "; on ", json_string_value(node) ? json_string_value(node) : "");
	if (rc_json_str(now, "avoided", "")[0])
		rc_buf_addf(out, "; left alone: %s", rc_json_str(now, "avoided", ""));
	rc_buf_addc(out, '\n');
}

/* What is in shards, and what is not. */
static void add_corpus(struct rc_books *b, struct rc_buf *out)
{
	RC_CLEANUP(corpus_free) struct corpus c;

	read_manifest(b->batch, &c);
	if (c.there && c.shards > 0)
		rc_buf_addf(out, ROW "in %lld shards (%s): %s/corpus/\n", "samples", (long long)c.samples, (long long)c.shards, c.kinds.data,
		            b->batch->name);
	else if (c.there)
		rc_buf_addf(out, ROW "%s/corpus/ has a manifest and no shards\n", "samples", 0LL, b->batch->name);
	if (c.out > 0)
		rc_buf_addf(out, ROW "items%s\n", "left out", (long long)c.out, c.reasons.data ? c.reasons.data : "");
	if (c.withdrawn > 0)
		rc_buf_addf(out, ROW "rows of withdraw.csv: %lld items and %lld pages of this batch\n", "withdrawn", (long long)c.withdrawn,
		            (long long)c.withdrawn_items, (long long)c.withdrawn_pages);
}

static void add_rest(struct rc_books *b, const struct rc_totals *t, struct rc_buf *out)
{
	RC_OWN_BUF report = RC_BUF(MAX_TEXT);

	add_slurm(b, out);
	if (t->ignored > 0)
		rc_buf_addf(out, ROW "files, also in archives, that are no scans\n", "ignored", (long long)t->ignored);
	if (t->files_gone > 0)
		rc_buf_addf(out, ROW "sources that are no longer there; what was read from them is kept\n", "gone", (long long)t->files_gone);
	add_catalogue(b, out);
	add_profile(b, out);
	rc_buf_addf(out, ROW "%s/records/\n", "records", (long long)t->records, b->batch->name);
	add_corpus(b, out);
	rc_batch_path(b->batch, "report/index.html", &report);
	if (access(report.data, F_OK) == 0)
		rc_buf_addf(out, "  %-12s %8s   %s/report/index.html\n", "report", "", b->batch->name);
}

static void add_advice(struct rc_books *b, const struct rc_totals *t, struct rc_buf *out)
{
	const struct rc_config *cfg = b->batch->cfg;
	struct list list = { .out = out };

	if (!rc_totals_are_clean(t)) {
		rc_buf_addf(out, "\nIn quarantine (all of it, and what to do: %s/quarantine/):\n", b->batch->name);
		(void)rc_ledger_each_trouble(b->ledger, SHOWN_TROUBLE, add_trouble, &list, NULL);
		if (t->quarantined + t->faults > list.n)
			rc_buf_addf(out, "    and %lld more\n", (long long)(t->quarantined + t->faults - list.n));
	}
	if (t->records > 0 && t->ranked == 0 && cfg->rights_training == RC_TRAINING_UNKNOWN && !cfg->rights_allow_unknown)
		rc_buf_addf(out, "\nThe corpus is empty because nobody said that these texts may be used for training. If they may:\n"
		            "    redcorpus run %s --set rights.training=allowed\n", b->batch->name);
	if (t->pending > 0)
		rc_buf_addf(out, "\nTo go on: redcorpus run %s\n", b->batch->name);
	if (t->pages == 0 && t->faults == 0)
		rc_buf_addf(out, "\nThere are no pages yet. To add some: redcorpus run %s SOURCE...\n", b->batch->name);
}

void rc_summary(struct rc_books *b, const struct rc_run_result *run, struct rc_buf *out)
{
	struct rc_totals t = rc_totals(b);

	if (run && run->nothing_done)
		rc_buf_addf(out, "%s: nothing to do, everything was done before\n", b->batch->name);
	rc_buf_addf(out, "%s: %lld pages in %lld items, from %lld files\n", b->batch->name, (long long)t.pages, (long long)t.items,
	            (long long)(t.files - t.files_ignored));
	add_pages(b, &t, run, out);
	add_rest(b, &t, out);
	add_advice(b, &t, out);
}

/* ---- JSON -------------------------------------------------------------------------------------------------- */

static enum rc_status tally_json(void *ctx, const char *reason, int64_t n, struct rc_err *err)
{
	json_object_set_new(ctx, reason, json_integer(n));
	return RC_OK;
}

static enum rc_status trouble_json(void *ctx, const struct rc_trouble *t, struct rc_err *err)
{
	json_t *entry = json_object();

	json_object_set_new(entry, "item", rc_json_text(t->item));
	json_object_set_new(entry, "page", rc_json_text(t->number));
	json_object_set_new(entry, "frame", json_integer(t->frame));
	json_object_set_new(entry, "root", rc_json_text(t->root_path));
	json_object_set_new(entry, "path", rc_json_text(t->source_path));
	json_object_set_new(entry, "member", rc_json_text(t->member));
	json_object_set_new(entry, "reason", json_string(t->reason));
	json_object_set_new(entry, "message", rc_json_text(t->message));
	json_object_set_new(entry, "file", rc_json_text(t->name));
	json_array_append_new(ctx, entry);
	return RC_OK;
}

static enum rc_status ignored_json(void *ctx, const char *root, const char *path, const char *member, struct rc_err *err)
{
	json_t *entry = json_object();

	json_object_set_new(entry, "root", rc_json_text(root));
	json_object_set_new(entry, "path", rc_json_text(path));
	json_object_set_new(entry, "member", rc_json_text(member));
	json_array_append_new(ctx, entry);
	return RC_OK;
}

static json_t *pages_json(const struct rc_totals *t)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "total", (json_int_t)t->pages, "pending", (json_int_t)t->pending,
	                 "done", (json_int_t)t->done, "quarantined", (json_int_t)t->quarantined, "stale", (json_int_t)t->stale);
}

static json_t *files_json(const struct rc_totals *t)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "total", (json_int_t)t->files, "with_pages", (json_int_t)t->files_with_pages,
	                 "failed", (json_int_t)t->files_failed, "ignored", (json_int_t)t->files_ignored, "gone", (json_int_t)t->files_gone);
}

json_t *rc_summary_json(struct rc_books *b)
{
	struct rc_totals t = rc_totals(b);
	json_t *all = json_object(), *reasons = json_object(), *grades = json_object();
	json_t *trouble = json_array(), *ignored = json_array(), *counts;
	struct corpus c;

	read_manifest(b->batch, &c);
	(void)rc_ledger_tally(b->ledger, tally_json, reasons, NULL);
	(void)rc_ledger_tally_grades(b->ledger, tally_json, grades, NULL);
	(void)rc_ledger_each_trouble(b->ledger, LISTED, trouble_json, trouble, NULL);
	(void)rc_ledger_each_ignored(b->ledger, LISTED, ignored_json, ignored, NULL);
	json_object_set_new(all, "batch", rc_json_text(b->batch->name));
	json_object_set_new(all, "pages", pages_json(&t));
	json_object_set_new(all, "files", files_json(&t));
	json_object_set_new(all, "items", json_pack("{s:I, s:I, s:I}", "total", (json_int_t)t.items, "recorded", (json_int_t)t.records,
	                                            "in_corpus", (json_int_t)t.ranked));
	json_object_set_new(all, "corpus", json_pack("{s:b, s:I, s:I}", "there", (int)c.there, "shards", (json_int_t)c.shards,
	                                             "samples", (json_int_t)c.samples));
	counts = noted_counts(b, "catalogue.counts");
	json_object_set_new(all, "catalogue", counts ? counts : json_null());
	counts = noted_counts(b, "dat31.counts");
	json_object_set_new(all, "dat31", counts ? counts : json_null());
	counts = rc_slurm_now(b->batch);
	json_object_set_new(all, "slurm", counts ? counts : json_null());
	json_object_set_new(all, "seconds_per_page", t.page_seconds > 0 ? json_real(t.page_seconds) : json_null());
	json_object_set_new(all, "grades", grades);
	json_object_set_new(all, "reasons", reasons);
	json_object_set_new(all, "quarantined", json_pack("{s:I, s:I, s:o}", "pages", (json_int_t)t.quarantined,
	                                                  "sources", (json_int_t)t.faults, "list", trouble));
	json_object_set_new(all, "ignored", json_pack("{s:I, s:o}", "total", (json_int_t)t.ignored, "list", ignored));
	corpus_free(&c);
	return all;
}
