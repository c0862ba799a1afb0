/* version.c -- the program, its libraries, its models. Each door tells its library's version. */
#include "cli/version.h"

#include <stdio.h>

#include "common/xml.h"
#include "core/version.h"
#include "core/zstd.h"
#include "ingest/ingest.h"
#include "run/db.h"

/* What shapes page results is told by the stages themselves. */
static void print_stages(const struct rc_cli *cli)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();

	for (const struct rc_page_stage *const *s = cli->stages->page; *s; s++) {
		RC_OWN_BUF lines = RC_BUF(1 << 20);
		struct rc_err err = { 0 };

		if ((*s)->identify && !rc_good((*s)->identify(cfg, &lines, &err)))
			printf("%s\n", err.text);
		else
			fputs(lines.data, stdout);
	}
}

void rc_cli_print_version(const struct rc_cli *cli)
{
	printf("redcorpus %s\n", RC_VERSION);
	print_stages(cli);
	printf("%s\nlibxml2 %s\nzstd %s\nsqlite %s\njansson %s\n", ingest_library(), xml_version(), rc_zstd_version(),
	       rc_db_version(), jansson_version_str());
}
