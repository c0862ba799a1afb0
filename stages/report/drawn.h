/* drawn.h -- pages drawn at random for people to check.
 *
 * Strata are the grades. What is drawn follows from the seed and from what the pages are, not from their number: pages are taken in
 * the order of SHA-256(seed, item, scan, frame), so that a larger sample with the same seed has the smaller one in it as long as
 * its grades get no less. Two pages of every grade come first, where there are two; the others go, one by one, to the grade that has
 * most characters for each page it was given (D'Hondt), so that the share of a grade follows its share of the text. */
#ifndef REPORT_DRAWN_H
#define REPORT_DRAWN_H

#include "common/record.h"
#include "core/books.h"
#include "report/estimate.h"
#include "report/facts.h"

struct drawn_page {
	uint64_t place;                 /* in the order of the seed */
	char id[18];                    /* "p" and 16 digits of item, scan and frame: Excel must not take it for a number */
	char *item;                     /* owned */
	int64_t order, characters;
	int grade;                      /* index; ESTIMATE_GRADES - 1: no estimate */
};

struct drawn {
	int64_t pages[ESTIMATE_GRADES], characters[ESTIMATE_GRADES], given[ESTIMATE_GRADES];    /* of the batch; of the sample */
	struct drawn_page *all;         /* owned; by item and order */
	size_t n;
};
void drawn_clear(struct drawn *d);
#define OWN_DRAWN RC_CLEANUP(drawn_clear) struct drawn

extern const char *const drawn_grades[ESTIMATE_GRADES];         /* "A" to "E", "none" */

/* Draws `want` pages of all that were read and have text. Records that cannot be read are warned of and left out. */
enum rc_status drawn_take(struct rc_books *books, int64_t want, int64_t seed, struct drawn *ret, struct rc_err *err);
/* How many pages each grade gives: exposed for tests. */
void drawn_allocate(const int64_t pages[ESTIMATE_GRADES], const int64_t characters[ESTIMATE_GRADES], int64_t want,
                    int64_t given[ESTIMATE_GRADES]);

/* Writes form.csv, sheet.html and images/ into the folder. */
enum rc_status drawn_write(struct rc_books *books, const struct drawn *d, int64_t seed, const char *dir, struct rc_err *err);

#endif
