/* page_key.h -- the name of a page in shards and in lists that name pages, and that of a line in shards. It has no dots, and nothing in it
 * changes when other pages come. */
#ifndef COMMON_PAGE_KEY_H
#define COMMON_PAGE_KEY_H

#include "core/buf.h"
#include "core/digest.h"
#include "core/page.h"

#define PAGE_KEY_MAX 95         /* bytes; with ".json" it fits a tar header */

/* Appends the key: the item's key (shortened where it is long), "-", twelve digits of the scan's digest, "-f3" for a later frame. */
void page_key(const char *item, const struct rc_digest *scan, int32_t frame, struct rc_buf *out);
/* Appends the key of a line: the page's (with a shorter share of a long item id), "-", its box on the stored frame as "120_88_40_600". */
void line_key(const char *item, const struct rc_digest *scan, int32_t frame, struct rc_box box, struct rc_buf *out);
/* Can the key be one of this item's pages? */
bool page_key_is_of(const char *key, const char *item);

#endif
