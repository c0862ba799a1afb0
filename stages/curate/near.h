/* near.h -- finds texts that are nearly the same among very many, without comparing each with each. */
#ifndef CURATE_NEAR_H
#define CURATE_NEAR_H

#include "curate/facts.h"
#include "curate/sets.h"

/* Joins the sets of pages whose texts' likeness is `near` (0.3 to 1) or more. Pages without a signature and those with FACT_DUPLICATE_*
 * are left out. Locality-sensitive hashing: signatures are cut into bands, and only pages that agree on all of a band are
 * compared. Bands have so many bytes that of pairs with a likeness of exactly `near` 98 % or more meet, and of closer ones
 * more (near.c has the numbers). Time grows with n log n, memory is 16 bytes a page. */
enum rc_status near_join(const struct facts *facts, double near, struct sets *sets, struct rc_err *err);

#endif
