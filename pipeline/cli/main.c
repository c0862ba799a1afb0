/* main.c -- the commands and the stages, and nothing else that knows them all.
 *
 *   page_stages, stages      the running order, and the only place that names every stage
 *   commands                 what a person can type */
#include "cli/program.h"
#include "cli/version.h"
#include "run/pool.h"

#include "prepare/prepare.h"
#include "ocr/ocr.h"
#include "ingest/ingest.h"
#include "normalize/normalize.h"
#include "curate/curate.h"
#include "package/package.h"
#include "report/report.h"
#include "upload/upload.h"

static const struct rc_page_stage *const page_stages[] = {
	&prepare_stage,
	&ocr_stage,
	NULL,
};

static const struct rc_stages stages = {
	.page = page_stages,
	.ingest = &ingest_stage,
	.normalize = &normalize_stage,
	.curate = &curate_stage,
	.package = &package_stage,
	.report = &report_stage,
	.upload = &upload_stage,
};

/* Not for people: a worker process of a run, with its socket as descriptor 3 (pool.h). */
static int worker(struct rc_cli *cli, int argc, char **argv)
{
	return rc_worker_main(cli->stages, 3);
}

static const struct rc_command commands[] = {
	{ "init", "BATCH", "write a commented batch.yaml", rc_cmd_init },
	{ "run", "BATCH [SOURCE...]", "do all that is not done, from ingest to package", rc_cmd_run },
	{ "ocr", "FILE...", "read single images, without a batch", rc_cmd_ocr },
	{ "status", "BATCH", "totals, rate, what is quarantined, and why", rc_cmd_status },
	{ "retry", "BATCH", "put quarantined pages back in the queue", rc_cmd_retry },
	{ "report", "BATCH", "make report/index.html, as a run does at its end", rc_cmd_report },
	{ "sample", "BATCH --pages N | --form CSV", "draw pages for people to check; error rate from the form", rc_cmd_sample },
	{ "validate", "PATH...", "check records, batches, corpora, samples (of images the head)", rc_cmd_validate },
	{ "eval", "BATCH|FOLDER|FILE --truth PATH", "error rates against ground truth", rc_cmd_eval },
	{ "publish", "BATCH|CORPUS URL", "send a corpus: shards first, manifest last", rc_cmd_publish },
	{ "pull", "URL DIR", "fetch a corpus, verified and resumable", rc_cmd_pull },
	{ "cat", "BATCH|CORPUS|URL", "samples as JSON lines", rc_cmd_cat },
	{ "stats", "BATCH|CORPUS|URL", "what is inside a corpus", rc_cmd_stats },
	{ "diff", "CORPUS CORPUS", "what changed between two corpora or versions", rc_cmd_diff },
	{ "trace", "BATCH|CORPUS SAMPLE", "from a sample's id back to the scan and the source file", rc_cmd_trace },
	{ "export", "BATCH --format F --out DIR", "records in the formats of archives and libraries", rc_cmd_export },
	{ "import", "BATCH FILE...", "corrected ALTO or PAGE back into the records", rc_cmd_import },
	{ "gc", "BATCH [--dry-run]", "drop what nothing in the batch refers to", rc_cmd_gc },
	{ "help", "[COMMAND]", NULL, rc_cmd_help },
	{ "work", "PLAN TASK", NULL, rc_cmd_work },
	{ "worker", "", NULL, worker },
};

static const struct rc_program program = {
	.about = "Turns boxes of scanned pages into a training corpus.",
	.more = "  redcorpus run --help        also every setting\n"
	        "  redcorpus --version         versions of the program, libraries, models\n",
	.commands = commands,
	.n_commands = RC_COUNT(commands),
	.stages = &stages,
	.print_version = rc_cli_print_version,
};

int main(int argc, char **argv)
{
	return rc_program_main(&program, argc, argv);
}
