/* choices.c -- sums over decisions, and some pages for each reason and cluster. */
#include "report/choices.h"

#include <stdlib.h>
#include <string.h>

#include "common/decisions.h"
#include "report/index.h"

enum { MAX_WORDS = 64 };

struct cluster {
	char *item;             /* owned: of the page that stays */
	int64_t order, copies;
	json_t *pages;          /* owned */
};

struct report_choices {
	int64_t pages, text, image;
	struct why {
		int64_t first, all;
		json_t *pages;  /* owned */
	} why[MAX_WORDS];       /* in the order of decision_words */
	struct cluster clusters[REPORT_CLUSTERS + 1];
	size_t n_clusters;
	const json_t *decision; /* borrowed: of the item whose pages come */
};

static size_t count_words(void)
{
	size_t n = 0;

	while (n < MAX_WORDS && decision_words[n].word)
		n++;
	return n;
}

struct report_choices *report_choices_new(void)
{
	struct report_choices *c = rc_alloc(sizeof *c);

	for (size_t i = 0; i < MAX_WORDS; i++)
		c->why[i].pages = json_array();
	return c;
}

static void drop_cluster(struct cluster *cluster)
{
	free(cluster->item);
	json_decref(cluster->pages);
}

void report_choices_free(struct report_choices **c)
{
	if (!*c)
		return;
	for (size_t i = 0; i < MAX_WORDS; i++)
		json_decref((*c)->why[i].pages);
	for (size_t i = 0; i < (*c)->n_clusters; i++)
		drop_cluster(&(*c)->clusters[i]);
	free(*c);
	*c = NULL;
}

/* ---- clusters ---------------------------------------------------------------------------------------------- */

/* The larger first; of equal ones, by the item and page that stays, so that the order in which they came does not matter. */
static bool goes_before(const struct cluster *c, const char *item, int64_t order, int64_t copies)
{
	int by_item = strcmp(c->item, item);

	return c->copies != copies ? c->copies > copies : by_item ? by_item < 0 : c->order < order;
}

void report_choices_look(struct report_choices *c, const char *item, const json_t *decision)
{
	size_t i;
	json_t *page;

	json_array_foreach(json_object_get(decision, "pages"), i, page) {
		int64_t copies = rc_json_int(page, "copies", 1), order = rc_json_int(page, "order", 0);
		size_t at = c->n_clusters;

		if (copies < 2 || json_object_get(page, "duplicate_of"))
			continue;
		while (at > 0 && !goes_before(&c->clusters[at - 1], item, order, copies))
			at--;
		if (at == REPORT_CLUSTERS)
			continue;
		memmove(&c->clusters[at + 1], &c->clusters[at], (c->n_clusters - at) * sizeof c->clusters[0]);
		c->clusters[at] = (struct cluster){ rc_strdup(item), order, copies, json_array() };
		if (c->n_clusters < REPORT_CLUSTERS)
			c->n_clusters++;
		else
			drop_cluster(&c->clusters[REPORT_CLUSTERS]);
	}
}

static void add_to_cluster(struct report_choices *c, const struct report_page *page, const json_t *decided)
{
	const json_t *of = json_object_get(decided, "duplicate_of");
	const char *item = of ? rc_json_str(of, "item", "") : page->item;
	int64_t order = of ? rc_json_int(of, "order", 0) : page->order;

	for (size_t i = 0; i < c->n_clusters; i++) {
		struct cluster *cluster = &c->clusters[i];

		if (cluster->order != order || strcmp(cluster->item, item) != 0)
			continue;
		if (!of)
			json_array_insert_new(cluster->pages, 0, report_index_entry(page));
		else
			json_array_append_new(cluster->pages, report_index_entry(page));
		if (json_array_size(cluster->pages) > REPORT_MEMBERS)
			json_array_remove(cluster->pages, REPORT_MEMBERS);
	}
}

/* ---- reasons ------------------------------------------------------------------------------------------------ */

static bool has_word(const json_t *list, const char *word)
{
	size_t i;
	json_t *w;

	json_array_foreach(list, i, w)
		if (strcmp(json_string_value(w), word) == 0)
			return true;
	return false;
}

/* Does it keep the page's text out? What only says something does where a setting says so. */
static bool keeps_out(const struct decision_word *w, const json_t *decided)
{
	return w->out != DECISION_MARK || strcmp(w->word, "contaminated") == 0 || has_word(json_object_get(decided, "left_out"), w->word);
}

void report_choices_item(struct report_choices *c, const json_t *decision)
{
	c->decision = decision;
}

void report_choices_page(struct report_choices *c, const struct report_page *page)
{
	const json_t *reasons = json_object_get(c->decision, "reasons");
	const json_t *decided = json_array_get(json_object_get(c->decision, "pages"), page->order > 0 ? (size_t)page->order - 1 : 0);
	bool placed = c->decision && json_array_size(reasons) == 0, told = placed && rc_json_bool(decided, "text", false);

	c->pages++;
	c->text += told;
	c->image += placed && rc_json_bool(decided, "image", false);
	for (size_t i = 0; i < count_words(); i++) {
		const char *word = decision_words[i].word;

		if (!has_word(reasons, word) && !has_word(json_object_get(decided, "tags"), word))
			continue;
		c->why[i].all++;
		if (json_array_size(c->why[i].pages) < REPORT_EXAMPLES)
			json_array_append_new(c->why[i].pages, report_index_entry(page));
		c->why[i].first += !told && keeps_out(&decision_words[i], decided);
		told |= keeps_out(&decision_words[i], decided);
	}
	add_to_cluster(c, page, decided);
}

/* ---- the answer ---------------------------------------------------------------------------------------------- */

json_t *report_choices_json(const struct report_choices *c)
{
	static const char *const outs[] = { "item", "page", "text", "mark" };
	json_t *json = json_object(), *words = json_object(), *why = json_array(), *clusters = json_array();

	for (size_t i = 0; i < count_words(); i++) {
		const struct decision_word *w = &decision_words[i];

		json_object_set_new(words, w->word, json_pack("[s, s, s]", outs[w->out], w->en, w->zh));
		if (c->why[i].all > 0)
			json_array_append_new(why, json_pack("[s, I, I, O]", w->word, (json_int_t)c->why[i].first, (json_int_t)c->why[i].all, c->why[i].pages));
	}
	for (size_t i = 0; i < c->n_clusters; i++)
		json_array_append_new(clusters, json_pack("[I, O]", (json_int_t)c->clusters[i].copies, c->clusters[i].pages));
	json_object_set_new(json, "words", words);
	json_object_set_new(json, "pages", json_integer(c->pages));
	json_object_set_new(json, "text", json_integer(c->text));
	json_object_set_new(json, "image", json_integer(c->image));
	json_object_set_new(json, "why", why);
	json_object_set_new(json, "clusters", clusters);
	return json;
}
