/* layers.h -- the text of a sample as it is read by machines: normalized, and on request in simplified characters.
 *
 * The text itself stands as printed (common/paragraphs.h). Normalized means:
 *
 *   Unicode normalization form C (UAX 15), which also makes unified ideographs of compatibility ideographs
 *   upright forms of punctuation in vertical print (U+FE10 to FE19, FE30 to FE48) become the ordinary ones
 *   full-width digits and Latin letters become those of ASCII; punctuation keeps its width
 *   all kinds of spaces become one space; none remains at the ends of paragraphs, between Han, and between Han and punctuation
 *   control and other invisible characters go, and variation selectors
 *   a hyphen that only the end of a line made goes
 *
 * Characters are not replaced by others of the same meaning: 爲 stays 爲. The simplified layer is the normalized one through OpenCC's t2s, code
 * point by code point where a phrase would come out longer or shorter, so that it has the normalized layer's places.
 *
 * A layer's places: anchors are pairs (place in the text, place in the layer), the first (0, 0). A place p of the text from anchor (t, l) on is
 * at l + p - t, but not beyond the l of the next anchor. Places count code points. */
#ifndef PACKAGE_LAYERS_H
#define PACKAGE_LAYERS_H

#include "core/buf.h"

struct layer {
	struct rc_buf text;     /* owned */
	int64_t (*anchors)[2];  /* owned; n >= 1 of a layer that was made */
	size_t n, cap;
	int64_t chars;          /* code points */
};
void layer_free(struct layer *l);

/* hyphens: places of the text, rising. *ret must be empty. RC_PAGE_FAILED/bytes when the text is longer than max bytes. */
enum rc_status layer_normalize(const char *text, const int64_t *hyphens, size_t n_hyphens, int64_t max, struct layer *ret, struct rc_err *err);

struct simplifier;              /* OpenCC with its tables; opencc.c is the door */
/* RC_RUN_FAILED/missing when OpenCC's t2s.json is not there. */
enum rc_status simplifier_new(struct simplifier **ret, struct rc_err *err);
void simplifier_free(struct simplifier **s);
/* Appends as many code points as the text has. */
void simplify(struct simplifier *s, const char *text, struct rc_buf *out);

#endif
