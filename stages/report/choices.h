/* choices.h -- what curate decided, for the first page of the report: how many pages enter, why others do not, and what is there
 * more than once.
 *
 *   {"words": {"duplicate-scan": ["page", "the same scan ...", "与另一页..."]},     what each keeps out, and means (common/decisions.def)
 *    "pages": 812, "text": 640, "image": 780,       of all pages; those whose text, whose image may enter
 *    "why": [["rights-denied", 20, 20, [entry, ...]]],       pages without text for this reason before all others; all that have the word; some
 *    "clusters": [[7, [entry, ...]]]}                pages that are the same or nearly: how many, and some, the one that stays first
 *
 * An entry is a page as index.h has it. */
#ifndef REPORT_CHOICES_H
#define REPORT_CHOICES_H

#include "core/json.h"
#include "report/facts.h"

enum { REPORT_EXAMPLES = 24, REPORT_CLUSTERS = 24, REPORT_MEMBERS = 8 };

struct report_choices;
struct report_choices *report_choices_new(void);
void report_choices_free(struct report_choices **c);
/* First for all items, in any order: which clusters are the largest. decision: may be NULL. */
void report_choices_look(struct report_choices *c, const char *item, const json_t *decision);
/* Then item by item: the decision, which must stay until the item's last page, and the pages. */
void report_choices_item(struct report_choices *c, const json_t *decision);
void report_choices_page(struct report_choices *c, const struct report_page *page);
/* New reference. */
json_t *report_choices_json(const struct report_choices *c);

#endif
