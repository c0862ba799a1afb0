/* tar_read.h -- walks over the samples of a page shard, with or without looking at their content. */
#ifndef PACKAGE_TAR_READ_H
#define PACKAGE_TAR_READ_H

#include "common/manifest.h"
#include "package/ustar.h"

struct tar_walk {
	const struct corpus_source *source;
	const struct manifest_file *file;
	int64_t offset;                 /* of the next header */
	struct rc_hasher *hasher;       /* NULL, or gets every byte walked over; owned */
	/* the member that is current */
	char name[USTAR_MAX_NAME + 1];
	char *extension;                /* in name, after its first dot, which is a zero byte: name is the key */
	int64_t content, size;
	bool pending;                   /* its content was not taken yet */
};

/* From `offset` of a shard; whole: hash what is walked over (offset must be 0). */
enum rc_status tar_walk_open(struct tar_walk *w, const struct corpus_source *source, const struct manifest_file *file,
                             int64_t offset, bool whole, struct rc_err *err);
/* The next member. RC_SKIP at the end of the shard, which must be where the file ends. */
enum rc_status tar_walk_next(struct tar_walk *w, struct rc_err *err);
/* Appends the current member's content; larger than max is an error. */
enum rc_status tar_walk_content(struct tar_walk *w, int64_t max, struct rc_buf *out, struct rc_err *err);
/* After RC_SKIP: are the bytes those of the manifest? RC_PAGE_FAILED/changed when not. */
enum rc_status tar_walk_verify(struct tar_walk *w, struct rc_err *err);
void tar_walk_close(struct tar_walk *w);

/* One sample put together: key, the JSON member, the text; image digest and size. */
struct tar_sample {
	char key[USTAR_MAX_NAME + 1];
	bool png, has_image;
	int64_t offset;                 /* of its first header */
	struct rc_buf json, text;       /* empty in a shard of images */
	struct rc_digest image;         /* zero unless asked for */
};
/* Reads the next sample: members image, json and txt, contiguous, in the order of their names; without the image where that lies apart, and
 * in shards of the kind MANIFEST_IMAGES nothing but the image. RC_SKIP at the end. After an error sample->key is that of the sample that
 * was being read, or "" when no header of it could be. */
enum rc_status tar_sample_next(struct tar_walk *w, bool with_image, struct tar_sample *sample, struct rc_err *err);
void tar_sample_init(struct tar_sample *sample);
void tar_sample_free(struct tar_sample *sample);

#endif
