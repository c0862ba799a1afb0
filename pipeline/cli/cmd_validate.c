/* cmd_validate.c -- `redcorpus validate PATH...`: is it what it claims to be? For people, and for CI. */
#include "cli/cli.h"
#include "cli/validate.h"

/* Checks every path, also after one that is missing; the worst exit code of those that could not be checked, or 0. */
static int validate_all(const struct rc_cli *cli, const struct validation *v, const struct rc_args *args)
{
	int worst = RC_EXIT_OK;

	for (int i = 0; i < args->n; i++) {
		struct rc_err err = { 0 };
		enum rc_status status = validate_path(v, args->v[i], &err);

		if (!rc_good(status)) {
			int code = rc_cli_fail(cli, status, &err);

			worst = code > worst ? code : worst;
		}
	}
	return worst;
}

static void config_free(struct rc_config **cfg)
{
	rc_config_free(cfg);
}

struct options {
	bool json, no_ocr;
	const char *junit, *schemas;
	struct rc_words settings;
};

/* What the option names must be there; the variable may stand for other programs, and is only used where it can be. */
static enum rc_status open_schemas(const struct rc_cli *cli, const struct options *o, struct schema_set **ret, struct rc_err *err)
{
	enum rc_status status = schema_set_open(ret, o->schemas ? o->schemas : getenv("XML_CATALOG_FILES"), err);

	if (rc_good(status) || o->schemas)
		return status;
	rc_cli_warn(cli, err);
	return schema_set_open(ret, NULL, err);
}

/* What checking needs, then all of it. */
static int validate_with(struct rc_cli *cli, const struct options *o, const struct rc_args *args)
{
	RC_CLEANUP(config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(report_free) struct report *report = NULL;
	RC_CLEANUP(schema_set_free) struct schema_set *schemas = NULL;
	RC_CLEANUP(sample_reader_free) struct sample_reader *reader = NULL;
	struct rc_err err = { 0 };
	enum rc_status status = open_schemas(cli, o, &schemas, &err);

	for (size_t i = 0; rc_good(status) && i < o->settings.n; i++)
		status = rc_config_set(cfg, o->settings.v[i], &err);
	if (rc_good(status) && !o->no_ocr)
		status = sample_reader_new(cfg, cli->stages, &reader, &err);
	if (rc_good(status))
		status = report_new(&report, o->json, cli->quiet, o->junit, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	int failed = validate_all(cli, &(struct validation){ report, schemas, reader }, args);

	status = report_finish(report, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	if (failed)
		return failed;
	return report_invalid(report) ? RC_EXIT_FAILED : RC_EXIT_OK;
}

int rc_cmd_validate(struct rc_cli *cli, int argc, char **argv)
{
	struct options o = { 0 };
	const struct rc_option options[] = {
		{ .name = "json", .flag = &o.json, .help = "print JSON (schemas/validate.schema.json)" },
		{ .name = "junit", .arg = "FILE", .word = &o.junit, .help = "write the findings as JUnit XML too" },
		{ .name = "schemas", .arg = "PATH", .word = &o.schemas,
		  .help = "folder of XSDs, or XML catalogue, for ALTO, PAGE, METS (else: the variable XML_CATALOG_FILES)" },
		{ .name = "no-ocr", .flag = &o.no_ocr, .help = "do not read sample images against their truth" },
		{ .name = "set", .arg = "KEY=VALUE", .words = &o.settings, .help = "a setting for reading them (see 'redcorpus run --help')" },
		{ 0 }
	};
	struct rc_args args;
	int code = rc_cli_parse(cli, options, 1, -1, argc, argv, &args) ? validate_with(cli, &o, &args) : args.exit;

	rc_words_free(&o.settings);
	return code;
}
