/* duplicates.c -- finds equal pages by sorting pointers to them. */
#include "curate/duplicates.h"

#include <string.h>

struct order {
	const struct facts *facts;
	const struct fact_limits *limits;
	bool by_text;
};

static int compare_keys(const struct order *o, const struct page_fact *a, const struct page_fact *b)
{
	int diff = o->by_text ? memcmp(a->fold, b->fold, sizeof a->fold) : memcmp(a->scan, b->scan, sizeof a->scan);

	if (diff != 0 || o->by_text)
		return diff;
	return a->frame < b->frame ? -1 : a->frame > b->frame;
}

static int prefer(bool a, bool b)
{
	return (int)b - (int)a;
}

static bool sound(const struct order *o, const struct page_fact *p)
{
	return !p->not_read && p->page_class != RC_PAGE_UNREADABLE && facts_page_is_good(p, o->limits);
}

/* Equal keys together, the page that stays first. */
static int compare(const void *va, const void *vb, void *ctx)
{
	const struct order *o = ctx;
	const struct page_fact *a = *(struct page_fact *const *)va, *b = *(struct page_fact *const *)vb;
	const struct item_fact *ia = &o->facts->items[a->item], *ib = &o->facts->items[b->item];
	int diff = compare_keys(o, a, b);

	if (!diff)
		diff = prefer(ia->eligible, ib->eligible);
	if (!diff)
		diff = prefer(ia->published, ib->published);
	if (!diff)
		diff = prefer(sound(o, a), sound(o, b));
	if (!diff && ia->order_hash != ib->order_hash)
		diff = ia->order_hash < ib->order_hash ? -1 : 1;
	if (!diff && a->item != b->item)
		diff = a->item < b->item ? -1 : 1;
	return diff ? diff : a->order < b->order ? -1 : a->order > b->order;
}

static void mark(struct page_fact **pages, size_t n, const struct order *o, uint8_t flag)
{
	qsort_r(pages, n, sizeof *pages, compare, (void *)(uintptr_t)o);
	for (size_t i = 1; i < n; i++)
		if (compare_keys(o, pages[i - 1], pages[i]) == 0)
			pages[i]->duplicate |= flag;
}

enum rc_status duplicates_mark(struct facts *facts, const struct fact_limits *limits, struct rc_err *err)
{
	RC_CLEANUP(rc_free) struct page_fact **pages = calloc(facts->n_pages + 1, sizeof *pages);
	struct order o = { facts, limits, false };
	size_t n = 0;

	if (!pages)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot curate: out of memory");
	for (size_t i = 0; i < facts->n_pages; i++)
		pages[n++] = &facts->pages[i];
	mark(pages, n, &o, FACT_DUPLICATE_SCAN);
	o.by_text = true;
	n = 0;
	for (size_t i = 0; i < facts->n_pages; i++)
		if (facts->pages[i].has_fold && !(facts->pages[i].duplicate & FACT_DUPLICATE_SCAN))
			pages[n++] = &facts->pages[i];
	mark(pages, n, &o, FACT_DUPLICATE_TEXT);
	return RC_OK;
}
