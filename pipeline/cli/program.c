/* program.c -- what a program does before and after its command.
 *
 *   rc_program_main()   options before the command, the command, the end of its output
 *   rc_cmd_help()       --help of the program, from its table */
#include "cli/program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void print_help(const struct rc_program *program)
{
	printf("usage: redcorpus COMMAND ...\n\n"
	       "%s\n\n", program->about);
	for (size_t i = 0; i < program->n_commands; i++)
		if (program->commands[i].summary)
			printf("  %-10s %s\n", program->commands[i].name, program->commands[i].summary);
	printf("\n"
	       "  redcorpus COMMAND --help    options of a command\n"
	       "%s\n"
	       "exit codes:\n", program->more);
#define EXITCODE(symbol, code, what) printf("  %3d  %s\n", code, what);
#include "cli/exitcodes.def"
#undef EXITCODE
}

static const struct rc_command *find_command(const struct rc_program *program, const char *name)
{
	for (size_t i = 0; i < program->n_commands; i++)
		if (strcmp(program->commands[i].name, name) == 0)
			return &program->commands[i];
	return NULL;
}

int rc_cmd_help(struct rc_cli *cli, int argc, char **argv)
{
	char option[] = "--help";
	char *line[] = { NULL, option, NULL };
	const struct rc_command *about = argc > 1 ? find_command(cli->program, argv[1]) : NULL;

	if (argc > 2)
		return rc_cli_usage(cli, "'%s' is too much", argv[2]);
	if (argc == 1 || (about && about->run == rc_cmd_help) || strcmp(argv[1], option) == 0) {
		print_help(cli->program);
		return RC_EXIT_OK;
	}
	if (!about || !about->summary) {
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
			print_help(cli->program);
			return 0;
		} else if (strcmp(argv[i], "--version") == 0) {
			cli->program->print_version(cli);
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
	cli->command = find_command(cli->program, argv[at]);
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

int rc_program_main(const struct rc_program *program, int argc, char **argv)
{
	struct rc_cli cli = { .program = program, .stages = program->stages };
	int code = run_command(&cli, argc, argv);

	return finish_output(&cli, code);
}
