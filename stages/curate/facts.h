/* facts.h -- what curate must know of every page and item, in memory for the whole batch.
 *
 * A page costs 160 bytes here, one with text 256 more for its signature, and an item about 120: a million pages take some 400 MB. */
#ifndef CURATE_FACTS_H
#define CURATE_FACTS_H

#include "core/books.h"
#include "curate/lists.h"
#include "curate/minhash.h"
#include "curate/statistics.h"

enum { FACT_DUPLICATE_SCAN = 1, FACT_DUPLICATE_TEXT = 2, FACT_NEAR_DUPLICATE = 4, FACT_DUPLICATE_PIXELS = 8, FACT_RESCAN = 16, FACT_NO_ERROR = UINT16_MAX, FACT_NO_SIGNATURE = UINT32_MAX };

struct page_fact {
	uint8_t scan[16], fold[16];     /* first half of the scan's digest; of the folded text's */
	uint8_t pixels[16];             /* of the digest of the frame's pixels; all 0: not known */
	struct rc_look look;            /* all 0: not known */
	uint32_t item;                  /* index */
	int32_t order, frame;
	uint32_t chars;                 /* code points of the text */
	uint16_t confidence;            /* ten-thousandths: an integer, so that storing it changes no decision */
	uint16_t error;                 /* estimated, ten-thousandths; FACT_NO_ERROR: no estimate */
	uint8_t page_class;             /* enum rc_page_class */
	bool not_read, has_fold;        /* has_fold: enough text to call it equal to another */
	bool withdrawn;                 /* somebody took this page back; curate.c sets it */
	bool personal;                  /* numbers or addresses of persons stand in its text */
	uint8_t duplicate;              /* FACT_DUPLICATE_* of a better page */
	uint32_t signature;             /* index; FACT_NO_SIGNATURE without enough text */
	uint32_t keeper;                /* index of the page of its cluster that stays: itself where there is no other */
	uint32_t copies;                /* pages in the cluster, with itself */
	struct statistics statistics;   /* of its text */
	json_t *contamination;          /* owned; as contamination.h has it, NULL: none */
};

/* What a page must reach to enter text shards, ten-thousandths. */
struct fact_limits {
	int min_confidence, max_error;
	unsigned leave_out;             /* tags of statistics.h that keep a page out */
};
/* A page without an estimate is as good as its confidence. */
bool facts_page_is_good(const struct page_fact *page, const struct fact_limits *limits);

struct item_fact {
	char *id;                       /* owned */
	size_t first, n;                /* its pages */
	uint64_t order_hash;            /* salted */
	uint64_t split_hash;            /* salted; decides the split of an item that was not published */
	int split;
	uint8_t training;               /* RC_TRAINING_* */
	bool unreadable;                /* its record is */
	bool eligible;                  /* its rights let it into shards */
	bool published;                 /* stands in the manifest of package.base */
};

struct facts {
	struct page_fact *pages;
	size_t n_pages, cap_pages;
	struct item_fact *items;
	size_t n_items, cap_items;
	uint8_t (*signatures)[MINHASH_BYTES];
	size_t n_signatures, cap_signatures;
	struct minhash *minhash;        /* for reading records; made when needed */
	struct charsets *charsets;      /* owned; made when needed */
	struct lists lists;             /* owned: what pages should have nothing in common with */
};
void facts_free(struct facts *facts);

/* What the facts of an item were read from: the key in its decision. */
struct rc_digest facts_key(const struct facts *facts, const struct rc_item_row *item, unsigned version);
/* Adds an item with its pages: from its decision when that has this key, else from its record. A record that cannot be
 * read is RC_WARN with err; the item is then there without pages. */
enum rc_status facts_add(struct facts *facts, struct rc_books *books, const struct rc_item_row *item,
                         const struct rc_digest *key, struct rc_err *err);

#endif
