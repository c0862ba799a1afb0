/* manifest.h -- manifest.json, the only thing a reader of a corpus must trust, and where a corpus's bytes come from.
 *
 * package writes manifests (stages/package/); this is the reader that everybody else shares: upload, pull, cat,
 * validate, and curate for package.base. A manifest is foreign: paths, sizes and counts are checked here and nowhere
 * else. schemas/manifest.schema.json is the definition. */
#ifndef COMMON_MANIFEST_H
#define COMMON_MANIFEST_H

#include "core/digest.h"
#include "core/json.h"

#define MANIFEST_SCHEMA "urn:redcorpus:manifest"
#define MANIFEST_VERSION 1
#define MANIFEST_FILE "manifest.json"
#define MANIFEST_MAX_BYTES (INT64_C(256) << 20) /* a million files at some 200 bytes each */
#define MANIFEST_MAX_FILES 1000000
#define MANIFEST_MAX_FILE_BYTES (INT64_C(1) << 42)
#define MANIFEST_MAX_PATH 255

enum manifest_kind {
	MANIFEST_TEXT = 0,      /* text/SPLIT-DIGEST.jsonl.zst: one sample per item */
	MANIFEST_PAGES,         /* pages/SPLIT-MEDIA-DIGEST.tar: one sample per page; without its image where MANIFEST_IMAGES are */
	MANIFEST_LINES,         /* lines/SPLIT-DIGEST.tar: one sample per line */
	MANIFEST_MDS,           /* mds/SPLIT/shard.DIGEST.mds.zstd: the samples of text again */
	MANIFEST_IMAGES,        /* images/SPLIT-MEDIA-DIGEST.tar: images of pages. The n-th has the keys of the n-th of MANIFEST_PAGES */
	MANIFEST_ATTRIBUTES,    /* attributes/SPLIT-DIGEST.jsonl.zst: what is known of samples. The n-th has the ids of the n-th of MANIFEST_TEXT, in its order */
	MANIFEST_OFFSETS,       /* X.tar.idx: where the samples of X.tar begin */
	MANIFEST_INDEX,         /* index/items-DIGEST.jsonl.zst: which item is where */
	MANIFEST_MDS_INDEX,     /* mds/SPLIT/index.json */
	MANIFEST_CARD,          /* README.md and croissant.json, and those that manifest.c lists */
	MANIFEST_SUMS,          /* SHA256SUMS */
	MANIFEST_KIND_COUNT
};
const char *manifest_kind_name(enum manifest_kind kind);
enum manifest_kind manifest_kind_find(const char *name);        /* MANIFEST_KIND_COUNT when there is none */

/* Does a file of this kind hold samples? Those belong to a split each. */
static inline bool manifest_is_shard(enum manifest_kind kind)
{
	return kind <= MANIFEST_IMAGES;
}

enum { SPLIT_TRAIN, SPLIT_VALIDATION, SPLIT_TEST, SPLIT_COUNT };
extern const char *const manifest_splits[SPLIT_COUNT];          /* "train", "validation", "test" */
int manifest_split_find(const char *name);                      /* -1 when there is none */

struct manifest_file {
	const char *path;       /* below the corpus, borrowed from the manifest */
	enum manifest_kind kind;
	int split;              /* -1: belongs to none */
	int64_t bytes, samples;
	struct rc_digest digest;
};

struct manifest {
	json_t *json;           /* owned: all of it */
	const char *name, *version;     /* of the corpus; borrowed */
	struct manifest_file *files;    /* owned; in the order of the manifest */
	size_t n_files;
	int64_t n_samples[MANIFEST_KIND_COUNT];
};
/* Are there shards of this kind in this split (-1: any)? When there are none, err says so, and which kinds there are. */
bool manifest_has(const struct manifest *m, int kind, int split, struct rc_err *err);
/* Samples of all shards together. */
int64_t manifest_samples(const struct manifest *m);

/* Parses and checks. Errors: RC_PAGE_FAILED/format "cannot use 'manifest.json': file 3: path '../x' leads outside". */
enum rc_status manifest_parse(const char *bytes, size_t len, const char *name, struct manifest **ret, struct rc_err *err);
/* Reads and parses a file. A missing file is RC_RUN_FAILED/missing. */
enum rc_status manifest_load(const char *path, struct manifest **ret, struct rc_err *err);
/* The folder of the corpus that a manifest at `path` is of: its own, or the one above versions/V. The caller frees it; NULL without memory. */
char *manifest_root(const char *path, const struct manifest *m);
void manifest_free(struct manifest **m);
/* NULL when no file has that path. */
const struct manifest_file *manifest_find(const struct manifest *m, const char *path);
/* The file that holds the other part of a shard: images of MANIFEST_PAGES or attributes of MANIFEST_TEXT, or the reverse. NULL when there is none. */
const struct manifest_file *manifest_mate(const struct manifest *m, const struct manifest_file *f);
/* Is it one of the files whose names stay while their content changes with the version (cards, sums, indexes of MDS)? A copy of each lies,
 * immutable, below versions/V. */
static inline bool manifest_is_root_copy(const struct manifest_file *f)
{
	return f->kind == MANIFEST_CARD || f->kind == MANIFEST_SUMS || f->kind == MANIFEST_MDS_INDEX;
}

/* A path below a corpus that can lead nowhere else: relative, no empty, hidden or dotted component, no control
 * characters or backslashes, UTF-8, at most MANIFEST_MAX_PATH bytes. */
bool manifest_path_ok(const char *path);
/* A version as a folder name: letters, digits, '.', '-', '+', '_'; not starting with '.'; at most 64. */
bool manifest_version_ok(const char *version);

/* ---- where bytes come from ------------------------------------------------------------------------- */

/* A corpus in a folder or on a remote. read fills bytes with len bytes from offset; a shorter file is RC_PAGE_FAILED/truncated,
 * a missing one RC_RUN_FAILED/missing. size: -1 when the file is not there. */
struct corpus_source {
	enum rc_status (*size)(void *ctx, const char *path, int64_t *ret, struct rc_err *err);
	enum rc_status (*read)(void *ctx, const char *path, int64_t offset, void *bytes, size_t len, struct rc_err *err);
	void *ctx;
	const char *name;       /* for messages: the folder or URL */
};

/* A folder. close with corpus_folder_close(); keeps one descriptor open between reads of one file. */
struct corpus_folder;
enum rc_status corpus_folder_open(struct corpus_folder **ret, const char *path, struct rc_err *err);
struct corpus_source corpus_folder_source(struct corpus_folder *folder);
void corpus_folder_close(struct corpus_folder **folder);
/* Removes temporaries that a killed writer left anywhere in a corpus. Who writes there at the same time would lose its own. */
void corpus_sweep(const char *folder);
/* Reads the manifest through a source: the current one, or that of a version (as manifest_version_ok() allows; "": the current one). */
enum rc_status manifest_fetch(const struct corpus_source *source, struct manifest **ret, struct rc_err *err);
enum rc_status manifest_fetch_version(const struct corpus_source *source, const char *version, struct manifest **ret, struct rc_err *err);
/* One file of a source, as zst.h reads it: ctx is a struct corpus_file. */
struct corpus_file {
	const struct corpus_source *source;
	const char *path;
};
enum rc_status corpus_file_read(void *ctx, int64_t offset, void *bytes, size_t len, struct rc_err *err);
/* Appends a whole file of at most max bytes. */
enum rc_status corpus_read_all(const struct corpus_source *source, const char *path, int64_t max, struct rc_buf *out, struct rc_err *err);

#endif
