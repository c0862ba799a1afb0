/* duplicates.c -- equal pages by sorting pointers to them, nearly equal ones by near.h; then one keeper of each cluster.
 *
 *   duplicates_mark()          mark_equal() by scan, pixels and text, near_join(), rescans_join(), choose_keepers()
 *   duplicates_join_splits()   clusters of items that share clusters of pages */
#include "curate/duplicates.h"

#include <string.h>

#include "core/page.h"
#include "curate/near.h"
#include "curate/rescans.h"
#include "curate/sets.h"

enum { SAME_IMAGE = FACT_DUPLICATE_SCAN | FACT_DUPLICATE_PIXELS };

struct order {
	const struct facts *facts;
	const struct fact_limits *limits;
	enum { BY_SCAN, BY_PIXELS, BY_TEXT } by;
};

static enum rc_status no_memory(struct rc_err *err)
{
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot curate: out of memory");
}

static int compare_keys(const struct order *o, const struct page_fact *a, const struct page_fact *b)
{
	int diff = o->by == BY_TEXT ? memcmp(a->fold, b->fold, sizeof a->fold) :
	           o->by == BY_PIXELS ? memcmp(a->pixels, b->pixels, sizeof a->pixels) : memcmp(a->scan, b->scan, sizeof a->scan);

	if (diff != 0 || o->by != BY_SCAN)
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

/* 'A' to 'E', and behind them what has no estimate: small differences of an estimate decide nothing. */
static int grade(const struct page_fact *p)
{
	return p->error == FACT_NO_ERROR ? 'E' + 1 : rc_grade((float)p->error / 10000);
}

/* The better page first. */
static int compare_worth(const struct order *o, const struct page_fact *a, const struct page_fact *b)
{
	const struct item_fact *ia = &o->facts->items[a->item], *ib = &o->facts->items[b->item];
	int diff = prefer(ia->eligible && !a->withdrawn, ib->eligible && !b->withdrawn);

	if (!diff)
		diff = prefer(ia->published, ib->published);
	if (!diff)
		diff = prefer(sound(o, a), sound(o, b));
	if (!diff)
		diff = grade(a) - grade(b);
	if (!diff && ia->order_hash != ib->order_hash)
		diff = ia->order_hash < ib->order_hash ? -1 : 1;
	if (!diff && a->item != b->item)
		diff = a->item < b->item ? -1 : 1;
	return diff ? diff : a->order < b->order ? -1 : a->order > b->order;
}

/* Equal keys together, the page that stays first. */
static int compare(const void *va, const void *vb, void *ctx)
{
	const struct order *o = ctx;
	const struct page_fact *a = *(struct page_fact *const *)va, *b = *(struct page_fact *const *)vb;
	int diff = compare_keys(o, a, b);

	return diff ? diff : compare_worth(o, a, b);
}

static void mark_equal(struct page_fact **pages, size_t n, const struct order *o, uint8_t flag, struct sets *sets)
{
	const struct page_fact *all = o->facts->pages;

	qsort_r(pages, n, sizeof *pages, compare, (void *)(uintptr_t)o);
	for (size_t i = 1; i < n; i++)
		if (compare_keys(o, pages[i - 1], pages[i]) == 0) {
			pages[i]->duplicate |= flag;
			sets_join(sets, (uint32_t)(pages[i - 1] - all), (uint32_t)(pages[i] - all));
		}
}

/* Of every set the best page. One that was told to be equal to another never is the best: its twin is better. */
static void choose_keepers(struct facts *facts, const struct order *o, struct sets *sets, struct sets *twins)
{
	for (size_t i = 0; i < facts->n_pages; i++) {
		struct page_fact *root = &facts->pages[sets_root(sets, (uint32_t)i)];

		if (root != &facts->pages[i])
			root->copies++;
		if (compare_worth(o, &facts->pages[i], &facts->pages[root->keeper]) < 0)
			root->keeper = (uint32_t)i;
	}
	for (size_t i = 0; i < facts->n_pages; i++) {
		struct page_fact *p = &facts->pages[i];
		const struct page_fact *root = &facts->pages[sets_root(sets, (uint32_t)i)];

		p->keeper = root->keeper;
		p->copies = root->copies;
		if (p->keeper != i && !(p->duplicate & SAME_IMAGE) && sets_root(twins, (uint32_t)i) == sets_root(twins, p->keeper))
			p->duplicate |= FACT_RESCAN;
		if (p->keeper != i && !p->duplicate)
			p->duplicate = FACT_NEAR_DUPLICATE;
	}
}

static bool has_key(const struct page_fact *p, const struct order *o)
{
	static const uint8_t unknown[sizeof p->pixels];

	if (o->by == BY_PIXELS)
		return !(p->duplicate & SAME_IMAGE) && memcmp(p->pixels, unknown, sizeof unknown) != 0;
	return o->by == BY_SCAN || (p->has_fold && !(p->duplicate & SAME_IMAGE));
}

static enum rc_status find_equal(struct facts *facts, struct order *o, struct sets *sets, struct rc_err *err)
{
	static const struct { int by; uint8_t flag; } ways[] = {
		{ BY_SCAN, FACT_DUPLICATE_SCAN }, { BY_PIXELS, FACT_DUPLICATE_PIXELS }, { BY_TEXT, FACT_DUPLICATE_TEXT },
	};
	RC_CLEANUP(rc_free) struct page_fact **pages = calloc(facts->n_pages + 1, sizeof *pages);

	if (!pages)
		return no_memory(err);
	for (size_t way = 0; way < RC_COUNT(ways); way++) {
		size_t n = 0;

		o->by = ways[way].by;
		for (size_t i = 0; i < facts->n_pages; i++)
			if (has_key(&facts->pages[i], o))
				pages[n++] = &facts->pages[i];
		mark_equal(pages, n, o, ways[way].flag, sets);
	}
	return RC_OK;
}

/* Pages that were scanned twice are a kind of their own, in sets of their own, and then join the others. */
static enum rc_status find(struct facts *facts, const struct fact_limits *limits, double near, bool rescans, struct sets *sets, struct sets *twins,
                           struct rc_err *err)
{
	struct order o = { .facts = facts, .limits = limits };
	enum rc_status status = find_equal(facts, &o, sets, err);

	if (rc_good(status) && near < 1)
		status = near_join(facts, near, sets, err);
	if (rc_good(status) && rescans)
		status = rescans_join(facts, twins, err);
	for (size_t i = 0; rc_good(status) && i < facts->n_pages; i++)
		sets_join(sets, (uint32_t)i, sets_root(twins, (uint32_t)i));
	if (rc_good(status))
		choose_keepers(facts, &o, sets, twins);
	return status;
}

enum rc_status duplicates_mark(struct facts *facts, const struct fact_limits *limits, double near, bool rescans, struct rc_err *err)
{
	RC_CLEANUP(sets_free) struct sets sets = { 0 };
	RC_CLEANUP(sets_free) struct sets twins = { 0 };

	return sets_init(&sets, facts->n_pages) && sets_init(&twins, facts->n_pages) ? find(facts, limits, near, rescans, &sets, &twins, err) : no_memory(err);
}

/* ---- splits -------------------------------------------------------------------------------------------- */

/* Does a come before b as the item whose split the others take? */
static bool leads(const struct item_fact *a, const struct item_fact *b)
{
	if (a->published != b->published)
		return a->published;
	return a->split_hash < b->split_hash;
}

enum rc_status duplicates_join_splits(struct facts *facts, struct rc_err *err)
{
	RC_CLEANUP(sets_free) struct sets sets;
	RC_CLEANUP(rc_free) uint32_t *leader = calloc(facts->n_items + 1, sizeof *leader);

	if (!sets_init(&sets, facts->n_items) || !leader)
		return no_memory(err);
	for (size_t i = 0; i < facts->n_pages; i++)
		sets_join(&sets, facts->pages[i].item, facts->pages[facts->pages[i].keeper].item);
	for (size_t i = 0; i < facts->n_items; i++) {
		uint32_t root = sets_root(&sets, (uint32_t)i);

		if (root == i || leads(&facts->items[i], &facts->items[leader[root]]))
			leader[root] = (uint32_t)i;
	}
	/* Leaders keep their own split, so that it can be read while others are set. */
	for (size_t i = 0; i < facts->n_items; i++)
		if (!facts->items[i].published)
			facts->items[i].split = facts->items[leader[sets_root(&sets, (uint32_t)i)]].split;
	return RC_OK;
}
