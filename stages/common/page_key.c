/* page_key.c -- keys of pages and lines. */
#include "common/page_key.h"

#include <string.h>

#include "core/limits.h"
#include "core/text.h"

/* An item's share of the key: what the digest digits, the frame and the box leave of PAGE_KEY_MAX. */
#define ITEM_KEY_BYTES 68
#define ITEM_KEY_BYTES_OF_LINE 46
#define ITEM_KEY_DIGITS 13      /* "~" and twelve digits, which end one that was cut */

/* Of at most `most` bytes. */
static void item_key(const char *item, size_t most, struct rc_buf *out)
{
	RC_OWN_BUF key = RC_BUF(4 * RC_MAX_NAME);
	struct rc_digest d = rc_digest_of(item, strlen(item));
	char hex[RC_DIGEST_HEX];
	size_t keep = most - ITEM_KEY_DIGITS;

	/* Loaders take names that start with an underscore for their own. */
	if (*item == '_')
		rc_buf_adds(&key, "%5F");
	rc_safe_key(&key, *item == '_' ? item + 1 : item);
	if (key.len <= most) {
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

	item_key(item, ITEM_KEY_BYTES, &start);
	rc_buf_addc(&start, '-');
	return strncmp(key, start.data, start.len) == 0;
}

static void add_scan(const struct rc_digest *scan, int32_t frame, struct rc_buf *out)
{
	char hex[RC_DIGEST_HEX];

	rc_buf_addf(out, "-%.12s", rc_digest_hex(scan, hex));
	if (frame > 0)
		rc_buf_addf(out, "-f%d", frame);
}

void page_key(const char *item, const struct rc_digest *scan, int32_t frame, struct rc_buf *out)
{
	item_key(item, ITEM_KEY_BYTES, out);
	add_scan(scan, frame, out);
}

void line_key(const char *item, const struct rc_digest *scan, int32_t frame, struct rc_box box, struct rc_buf *out)
{
	item_key(item, ITEM_KEY_BYTES_OF_LINE, out);
	add_scan(scan, frame, out);
	rc_buf_addf(out, "-%d_%d_%d_%d", box.x, box.y, box.w, box.h);
}
