/* page_key.c -- keys of pages. */
#include "common/page_key.h"

#include <string.h>

#include "core/limits.h"
#include "core/text.h"

/* An item's share of the key: what the digest digits and the frame leave of PAGE_KEY_MAX. */
#define ITEM_KEY_BYTES 68
#define ITEM_KEY_CUT   55       /* plus "~" and twelve digits */

static void item_key(const char *item, struct rc_buf *out)
{
	RC_OWN_BUF key = RC_BUF(4 * RC_MAX_NAME);
	struct rc_digest d = rc_digest_of(item, strlen(item));
	char hex[RC_DIGEST_HEX];
	size_t keep = ITEM_KEY_CUT;

	/* Loaders take names that start with an underscore for their own. */
	if (*item == '_')
		rc_buf_adds(&key, "%5F");
	rc_safe_key(&key, *item == '_' ? item + 1 : item);
	if (key.len <= ITEM_KEY_BYTES) {
		rc_buf_add(out, key.data, key.len);
		return;
	}
	while (keep > 0 && ((unsigned char)key.data[keep] & 0xc0) == 0x80)
		keep--;
	rc_buf_addf(out, "%.*s~%.12s", (int)keep, key.data, rc_digest_hex(&d, hex));
}

bool page_key_is_of(const char *key, const char *item)
{
	RC_OWN_BUF start = RC_BUF(1 << 10);

	item_key(item, &start);
	rc_buf_addc(&start, '-');
	return strncmp(key, start.data, start.len) == 0;
}

void page_key(const char *item, const struct rc_digest *scan, int32_t frame, struct rc_buf *out)
{
	char hex[RC_DIGEST_HEX];

	item_key(item, out);
	rc_buf_addf(out, "-%.12s", rc_digest_hex(scan, hex));
	if (frame > 0)
		rc_buf_addf(out, "-f%d", frame);
}
