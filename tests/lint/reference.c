/* reference.c -- schemas/reference.md from the tables in the code: settings, exit codes, reasons. */
#include <stdio.h>

static void row(const char *section, const char *name, const char *preset, const char *range, const char *help)
{
	printf("| `%s.%s` | %s | ", section, name, *preset ? preset : "(empty)");
	for (; *range; range++)
		fputs(*range == '|' ? ", " : (char[]){ *range, 0 }, stdout);
	printf(" | %s |\n", help);
}

static void print_settings(void)
{
	puts("## Settings\n\n"
	     "In `batch.yaml` as `section:` and, indented below it, `name: value`; on the command line as\n"
	     "`--set section.name=value`. `redcorpus init` writes them all with their explanations.\n\n"
	     "| setting | default | values | meaning |\n|---|---|---|---|");
#define SETTING_BOOL(section, name, preset, key, help) row(#section, #name, #preset, "true, false", help);
#define SETTING_INT(section, name, preset, low, high, key, help) row(#section, #name, #preset, #low " to " #high, help);
#define SETTING_REAL(section, name, preset, low, high, key, help) row(#section, #name, #preset, #low " to " #high, help);
#define SETTING_STR(section, name, preset, key, help) row(#section, #name, preset, "text", help);
#define SETTING_ENUM(section, name, preset, words, key, help) row(#section, #name, preset, words, help);
#define SETTING_SET(section, name, preset, words, key, help) row(#section, #name, preset, "list of " words, help);
#include "core/settings.def"
}

static void print_exit_codes(void)
{
	puts("\n## Exit codes\n\n| code | meaning |\n|---|---|");
#define EXITCODE(symbol, code, what) printf("| %d | %s |\n", code, what);
#include "cli/exitcodes.def"
}

static void print_reasons(void)
{
	puts("\n## Reasons\n\n"
	     "What `status`, the files in `quarantine/` and records give as the cause, and what `retry --reason` takes.\n\n"
	     "| reason | meaning |\n|---|---|");
#define REASON(symbol, name, what) printf("| `%s` | %s |\n", name, what);
#include "core/reasons.def"
}

int main(void)
{
	puts("# Reference\n\nMade by `make docs` from the tables in the code; do not edit it here.\n");
	print_settings();
	print_exit_codes();
	print_reasons();
	return 0;
}
