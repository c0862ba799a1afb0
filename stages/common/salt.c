/* salt.c -- a digest of salt, use and name. */
#include "common/salt.h"

uint64_t salt_hash(const struct rc_config *cfg, const char *what, const char *name, struct rc_digest *whole)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	struct rc_digest d;
	uint64_t v = 0;

	rc_hasher_add_str(h, cfg->package_salt);
	rc_hasher_add_str(h, what);
	rc_hasher_add_str(h, name);
	d = rc_hasher_end(h);
	for (int i = 0; i < 8; i++)
		v = v << 8 | d.bytes[i];
	if (whole)
		*whole = d;
	return v;
}
