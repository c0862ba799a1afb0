/* decisions.h -- what the words that curate decides with mean to people (decisions.def). */
#ifndef COMMON_DECISIONS_H
#define COMMON_DECISIONS_H

enum decision_out { DECISION_ITEM, DECISION_PAGE, DECISION_TEXT, DECISION_MARK };

struct decision_word {
	const char *word;               /* "duplicate-scan" */
	enum decision_out out;
	const char *en, *zh;            /* goes on after "because": "the same scan is there another time" */
};

/* All of them, the most important first; ends with a word that is NULL. */
extern const struct decision_word decision_words[];
/* NULL: there is no such word. */
const struct decision_word *decision_find(const char *word);

#endif
