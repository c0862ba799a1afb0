/* args.c -- options by table: --name VALUE, --name=VALUE, -j4, -j 4.
 *
 *   rc_cli_parse()    the one parser of all commands
 *   print_help()      the same table for people; 79 columns */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

enum { HELP_WIDTH = 79, HELP_INDENT = 24 };

void rc_words_free(struct rc_words *words)
{
	free(words->v);
	*words = (struct rc_words){ 0 };
}

static bool add_word(struct rc_words *words, const char *word)
{
	const char **v = realloc(words->v, (words->n + 1) * sizeof *v);

	if (!v)
		return false;
	v[words->n++] = word;
	words->v = v;
	return true;
}

/* ---- help -------------------------------------------------------------------------------------------- */

/* Prints text in the column of explanations, broken at spaces. */
static void print_wrapped(const char *text)
{
	int column = HELP_INDENT;

	while (*text) {
		int word = (int)strcspn(text, " ");

		if (column > HELP_INDENT && column + 1 + word > HELP_WIDTH) {
			printf("\n%*s", HELP_INDENT, "");
			column = HELP_INDENT;
		}
		column += printf("%s%.*s", column > HELP_INDENT ? " " : "", word, text);
		text += word;
		text += strspn(text, " ");
	}
	printf("\n");
}

static void print_option(const struct rc_option *o)
{
	int used = printf("  ");

	if (o->letter)
		used += printf("-%c%s%s", o->letter, o->arg ? " " : "", o->arg ? o->arg : "");
	if (o->name)
		used += printf("%s--%s%s%s", o->letter ? ", " : "", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
	if (used >= HELP_INDENT)
		printf("\n%*s", HELP_INDENT, "");
	else
		printf("%*s", HELP_INDENT - used, "");
	print_wrapped(o->help);
}

static void print_help(const struct rc_cli *cli, const struct rc_option *options)
{
	static const struct rc_option common[] = {
		{ .name = "quiet", .help = "say nothing but errors" },
		{ .name = "verbose", .help = "say more" },
		{ .name = "help", .help = "this text" },
	};

	printf("usage: redcorpus %s %s\n\n%s\n\n", cli->command->name, cli->command->usage,
	       cli->command->summary ? cli->command->summary : "");
	for (const struct rc_option *o = options; o && (o->name || o->letter); o++)
		print_option(o);
	for (size_t i = 0; i < RC_COUNT(common); i++)
		print_option(&common[i]);
}

/* ---- parsing ------------------------------------------------------------------------------------------- */

struct parse {
	struct rc_cli *cli;
	const struct rc_option *options;
	int argc;
	char **argv;
	int at;                         /* the argument looked at */
	struct rc_args *ret;
};

static bool refuse(struct parse *p, int code)
{
	p->ret->exit = code;
	return false;
}

static const struct rc_option *find_long(const struct parse *p, const char *name, size_t len)
{
	for (const struct rc_option *o = p->options; o && (o->name || o->letter); o++)
		if (o->name && strlen(o->name) == len && memcmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static const struct rc_option *find_letter(const struct parse *p, char letter)
{
	for (const struct rc_option *o = p->options; o && (o->name || o->letter); o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

static bool take_number(struct parse *p, const struct rc_option *o, const char *as_given, const char *value)
{
	long long number;
	char *end;

	errno = 0;
	number = strtoll(value, &end, 10);
	if (end == value || *end)
		return refuse(p, rc_cli_usage(p->cli, "%s: '%s' is not a number", as_given, value));
	if (errno || number < o->low || number > o->high)
		return refuse(p, rc_cli_usage(p->cli, "%s: %s is outside %lld to %lld", as_given, value,
		                              (long long)o->low, (long long)o->high));
	*o->number = number;
	return true;
}

/* value: what stood behind '=' or the letter; NULL: the next argument, if one is needed. */
static bool take(struct parse *p, const struct rc_option *o, const char *as_given, const char *value)
{
	if (o->flag) {
		if (value)
			return refuse(p, rc_cli_usage(p->cli, "%s takes no value", as_given));
		*o->flag = true;
		return true;
	}
	if (!value) {
		if (p->at + 1 >= p->argc)
			return refuse(p, rc_cli_usage(p->cli, "%s needs a value", as_given));
		value = p->argv[++p->at];
	}
	if (o->number)
		return take_number(p, o, as_given, value);
	if (o->word)
		*o->word = value;
	else if (!add_word(o->words, value))
		return refuse(p, RC_EXIT_BUG);
	return true;
}

/* --quiet, --verbose, --help, which every command knows. */
static bool take_common(struct parse *p, const char *name, bool *known)
{
	*known = true;
	if (strcmp(name, "quiet") == 0)
		p->cli->quiet = true;
	else if (strcmp(name, "verbose") == 0)
		p->cli->verbose = true;
	else if (strcmp(name, "help") == 0) {
		print_help(p->cli, p->options);
		return refuse(p, RC_EXIT_OK);
	} else
		*known = false;
	return true;
}

static bool take_long(struct parse *p, char *arg)
{
	const char *name = arg + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct rc_option *o = find_long(p, name, len);
	bool known;

	if (!o) {
		if (!take_common(p, name, &known))
			return false;
		return known || refuse(p, rc_cli_usage(p->cli, "unknown option '%.*s'", (int)len + 2, arg));
	}
	return take(p, o, arg, equals ? equals + 1 : NULL);
}

static bool take_short(struct parse *p, char *arg)
{
	char name[3] = { '-', arg[1], '\0' };
	const struct rc_option *o = find_letter(p, arg[1]);

	if (!o && strcmp(arg, "-h") == 0) {
		print_help(p->cli, p->options);
		return refuse(p, RC_EXIT_OK);
	}
	if (!o)
		return refuse(p, rc_cli_usage(p->cli, "unknown option '%s'", arg));
	return take(p, o, name, arg[2] ? arg + 2 : NULL);
}

/* "box12/" is box12, so that messages do not say box12//records. A URL stays as it is. */
static char *operand(char *arg)
{
	size_t len = strlen(arg);

	if (!strstr(arg, "://"))
		while (len > 1 && arg[len - 1] == '/')
			arg[--len] = '\0';
	return arg;
}

static bool check_count(struct parse *p, int min, int max)
{
	if (p->ret->n < min)
		return refuse(p, rc_cli_usage(p->cli, "usage: redcorpus %s %s", p->cli->command->name, p->cli->command->usage));
	if (max >= 0 && p->ret->n > max)
		return refuse(p, rc_cli_usage(p->cli, "'%s' is too much", p->ret->v[max]));
	return true;
}

bool rc_cli_parse(struct rc_cli *cli, const struct rc_option *options, int min, int max,
                  int argc, char **argv, struct rc_args *ret)
{
	struct parse p = { .cli = cli, .options = options, .argc = argc, .argv = argv, .ret = ret };
	bool only_operands = false;

	*ret = (struct rc_args){ .v = argv + 1 };
	for (p.at = 1; p.at < argc; p.at++) {
		char *arg = argv[p.at];

		if (only_operands || arg[0] != '-' || !arg[1])
			ret->v[ret->n++] = operand(arg);
		else if (strcmp(arg, "--") == 0)
			only_operands = true;
		else if (arg[1] == '-' ? !take_long(&p, arg) : !take_short(&p, arg))
			return false;
	}
	return check_count(&p, min, max);
}
