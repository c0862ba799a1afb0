/* pattern.h -- takes an item and a page number from a path: `ingest.item_pattern`.
 *
 * "{fonds}-{catalogue}-{file}-{item}-{page}" reads "J012-1-0045-003-0007.tif". Words in braces are fields, all else
 * stands for itself. A field takes one or more characters; it never contains '/', nor the text that stands next to
 * it in the pattern, so there is at most one way to match, found in one pass. A pattern with N slashes looks at the
 * last N + 1 parts of the path; extensions are cut off before. {page} must be there once, and one other field. */
#ifndef INGEST_PATTERN_H
#define INGEST_PATTERN_H

#include "core/json.h"

struct ingest_pattern;

/* RC_RUN_FAILED/setting when the text is no pattern. Empty text: *ret is NULL, and nothing matches it. */
enum rc_status ingest_pattern_new(struct ingest_pattern **ret, const char *text, struct rc_err *err);
void ingest_pattern_free(struct ingest_pattern **pattern);

struct ingest_match {
	char *item;                     /* the fields without {page}, joined as in the pattern; not yet a safe name */
	char *page;
	json_t *fields;                 /* {"fonds": "J012", ...}, all but page */
};
void ingest_match_clear(struct ingest_match *match);
#define INGEST_OWN_MATCH RC_CLEANUP(ingest_match_clear) struct ingest_match

/* path is UTF-8, without extensions. False leaves *ret alone. */
bool ingest_pattern_match(const struct ingest_pattern *pattern, const char *path, struct ingest_match *ret);

#endif
