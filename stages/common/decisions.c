/* decisions.c -- the table of decisions.def. */
#include "common/decisions.h"

#include <stddef.h>
#include <string.h>

const struct decision_word decision_words[] = {
#define DECISION(word, out, en, zh) { word, DECISION_##out, en, zh },
#include "common/decisions.def"
#undef DECISION
	{ NULL, DECISION_MARK, NULL, NULL },
};

const struct decision_word *decision_find(const char *word)
{
	const struct decision_word *w = decision_words;

	while (w->word && strcmp(w->word, word) != 0)
		w++;
	return w->word ? w : NULL;
}
