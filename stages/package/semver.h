/* semver.h -- versions of a corpus as Semantic Versioning 2.0.0 (semver.org) has them, for data:
 *
 *   major   items left the corpus, or moved to another split
 *   minor   items were added
 *   patch   what items say was corrected, or they were packed anew */
#ifndef PACKAGE_SEMVER_H
#define PACKAGE_SEMVER_H

#include <stdbool.h>
#include <stdint.h>

enum semver_step { SEMVER_NONE, SEMVER_PATCH, SEMVER_MINOR, SEMVER_MAJOR };
/* "none", "patch", "minor", "major" */
const char *semver_step_name(enum semver_step step);

struct semver {
	uint64_t major, minor, patch;
	bool early;             /* with a part behind '-': a pre-release */
};
/* MAJOR.MINOR.PATCH, then maybe -IDENTIFIERS and +IDENTIFIERS; no leading zeros. false: none. */
bool semver_parse(const char *text, struct semver *ret);
/* Do the two versions say that such a step lies between them, or a larger one? From 0.y.z on and to or from a pre-release anything goes
 * that is not smaller. */
bool semver_says(const struct semver *from, const struct semver *to, enum semver_step step);

#endif
