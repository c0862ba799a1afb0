/* corpus.h -- what makes shards a corpus: manifest, card, checksums, versions, and the order they appear in.
 *
 *   CORPUS/text/ pages/ index/     shards, named by digest, never overwritten
 *   CORPUS/versions/V/             manifest.json, cards and SHA256SUMS of a version; appears whole (a renamed folder)
 *   CORPUS/README.md pages/README.md ... SHA256SUMS manifest.json     copies of the current version's, manifest last
 *
 * A reader who trusts the root's manifest.json sees the old corpus or the new one, whatever moment the program stops.
 * README.md and SHA256SUMS may for that moment be those of the version that is about to be current. */
#ifndef PACKAGE_CORPUS_H
#define PACKAGE_CORPUS_H

#include "core/books.h"
#include "package/shards.h"

struct corpus_counts {          /* what the manifest says of the content */
	int64_t items, items_in, pages, pages_not_read;
	json_t *excluded;       /* owned: items by reason */
	json_t *tags;           /* owned: pages by tag */
	int64_t chars[SPLIT_COUNT];     /* code points in text shards */
	json_t *scripts;        /* owned: pages in text shards by script */
};
void corpus_counts_init(struct corpus_counts *c);
void corpus_counts_free(struct corpus_counts *c);
/* counts[name] += n */
void corpus_count(json_t *counts, const char *name, int64_t n);

struct corpus_facts {           /* everything of the manifest but its files; all borrowed */
	const struct rc_config *cfg;
	const char *name;
	const struct corpus_counts *counts;
	const json_t *identity;
	json_t *withdrawn;      /* tombstones_make() */
	bool mixed;             /* pages stand with results of several programs */
};

/* Writes the version, makes it current, and removes what no version names any more. */
enum rc_status corpus_publish(const char *corpus, const struct corpus_facts *facts, const struct shard *shards, size_t n_shards,
                              struct rc_err *err);
/* Is the corpus there as its manifest says, as far as sizes tell? */
bool corpus_is_there(const char *corpus);

/* card.c: the dataset card. files: as in the manifest, with paths. The `datasets` library reads all configs of a card with one loader,
 * so that pages, images that lie apart, and lines have cards of their own (pages/README.md and so on; empty without them). */
void card_print_of(enum manifest_kind kind, const struct corpus_facts *facts, const struct shard *const *files, size_t n, struct rc_buf *out);
/* croissant.c: croissant.json, the description that data set catalogues read. */
void croissant_print(const struct corpus_facts *facts, const char *version, const struct shard *const *files, size_t n, struct rc_buf *out);
void card_print(const struct corpus_facts *facts, const char *version, const struct shard *const *files, size_t n, struct rc_buf *out);

#endif
