/* cmd_validate.c -- `redcorpus validate PATH...`: is it what it claims to be? For people, and for CI. */
#include "cli/cli.h"
#include "cli/validate.h"

/* Checks every path, also after one that is missing; the worst exit code of those that could not be checked, or 0. */
static int validate_all(const struct rc_cli *cli, struct report *report, const struct rc_args *args)
{
	int worst = RC_EXIT_OK;

	for (int i = 0; i < args->n; i++) {
		struct rc_err err = { 0 };
		enum rc_status status = validate_path(report, args->v[i], &err);

		if (!rc_good(status)) {
			int code = rc_cli_fail(cli, status, &err);

			worst = code > worst ? code : worst;
		}
	}
	return worst;
}

int rc_cmd_validate(struct rc_cli *cli, int argc, char **argv)
{
	bool json = false;
	const char *junit = NULL;
	const struct rc_option options[] = {
		{ .name = "json", .flag = &json, .help = "print JSON (schemas/validate.schema.json)" },
		{ .name = "junit", .arg = "FILE", .word = &junit, .help = "write the findings as JUnit XML too" },
		{ 0 }
	};
	RC_CLEANUP(report_free) struct report *report = NULL;
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;
	int failed;

	if (!rc_cli_parse(cli, options, 1, -1, argc, argv, &args))
		return args.exit;
	status = report_new(&report, json, cli->quiet, junit, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	failed = validate_all(cli, report, &args);
	status = report_finish(report, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	if (failed)
		return failed;
	return report_invalid(report) ? RC_EXIT_FAILED : RC_EXIT_OK;
}
