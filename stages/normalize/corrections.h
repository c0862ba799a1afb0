/* corrections.h -- what people corrected, put on what was read. */
#ifndef NORMALIZE_CORRECTIONS_H
#define NORMALIZE_CORRECTIONS_H

#include "core/books.h"

struct corrections {
	struct rc_correction *v;        /* owned, with their texts */
	size_t n;
};

void corrections_free(struct corrections *c);
/* Appends a copy. */
void corrections_add(struct corrections *c, const struct rc_correction *correction);
/* Those of a frame of a scan. */
enum rc_status corrections_load(struct corrections *ret, struct rc_books *books, const struct rc_digest *scan, int32_t frame, struct rc_err *err);

/* Lines of the page that corrections cover by half or more give way to them; a correction takes the place in reading order of the line
 * that it covers most; where it covers none, beside the neighbour that it had in the file, or else the place that its box has in the region
 * there; what lies in no region makes up one more at the end. Regions that people made come behind the one they follow. A line that is
 * gone takes away what is like it (half of what both cover is common), and nothing takes its place. Corrected lines are `human`, sure, and without an error. Where one line was replaced by as many characters as it
 * had glyphs, they keep their boxes. Estimates of the page count for what is left of the reading. */
void corrections_apply(const struct corrections *c, struct rc_page *page);

#endif
