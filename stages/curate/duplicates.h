/* duplicates.h -- pages that are there more than once, exactly or nearly, and which of them stays. */
#ifndef CURATE_DUPLICATES_H
#define CURATE_DUPLICATES_H

#include "curate/facts.h"

/* Finds clusters of pages that are the same scan and frame, the same pixels in another file, other scans of the same print (rescans.h; where `rescans`), the
 * same folded text, or texts whose likeness (minhash.h) is `near` or more (1: only equal ones); fills duplicate, keeper and copies of every page. The page of a cluster that stays is, in this order: of
 * an item whose rights let it in, and not taken back; of a published item; one that may enter text shards itself (limits); one with the lower estimated
 * error, by grade; of the item with the lowest salted hash; the first in its item. So it does not depend on
 * the order in which pages came.
 *
 * A page that is both the same scan or pixels and the same text as others is told as the same scan or pixels. */
enum rc_status duplicates_mark(struct facts *facts, const struct fact_limits *limits, double near, bool rescans, struct rc_err *err);

/* Gives all items that share a cluster of pages one split, so that nothing is learned in one and asked in another: the
 * split of the item with the lowest salted hash among the published ones, else among all. Published items keep theirs. */
enum rc_status duplicates_join_splits(struct facts *facts, struct rc_err *err);

#endif
