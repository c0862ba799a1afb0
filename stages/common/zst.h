/* zst.h -- the door to zstd: samples packed in frames that a reader can find without unpacking what lies before.
 *
 * The file is the Zstandard seekable format, version 0.1.0 (facebook/zstd, contrib/seekable_format): independent frames,
 * each with its content size and checksum, and last a skippable frame with the table of them. Every zstd reader
 * that follows the standard unpacks it as one stream. Frames end between samples, never in one.
 * Compression uses one thread, so that equal input gives equal bytes with one version of zstd.
 * zst.c is the only file that includes <zstd.h> and <xxhash.h>. */
#ifndef COMMON_ZST_H
#define COMMON_ZST_H

#include "core/buf.h"

#define ZST_FRAME_BYTES (512 << 10)                 /* a frame ends at the first sample boundary from here on, unpacked bytes */
#define ZST_MAX_FRAME   (INT64_C(512) << 20)        /* unpacked bytes of one frame: the longest sample we write or read */
#define ZST_MAX_FRAMES  (1 << 24)                   /* frames of one file */

/* ---- writing --------------------------------------------------------------------------------------- */

typedef enum rc_status zst_sink_fn(void *ctx, const void *bytes, size_t len, struct rc_err *err);

struct zst_writer;
/* level 1 to 19; frame_bytes: ZST_FRAME_BYTES, or ZST_MAX_FRAME for one frame a file; sink gets the packed bytes in order. */
enum rc_status zst_writer_new(struct zst_writer **ret, int level, int64_t frame_bytes, zst_sink_fn *sink, void *ctx, struct rc_err *err);
/* Adds one sample whole. RC_RUN_FAILED/bytes beyond ZST_MAX_FRAME. */
enum rc_status zst_writer_add(struct zst_writer *w, const void *bytes, size_t len, struct rc_err *err);
/* The last frame and the table. Nothing may be added after it. */
enum rc_status zst_writer_finish(struct zst_writer *w, struct rc_err *err);
void zst_writer_free(struct zst_writer **w);
/* XXH64. */
uint64_t zst_hash(const void *bytes, size_t len, uint64_t seed);
/* Appends all of it as one frame with its size and a checksum, for readers that know no others. */
enum rc_status zst_pack(const void *bytes, size_t len, int level, struct rc_buf *out, struct rc_err *err);
/* Appends what one frame holds, at most `max` bytes. RC_PAGE_FAILED/format when it is no whole frame, or states no size. */
enum rc_status zst_unpack(const void *bytes, size_t len, int64_t max, const char *name, struct rc_buf *out, struct rc_err *err);

/* ---- reading --------------------------------------------------------------------------------------- */

/* Fills bytes with exactly len bytes from offset. */
typedef enum rc_status zst_read_fn(void *ctx, int64_t offset, void *bytes, size_t len, struct rc_err *err);
struct zst_file {               /* where packed bytes come from; everything borrowed */
	zst_read_fn *read;
	void *ctx;
	int64_t size;
	const char *name;       /* for messages */
};

struct zst_frame {
	int64_t offset, packed; /* bytes in the file */
	int64_t start, raw;     /* bytes of the unpacked stream */
	uint32_t check;         /* low half of XXH64 of the unpacked bytes; 0 when the table has none */
};
struct zst_table {
	struct zst_frame *frames;       /* owned */
	size_t n;
	bool has_checks;
};

/* Reads the table at the end of the file and checks that the frames fill the file up to it. Errors:
 * RC_PAGE_FAILED/format "cannot read 'x.zst': no seek table". */
enum rc_status zst_table_load(const struct zst_file *file, struct zst_table *ret, struct rc_err *err);
void zst_table_free(struct zst_table *table);
/* Appends the unpacked bytes of frame i, checked against its size and checksums. packed (may be NULL) gets the packed bytes. */
enum rc_status zst_frame_read(const struct zst_file *file, const struct zst_table *table, size_t i,
                              struct rc_buf *out, struct rc_buf *packed, struct rc_err *err);

#endif
