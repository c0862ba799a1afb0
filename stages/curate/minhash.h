/* minhash.h -- a short signature of a text, from which the likeness of two texts can be told.
 *
 * The likeness of two texts is that of their sets of shingles (all runs of MINHASH_SHINGLE characters): the Jaccard index,
 * common ones by all. MinHash (Broder, "On the resemblance and containment of documents", 1997) keeps for each of many hash functions
 * the least value over the set; the share of functions on which two texts agree estimates the index. Of each least value only
 * the low eight bits are kept (b-bit minwise hashing: Li and König, 2010); agreement by chance is taken off again.
 * With 256 functions the estimate's standard deviation is 0.025 at 0.8. */
#ifndef CURATE_MINHASH_H
#define CURATE_MINHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MINHASH_BYTES   256     /* of a signature; one byte per hash function */
#define MINHASH_SHINGLE 5       /* characters; words of Chinese have one or two, so that five are part of a phrase */

struct minhash;                 /* a signature being made */

/* NULL without memory. */
struct minhash *minhash_new(void);
void minhash_free(struct minhash **m);
/* Adds the next character (a code point) of the text. */
void minhash_add(struct minhash *m, uint32_t cp);
/* The signature of what was added; m starts again from nothing. false: the text is shorter than a shingle. */
bool minhash_end(struct minhash *m, uint8_t ret[MINHASH_BYTES]);
/* The estimated Jaccard index, 0 to 1. */
double minhash_likeness(const uint8_t a[MINHASH_BYTES], const uint8_t b[MINHASH_BYTES]);

#endif
