/* client.c -- the small program for machines that only read corpora: `make client`. Its sources and libraries are listed in
 * the Makefile; nothing here may need the libraries that read pages. */
#include <stdio.h>
#include <sys/stat.h>

#include "cli/program.h"
#include "cli/validate.h"
#include "common/xml.h"
#include "core/json.h"
#include "core/version.h"
#include "core/zstd.h"

/* Other things than corpora are the whole program's. */
static enum rc_status check_one(struct report *report, const char *path, struct rc_err *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot check '%s'", path);
	return validate_corpus(report, path, err);
}

static int validate_corpora(struct rc_cli *cli, const struct rc_args *args, bool json, const char *junit)
{
	RC_CLEANUP(report_free) struct report *report = NULL;
	struct rc_err err = { 0 };
	enum rc_status status = report_new(&report, json, cli->quiet, junit, &err);
	int worst = RC_EXIT_OK;

	for (int i = 0; rc_good(status) && i < args->n; i++) {
		enum rc_status checked = check_one(report, args->v[i], &err);
		int code = rc_good(checked) ? RC_EXIT_OK : rc_cli_fail(cli, checked, &err);

		worst = code > worst ? code : worst;
	}
	if (rc_good(status))
		status = report_finish(report, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	if (worst)
		return worst;
	return report_invalid(report) ? RC_EXIT_FAILED : RC_EXIT_OK;
}

static int cmd_validate(struct rc_cli *cli, int argc, char **argv)
{
	bool json = false;
	const char *junit = NULL;
	const struct rc_option options[] = {
		{ .name = "json", .flag = &json, .help = "print JSON (schemas/validate.schema.json)" },
		{ .name = "junit", .arg = "FILE", .word = &junit, .help = "write the findings as JUnit XML too" },
		{ 0 }
	};
	struct rc_args args;

	return rc_cli_parse(cli, options, 1, -1, argc, argv, &args) ? validate_corpora(cli, &args, json, junit) : args.exit;
}

static void print_version(const struct rc_cli *cli)
{
	printf("redcorpus %s, the small client\nlibxml2 %s\nzstd %s\njansson %s\n", RC_VERSION, xml_version(), rc_zstd_version(),
	       jansson_version_str());
}

static const struct rc_command commands[] = {
	{ "pull", "URL DIR", "fetch a corpus, verified and resumable", rc_cmd_pull },
	{ "cat", "CORPUS|URL", "samples as JSON lines", rc_cmd_cat },
	{ "stats", "CORPUS|URL", "what is inside a corpus", rc_cmd_stats },
	{ "diff", "CORPUS CORPUS", "what changed between two corpora or versions", rc_cmd_diff },
	{ "validate", "CORPUS...", "check corpora, file by file and sample by sample", cmd_validate },
	{ "help", "[COMMAND]", NULL, rc_cmd_help },
};

static const struct rc_program program = {
	.about = "Reads training corpora: the small client, for compute nodes.",
	.more = "  redcorpus --version         versions of the program and libraries\n",
	.commands = commands,
	.n_commands = RC_COUNT(commands),
	.print_version = print_version,
};

int main(int argc, char **argv)
{
	return rc_program_main(&program, argc, argv);
}
