/* part.h -- one page of the report: what is drawn over its image, what is beside it, and which of its glyphs have images.
 *
 * The image is found for the page; everything here is in its pixels. The part pages/ID.js holds:
 *
 *     {"id": ..., "item": ..., "order": 7, "name": "p7.tif", "picture": "..." or "", "width": 1130, "height": 1600,
 *       "regions": [{"t": "text", "b": [x, y, w, h]}, ...],
 *       "title": "", "date": "", "reference": "", "lines": [{"r": 0, "p": [x0, y0, ... x3, y3], "v": true, "c": 94, "e": 18, "a": 72, "s": "...", "g": "00290...", "o": {"3": "..."}}]}
 *
 * r is the line's region, v: vertical, c: confidence, e: estimated error, a: agreement with another reading (percent, left out when
 * there is none), n: not read, h: corrected by a person; g has a digit for every character of s: how much speaks against it, in tenths, '-' where no glyph
 * belongs to it; o is what another reading has there. */
#ifndef REPORT_PART_H
#define REPORT_PART_H

#include "common/record.h"
#include "report/facts.h"

/* Percent of doubt from which on a glyph counts as doubtful. */
#define REPORT_DOUBTFUL 35

/* How much speaks against a glyph, percent: what confidence leaves, or the share that another reading claims. */
int report_doubt(const struct rc_glyph *glyph);

/* Chooses at most `most` glyphs, the doubtful ones first, and beside them sure ones of the same characters; adds them to
 * facts->glyphs in the order of the page and appends their boxes on the stored frame to `boxes` (a JSON array). */
void report_choose_glyphs(const struct rc_page *page, size_t most, struct report_page *facts, json_t *boxes);

/* to_image: from the stored frame to the image; head may be NULL. New reference. */
json_t *report_part(const struct record_head *head, const struct record_page *page, const struct report_page *facts, struct rc_affine to_image);

#endif
