/* mds.h -- shards of MosaicML Streaming (format MDS, version 2; mosaicml/streaming, base/format/mds): text samples as columns.
 *
 * A shard, all numbers little-endian: uint32 samples N, uint32 offsets[N + 1] from the start of the file, the columns as JSON, the
 * samples. A sample: uint32 size of each column, in the order of their names, then the columns. The file is one zstd
 * frame, because the library that readers use unpacks nothing else. mds/SPLIT/index.json lists the shards with the SHA-256 of both
 * forms; readers start from it.
 * Columns: id, source, text (str), metadata (json): those of a text sample. */
#ifndef PACKAGE_MDS_H
#define PACKAGE_MDS_H

#include "core/digest.h"
#include "core/json.h"

/* Readers keep a shard in memory whole. */
#define MDS_SHARD_BYTES (INT64_C(64) << 20)
#define MDS_MAX_BYTES   (INT64_C(512) << 20)

struct mds;                     /* a shard that is being filled */
/* NULL without memory. */
struct mds *mds_new(void);
void mds_free(struct mds **m);
/* Adds a text sample as text_sample_print() made it. RC_RUN_FAILED/bytes beyond MDS_MAX_BYTES. */
enum rc_status mds_add(struct mds *m, const struct rc_buf *line, struct rc_err *err);
/* Appends the shard, not packed yet; m starts again from nothing. level: of zstd, for the columns' description. */
enum rc_status mds_end(struct mds *m, int level, struct rc_buf *out, struct rc_err *err);

struct mds_shard {
	const char *name;       /* of the packed file, "shard.0123456789abcdef.mds.zstd" */
	int64_t samples, bytes, raw_bytes;
	struct rc_digest digest, raw_digest;
};
/* Appends index.json over shards in the order in which they are read. */
void mds_index_print(const struct mds_shard *shards, size_t n, int level, struct rc_buf *out);

/* Is it a shard with that many samples? Else *why says what is wrong. raw: unpacked. */
bool mds_is_whole(const struct rc_buf *raw, int64_t samples, const char **why);

#endif
