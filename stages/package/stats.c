/* stats.c -- sums over samples, by what people ask for.
 *
 *   corpus_stats()   all of it
 *   take_text()      one text sample: its pages by grade and script, all of it by split, decade and right
 *   take_page()      the same of a page sample, where there is no text
 *   keep_copies()    the pages that stand for most copies */
#include "package/stats.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/page.h"
#include "core/text.h"

#define MOST_COPIED 10          /* lines of the list of duplicates */

struct counting {
	const char *name;       /* for messages */
	json_t *all, *by;       /* owned by the result */
	struct copied {
		char *id;
		int64_t order, copies;
	} top[MOST_COPIED + 1];
	size_t n_top;
};

static void add(json_t *counts, const char *what, int64_t n)
{
	json_object_set_new(counts, what, json_integer(rc_json_int(counts, what, 0) + n));
}

/* The counts of one value of a property: by[property][value]. Borrowed. */
static json_t *group(json_t *by, const char *property, const char *value)
{
	json_t *values = json_object_get(by, property), *counts;

	if (!*value)
		value = "unknown";
	counts = json_object_get(values, value);
	if (!counts) {
		counts = json_object();
		json_object_set_new(values, value, counts);
	}
	return counts;
}

void corpus_decade(const char *edtf, char ret[8])
{
	snprintf(ret, 8, "unknown");
	if (isdigit((unsigned char)edtf[0]) && isdigit((unsigned char)edtf[1]) && isdigit((unsigned char)edtf[2]) &&
	    (isdigit((unsigned char)edtf[3]) || edtf[3] == 'X'))
		snprintf(ret, 8, "%.3s0s", edtf);
}

/* ---- duplicates ---------------------------------------------------------------------------------------------- */

static void keep_copies(struct counting *c, const char *id, int64_t order, int64_t copies)
{
	size_t at = c->n_top;

	if (copies < 2)
		return;
	while (at > 0 && c->top[at - 1].copies < copies)
		at--;
	if (at == MOST_COPIED)
		return;
	memmove(&c->top[at + 1], &c->top[at], (c->n_top - at) * sizeof c->top[0]);
	c->top[at] = (struct copied){ strdup(id), order, copies };
	if (c->n_top < MOST_COPIED)
		c->n_top++;
	else
		free(c->top[MOST_COPIED].id);
}

static json_t *copies_json(struct counting *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_top; i++) {
		json_t *entry = json_object();

		json_object_set_new(entry, "id", json_string(c->top[i].id ? c->top[i].id : ""));
		json_object_set_new(entry, "order", json_integer(c->top[i].order));
		json_object_set_new(entry, "copies", json_integer(c->top[i].copies));
		json_array_append_new(list, entry);
	}
	return list;
}

static void counting_end(struct counting *c)
{
	for (size_t i = 0; i < c->n_top; i++)
		free(c->top[i].id);
}

/* ---- samples --------------------------------------------------------------------------------------------------- */

static void count_page(struct counting *c, const json_t *page, int64_t chars)
{
	double error = rc_json_real(page, "estimated_error", -1);
	char grade[2] = { error < 0 ? '\0' : rc_grade((float)error), '\0' };
	json_t *groups[] = {
		group(c->by, "grade", grade),
		group(c->by, "script", rc_json_str(page, "script", "")),
		group(c->by, "class", rc_json_str(page, "class", "")),
	};

	for (size_t i = 0; i < RC_COUNT(groups); i++) {
		add(groups[i], "pages", 1);
		add(groups[i], "characters", chars);
	}
}

static void count_sample(struct counting *c, const char *split, const char *date, const json_t *rights, int64_t pages, int64_t chars)
{
	char decade[8];
	json_t *groups[4];

	corpus_decade(date, decade);
	groups[0] = c->all;
	groups[1] = group(c->by, "split", split);
	groups[2] = group(c->by, "decade", decade);
	groups[3] = group(c->by, "right", rc_json_str(rights, "training", ""));
	for (size_t i = 0; i < RC_COUNT(groups); i++) {
		add(groups[i], "samples", 1);
		add(groups[i], "pages", pages);
		add(groups[i], "characters", chars);
	}
}

static enum rc_status take_text(void *ctx, const char *line, size_t len, struct rc_err *err)
{
	struct counting *c = ctx;
	RC_OWN_JSON sample = NULL;
	enum rc_status status = rc_json_parse(line, len, c->name, &sample, err);
	const json_t *meta = json_object_get(sample, "metadata");
	int64_t pages = 0;
	size_t i;
	json_t *page;

	if (!rc_good(status))
		return status;
	json_array_foreach(json_object_get(meta, "pages"), i, page) {
		keep_copies(c, rc_json_str(sample, "id", ""), rc_json_int(page, "order", 0), rc_json_int(page, "copies", 1));
		if (!rc_json_bool(page, "in_text", false))
			continue;
		pages++;
		count_page(c, page, rc_json_int(page, "end", 0) - rc_json_int(page, "start", 0));
	}
	count_sample(c, rc_json_str(meta, "split", ""), rc_json_str(meta, "date_edtf", ""), json_object_get(meta, "rights"), pages,
	             (int64_t)rc_utf8_count(rc_json_str(sample, "text", "")));
	return RC_OK;
}

static enum rc_status take_page(void *ctx, const char *line, size_t len, struct rc_err *err)
{
	struct counting *c = ctx;
	RC_OWN_JSON sample = NULL;
	enum rc_status status = rc_json_parse(line, len, c->name, &sample, err);
	int64_t chars;

	if (!rc_good(status))
		return status;
	chars = (int64_t)rc_utf8_count(rc_json_str(sample, "text", ""));
	keep_copies(c, rc_json_str(sample, "item", ""), rc_json_int(sample, "order", 0), rc_json_int(sample, "copies", 1));
	count_page(c, sample, chars);
	count_sample(c, rc_json_str(sample, "split", ""), rc_json_str(sample, "date_edtf", ""), json_object_get(sample, "rights"), 1, chars);
	return RC_OK;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static json_t *files_json(const struct manifest *m)
{
	json_t *kinds = json_object();

	for (size_t i = 0; i < m->n_files; i++) {
		const char *kind = manifest_kind_name(m->files[i].kind);
		json_t *counts = json_object_get(kinds, kind);

		if (!counts) {
			counts = json_object();
			json_object_set_new(kinds, kind, counts);
		}
		add(counts, "files", 1);
		add(counts, "bytes", m->files[i].bytes);
		add(counts, "samples", m->files[i].samples);
	}
	return kinds;
}

/* Values in the order of their names, so that the answer does not depend on which sample came first. */
static json_t *sorted(const json_t *values)
{
	json_t *ret = json_object();
	const char *least = "", *next, *name;
	json_t *value;

	for (size_t i = 0; i < json_object_size(values); i++) {
		next = NULL;
		json_object_foreach((json_t *)(uintptr_t)values, name, value)
			if (strcmp(name, least) > 0 && (!next || strcmp(name, next) < 0))
				next = name;
		if (next)
			json_object_set(ret, next, json_object_get(values, next));
		least = next ? next : least;
	}
	return ret;
}

static json_t *result(struct counting *c, const struct manifest *m)
{
	json_t *stats = json_object(), *by = json_object();
	const json_t *counts = json_object_get(m->json, "counts");
	const char *property;
	json_t *values;

	json_object_set_new(stats, "corpus", json_string(m->name));
	json_object_set_new(stats, "version", json_string(m->version));
	json_object_set_new(stats, "files", files_json(m));
	json_object_set(stats, "all", c->all);
	json_object_foreach(c->by, property, values)
		json_object_set_new(by, property, sorted(values));
	json_object_set_new(stats, "by", by);
	json_object_set_new(stats, "duplicates", copies_json(c));
	json_object_set(stats, "items_left_out", json_object_get(counts, "items_left_out"));
	json_object_set(stats, "page_tags", json_object_get(counts, "page_tags"));
	return stats;
}

enum rc_status corpus_stats(struct corpus_reader *r, const struct manifest *m, json_t **ret, struct rc_err *err)
{
	static const char *const properties[] = { "split", "decade", "grade", "script", "class", "right" };
	RC_OWN_JSON all = json_object();
	RC_OWN_JSON by = json_object();
	RC_CLEANUP(counting_end) struct counting c = { .name = m->name, .all = all, .by = by };
	bool text = m->n_samples[MANIFEST_TEXT] > 0;
	enum rc_status status;

	add(all, "samples", 0);
	add(all, "pages", 0);
	add(all, "characters", 0);
	for (size_t i = 0; i < RC_COUNT(properties); i++)
		json_object_set_new(by, properties[i], json_object());
	status = corpus_reader_each(r, text ? MANIFEST_TEXT : MANIFEST_PAGES, -1, text ? take_text : take_page, &c, err);
	if (rc_good(status))
		*ret = result(&c, m);
	return status;
}
