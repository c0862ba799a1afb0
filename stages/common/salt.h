/* salt.h -- chance that a corpus can repeat: the order, splits and sampling of a corpus follow from its salt and from names. */
#ifndef COMMON_SALT_H
#define COMMON_SALT_H

#include "core/config.h"
#include "core/digest.h"

/* First eight bytes of the digest of package.salt, `what` and `name`. `what` keeps the uses of a salt apart; whole may be NULL. */
uint64_t salt_hash(const struct rc_config *cfg, const char *what, const char *name, struct rc_digest *whole);

#endif
