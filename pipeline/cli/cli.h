/* cli.h -- what the commands share: options, messages, exit codes.
 *
 * A command is one function in one file, and one line in the table of main.c:
 *
 *     int rc_cmd_gc(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_stats(struct rc_cli *cli, int argc, char **argv)
 *     {
 *             bool json = false;
 *             const struct rc_option options[] = {
 *                     { .name = "json", .flag = &json, .help = "print JSON" },
 *                     { 0 }
 *             };
 *             struct rc_args args;
 *
 *             if (!rc_cli_parse(cli, options, 1, 1, argc, argv, &args))
 *                     return args.exit;
 *             ... args.v[0] ...
 *             if (!rc_good(status))
 *                     return rc_cli_fail(cli, status, &err);
 *             return RC_EXIT_OK;
 *     }
 *
 * stdout is the product: commands print it with stdio and need not look for write errors; main()
 * flushes and answers for them. stderr is for people. */
#ifndef RC_CLI_H
#define RC_CLI_H

#include "core/stage.h"

enum rc_exit {
#define EXITCODE(symbol, code, what) symbol = code,
#include "cli/exitcodes.def"
#undef EXITCODE
};

struct rc_cli;

struct rc_command {
	const char *name;           /* "status" */
	const char *usage;          /* "BATCH [--json]" */
	const char *summary;        /* one line for --help; NULL: a hidden command */
	/* argv[0] is the command's name. Returns an enum rc_exit. */
	int (*run)(struct rc_cli *cli, int argc, char **argv);
};

struct rc_cli {
	const struct rc_program *program;   /* program.h */
	const struct rc_stages *stages;     /* the one table of stages */
	const struct rc_command *command;   /* that is running */
	bool quiet, verbose;                /* --quiet, --verbose: anywhere on the line */
};

/* ---- options ---------------------------------------------------------------------------------- */

struct rc_words {               /* the values of an option that may come several times, in their order */
	const char **v;             /* owned array of borrowed strings */
	size_t n;
};
void rc_words_free(struct rc_words *words);
#define RC_OWN_WORDS RC_CLEANUP(rc_words_free) struct rc_words

/* One option. Exactly one of the four targets is set; it is not touched when the option is absent.
 * A long option takes its value as "--name VALUE" or "--name=VALUE", a letter as "-j4" or "-j 4".
 * A table ends with { 0 }. */
struct rc_option {
	const char *name;           /* "jobs": --jobs; NULL: has only a letter */
	char letter;                /* 'j': -j; 0: none */
	const char *arg;            /* what --help calls the value: "N" */
	const char *help;           /* one line */
	bool *flag;
	const char **word;
	int64_t *number;            /* with low and high, inclusive */
	struct rc_words *words;
	int64_t low, high;
};

struct rc_args {
	char **v;                   /* operands, in their order; borrowed from argv */
	int n;
	int exit;                   /* when rc_cli_parse() said false */
};
/* Takes the options out of argv[1] and later; "--" ends them, "-" is an operand. false: the command
 * is over with ret->exit, because --help was answered or a message was printed (operands fewer than
 * min or more than max (< 0: any number), unknown options, bad values). --quiet, --verbose and --help
 * need not be in the table. Rearranges argv. */
bool rc_cli_parse(struct rc_cli *cli, const struct rc_option *options, int min, int max,
                  int argc, char **argv, struct rc_args *ret);

/* ---- messages and exit codes ------------------------------------------------------------------- */

/* The exit code for a status and its reason: the only place where reasons become codes. RC_OK and RC_SKIP: 0;
 * RC_WARN: 0 too, what is quarantined is the command's to count. */
int rc_exit_of(enum rc_status status, enum rc_reason reason);
/* Prints "redcorpus: TEXT" on stderr, escaped, as one line, and returns rc_exit_of(). */
int rc_cli_fail(const struct rc_cli *cli, enum rc_status status, const struct rc_err *err);
/* Prints the same for something survived (not with --quiet). */
void rc_cli_warn(const struct rc_cli *cli, const struct rc_err *err);
/* Says what is wrong with the command line and where help is; returns RC_EXIT_USAGE. */
int rc_cli_usage(const struct rc_cli *cli, const char *fmt, ...) RC_PRINTF(2, 3);

/* ---- the commands -------------------------------------------------------------------------------- */

int rc_cmd_init(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_run(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_ocr(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_sample(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_status(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_report(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_retry(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_validate(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_eval(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_publish(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_pull(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_cat(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_export(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_gc(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_stats(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_diff(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_import(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_work(struct rc_cli *cli, int argc, char **argv);
int rc_cmd_trace(struct rc_cli *cli, int argc, char **argv);

#endif
