/* contamination.c -- looks up every run of a page, and joins those that overlap. */
#include "curate/contamination.h"

#include "core/text.h"

struct spot {
	int64_t line, at;               /* of the page; code point of the line */
};

struct scan {
	const struct lists *lists;
	struct gram gram;
	struct spot spots[GRAM_CHARS];  /* of gram.last */
	json_t *spans;                  /* borrowed: of the result */
	json_t *open;                   /* borrowed: the span that a run may still make longer; NULL: none */
	uint64_t open_end;              /* the folded character behind it */
	int open_list;
	int64_t ngrams;
};

static void put_end(json_t *span, struct spot last)
{
	json_object_set_new(span, "last_line", json_integer(last.line));
	json_object_set_new(span, "end", json_integer(last.at + 1));
}

static void open_span(struct scan *s, int list)
{
	struct spot first = s->spots[s->gram.n % GRAM_CHARS];
	char ngram[4 * GRAM_CHARS + 1];
	size_t len = 0;

	s->open = NULL;
	if (json_array_size(s->spans) == CONTAMINATION_SPANS)
		return;
	for (size_t i = 0; i < GRAM_CHARS; i++)
		len += (size_t)rc_utf8_put(s->gram.last[(s->gram.n + i) % GRAM_CHARS], ngram + len);
	ngram[len] = '\0';
	s->open = json_object();
	s->open_list = list;
	json_object_set_new(s->open, "list", rc_json_text(s->lists->names[list]));
	json_object_set_new(s->open, "ngram", json_string(ngram));
	json_object_set_new(s->open, "line", json_integer(first.line));
	json_object_set_new(s->open, "at", json_integer(first.at));
	json_array_append_new(s->spans, s->open);
}

static void add_char(struct scan *s, uint32_t folded, struct spot spot)
{
	int list;

	s->spots[s->gram.n % GRAM_CHARS] = spot;
	if (!gram_add(&s->gram, folded))
		return;
	list = grams_find(&s->lists->grams, s->gram.hash);
	if (list < 0)
		return;
	s->ngrams++;
	if (!s->open || s->open_list != list || s->gram.n - GRAM_CHARS > s->open_end)
		open_span(s, list);
	if (s->open)
		put_end(s->open, spot);
	s->open_end = s->gram.n;
}

static void add_line(struct scan *s, const char *text, int64_t line)
{
	uint32_t cp, folded;

	for (int64_t at = 0; (cp = rc_utf8_next(&text)) != 0; at++)
		if ((folded = gram_fold_cp(s->lists->fold, cp)) != 0)
			add_char(s, folded, (struct spot){ line, at });
}

json_t *contamination_find(const struct lists *lists, const struct rc_page *page)
{
	RC_OWN_JSON found = NULL;
	struct scan s = { .lists = lists };
	int64_t line = 0;

	if (!lists->fold)
		return NULL;
	found = json_object();
	s.spans = json_array();
	json_object_set_new(found, "ngrams", json_integer(0));
	json_object_set_new(found, "spans", s.spans);
	for (size_t r = 0; r < page->n_regions; r++)
		for (size_t l = 0; l < page->regions[r].n_lines; l++, line++)
			if (page->regions[r].lines[l].text)
				add_line(&s, page->regions[r].lines[l].text, line);
	json_object_set_new(found, "ngrams", json_integer(s.ngrams));
	return s.ngrams > 0 ? rc_steal(found) : NULL;
}
