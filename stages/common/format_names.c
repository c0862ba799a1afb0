/* format_names.c -- the ids of a document, and what refers to them: gathered on the way, compared at the end.
 *
 * libxml2 checks ids only in documents that are whole in memory; and which kind of thing an id must name, no schema says. */
#include "common/format_parts.h"

#include <stdio.h>
#include <string.h>

enum { MAX_TEXT = 512 << 20 };          /* bytes of all ids; 10,000 pages in METS have 2 MB */

void format_names_add(struct format_names *names, const char *name, size_t len, struct format_name about)
{
	if (names->text.max == 0)
		names->text = RC_BUF(MAX_TEXT);
	about.at = names->text.len;
	rc_buf_add(&names->text, name, len);
	rc_buf_addc(&names->text, '\0');
	if (names->text.failed)
		return;
	if (names->n == names->room) {
		names->room = names->room ? 2 * names->room : 256;
		names->v = rc_realloc(names->v, names->room * sizeof *names->v);
	}
	names->v[names->n++] = about;
}

void format_names_free(struct format_names *names)
{
	rc_buf_free(&names->text);
	free(names->v);
}

static const char *text_of(const struct format_names *names, size_t i)
{
	return names->text.data + names->v[i].at;
}

static int by_name(const void *va, const void *vb, void *text)
{
	const struct format_name *a = va, *b = vb;
	int diff = strcmp((char *)text + a->at, (char *)text + b->at);

	return diff ? diff : (a->line > b->line) - (a->line < b->line);
}

static int by_line(const void *va, const void *vb)
{
	const struct format_name *a = va, *b = vb;

	return a->line != b->line ? (a->line > b->line) - (a->line < b->line) : (a->at > b->at) - (a->at < b->at);
}

static void sort(struct format_names *names)
{
	if (names->n)
		qsort_r(names->v, names->n, sizeof *names->v, by_name, names->text.data);
}

static void tell(struct format_check *c, const struct format_name *at, enum rule rule, const char *name, const char *expected,
                 const char *message)
{
	c->on_finding(c->ctx, &(struct format_finding){ .line = at->line, .rule = rule, .actual = name, .expected = expected,
		.message = message });
}

static void check_once(struct format_check *c)
{
	char expected[64];

	for (size_t first = 0, i = 1; i < c->ids.n; i++) {
		if (strcmp(text_of(&c->ids, first), text_of(&c->ids, i)) != 0) {
			first = i;
			continue;
		}
		snprintf(expected, sizeof expected, "another than in line %lld", (long long)c->ids.v[first].line);
		tell(c, &c->ids.v[i], RULE_ID_DUPLICATE, text_of(&c->ids, i), expected, "an id stands twice");
	}
}

/* The id of that name, or NULL. */
static const struct format_name *find_id(const struct format_names *ids, const char *name)
{
	size_t low = 0, high = ids->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int diff = strcmp(text_of(ids, middle), name);

		if (diff == 0)
			return &ids->v[middle];
		if (diff < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void check_ref(struct format_check *c, const struct format_name *ref)
{
	const char *name = c->refs.text.data + ref->at;
	const struct format_name *id = find_id(&c->ids, name);

	if (!id)
		tell(c, ref, ref->rule, name, "an id of this document", "a reference to what is not there");
	else if (ref->kind && id->kind != ref->kind)
		tell(c, ref, ref->rule, name, ref->kind == 'f' ? "the id of a file" : "the id of a region",
		     "a reference to a thing of another kind");
}

/* Nothing has two places in the order of reading. */
static void check_order(struct format_check *c)
{
	const struct format_name *last = NULL;

	sort(&c->refs);
	for (size_t i = 0; i < c->refs.n; i++) {
		const struct format_name *ref = &c->refs.v[i];
		const char *text = c->refs.text.data;

		if (ref->rule != RULE_READING_ORDER)
			continue;
		if (last && strcmp(text + last->at, text + ref->at) == 0)
			tell(c, ref, RULE_READING_ORDER, text + ref->at, "", "a region stands twice in the reading order");
		last = ref;
	}
}

void format_names_check(struct format_check *c)
{
	if (c->ids.text.failed || c->refs.text.failed) {
		format_broken(c, RULE_LIMIT, "more", "512 MiB", "ids and references are more than can be compared");
		return;
	}
	sort(&c->ids);
	check_once(c);
	if (c->refs.n)
		qsort(c->refs.v, c->refs.n, sizeof *c->refs.v, by_line);
	for (size_t i = 0; i < c->refs.n; i++)
		check_ref(c, &c->refs.v[i]);
	check_order(c);
}
