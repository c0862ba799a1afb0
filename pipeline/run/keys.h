/* keys.h -- what a result is filed under, so that no work is done twice.
 *
 * A page's result depends on its scan, on settings, and on the program. The first two make its *key*:
 * another key is another result. The program (page stages with their versions, libraries, models) is
 * only noted beside the result: when it changes, results become stale and stay in use until someone
 * asks for an upgrade. The page image made for shards has a key of its own. */
#ifndef RC_KEYS_H
#define RC_KEYS_H

#include "core/stage.h"

struct rc_keys {
	struct rc_digest read_settings;     /* of settings that change what is read */
	struct rc_digest image_settings;    /* of those and of settings of the page image */
	bool want_image;                    /* do the wanted shards need page images? */
	struct rc_digest program;
	char *identity;                     /* the JSON text of rc_books_identity(); owned */
};

/* Asks every page stage who it is: RC_RUN_FAILED/missing when a model is not there. */
enum rc_status rc_keys_make(const struct rc_config *cfg, const struct rc_stages *stages,
                            struct rc_keys *ret, struct rc_err *err);
void rc_keys_clear(struct rc_keys *keys);

struct rc_digest rc_key_read(const struct rc_keys *keys, const struct rc_digest *scan, int32_t frame, enum rc_media media);
struct rc_digest rc_key_image(const struct rc_keys *keys, const struct rc_digest *scan, int32_t frame, enum rc_media media);
/* Of everything in keys that pages are filed by: when it changes, all pages need new keys. */
struct rc_digest rc_keys_filing(const struct rc_keys *keys);

#endif
