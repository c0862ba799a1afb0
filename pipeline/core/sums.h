/* sums.h -- checksums as other people's formats carry them (BagIt, METS): several of one file in one reading.
 *
 * What this program keeps is known by SHA-256 (digest.h); here are the other words of the trade, MD5 and SHA-1 too, because bags
 * of twenty years are to be checked. OpenSSL EVP does the work. */
#ifndef RC_SUMS_H
#define RC_SUMS_H

#include "core/err.h"

enum rc_sum { RC_SUM_MD5, RC_SUM_SHA1, RC_SUM_SHA224, RC_SUM_SHA256, RC_SUM_SHA384, RC_SUM_SHA512, RC_SUM_COUNT };
#define RC_SUM_HEX 129          /* the longest as digits, and a zero byte */

const char *rc_sum_name(enum rc_sum sum);       /* "md5", "sha512" */
/* RC_SUM_COUNT for a name that is none of them; letters of either case. */
enum rc_sum rc_sum_find(const char *name);
size_t rc_sum_digits(enum rc_sum sum);          /* 32 for MD5 */

struct rc_summer;               /* sums being computed */

/* set: a bit (1u << sum) for each that is wanted. RC_RUN_FAILED/missing where OpenSSL was built or set up without one. */
enum rc_status rc_summer_new(struct rc_summer **ret, unsigned set, struct rc_err *err);
void rc_summer_add(struct rc_summer *s, const void *bytes, size_t len);
/* Ends all of them; then rc_summer_hex() gives each in lower case digits, "" for one that was not in the set. */
void rc_summer_end(struct rc_summer *s);
const char *rc_summer_hex(const struct rc_summer *s, enum rc_sum sum);
/* Starts all of them again from nothing. */
void rc_summer_again(struct rc_summer *s);
void rc_summer_free(struct rc_summer **s);

#endif
