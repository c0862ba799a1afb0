/* program.h -- a program is a table of commands. There are two: the whole one (main.c) and the small one for machines that
 * only read corpora (client.c). */
#ifndef RC_PROGRAM_H
#define RC_PROGRAM_H

#include "cli/cli.h"

struct rc_program {             /* all borrowed, for as long as it runs */
	const char *about;              /* a sentence for --help */
	const char *more;               /* whole lines among those of --help about where more help is; "" */
	const struct rc_command *commands;
	size_t n_commands;
	const struct rc_stages *stages; /* for commands that run them; else NULL */
	void (*print_version)(const struct rc_cli *cli);        /* to stdout */
};

/* What main() returns. */
int rc_program_main(const struct rc_program *program, int argc, char **argv);
/* `help` is --help, `help COMMAND` is COMMAND --help. */
int rc_cmd_help(struct rc_cli *cli, int argc, char **argv);

#endif
