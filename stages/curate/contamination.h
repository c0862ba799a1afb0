/* contamination.h -- where a page has text in common with what models will be tested with. */
#ifndef CURATE_CONTAMINATION_H
#define CURATE_CONTAMINATION_H

#include "core/json.h"
#include "core/page.h"
#include "curate/lists.h"

#define CONTAMINATION_SPANS 8           /* of a page that are kept; all are counted */

/* NULL when no run of 13 characters of the lists stands on the page, else
 *
 *   {"ngrams": 23,                      how many runs, each place counted
 *    "spans": [{"list": "exam.jsonl", "ngram": "中华苏维埃共和国临时中央政",    the first run of the span, folded
 *               "line": 4, "at": 10,    where it begins: line of the page from 0, through all regions, and code point of the line
 *               "last_line": 5, "end": 3}]}      and ends, half open
 *
 * Text goes on from line to line and region to region as it is read. New reference; aborts without memory. */
json_t *contamination_find(const struct lists *lists, const struct rc_page *page);

#endif
