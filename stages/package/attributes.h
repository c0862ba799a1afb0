/* attributes.h -- what is known of a text sample, as spans of its text, in the manner of Dolma: one line of JSON beside each sample of a text
 * shard, same id, same order. schemas/attributes.schema.json is the definition.
 *
 * An attribute is a list of [start, end, score]; places count code points of the sample's text, half open. Measures are spans of a page each,
 * personal data spans of their own. A page that is not in the text has no width: [p, p, 1] under the name of each of its tags. */
#ifndef PACKAGE_ATTRIBUTES_H
#define PACKAGE_ATTRIBUTES_H

#include "package/sample.h"

/* Appends the line with its newline. decision: curate's, of the item (curate/curate.h). */
void attributes_print(const struct text_sample *s, const char *id, const json_t *decision, struct rc_buf *out);

/* What is wrong with a line of them, or NULL. */
const char *attributes_fault(const json_t *line);

#endif
