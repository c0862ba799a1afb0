/* version.h -- `redcorpus --version`: everything that shapes a result. */
#ifndef RC_CLI_VERSION_H
#define RC_CLI_VERSION_H

#include "cli/cli.h"

void rc_cli_print_version(const struct rc_cli *cli);

#endif
