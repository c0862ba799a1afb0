/* shards.c -- streams of samples, cut into files.
 *
 *   find_stream()   the open file of a kind, split and image format
 *   make_room()     the stream that takes a sample, cut before it where that is due; make_pair() two at once
 *   cut_before()    the content-defined rule
 *   end_shard()     the last bytes, the name, and whether the file is there already */
#include "package/shards.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/zst.h"
#include "core/outfile.h"
#include "package/mds.h"
#include "package/ustar.h"

#define N_STREAMS (8 * SPLIT_COUNT + 1)                 /* text, pages and images in two formats, mds, lines, attributes; the index */
#define NAME_DIGITS 16                                  /* of the digest, in a shard's name */
#define MAX_OFFSETS (INT64_C(1) << 30)
/* Text is packed about 1 : 3 by zstd; the cut must not depend on how well a neighbour packs, so it uses this. */
#define TEXT_RATIO 3

struct stream {
	bool open;
	size_t shard;           /* index of the one being filled */
	struct rc_outfile *file;
	struct zst_writer *zst; /* text and the index */
	struct mds *mds;
	struct rc_buf offsets;  /* of a tar: what its table holds */
	uint64_t box;           /* of the last sample */
	int64_t weight;         /* bytes in the shard as the cut counts them */
	int64_t offset;         /* where the next sample begins, unpacked */
};

struct shards {
	char *corpus;
	struct shards_options options;
	struct stream streams[N_STREAMS];
	struct shard *list;
	size_t n, cap;
};

void shards_free(struct shards **s)
{
	if (!*s)
		return;
	for (int i = 0; i < N_STREAMS; i++) {
		zst_writer_free(&(*s)->streams[i].zst);
		mds_free(&(*s)->streams[i].mds);
		rc_buf_free(&(*s)->streams[i].offsets);
		rc_outfile_abort(&(*s)->streams[i].file);
	}
	for (size_t i = 0; i < (*s)->n; i++)
		free((*s)->list[i].path);
	free((*s)->list);
	free((*s)->corpus);
	free(*s);
	*s = NULL;
}

enum rc_status shards_new(struct shards **ret, const char *corpus, const struct shards_options *options, struct rc_err *err)
{
	RC_CLEANUP(shards_free) struct shards *s = calloc(1, sizeof *s);

	if (s)
		s->corpus = strdup(corpus);
	if (!s || !s->corpus)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot write shards: out of memory");
	for (int i = 0; i < N_STREAMS; i++)
		s->streams[i].offsets = RC_BUF(MAX_OFFSETS);
	s->options = *options;
	*ret = rc_steal(s);
	return RC_OK;
}

const struct shard *shards_list(const struct shards *s, size_t *n)
{
	*n = s->n;
	return s->list;
}

/* ---- a stream's file ----------------------------------------------------------------------------------- */

static struct stream *find_stream(struct shards *s, enum manifest_kind kind, int split, bool png)
{
	switch (kind) {
	case MANIFEST_TEXT:
		return &s->streams[split];
	case MANIFEST_PAGES:
		return &s->streams[SPLIT_COUNT * (png ? 2 : 1) + split];
	case MANIFEST_MDS:
		return &s->streams[SPLIT_COUNT * 3 + split];
	case MANIFEST_LINES:
		return &s->streams[SPLIT_COUNT * 4 + split];
	case MANIFEST_IMAGES:
		return &s->streams[SPLIT_COUNT * (png ? 6 : 5) + split];
	case MANIFEST_ATTRIBUTES:
		return &s->streams[SPLIT_COUNT * 7 + split];
	default:
		return &s->streams[N_STREAMS - 1];
	}
}

static void make_path(const struct shards *s, const struct shard *shard, const char *digits, struct rc_buf *out)
{
	rc_buf_addf(out, "%s/", s->corpus);
	switch (shard->kind) {
	case MANIFEST_TEXT:
	case MANIFEST_ATTRIBUTES:
		rc_buf_addf(out, "%s/%s-%.*s.jsonl.zst", manifest_kind_name(shard->kind), manifest_splits[shard->split], NAME_DIGITS, digits);
		break;
	case MANIFEST_PAGES:
	case MANIFEST_IMAGES:
		rc_buf_addf(out, "%s/%s-%s-%.*s.tar", manifest_kind_name(shard->kind), manifest_splits[shard->split], shard->png ? "png" : "jpg",
		            NAME_DIGITS, digits);
		break;
	case MANIFEST_LINES:
		rc_buf_addf(out, "lines/%s-%.*s.tar", manifest_splits[shard->split], NAME_DIGITS, digits);
		break;
	case MANIFEST_MDS:
		rc_buf_addf(out, "mds/%s/shard.%.*s.mds.zstd", manifest_splits[shard->split], NAME_DIGITS, digits);
		break;
	default:
		rc_buf_addf(out, "index/items-%.*s.jsonl.zst", NAME_DIGITS, digits);
	}
}

static enum rc_status sink(void *ctx, const void *bytes, size_t len, struct rc_err *err)
{
	return rc_outfile_write(ctx, bytes, len, err);
}

/* Room for one more in the list. */
static enum rc_status grow_list(struct shards *s, struct rc_err *err)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 64;
		struct shard *bigger = realloc(s->list, cap * sizeof *bigger);

		if (!bigger)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot write shards: out of memory");
		s->list = bigger;
		s->cap = cap;
	}
	return RC_OK;
}

static enum rc_status start_shard(struct shards *s, struct stream *st, const struct shard *kind, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(1 << 16);
	enum rc_status status = grow_list(s, err);

	if (!rc_good(status))
		return status;
	make_path(s, kind, "0000000000000000", &path);
	status = rc_outfile_open(&st->file, path.data, err);
	if (rc_good(status) && (kind->kind == MANIFEST_TEXT || kind->kind == MANIFEST_INDEX || kind->kind == MANIFEST_ATTRIBUTES))
		status = zst_writer_new(&st->zst, s->options.zstd_level, s->options.single && kind->kind == MANIFEST_TEXT ? ZST_MAX_FRAME : ZST_FRAME_BYTES,
		                        sink, st->file, err);
	if (rc_good(status) && kind->kind == MANIFEST_MDS && !(st->mds = mds_new()))
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot write shards: out of memory");
	if (!rc_good(status))
		return status;
	st->shard = s->n;
	s->list[s->n++] = *kind;
	st->weight = st->offset = 0;
	rc_buf_clear(&st->offsets);
	st->open = true;
	return RC_OK;
}

/* Is the file there with these bytes? Then it was written by an earlier run. */
static bool is_there(const char *path, const struct shard *shard)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct rc_digest digest;
	int64_t len = 0;

	return fd >= 0 && rc_good(rc_digest_fd(fd, 0, -1, path, &digest, &len, NULL)) && len == shard->bytes &&
	       rc_digest_equal(&digest, &shard->digest);
}

static void add_offset(struct stream *st)
{
	for (int byte = 0; byte < 8; byte++)
		rc_buf_addc(&st->offsets, (char)((uint64_t)st->offset >> 8 * byte & 0xff));
}

/* The table of the tar that was just ended. */
static enum rc_status put_offsets(struct shards *s, struct stream *st, const char *tar, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(1 << 16);
	struct shard table = s->list[st->shard];
	enum rc_status status = grow_list(s, err);

	if (rc_good(status))
		status = rc_buf_check(&st->offsets, "a table of offsets", err);
	if (!rc_good(status))
		return status;
	rc_buf_addf(&path, "%s.idx", tar);
	table = (struct shard){ .kind = MANIFEST_OFFSETS, .split = table.split, .png = table.png, .bytes = (int64_t)st->offsets.len,
	                        .digest = rc_digest_of(st->offsets.data, st->offsets.len), .path = strdup(path.data + strlen(s->corpus) + 1) };
	if (!table.path)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot write shards: out of memory");
	s->list[s->n++] = table;
	return is_there(path.data, &table) ? RC_OK : rc_file_put(path.data, st->offsets.data, st->offsets.len, err);
}

static enum rc_status end_mds(struct shards *s, struct stream *st, struct shard *shard, struct rc_err *err)
{
	RC_OWN_BUF raw = RC_BUF(MDS_MAX_BYTES);
	RC_OWN_BUF packed = RC_BUF(2 * MDS_MAX_BYTES);
	enum rc_status status = mds_end(st->mds, s->options.zstd_level, &raw, err);

	if (rc_good(status))
		status = zst_pack(raw.data, raw.len, s->options.zstd_level, &packed, err);
	if (!rc_good(status))
		return status;
	shard->raw_bytes = (int64_t)raw.len;
	shard->raw_digest = rc_digest_of(raw.data, raw.len);
	return rc_outfile_write(st->file, packed.data, packed.len, err);
}

/* What stands behind the last sample. */
static enum rc_status end_content(struct shards *s, struct stream *st, struct shard *shard, struct rc_err *err)
{
	if (st->zst)
		return zst_writer_finish(st->zst, err);
	if (st->mds)
		return end_mds(s, st, shard, err);
	add_offset(st);
	return rc_outfile_write(st->file, (char[USTAR_END_BYTES]){ 0 }, USTAR_END_BYTES, err);
}

static enum rc_status end_shard(struct shards *s, struct stream *st, struct rc_err *err)
{
	struct shard *shard = &s->list[st->shard];
	RC_OWN_BUF path = RC_BUF(1 << 16);
	char hex[RC_DIGEST_HEX];
	bool tar = !st->zst && !st->mds;
	enum rc_status status;

	if (!st->open)
		return RC_OK;
	status = end_content(s, st, shard, err);
	if (!rc_good(status))
		return status;
	shard->bytes = rc_outfile_size(st->file);
	shard->digest = rc_outfile_digest(st->file);
	make_path(s, shard, rc_digest_hex(&shard->digest, hex), &path);
	shard->path = strdup(path.data + strlen(s->corpus) + 1);
	if (!shard->path)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot write shards: out of memory");
	if (is_there(path.data, shard)) {
		rc_outfile_abort(&st->file);
		st->file = NULL;
	} else {
		status = rc_outfile_rename(st->file, path.data, err);
		if (rc_good(status))
			status = rc_outfile_commit(&st->file, err);
	}
	zst_writer_free(&st->zst);
	mds_free(&st->mds);
	st->open = false;
	return rc_good(status) && tar ? put_offsets(s, st, path.data, err) : status;
}

/* ---- samples ------------------------------------------------------------------------------------------- */

static bool cut_before(int64_t target, const struct stream *st, const struct sample_cut *cut, int64_t weight)
{
	int64_t least = target / 2;
	double chance = (double)weight / (double)least;

	if (!cut || st->weight < least)
		return false;
	if (cut->box != st->box || st->weight + weight > 2 * target)
		return true;
	return (double)(cut->hash >> 11) / (double)(UINT64_C(1) << 53) < chance;
}

static int64_t target_of(const struct shards *s, enum manifest_kind kind)
{
	int64_t most = kind == MANIFEST_MDS ? MDS_SHARD_BYTES : kind == MANIFEST_TEXT && s->options.single ? SINGLE_SHARD_BYTES : INT64_MAX;

	return s->options.shard_bytes < most ? s->options.shard_bytes : most;
}

/* The stream that takes the sample, with a shard open. */
static enum rc_status make_room(struct shards *s, const struct shard *kind, const struct sample_cut *cut, int64_t weight,
                                struct stream **ret, struct rc_err *err)
{
	struct stream *st = find_stream(s, kind->kind, kind->split, kind->png);
	enum rc_status status = RC_OK;

	if (st->open && cut_before(target_of(s, kind->kind), st, cut, weight))
		status = end_shard(s, st, err);
	if (rc_good(status) && !st->open)
		status = start_shard(s, st, kind, err);
	if (!rc_good(status))
		return status;
	st->weight += weight;
	st->box = cut ? cut->box : 0;
	*ret = st;
	return RC_OK;
}

enum rc_status shards_add_line(struct shards *s, enum manifest_kind kind, int split, const struct sample_cut *cut,
                               const struct rc_buf *line, struct sample_place *ret, struct rc_err *err)
{
	struct stream *st;
	enum rc_status status = make_room(s, &(struct shard){ .kind = kind, .split = split }, cut,
	                                  (int64_t)line->len / (kind == MANIFEST_MDS ? 1 : TEXT_RATIO), &st, err);

	if (rc_good(status))
		status = kind == MANIFEST_MDS ? mds_add(st->mds, line, err) : zst_writer_add(st->zst, line->data, line->len, err);
	if (!rc_good(status))
		return status;
	*ret = (struct sample_place){ .shard = st->shard, .at = s->list[st->shard].samples++, .offset = st->offset,
	                              .check = (uint32_t)zst_hash(line->data, line->len, 0) };
	st->offset += (int64_t)line->len;
	return RC_OK;
}

enum rc_status shards_add_attributes(struct shards *s, int split, const struct sample_place *of, const struct rc_buf *line, struct rc_err *err)
{
	const struct shard kind = { .kind = MANIFEST_ATTRIBUTES, .split = split };
	struct stream *st = find_stream(s, MANIFEST_ATTRIBUTES, split, false);
	enum rc_status status = st->open && of->at == 0 ? end_shard(s, st, err) : RC_OK;

	if (rc_good(status) && !st->open)
		status = start_shard(s, st, &kind, err);
	if (rc_good(status))
		status = zst_writer_add(st->zst, line->data, line->len, err);
	if (rc_good(status))
		s->list[st->shard].samples++;
	return status;
}

static enum rc_status add_member(struct stream *st, const char *key, const char *extension, const struct rc_buf *content, struct rc_err *err)
{
	uint8_t head[USTAR_BLOCK];
	char name[USTAR_MAX_NAME + 1];
	size_t padding = (USTAR_BLOCK - content->len % USTAR_BLOCK) % USTAR_BLOCK;
	enum rc_status status;

	if (snprintf(name, sizeof name, "%s.%s", key, extension) >= (int)sizeof name || !ustar_header(name, (int64_t)content->len, head))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot put '%s.%s' into a shard: name or size", key, extension);
	status = rc_outfile_write(st->file, head, sizeof head, err);
	if (rc_good(status))
		status = rc_outfile_write(st->file, content->data, content->len, err);
	if (rc_good(status))
		status = rc_outfile_write(st->file, (char[USTAR_BLOCK]){ 0 }, padding, err);
	st->offset += ustar_member_bytes((int64_t)content->len);
	return status;
}

/* Room in two streams at once: what the images say goes for both. */
static enum rc_status make_pair(struct shards *s, const struct shard *kind, const struct sample_cut *cut, int64_t weight,
                                struct stream **images, struct stream **rest, struct rc_err *err)
{
	struct shard image_kind = *kind;
	struct stream *first = find_stream(s, MANIFEST_IMAGES, kind->split, kind->png);
	enum rc_status status = RC_OK;

	image_kind.kind = MANIFEST_IMAGES;
	if (first->open && cut_before(target_of(s, MANIFEST_IMAGES), first, cut, weight))
		status = end_shard(s, find_stream(s, kind->kind, kind->split, kind->png), err);
	if (rc_good(status))
		status = make_room(s, &image_kind, cut, weight, images, err);
	return rc_good(status) ? make_room(s, kind, NULL, 0, rest, err) : status;
}

static enum rc_status add_image(struct stream *st, const struct page_sample *sample, struct rc_err *err)
{
	return add_member(st, sample->key, sample->png ? "png" : "jpg", sample->image, err);
}

/* Members in the order of their names: "jpg" < "json" < "txt", but "json" < "png". */
static enum rc_status add_members(struct stream *st, const struct page_sample *sample, bool with_image, struct rc_err *err)
{
	enum rc_status status = with_image && !sample->png ? add_image(st, sample, err) : RC_OK;

	if (rc_good(status))
		status = add_member(st, sample->key, "json", sample->json, err);
	if (rc_good(status) && with_image && sample->png)
		status = add_image(st, sample, err);
	return rc_good(status) ? add_member(st, sample->key, "txt", sample->text, err) : status;
}

enum rc_status shards_add_page(struct shards *s, enum manifest_kind kind, int split, const struct sample_cut *cut,
                               const struct page_sample *sample, struct sample_place *ret, struct rc_err *err)
{
	const struct shard want = { .kind = kind, .split = split, .png = sample->png };
	bool apart = s->options.apart && kind == MANIFEST_PAGES;
	int64_t weight = ustar_member_bytes((int64_t)sample->image->len);
	struct sample_place place = { .apart = apart };
	struct stream *st, *images = NULL;
	enum rc_status status;

	if (apart)
		status = make_pair(s, &want, cut, weight, &images, &st, err);
	else
		status = make_room(s, &want, cut, weight + ustar_member_bytes((int64_t)sample->json->len) +
		                   ustar_member_bytes((int64_t)sample->text->len), &st, err);
	if (!rc_good(status))
		return status;
	place.offset = st->offset;
	add_offset(st);
	if (apart) {
		place.image_shard = images->shard;
		place.image_offset = images->offset;
		add_offset(images);
		status = add_image(images, sample, err);
		s->list[images->shard].samples++;
	}
	if (rc_good(status))
		status = add_members(st, sample, !apart, err);
	if (!rc_good(status))
		return status;
	place.shard = st->shard;
	place.at = s->list[st->shard].samples++;
	place.check = (uint32_t)zst_hash(sample->text->data, sample->text->len, zst_hash(sample->json->data, sample->json->len, 0));
	*ret = place;
	return RC_OK;
}

enum rc_status shards_finish(struct shards *s, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (int i = 0; rc_good(status) && i < N_STREAMS; i++)
		status = end_shard(s, &s->streams[i], err);
	return status;
}
