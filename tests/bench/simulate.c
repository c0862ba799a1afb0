/* simulate.c -- redcorpus with page stages that read nothing: for batches of millions of pages.
 *
 *   simulated_stage   results made from a page's name, some lines of random Han; the image is not even looked at
 *   step              one step of a run over the books, alone: `simulate step ingest BATCH SOURCE`
 *   commands          those of the real program that tests/bench/scale.py measures
 *
 * Everything but the page stage is the real thing: walk, ledger, workers and their sockets, packs, records, shards. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/program.h"
#include "cli/version.h"
#include "core/outfile.h"
#include "core/text.h"
#include "curate/curate.h"
#include "ingest/ingest.h"
#include "normalize/normalize.h"
#include "package/package.h"
#include "report/report.h"
#include "run/feed.h"
#include "run/lock.h"
#include "run/plan.h"
#include "run/pool.h"
#include "run/run.h"
#include "run/stop.h"
#include "upload/upload.h"

enum { LINES = 4, GLYPHS = 16, PITCH = 60, TURN_MS = 250, PER_TASK = 1000, PER_PLAN = 20000 };

/* ---- a reading ------------------------------------------------------------------------------------------------- */

/* xorshift64*, after Vigna, "An experimental exploration of Marsaglia's xorshift generators" (2016). */
static uint64_t draw(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

static uint64_t seed_of(const struct rc_page *page)
{
	struct rc_digest d = rc_digest_of(page->name, strlen(page->name));
	uint64_t seed;

	memcpy(&seed, d.bytes, sizeof seed);
	return (seed ^ (uint64_t)page->frame * UINT64_C(0x9e3779b97f4a7c15)) | 1;
}

static void add_glyphs(struct rc_line *line, uint64_t *state)
{
	char text[3 * GLYPHS + 1];

	for (uint32_t i = 0; i < GLYPHS; i++) {
		uint32_t c = 0x4e00 + (uint32_t)(draw(state) % 3000);
		struct rc_glyph *g = rc_line_add_glyph(line);

		text[3 * i] = (char)(0xe0 | c >> 12);
		text[3 * i + 1] = (char)(0x80 | (c >> 6 & 0x3f));
		text[3 * i + 2] = (char)(0x80 | (c & 0x3f));
		g->start = 3 * i;
		g->len = 3;
		g->box = (struct rc_box){ line->box.x, line->box.y + (int32_t)i * PITCH, PITCH, PITCH };
		g->confidence = 0.95f;
	}
	text[3 * GLYPHS] = '\0';
	line->text = rc_strdup(text);
}

static enum rc_status simulate(void *state, struct rc_page *page, struct rc_err *err)
{
	uint64_t seed = seed_of(page);
	struct rc_region *region = rc_page_add_region(page);

	page->width = page->clean_width = 2480;
	page->height = page->clean_height = 3508;
	page->direction = RC_DIR_VERTICAL;
	page->quality = (struct rc_quality){ .confidence = 0.95f, .ink = 0.1f, .dpi = 300, .estimated_error = 0.03f };
	snprintf(page->script, sizeof page->script, "hant");
	snprintf(page->models, sizeof page->models, "simulated");
	region->box = (struct rc_box){ 200, 200, LINES * 2 * PITCH, GLYPHS * PITCH };
	region->direction = RC_DIR_VERTICAL;
	for (int i = 0; i < LINES; i++) {
		struct rc_line *line = rc_region_add_line(region);

		line->box = (struct rc_box){ region->box.x + (LINES - 1 - i) * 2 * PITCH, 200, PITCH, GLYPHS * PITCH };
		line->direction = RC_DIR_VERTICAL;
		line->confidence = 0.95f;
		line->estimated_error = 0.03f;
		add_glyphs(line, &seed);
	}
	return RC_OK;
}

static const struct rc_page_stage simulated_stage = {
	.name = "ocr", .summary = "makes results without reading", .version = 1, .run = simulate,
};

static const struct rc_page_stage *const page_stages[] = { &simulated_stage, NULL };

static const struct rc_stages stages = {
	.page = page_stages, .ingest = &ingest_stage, .normalize = &normalize_stage, .curate = &curate_stage, .package = &package_stage,
	.report = &report_stage, .upload = &upload_stage,
};

/* ---- one step -------------------------------------------------------------------------------------------------- */

static enum rc_status step_ingest(struct rc_books *b, const char *source, struct rc_err *err)
{
	enum rc_status status = source ? rc_ledger_name_source(b->ledger, source, err) : RC_OK;

	rc_feed_only_jobs(b->feed);
	return rc_good(status) ? ingest_stage.run(b, err) : status;
}

static void next_from(struct rc_claim *last, struct rc_claim *c)
{
	rc_claim_clear(last);
	*last = *c;
	*c = (struct rc_claim){ 0 };
}

/* Walks over all pages that wait, as handing them out does. */
static enum rc_status step_claim(struct rc_books *b, const char *source, struct rc_err *err)
{
	RC_CLEANUP(rc_claim_clear) struct rc_claim last = { 0 };
	enum rc_status status;

	for (;;) {
		struct rc_claim c = { 0 };

		status = rc_ledger_claim(b->ledger, &last, false, &c, err);
		if (status != RC_OK)
			return rc_good(status) ? RC_OK : status;
		next_from(&last, &c);
	}
}

struct waves {                  /* pages on their way into a plan */
	struct rc_plan_pages tasks[PER_PLAN / PER_TASK];
	int64_t n, number;
};

/* As a coordinator would, without a cluster: the plan is written, and read again as its tasks do. */
static enum rc_status flush_plan(struct rc_books *b, struct waves *w, struct rc_err *err)
{
	const struct rc_plan head = { .reading = rc_plan_reading(&b->keys), .tasks = (w->n + PER_TASK - 1) / PER_TASK };
	RC_OWN_BUF dir = RC_BUF(1 << 16);
	enum rc_status status;

	if (w->n == 0)
		return RC_OK;
	rc_batch_path(b->batch, ".redcorpus/plans/", &dir);
	rc_buf_addf(&dir, "%06lld", (long long)++w->number);
	status = rc_plan_write(dir.data, &head, b->batch->cfg, w->tasks, err);
	for (int64_t i = 0; rc_good(status) && i < head.tasks; i++) {
		RC_CLEANUP(rc_plan_pages_clear) struct rc_plan_pages read = { 0 };

		rc_plan_pages_clear(&w->tasks[i]);
		status = rc_plan_read_pages(dir.data, i, &read, err);
	}
	rc_remove_tree(dir.data);
	w->n = 0;
	return status;
}

static void add_to_plan(struct waves *w, const struct rc_claim *c)
{
	struct rc_plan_pages *task = &w->tasks[w->n++ / PER_TASK];

	if (!task->v)
		task->v = rc_alloc(PER_TASK * sizeof *task->v);
	task->v[task->n++] = (struct rc_plan_page){
		.page = c->page, .read = c->read, .image = c->image, .want_read = c->want_read, .want_image = c->want_image, .scan = c->scan,
		.offset = c->offset, .len = c->scan_len, .file_size = c->source_size, .file_mtime_ns = c->source_mtime_ns, .media = c->media,
		.frame = (int32_t)c->frame, .name = rc_strdup(c->name), .path = rc_strdup(c->path),
	};
}

static enum rc_status step_plan(struct rc_books *b, const char *source, struct rc_err *err)
{
	RC_CLEANUP(rc_claim_clear) struct rc_claim last = { 0 };
	RC_CLEANUP(rc_free) struct waves *w = rc_alloc(sizeof *w);
	enum rc_status status = RC_OK;

	while (status == RC_OK) {
		struct rc_claim c = { 0 };

		status = rc_ledger_claim(b->ledger, &last, false, &c, err);
		if (status == RC_OK)
			add_to_plan(w, &c);
		if (rc_good(status) && (w->n == PER_PLAN || status == RC_SKIP)) {
			enum rc_status flushed = flush_plan(b, w, err);

			status = rc_good(flushed) ? status : flushed;
		}
		if (status == RC_OK)
			next_from(&last, &c);
	}
	return rc_good(status) ? RC_OK : status;
}

/* Through workers, their sockets and spools, into packs and ledger. */
static enum rc_status step_record(struct rc_books *b, const char *source, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	rc_feed_drain(b->feed);
	while (rc_good(status) && !rc_feed_is_done(b))
		status = rc_feed_turn(b, TURN_MS, err);
	return status;
}

static enum rc_status run_stage(struct rc_books *b, const struct rc_batch_stage *stage, struct rc_err *err)
{
	rc_feed_only_jobs(b->feed);
	return stage->run(b, err);
}

static enum rc_status step_normalize(struct rc_books *b, const char *source, struct rc_err *err)
{
	return run_stage(b, &normalize_stage, err);
}

static enum rc_status step_curate(struct rc_books *b, const char *source, struct rc_err *err)
{
	return run_stage(b, &curate_stage, err);
}

static enum rc_status step_package(struct rc_books *b, const char *source, struct rc_err *err)
{
	return run_stage(b, &package_stage, err);
}

static enum rc_status step_report(struct rc_books *b, const char *source, struct rc_err *err)
{
	return run_stage(b, &report_stage, err);
}

/* Opening is all of it: what a run that was killed left is looked through there. */
static enum rc_status step_open(struct rc_books *b, const char *source, struct rc_err *err)
{
	return RC_OK;
}

static const struct step {
	const char *name;
	enum rc_status (*run)(struct rc_books *books, const char *source, struct rc_err *err);
} steps[] = {
	{ "open", step_open }, { "ingest", step_ingest }, { "claim", step_claim }, { "plan", step_plan }, { "record", step_record },
	{ "normalize", step_normalize }, { "curate", step_curate }, { "package", step_package }, { "report", step_report },
};

static double cpu_seconds(int who)
{
	struct rusage used = { 0 };

	getrusage(who, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static long own_kib(void)
{
	struct rusage used = { 0 };

	getrusage(RUSAGE_SELF, &used);
	return used.ru_maxrss;
}

static enum rc_status take_step(const struct step *step, const char *path, const char *source, struct rc_err *err)
{
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	RC_CLEANUP(rc_books_close) struct rc_books *books = NULL;
	double began = rc_now(), opened = began;
	enum rc_status status = rc_batch_open(path, true, &batch, err);

	if (rc_good(status))
		status = rc_books_open(batch, &stages, &books, err);
	opened = rc_now();
	if (rc_good(status))
		status = rc_feed_start(books, 0, RC_ENGINE_LOCAL, err);
	if (rc_good(status))
		status = step->run(books, source, err);
	if (rc_good(status))
		status = rc_books_commit(books, err);
	if (!rc_good(status))
		return status;
	rc_feed_stop(&books->feed);
	printf("{\"open\": %.4f, \"seconds\": %.4f, \"cpu\": %.4f, \"workers_cpu\": %.4f, \"kib\": %ld}\n", opened - began, rc_now() - opened,
	       cpu_seconds(RUSAGE_SELF), cpu_seconds(RUSAGE_CHILDREN), own_kib());
	return RC_OK;
}

static int step(struct rc_cli *cli, int argc, char **argv)
{
	const struct rc_option options[] = { { 0 } };
	struct rc_args args;
	struct rc_err err = { 0 };

	if (!rc_cli_parse(cli, options, 2, 3, argc, argv, &args))
		return args.exit;
	rc_stop_install();
	for (size_t i = 0; i < RC_COUNT(steps); i++)
		if (strcmp(steps[i].name, args.v[0]) == 0) {
			enum rc_status status = take_step(&steps[i], args.v[1], args.n > 2 ? args.v[2] : NULL, &err);

			return rc_good(status) ? RC_EXIT_OK : rc_cli_fail(cli, status, &err);
		}
	return rc_cli_usage(cli, "there is no step '%s'", args.v[0]);
}

static int worker(struct rc_cli *cli, int argc, char **argv)
{
	return rc_worker_main(cli->stages, 3);
}

static const struct rc_command commands[] = {
	{ "init", "BATCH", "write a commented batch.yaml", rc_cmd_init },
	{ "step", "NAME BATCH [SOURCE]", "do one step of a run, and say what it took", step },
	{ "run", "BATCH [SOURCE...]", "do all that is not done", rc_cmd_run },
	{ "status", "BATCH", "totals, rate, what is quarantined, and why", rc_cmd_status },
	{ "validate", "PATH...", "check records, batches, corpora", rc_cmd_validate },
	{ "gc", "BATCH [--dry-run]", "drop what nothing in the batch refers to", rc_cmd_gc },
	{ "help", "[COMMAND]", NULL, rc_cmd_help },
	{ "work", "PLAN TASK", NULL, rc_cmd_work },
	{ "worker", "", NULL, worker },
};

static const struct rc_program program = {
	.about = "A redcorpus that reads nothing: for benchmarks of everything else.",
	.more = "", .commands = commands, .n_commands = RC_COUNT(commands), .stages = &stages, .print_version = rc_cli_print_version,
};

int main(int argc, char **argv)
{
	return rc_program_main(&program, argc, argv);
}
