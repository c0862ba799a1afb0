/* bag.h -- BagIt bags (RFC 8493, and the drafts 0.93 to 0.97 before it): checked, and written.
 *
 *   bag_check.c    is a folder a bag, and is it whole? the order of the checks
 *   bag_read.c     what it says of itself: bagit.txt, manifests, fetch.txt, bag-info.txt
 *   bag_tags.c     tag files as text: encodings, lines, labels
 *   bag_list.c     manifests as sorted lists of paths with their checksums
 *   bag_walk.c     what really lies in the folder, read once and compared
 *   bag_write.c    a folder with a payload becomes a bag
 *
 * A bag is a folder: bagit.txt, a payload under data/, manifest-ALGORITHM.txt that lists the payload, tagmanifest-ALGORITHM.txt
 * that lists everything else, bag-info.txt about the whole. It may come from anywhere: no path from a manifest is ever opened.
 * The folder is walked, links not followed, and what is met is looked up in the lists. fetch.txt is read and never fetched. */
#ifndef COMMON_BAG_H
#define COMMON_BAG_H

#include "common/rules.h"
#include "core/outfile.h"
#include "core/sums.h"

/* ---- checking ----------------------------------------------------------------------------------------- */

struct bag_finding {
	const char *file;           /* relative to the bag, "" for all of it */
	int64_t line;               /* from 1; 0: none */
	enum rule rule;             /* RULE_BAG_... */
	bool warning;               /* a person should look, but the bag is valid */
	const char *actual, *expected;      /* "" when there is nothing to compare */
	const char *message;
};
typedef void bag_finding_fn(void *ctx, const struct bag_finding *finding);

struct bag_facts {
	char version[16];           /* "1.0"; "" when bagit.txt does not say */
	int64_t n_files, octets;    /* of the payload, as found */
	int64_t n_to_fetch;         /* files that fetch.txt names and that are not here */
};

/* Is the folder a bag, or was it meant to be one (a payload with its manifest, but without bagit.txt)? */
bool bag_is(const char *path);
/* Checks all of it: declaration, lists, that nothing is missing or too much, and every checksum, reading each file once. A bag
 * is valid when no finding comes that is not a warning. RC_RUN_FAILED when checking itself cannot go on. ret may be NULL. */
enum rc_status bag_check(const char *path, bag_finding_fn *on_finding, void *ctx, struct bag_facts *ret, struct rc_err *err);

/* ---- writing ------------------------------------------------------------------------------------------ */

/* Makes a bag of a folder whose data/ holds the payload, and nothing else beside it yet: bag-info.txt, manifests and tag manifests by
 * SHA-256 and SHA-512, bagit.txt. Version 1.0; the same files give the same bytes. */
struct bag_writer;

/* folder is borrowed. */
struct bag_writer *bag_begin(const char *folder);
/* A line of bag-info.txt, in the order of the calls; white space becomes single spaces, an empty value leaves nothing. */
void bag_info(struct bag_writer *bag, const char *label, const char *value);
/* Sums the payload and writes everything else, Payload-Oxum too. What is neither a file nor a folder is an error. */
enum rc_status bag_end(struct bag_writer *bag, struct rc_err *err);
/* NULL is fine. Files stay as they are. */
void bag_free(struct bag_writer **bag);

#endif
