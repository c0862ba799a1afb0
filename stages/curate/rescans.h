/* rescans.h -- finds pages that were scanned twice, by how they look and what they say. */
#ifndef CURATE_RESCANS_H
#define CURATE_RESCANS_H

#include "curate/facts.h"
#include "curate/sets.h"

/* Joins the sets of pages whose looks differ in few bits: in RESCAN_ALONE at most, or, where both have
 * enough text to compare, in RESCAN_WITH_TEXT at most and their likeness (minhash.h) is RESCAN_LIKENESS at least. A misread page
 * has a likeness of 0.3 to 0.6 with its twin; pages of one layout that look alike say other things. Two pages that have text must agree in
 * it in any case. tests/bench/rescan.py has what that finds.
 *
 * Pages that are known to be the same scan or pixels are left out. Bits are sampled 64 times, 10 at a time (more beyond 4,000 pages, so that
 * few strangers meet: 18 of a million), and only pages that agree on all of a sample are compared. Of twins with 20 bits apart all meet (of a
 * million pages 95 %), with 36 bits 91 % (16 %). Time grows with n log n, memory is 8 bytes a page. */
#define RESCAN_ALONE     20
#define RESCAN_WITH_TEXT 36
#define RESCAN_LIKENESS  0.2

enum rc_status rescans_join(const struct facts *facts, struct sets *sets, struct rc_err *err);

#endif
