/* score_match.h -- which part of the truth is where in a reading, whatever the order of the parts.
 *
 * The truth is a row of lines (printed lines or columns); the reading is one row of characters, because its own lines may be
 * cut wrongly. Both are folded (score.h), so spaces and punctuation count nowhere here.
 *
 * **Found.** A piece of n characters is found in a reading when some part of it, at edit distance d, leaves enough
 * characters right: n - d >= max(0.3 n, min(n, k)), where k is 2 in a reading of less than 100 characters, 3 of less than
 * 1000, else 4. Two unrelated newspaper pages of 6000 characters have by chance 4 characters of a line of 7 in common in
 * 2 % of the lines, 3 in 14 %, 2 in 79 %; hence k, which keeps chance at 2 %.
 *
 * **Counterparts** (score_pair). Lines of more than SCORE_PIECE characters are cut into equal pieces of at most that many. Each
 * piece is looked for in the whole reading. In the order of n - d, largest first, a piece is aligned to the part of the
 * reading that is nearest to it; characters aligned one to one, equal or not, are counterparts, and a character of the
 * reading is the counterpart of one character only: what is taken equals nothing any more. Then each piece not found is
 * looked for once more right after the piece before it and right before the piece after it, within 2 n characters; there
 * max(0.3 n, 1) right ones suffice.
 *     lost      characters of the truth without a counterpart, by the truth's length
 *     invented  characters of the reading without a counterpart, by the reading's length
 *     misread   counterparts that differ, by the number of counterparts
 *
 * **Neighbours** (score_neighbours). For each two lines A, B of one region, B right after A in the truth: let |A| be the length
 * of A, d(X) the least edit distance of X to any part of the reading, and AB the two set together (of A its last SCORE_PIECE
 * characters, of B its first). B comes next in the reading when to go on with B costs few edits more than A alone, and
 * the other way round:
 *     d(AB) - d(A) <= 0.7 |B|   and   d(AB) - d(B) <= 0.7 |A|
 * so that about 3 characters in 10 must be right in their place, and a stray mark between the two breaks nothing, but a
 * line of something else does. Of lines in random order 1 in 80 such pairs is taken for neighbours by chance. A pair counts
 * as found when both of its lines are found each for itself: the share of neighbours among the pairs found tells of the order
 * alone, their share among all pairs of lost lines too.
 *
 * **Region order** (score_region_order). A region is where the middle one of its counterparts is (the lower median of their
 * places). Of each two regions that have one: the share that is in the truth's order. 1: as in the truth, 0: the other way round. */
#ifndef COMMON_SCORE_MATCH_H
#define COMMON_SCORE_MATCH_H

#include "common/score.h"

enum { SCORE_PIECE = 40 };

/* ---- a text in which parts are looked for ---------------------------------------------------------- */

struct score_field;
struct score_field *score_field_new(const struct score_text *text);
void score_field_free(struct score_field **field);
/* From now on the character there equals nothing. */
void score_field_take(struct score_field *field, size_t place);
bool score_field_taken(const struct score_field *field, size_t place);
/* The least distance from n characters to any part of the field within [from, to) (an empty one too: never more than n),
 * and where the first such part ends, with as many characters more as leave the distance what it is; ret_end may be NULL.
 * Time n / 64 * (to - from). */
int64_t score_field_search(struct score_field *field, const uint32_t *chars, size_t n, size_t from, size_t to, size_t *ret_end);
#define OWN_SCORE_FIELD RC_CLEANUP(score_field_free) struct score_field *

/* ---- truth against reading -------------------------------------------------------------------------- */

struct score_lines {            /* a truth; zero: empty */
	struct score_text text;     /* all lines, one after the other */
	size_t *ends;               /* where each line ends in text; owned */
	int32_t *regions;           /* the region of each line: any number that tells it from the next; owned */
	size_t n;
};
/* Appends a line and takes its characters' copy. Lines without characters are left out. */
void score_lines_add(struct score_lines *lines, const struct score_text *line, int32_t region);
void score_lines_free(struct score_lines *lines);
#define OWN_SCORE_LINES RC_CLEANUP(score_lines_free) struct score_lines

/* Is a text of this size worth the time? Lines times characters of the reading; a page has some millions. */
bool score_match_affordable(const struct score_lines *truth, const struct score_text *got);

struct score_pairs {            /* counterparts; zero: none */
	int32_t *of_truth;          /* per character of the truth: its place in the reading, -1: lost; owned */
	int32_t *of_got;            /* and the other way round, -1: invented; owned */
	int64_t paired, misread;    /* counterparts; those of them that differ */
	int64_t truth, got;         /* characters */
};
void score_pair(const struct score_lines *truth, const struct score_text *got, struct score_pairs *ret);
void score_pairs_free(struct score_pairs *pairs);
#define OWN_SCORE_PAIRS RC_CLEANUP(score_pairs_free) struct score_pairs

struct score_neighbours {
	int64_t pairs, next;        /* lines of one region that follow each other in the truth; in the reading too */
	int64_t found, found_next;  /* of those pairs, with both lines found */
};
struct score_neighbours score_neighbours(const struct score_lines *truth, const struct score_text *got);

struct score_order {            /* of each two regions */
	int64_t pairs, kept;
};
struct score_order score_region_order(const struct score_lines *truth, const struct score_pairs *pairs);

#endif
