/* shards.h -- samples in, shard files out: which shard a sample goes to, where shards end, what they are called.
 *
 * There is one stream per kind, split and (for pages) image format; samples come in the order of the corpus. A stream is cut
 * where the content says so, not where a counter does, so that what is inserted moves only the cuts around it:
 *
 *   after half the wanted size   a box's first sample starts a new shard; so does any sample whose salted hash is low
 *                                (chances such that shards have the wanted size on average)
 *   at twice the wanted size     a cut is forced
 *
 * Images of pages can lie in tars of their own. Then only they decide about cuts, and the tar with the rest of each sample is cut where
 * theirs is: both have the same keys in the same order, and a corrected text leaves every tar of images as it was.
 *
 * Text can be one frame a file, for readers that stop after the first: such files are smaller (SINGLE_SHARD_BYTES), because a frame is
 * packed in one go. The seek table behind it has one entry.
 *
 * Beside a tar lies NAME.tar.idx, which readers of Megatron-Energon want: the offset of each sample's first header and of the end
 * behind the last member, as little-endian 64-bit numbers. It is a file of the kind MANIFEST_OFFSETS.
 *
 * A shard is named by the digest of its bytes: "text/train-0123456789abcdef.jsonl.zst". One that is already there under its
 * name, with its bytes, is left alone. */
#ifndef PACKAGE_SHARDS_H
#define PACKAGE_SHARDS_H

#include "common/manifest.h"

struct shard {                  /* a finished one, or one that is being filled (path NULL); also the table of offsets of one */
	char *path;             /* owned; below the corpus */
	enum manifest_kind kind;
	int split;              /* -1: none */
	bool png;               /* pages: PNG instead of JPEG images */
	int64_t bytes, samples;
	struct rc_digest digest;
	int64_t raw_bytes;      /* mds: before it was packed */
	struct rc_digest raw_digest;
};

struct sample_place {
	size_t shard;           /* index in shards_list() */
	int64_t at;             /* number in the shard, from 0 */
	int64_t offset;         /* text: of its line in the unpacked stream; pages and lines: of its first header in the tar */
	uint32_t check;         /* low half of XXH64 of its line; of pages and lines: of JSON, and that is the seed for the text */
	bool apart;             /* its image is in another shard: */
	size_t image_shard;
	int64_t image_offset;
};

struct sample_cut {             /* what decides whether the stream is cut before a sample */
	uint64_t hash;          /* salted, of the sample's name */
	uint64_t box;           /* of its box: another one than that of the sample before starts a box */
};

struct page_sample {            /* of a page, or of a line: its image, JSON and text */
	const char *key;        /* at most PAGE_KEY_MAX bytes, no dots */
	bool png;
	const struct rc_buf *image, *json, *text;
};

#define SINGLE_SHARD_BYTES (INT64_C(16) << 20)  /* wanted size of a text shard of one frame, packed; unpacked at most six times that and a sample */

struct shards_options {
	int64_t shard_bytes;    /* wanted size */
	int zstd_level;
	bool single;            /* text: one frame a file */
	bool apart;             /* pages: images in shards of the kind MANIFEST_IMAGES */
};

struct shards;
/* corpus: the folder, absolute or not. */
enum rc_status shards_new(struct shards **ret, const char *corpus, const struct shards_options *options, struct rc_err *err);
/* One line of JSON with its newline. kind: MANIFEST_TEXT, MANIFEST_MDS (which has a size of its own, MDS_SHARD_BYTES at most) or
 * MANIFEST_INDEX (which is never cut, split -1). */
enum rc_status shards_add_line(struct shards *s, enum manifest_kind kind, int split, const struct sample_cut *cut,
                               const struct rc_buf *line, struct sample_place *ret, struct rc_err *err);
/* The line of attributes of the text sample that was just added at that place: their files are cut where those of text are. */
enum rc_status shards_add_attributes(struct shards *s, int split, const struct sample_place *of, const struct rc_buf *line, struct rc_err *err);
/* kind: MANIFEST_PAGES, or MANIFEST_LINES, whose images are PNG. */
enum rc_status shards_add_page(struct shards *s, enum manifest_kind kind, int split, const struct sample_cut *cut, const struct page_sample *sample,
                               struct sample_place *ret, struct rc_err *err);
/* Ends all open shards. */
enum rc_status shards_finish(struct shards *s, struct rc_err *err);
/* All shards in the order in which they were started; borrowed. */
const struct shard *shards_list(const struct shards *s, size_t *n);
void shards_free(struct shards **s);

#endif
