/* main.c -- the commands and the stages, and nothing else that knows them all.
 *
 *   page_stages, stages      the running order, and the only place that names every stage
 *   commands                 what a person can type */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
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

static int help(struct rc_cli *cli, int argc, char **argv);

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
	{ "help", "[COMMAND]", NULL, help },
	{ "worker", "", NULL, worker },
};

static void print_help(void)
{
	printf("usage: redcorpus COMMAND ...\n\n"
	       "Turns boxes of scanned pages into a training corpus.\n\n");
	for (size_t i = 0; i < RC_COUNT(commands); i++)
		if (commands[i].summary)
			printf("  %-10s %s\n", commands[i].name, commands[i].summary);
	printf("\n"
	       "  redcorpus COMMAND --help    options of a command\n"
	       "  redcorpus run --help        also every setting\n"
	       "  redcorpus --version         versions of the program, libraries, models\n\n"
	       "exit codes:\n");
#define EXITCODE(symbol, code, what) printf("  %3d  %s\n", code, what);
#include "cli/exitcodes.def"
#undef EXITCODE
}

static const struct rc_command *find_command(const char *name)
{
	for (size_t i = 0; i < RC_COUNT(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* `help` is --help, `help COMMAND` is COMMAND --help. */
static int help(struct rc_cli *cli, int argc, char **argv)
{
	char option[] = "--help";
	char *line[] = { NULL, option, NULL };
	const struct rc_command *about = argc > 1 ? find_command(argv[1]) : NULL;

	if (argc > 2)
		return rc_cli_usage(cli, "'%s' is too much", argv[2]);
	if (argc == 1 || (about && about->run == help) || strcmp(argv[1], option) == 0) {
		print_help();
		return RC_EXIT_OK;
	}
	if (!about || about->run == worker) {
		cli->command = NULL;
		return rc_cli_usage(cli, "unknown command '%s'", argv[1]);
	}
	cli->command = about;
	line[0] = argv[1];
	return about->run(cli, 2, line);
}

/* Options before the command; returns the index of the command in argv, or 0 when the answer is given. */
static int take_global(struct rc_cli *cli, int argc, char **argv, int *code)
{
	int i = 1;

	*code = RC_EXIT_OK;
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--quiet") == 0) {
			cli->quiet = true;
		} else if (strcmp(argv[i], "--verbose") == 0) {
			cli->verbose = true;
		} else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help();
			return 0;
		} else if (strcmp(argv[i], "--version") == 0) {
			rc_cli_print_version(cli);
			return 0;
		} else {
			*code = rc_cli_usage(cli, "unknown option '%s'", argv[i]);
			return 0;
		}
	}
	if (i < argc)
		return i;
	*code = rc_cli_usage(cli, "no command given");
	return 0;
}

static int run_command(struct rc_cli *cli, int argc, char **argv)
{
	int code, at = take_global(cli, argc, argv, &code);

	if (!at)
		return code;
	cli->command = find_command(argv[at]);
	if (!cli->command)
		return rc_cli_usage(cli, "unknown command '%s'", argv[at]);
	return cli->command->run(cli, argc - at, argv + at);
}

/* What was printed is the product: a full disk or a closed pipe must not pass for success. */
static int finish_output(const struct rc_cli *cli, int code)
{
	struct rc_err err;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	if (errno == EPIPE)
		return code ? code : RC_EXIT_STOPPED;
	(void)rc_fail_errno(&err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write the output");
	rc_cli_fail(cli, RC_RUN_FAILED, &err);
	return code ? code : RC_EXIT_STOPPED;
}

int main(int argc, char **argv)
{
	struct rc_cli cli = { .stages = &stages };
	int code = run_command(&cli, argc, argv);

	return finish_output(&cli, code);
}
