/* trace_why.h -- curate's decisions about a page, told in words. */
#ifndef CLI_TRACE_WHY_H
#define CLI_TRACE_WHY_H

#include "core/json.h"

/* Adds "why" to a page of a trace: a sentence for each of its tags, with what curate knows besides (which page stands for it, which
 * list it has text in common with, and where). `decided` is the page in the item's decision; NULL: there are only tags. */
void trace_why_page(json_t *page, const json_t *decided);
/* The same for the reasons of an item: new reference to a list of sentences. */
json_t *trace_why_item(const json_t *reasons);

#endif
