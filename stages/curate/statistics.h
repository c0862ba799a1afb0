/* statistics.h -- measures of a text that tell prose from what is none, counted in characters because Chinese has no spaces between words.
 *
 * The rules are those of Gopher (Rae and others, 2021), C4 (Raffel and others, 2020) and FineWeb-2 (2025), whose values for modern (cmn_Hani) and
 * literary Chinese (lzh_Hani) are taken where they count lines or characters; where they count words, a word is taken for two characters. A rule
 * only tags a text; the setting curate.leave_out says which tags keep a text out of text shards.
 *
 *   tag                modern        literary      else (the milder of both)
 *   short-text         fewer than 20 characters
 *   few-han            Han < 0.3                                                        (most of it in another script)
 *   many-digits        digits > 0.3
 *   many-marks         marks > 0.4
 *   rare-characters    common < 0.5, of 20 Han or more                                  (nobody writes so: the reading is garbage)
 *   loops              loops > 0.5                                                      (a reader that got stuck)
 *   repeated-lines     > 0.287       > 0.261       > 0.287
 *   repeated-phrases   repeated_10 > 0.198, top_4 > 0.256 or top_2 > 0.2; literary repeated_10 > 0.19
 *                      this and repeated-lines only in texts of 50 characters or more
 *   short-paragraphs   < 5.6         < 7.1         < 5.6
 *   few-sentence-ends  ends < 0.106  < 0.167       < 0.106; where 0.02 of the text are marks: older print has none
 *
 * A text is modern up to a `literary` of 0.3, literary from 0.7; newspapers and officials of the time write between the two. */
#ifndef CURATE_STATISTICS_H
#define CURATE_STATISTICS_H

#include "curate/charsets.h"
#include "core/json.h"

enum statistic {
#define STATISTIC(name, meaning) STATISTIC_##name,
#include "curate/statistics.def"
#undef STATISTIC
	STATISTIC_COUNT
};
extern const char *const statistic_names[STATISTIC_COUNT];

#define STATISTICS_MAX_CHARS (1 << 20)  /* of a text; more are not looked at */
enum { STATISTIC_NONE = 65535 };

struct statistics {
	uint32_t chars;                 /* without spaces; 0: nothing was measured */
	uint16_t values[STATISTIC_COUNT];
};

/* Measures a text in which paragraphs end in a line feed. RC_RUN_FAILED/memory. */
enum rc_status statistics_measure(const char *text, const struct charsets *charsets, struct statistics *ret, struct rc_err *err);

/* As decisions keep it: {"chars": 812, "han": 9100, ...}; literary only where there is one. New reference. */
json_t *statistics_to_json(const struct statistics *s);
/* All 0 from what is no such object. */
void statistics_from_json(const json_t *json, struct statistics *ret);

/* "modern", "literary" or "mixed"; "" when the text tells too little. */
const char *statistics_style(const struct statistics *s);
/* "hant", "hans", or "mixed" where each has a tenth of the characters that only one script has; "" with fewer than 5 of those. */
const char *statistics_script(const struct statistics *s);

/* The tags, one bit each, in the order of the setting curate.leave_out. */
enum { TAG_SHORT = 1, TAG_FEW_HAN = 2, TAG_DIGITS = 4, TAG_MARKS = 8, TAG_RARE = 16, TAG_LOOPS = 32, TAG_LINES = 64, TAG_PHRASES = 128,
       TAG_PARAGRAPHS = 256, TAG_ENDS = 512 };
#define STATISTICS_TAGS 10
extern const char *const statistics_tag_names[STATISTICS_TAGS];
unsigned statistics_tags(const struct statistics *s);

#endif
