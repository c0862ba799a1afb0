/* cmd_work.c -- `redcorpus work PLAN TASK`: one task of a plan, as Slurm starts it on a node. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "run/stop.h"
#include "run/work.h"

/* A number that Slurm puts into the environment of a task; fallback without it. */
static int from_slurm(const char *name, int fallback, int most)
{
	const char *value = getenv(name);
	long number = value ? strtol(value, NULL, 10) : fallback;

	return number >= 0 && number <= most ? (int)number : fallback;
}

int rc_cmd_work(struct rc_cli *cli, int argc, char **argv)
{
	int64_t jobs = 0;
	const struct rc_option options[] = {
		{ .name = "jobs", .letter = 'j', .arg = "N", .number = &jobs, .high = 1024, .help = "workers; 0: SLURM_CPUS_PER_TASK, else one per core" },
		{ 0 }
	};
	struct rc_work_result result = { 0 };
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;
	char *end;
	long long task;

	if (!rc_cli_parse(cli, options, 2, 2, argc, argv, &args))
		return args.exit;
	task = strtoll(args.v[1], &end, 10);
	if (end == args.v[1] || *end || task < 0)
		return rc_cli_usage(cli, "'%s' is not the number of a task", args.v[1]);
	if (jobs == 0)
		jobs = from_slurm("SLURM_CPUS_PER_TASK", 0, 1024);
	rc_stop_install();
	status = rc_work(args.v[0], task, from_slurm("SLURM_RESTART_COUNT", 0, 15), (int)jobs, cli->stages, &result, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	fprintf(stderr, "redcorpus: task %lld: %lld pages read, %lld of them failed, %lld were done before\n", task, (long long)result.pages,
	        (long long)result.failed, (long long)result.before);
	return RC_EXIT_OK;
}
