/* trace_why.c -- sentences from common/decisions.def and a page's decision.
 *
 *   add_word()       one tag
 *   tell_keeper()    the page that stands for it
 *   tell_hits()      what it has in common with which list */
#include "cli/trace_why.h"

#include <string.h>

#include "common/decisions.h"
#include "core/text.h"

static bool is_duplicate(const char *word)
{
	return strncmp(word, "duplicate-", 10) == 0 || strcmp(word, "rescan") == 0 || strcmp(word, "near-duplicate") == 0;
}

static void tell_keeper(struct rc_buf *out, const json_t *decided)
{
	const json_t *of = json_object_get(decided, "duplicate_of");

	if (of)
		rc_buf_addf(out, ": page %lld of '%s' stands for it, and for %lld pages in all", (long long)rc_json_int(of, "order", 0),
		            rc_json_str(of, "item", ""), (long long)rc_json_int(decided, "copies", 0));
}

/* Lines are counted from 1 for people. */
static void tell_hits(struct rc_buf *out, const json_t *contamination)
{
	size_t i;
	json_t *span;

	if (contamination)
		rc_buf_addf(out, ": %lld runs of 13 characters", (long long)rc_json_int(contamination, "ngrams", 0));
	json_array_foreach(json_object_get(contamination, "spans"), i, span)
		rc_buf_addf(out, "%s '%s' of '%s' from line %lld, character %lld to line %lld, character %lld", i ? ";" : ",", rc_json_str(span, "ngram", ""),
		            rc_json_str(span, "list", ""), (long long)rc_json_int(span, "line", 0) + 1, (long long)rc_json_int(span, "at", 0) + 1,
		            (long long)rc_json_int(span, "last_line", 0) + 1, (long long)rc_json_int(span, "end", 0));
}

static void add_word(json_t *why, const char *word, const json_t *decided)
{
	const struct decision_word *w = decision_find(word);
	RC_OWN_BUF text = RC_BUF(1 << 16);

	rc_buf_addf(&text, "%s", w ? w->en : word);
	if (is_duplicate(word))
		tell_keeper(&text, decided);
	if (strcmp(word, "contaminated") == 0)
		tell_hits(&text, json_object_get(decided, "contamination"));
	json_array_append_new(why, rc_json_text(text.data));
}

/* From a corpus tags come joined by ','. */
static void add_joined(json_t *why, const char *tags, const json_t *decided)
{
	for (size_t n; *tags; tags += n + (tags[n] == ',')) {
		RC_OWN_STR word = strndup(tags, n = strcspn(tags, ","));

		add_word(why, word ? word : "", decided);
	}
}

void trace_why_page(json_t *page, const json_t *decided)
{
	const json_t *tags = json_object_get(page, "tags");
	json_t *why = json_array(), *tag;
	size_t i;

	json_array_foreach(tags, i, tag)
		add_word(why, json_string_value(tag), decided);
	if (json_is_string(tags))
		add_joined(why, json_string_value(tags), decided);
	json_object_set_new(page, "why", why);
}

json_t *trace_why_item(const json_t *reasons)
{
	json_t *why = json_array(), *reason;
	size_t i;

	json_array_foreach(reasons, i, reason)
		add_word(why, json_string_value(reason), NULL);
	return why;
}
