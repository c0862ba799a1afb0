/* check_parts.h -- what the files behind check.h share. */
#ifndef PACKAGE_CHECK_PARTS_H
#define PACKAGE_CHECK_PARTS_H

#include "package/check.h"

struct told_run {               /* samples of one item that follow each other in a shard */
	int64_t at, samples;    /* number in the shard of the first, from 0 */
	int64_t offset;         /* text: in the unpacked stream */
	char *item, *checks;    /* owned; checks: 8 hexadecimal digits a sample, or "" */
};
struct told {                   /* what the index says of one shard; empty when it cannot be read or says nothing */
	struct told_run *runs;  /* owned; by `at` */
	size_t n, cap;
};

struct check_id {
	uint8_t hash[16];
	uint32_t file;                  /* in the manifest */
	uint32_t kind;
};

struct checking {
	struct corpus_source source;
	struct manifest *manifest;
	corpus_finding_fn *on_finding;
	void *ctx;
	struct corpus_check_result *result;
	struct check_id *ids;
	size_t n_ids, cap_ids;
	/* the file that is being looked at */
	const struct manifest_file *file;
	bool damaged;                   /* its SHA-256 is not the one in the manifest */
	uint64_t order;                 /* of JSON Lines: hash of its ids in their order */
	uint64_t *orders;               /* owned: of every file of the manifest that was looked at */
	int64_t good;                   /* samples in order so far */
};

void check_report(struct checking *c, const char *file, const char *rule, bool warning, int64_t line, int64_t samples,
                  const char *fmt, ...) RC_PRINTF(7, 8);
/* What ends a file is a finding; what ends checking is passed on. */
enum rc_status check_settle(struct checking *c, enum rc_status status, const char *rule, const struct rc_err *why, struct rc_err *err);
/* Remembers the id of a sample, to find it twice. */
enum rc_status check_add_id(struct checking *c, const char *text, struct rc_err *err);
enum rc_status check_digest(const struct corpus_source *source, const char *path, int64_t bytes, struct rc_digest *ret, struct rc_err *err);

/* The content of c->file. */
enum rc_status check_lines(struct checking *c, struct rc_err *err);     /* check_lines.c: JSON Lines */
enum rc_status check_tar(struct checking *c, struct rc_err *err);       /* check_tar.c: pages, images, lines */
enum rc_status check_offsets(struct checking *c, struct rc_err *err);   /* check_tar.c: tables of offsets */

/* check_versions.c: the versions' own files, and files that nobody names. */
void check_versions(struct checking *c);
/* Does any version have that digest for the file? Card and sums at the root may be those of the version that is about to be current. */
bool check_in_a_version(const struct checking *c, const struct manifest_file *file, const struct rc_digest *digest);

/* check_told.c: which samples a shard had, by the index, for damage to be told by the names of samples. */
enum rc_status told_load(const struct checking *c, struct told *ret, struct rc_err *err);
void told_free(struct told *t);
/* The run that sample number n is of, or NULL. */
const struct told_run *told_of(const struct told *t, int64_t n);
/* Does the index have another check for sample number n? false where it has none. */
bool told_differs(const struct told *t, int64_t n, uint32_t check);

#endif
