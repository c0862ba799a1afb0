/* zst.c -- the seekable Zstandard format, written and read.
 *
 *   zst_writer_*      collects samples, packs a frame when it is large enough, remembers its sizes
 *   zst_table_load()  the table at the end of a file, distrusted
 *   zst_frame_read()  one frame unpacked and checked
 *   zst_pack()        one frame and nothing else; zst_unpack() the way back
 *
 * All numbers in the table are little-endian, 32 bits. */
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "common/zst.h"

#define SKIPPABLE_MAGIC UINT32_C(0x184D2A5E)
#define SEEKABLE_MAGIC  UINT32_C(0x8F92EAB1)
#define FOOTER_BYTES    9       /* number of frames, descriptor, magic */
#define HEADER_BYTES    8       /* skippable magic, size */
#define HAS_CHECKSUMS   0x80    /* in the descriptor; bits 6 to 2 are reserved and zero */
#define RESERVED_BITS   0x7C

static void put32(uint8_t *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t get32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* ---- writing --------------------------------------------------------------------------------------- */

struct zst_writer {
	ZSTD_CCtx *cctx;
	int64_t frame_bytes;
	zst_sink_fn *sink;
	void *ctx;
	struct rc_buf raw;      /* samples of the frame that is being filled */
	struct rc_buf packed;   /* reused from frame to frame */
	struct rc_buf table;    /* entries so far */
	uint32_t n_frames;
};

static bool set_parameters(ZSTD_CCtx *cctx, int level)
{
	return !ZSTD_isError(ZSTD_CCtx_setParameter(cctx, ZSTD_c_compressionLevel, level)) &&
	       !ZSTD_isError(ZSTD_CCtx_setParameter(cctx, ZSTD_c_checksumFlag, 1)) &&
	       !ZSTD_isError(ZSTD_CCtx_setParameter(cctx, ZSTD_c_contentSizeFlag, 1));
}

enum rc_status zst_writer_new(struct zst_writer **ret, int level, int64_t frame_bytes, zst_sink_fn *sink, void *ctx, struct rc_err *err)
{
	RC_CLEANUP(zst_writer_free) struct zst_writer *w = calloc(1, sizeof *w);

	if (!w)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot pack samples: out of memory");
	w->frame_bytes = frame_bytes;
	w->sink = sink;
	w->ctx = ctx;
	w->raw = RC_BUF(ZST_MAX_FRAME);
	w->packed = RC_BUF(ZSTD_COMPRESSBOUND((size_t)ZST_MAX_FRAME));
	w->table = RC_BUF((size_t)ZST_MAX_FRAMES * 12);
	w->cctx = ZSTD_createCCtx();
	if (!w->cctx || !set_parameters(w->cctx, level))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot pack samples: zstd does not start");
	*ret = rc_steal(w);
	return RC_OK;
}

void zst_writer_free(struct zst_writer **w)
{
	if (!*w)
		return;
	ZSTD_freeCCtx((*w)->cctx);
	rc_buf_free(&(*w)->raw);
	rc_buf_free(&(*w)->packed);
	rc_buf_free(&(*w)->table);
	free(*w);
	*w = NULL;
}

static enum rc_status end_frame(struct zst_writer *w, struct rc_err *err)
{
	size_t bound = ZSTD_compressBound(w->raw.len), packed;
	uint8_t entry[12];
	void *room;
	enum rc_status status;

	if (w->raw.len == 0)
		return RC_OK;
	rc_buf_clear(&w->packed);
	room = rc_buf_grow(&w->packed, bound);
	if (!room)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot pack %zu bytes: out of memory", w->raw.len);
	packed = ZSTD_compress2(w->cctx, room, bound, w->raw.data, w->raw.len);
	if (ZSTD_isError(packed))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot pack %zu bytes: %s", w->raw.len, ZSTD_getErrorName(packed));
	put32(entry, (uint32_t)packed);
	put32(entry + 4, (uint32_t)w->raw.len);
	put32(entry + 8, (uint32_t)XXH64(w->raw.data, w->raw.len, 0));
	rc_buf_add(&w->table, entry, sizeof entry);
	if (w->table.failed)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BYTES, "cannot pack samples: more than %d frames", ZST_MAX_FRAMES);
	w->n_frames++;
	status = w->sink(w->ctx, room, packed, err);
	rc_buf_clear(&w->raw);
	return status;
}

enum rc_status zst_writer_add(struct zst_writer *w, const void *bytes, size_t len, struct rc_err *err)
{
	enum rc_status status;

	/* A sample that would make the frame unreasonable starts one of its own. */
	if (w->raw.len > 0 && (int64_t)len > w->frame_bytes) {
		status = end_frame(w, err);
		if (!rc_good(status))
			return status;
	}
	rc_buf_add(&w->raw, bytes, len);
	if (w->raw.failed)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BYTES, "cannot pack a sample of %zu bytes: the limit is %lld",
		               len, (long long)ZST_MAX_FRAME);
	return (int64_t)w->raw.len >= w->frame_bytes ? end_frame(w, err) : RC_OK;
}

enum rc_status zst_writer_finish(struct zst_writer *w, struct rc_err *err)
{
	enum rc_status status = end_frame(w, err);
	uint8_t head[HEADER_BYTES], foot[FOOTER_BYTES];

	if (!rc_good(status))
		return status;
	put32(head, SKIPPABLE_MAGIC);
	put32(head + 4, (uint32_t)(w->table.len + FOOTER_BYTES));
	put32(foot, w->n_frames);
	foot[4] = HAS_CHECKSUMS;
	put32(foot + 5, SEEKABLE_MAGIC);
	status = w->sink(w->ctx, head, sizeof head, err);
	if (rc_good(status) && w->table.len)
		status = w->sink(w->ctx, w->table.data, w->table.len, err);
	if (rc_good(status))
		status = w->sink(w->ctx, foot, sizeof foot, err);
	return status;
}

uint64_t zst_hash(const void *bytes, size_t len, uint64_t seed)
{
	return XXH64(len ? bytes : "", len, seed);
}

/* ---- one frame -------------------------------------------------------------------------------------- */

static void free_cctx(ZSTD_CCtx **cctx)
{
	ZSTD_freeCCtx(*cctx);
}

enum rc_status zst_pack(const void *bytes, size_t len, int level, struct rc_buf *out, struct rc_err *err)
{
	RC_CLEANUP(free_cctx) ZSTD_CCtx *cctx = ZSTD_createCCtx();
	RC_CLEANUP(rc_free) void *room = malloc(ZSTD_compressBound(len));
	size_t packed;

	if (!cctx || !room || !set_parameters(cctx, level))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot pack %zu bytes: out of memory", len);
	packed = ZSTD_compress2(cctx, room, ZSTD_compressBound(len), bytes, len);
	if (ZSTD_isError(packed))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot pack %zu bytes: %s", len, ZSTD_getErrorName(packed));
	rc_buf_add(out, room, packed);
	return rc_buf_check(out, "what was packed", err);
}

enum rc_status zst_unpack(const void *bytes, size_t len, int64_t max, const char *name, struct rc_buf *out, struct rc_err *err)
{
	unsigned long long size = ZSTD_getFrameContentSize(bytes, len);
	void *room;
	size_t got;

	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > (unsigned long long)max)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot read '%s': no zstd frame of a stated size up to %lld bytes", name, (long long)max);
	if (ZSTD_findFrameCompressedSize(bytes, len) != len)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot read '%s': not one whole zstd frame", name);
	room = rc_buf_grow(out, (size_t)size);
	if (!room)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot unpack '%s': out of memory", name);
	got = ZSTD_decompress(room, (size_t)size, bytes, len);
	return got == size ? RC_OK : rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot read '%s': %s", name, ZSTD_isError(got) ? ZSTD_getErrorName(got) : "shorter than stated");
}

/* ---- reading --------------------------------------------------------------------------------------- */

static enum rc_status bad(const struct zst_file *file, const char *why, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot read '%s': %s", file->name, why);
}

static enum rc_status read_footer(const struct zst_file *file, uint32_t *n, size_t *entry_bytes, struct rc_err *err)
{
	uint8_t foot[FOOTER_BYTES];
	enum rc_status status;

	if (file->size < HEADER_BYTES + FOOTER_BYTES)
		return bad(file, "too short for a seek table", err);
	status = file->read(file->ctx, file->size - FOOTER_BYTES, foot, sizeof foot, err);
	if (!rc_good(status))
		return status;
	if (get32(foot + 5) != SEEKABLE_MAGIC || (foot[4] & RESERVED_BITS))
		return bad(file, "no seek table", err);
	*n = get32(foot);
	*entry_bytes = foot[4] & HAS_CHECKSUMS ? 12 : 8;
	if (*n > ZST_MAX_FRAMES || HEADER_BYTES + (int64_t)*n * (int64_t)*entry_bytes + FOOTER_BYTES > file->size)
		return bad(file, "the seek table claims more frames than there is room for", err);
	return RC_OK;
}

static enum rc_status fill_table(const struct zst_file *file, const uint8_t *entries, size_t entry_bytes,
                                 int64_t end, struct zst_table *t, struct rc_err *err)
{
	int64_t offset = 0, start = 0;

	for (size_t i = 0; i < t->n; i++) {
		const uint8_t *e = entries + i * entry_bytes;
		struct zst_frame *f = &t->frames[i];

		*f = (struct zst_frame){ offset, get32(e), start, get32(e + 4), t->has_checks ? get32(e + 8) : 0 };
		if (f->raw > ZST_MAX_FRAME || f->packed > (int64_t)ZSTD_compressBound(ZST_MAX_FRAME))
			return bad(file, "a frame is larger than the limit", err);
		offset += f->packed;
		start += f->raw;
	}
	return offset == end ? RC_OK : bad(file, "the seek table does not fit the frames", err);
}

enum rc_status zst_table_load(const struct zst_file *file, struct zst_table *ret, struct rc_err *err)
{
	RC_CLEANUP(zst_table_free) struct zst_table t = { 0 };
	RC_OWN_BUF bytes = RC_BUF((size_t)ZST_MAX_FRAMES * 12 + HEADER_BYTES);
	size_t entry_bytes = 0, len;
	uint32_t n = 0;
	int64_t end;
	enum rc_status status = read_footer(file, &n, &entry_bytes, err);

	if (!rc_good(status))
		return status;
	t.n = n;
	t.has_checks = entry_bytes == 12;
	len = HEADER_BYTES + n * entry_bytes;
	end = file->size - FOOTER_BYTES - (int64_t)len;
	t.frames = calloc(n ? n : 1, sizeof *t.frames);
	if (!t.frames || !rc_buf_grow(&bytes, len))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot read '%s': out of memory", file->name);
	status = file->read(file->ctx, end, bytes.data, len, err);
	if (!rc_good(status))
		return status;
	if (get32((uint8_t *)bytes.data) != SKIPPABLE_MAGIC ||
	    get32((uint8_t *)bytes.data + 4) != len - HEADER_BYTES + FOOTER_BYTES)
		return bad(file, "no seek table", err);
	status = fill_table(file, (uint8_t *)bytes.data + HEADER_BYTES, entry_bytes, end, &t, err);
	if (!rc_good(status))
		return status;
	*ret = t;
	t.frames = NULL;
	return RC_OK;
}

void zst_table_free(struct zst_table *table)
{
	free(table->frames);
	*table = (struct zst_table){ 0 };
}

enum rc_status zst_frame_read(const struct zst_file *file, const struct zst_table *table, size_t i,
                              struct rc_buf *out, struct rc_buf *packed, struct rc_err *err)
{
	const struct zst_frame *f = &table->frames[i];
	RC_OWN_BUF own = RC_BUF(UINT32_MAX);
	struct rc_buf *in = packed ? packed : &own;
	char *from = rc_buf_grow(in, (size_t)f->packed), *to;
	enum rc_status status;
	size_t got;

	if (!from)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot read '%s': out of memory", file->name);
	status = file->read(file->ctx, f->offset, from, (size_t)f->packed, err);
	if (!rc_good(status))
		return status;
	/* The frame's own header must agree before memory is spent on what the table says. */
	if (ZSTD_getFrameContentSize(from, (size_t)f->packed) != (unsigned long long)f->raw)
		return bad(file, "a frame's size is not what the seek table says", err);
	to = rc_buf_grow(out, (size_t)f->raw);
	if (!to)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot unpack '%s': out of memory", file->name);
	got = ZSTD_decompress(to, (size_t)f->raw, from, (size_t)f->packed);
	if (ZSTD_isError(got))
		return bad(file, ZSTD_getErrorName(got), err);
	if (got != (size_t)f->raw || (table->has_checks && (uint32_t)XXH64(to, got, 0) != f->check))
		return bad(file, "a frame's checksum is wrong", err);
	return RC_OK;
}
