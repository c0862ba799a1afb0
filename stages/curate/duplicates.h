/* duplicates.h -- pages that are there more than once, exactly. */
#ifndef CURATE_DUPLICATES_H
#define CURATE_DUPLICATES_H

#include "curate/facts.h"

/* Marks all pages but one of every group with equal scan and frame as FACT_DUPLICATE_SCAN, and of every group with equal
 * folded text as FACT_DUPLICATE_TEXT. The one that stays is, in this order: of an item whose rights let it in; of a published
 * item; a page that may enter text shards itself (limits); of the item with the lowest salted hash;
 * the first in its item. So it does not depend on the order in which pages came. */
enum rc_status duplicates_mark(struct facts *facts, const struct fact_limits *limits, struct rc_err *err);

#endif
