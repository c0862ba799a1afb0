/* record_values.h -- numbers and digests as they stand in records: the same on every machine, in every locale. */
#ifndef COMMON_RECORD_VALUES_H
#define COMMON_RECORD_VALUES_H

#include "core/digest.h"

#define RECORD_NS "urn:redcorpus:record:1"

enum {
	RECORD_SHARE_DECIMALS = 4,      /* confidences, shares, degrees */
	RECORD_MAP_DECIMALS = 6,        /* affine maps */
	RECORD_REAL = 40,               /* bytes a printed number needs */
	RECORD_DIGEST = 72,             /* "sha256:" + 64 digits + zero */
};

/* Rounded to so many decimals (at most 6), without zeros at the end: "0.98", "-1.5", "0". Not finite, or beyond
 * 10^12: "0". Returns out. */
char *record_put_real(char out[RECORD_REAL], double value, int decimals);
char *record_put_digest(char out[RECORD_DIGEST], const struct rc_digest *d);

/* A whole attribute: decimal digits with perhaps a sign, blanks around. false: something else, or out of range. */
bool record_get_int(const char *text, int64_t low, int64_t high, int64_t *ret);
bool record_get_real(const char *text, double low, double high, double *ret);
bool record_get_digest(const char *text, struct rc_digest *ret);

/* The next number of a list with blanks between; moves *list past it. false: the list is at its end, or what is there is
 * no such number; record_list_end() tells. */
bool record_next_int(const char **list, int64_t low, int64_t high, int64_t *ret);
bool record_next_real(const char **list, double low, double high, double *ret);
/* The next word of a list, of less than size bytes. */
bool record_next_word(const char **list, char *ret, size_t size);
bool record_list_end(const char *list);
/* How many words stand in the list. */
size_t record_list_count(const char *list);

#endif
