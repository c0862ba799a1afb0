/* drawn.c -- which pages are drawn.
 *
 *   drawn_take()       goes through all records and keeps, of every grade, the first pages in the order of the seed
 *   drawn_allocate()   how many each grade gives
 *
 * Memory: of every grade at most as many pages as are wanted in all. */
#include "report/drawn.h"

#include <string.h>

#include "core/text.h"

const char *const drawn_grades[ESTIMATE_GRADES] = { "A", "B", "C", "D", "E", "none" };

struct heap {                           /* of one grade: the pages with the least places; the one to go first is the first */
	struct drawn_page *v;           /* owned */
	size_t n;
};

struct drawing {
	struct rc_books *books;
	struct drawn *ret;
	struct heap heaps[ESTIMATE_GRADES];
	size_t want;
	int64_t seed;
};

static void page_clear(struct drawn_page *p)
{
	free(p->item);
}

void drawn_clear(struct drawn *d)
{
	for (size_t i = 0; i < d->n; i++)
		page_clear(&d->all[i]);
	free(d->all);
	*d = (struct drawn){ 0 };
}

static void drawing_end(struct drawing *d)
{
	for (int g = 0; g < ESTIMATE_GRADES; g++) {
		for (size_t i = 0; i < d->heaps[g].n; i++)
			page_clear(&d->heaps[g].v[i]);
		free(d->heaps[g].v);
	}
}

/* ---- how many of each grade ----------------------------------------------------------------------------------- */

void drawn_allocate(const int64_t pages[ESTIMATE_GRADES], const int64_t characters[ESTIMATE_GRADES], int64_t want,
                    int64_t given[ESTIMATE_GRADES])
{
	for (int g = 0; g < ESTIMATE_GRADES; g++) {
		given[g] = pages[g] < 2 ? pages[g] : 2;
		given[g] = given[g] < want ? given[g] : want;
		want -= given[g];
	}
	while (want > 0) {
		int best = -1;

		for (int g = 0; g < ESTIMATE_GRADES; g++)
			if (given[g] < pages[g] &&
			    (best < 0 || (double)characters[g] / (double)(given[g] + 1) > (double)characters[best] / (double)(given[best] + 1)))
				best = g;
		if (best < 0)
			return;
		given[best]++;
		want--;
	}
}

/* ---- the first pages in the order of the seed ------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
	const struct drawn_page *x = a, *y = b;

	return x->place != y->place ? (x->place > y->place) - (x->place < y->place) : strcmp(x->id, y->id);
}

static void sift_up(struct heap *h, size_t at)
{
	for (size_t parent; at > 0 && by_place(&h->v[at], &h->v[parent = (at - 1) / 2]) > 0; at = parent) {
		struct drawn_page swap = h->v[at];

		h->v[at] = h->v[parent];
		h->v[parent] = swap;
	}
}

static void sift_down(struct heap *h)
{
	for (size_t at = 0, child; (child = 2 * at + 1) < h->n; at = child) {
		if (child + 1 < h->n && by_place(&h->v[child + 1], &h->v[child]) > 0)
			child++;
		if (by_place(&h->v[at], &h->v[child]) >= 0)
			return;
		struct drawn_page swap = h->v[at];

		h->v[at] = h->v[child];
		h->v[child] = swap;
	}
}

/* Takes page->item over. */
static void offer(struct heap *h, size_t want, struct drawn_page page)
{
	if (h->n < want) {
		h->v = rc_realloc(h->v, (h->n + 1) * sizeof *h->v);
		h->v[h->n] = page;
		sift_up(h, h->n++);
	} else if (want > 0 && by_place(&page, &h->v[0]) < 0) {
		page_clear(&h->v[0]);
		h->v[0] = page;
		sift_down(h);
	} else {
		page_clear(&page);
	}
}

/* ---- the records -------------------------------------------------------------------------------------------------- */

static int64_t characters_of(const struct rc_page *page)
{
	int64_t n = 0;

	for (size_t r = 0; r < page->n_regions; r++)
		for (size_t l = 0; l < page->regions[r].n_lines; l++)
			n += page->regions[r].lines[l].text ? (int64_t)rc_utf8_count(page->regions[r].lines[l].text) : 0;
	return n;
}

static void consider(struct drawing *d, const char *item, const struct record_page *page)
{
	const struct rc_quality *q = &page->page.quality;
	int64_t characters = page->not_read || q->page_class != RC_PAGE_TEXT ? 0 : characters_of(&page->page);
	char grade = rc_grade(q->estimated_error);
	struct drawn_page p = { .order = page->order, .characters = characters, .grade = grade ? grade - 'A' : ESTIMATE_GRADES - 1 };
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	struct rc_digest name, place;
	char hex[RC_DIGEST_HEX];

	if (characters == 0)
		return;
	d->ret->pages[p.grade]++;
	d->ret->characters[p.grade] += characters;
	rc_hasher_add_str(h, item);
	rc_hasher_add(h, page->scan.bytes, sizeof page->scan.bytes);
	rc_hasher_add_int(h, page->frame);
	name = rc_hasher_end(h);
	rc_hasher_add_str(h, "sample");
	rc_hasher_add_int(h, d->seed);
	rc_hasher_add(h, name.bytes, sizeof name.bytes);
	place = rc_hasher_end(h);
	for (int i = 0; i < 8; i++)
		p.place = p.place << 8 | place.bytes[i];
	p.id[0] = 'p';
	memcpy(p.id + 1, rc_digest_hex(&name, hex), 16);
	p.item = rc_strdup(item);
	offer(&d->heaps[p.grade], d->want, p);
}

static enum rc_status read_item(struct drawing *d, const struct rc_item_row *item, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *reader = NULL;
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);
	struct record_page *page;
	enum rc_status status;

	rc_books_record_path(d->books, item->id, &path);
	status = record_open(&reader, path.data, err);
	while (rc_good(status) && (status = record_next(reader, &page, err)) == RC_OK)
		consider(d, item->id, page);
	return status == RC_SKIP ? RC_OK : status;
}

static enum rc_status on_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct drawing *d = ctx;
	enum rc_status status = read_item(d, item, err);

	if (status != RC_PAGE_FAILED)
		return status;
	rc_books_warn(d->books, err);
	return RC_OK;
}

static int by_item(const void *a, const void *b)
{
	const struct drawn_page *x = a, *y = b;
	int order = strcmp(x->item, y->item);

	return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Of every grade what it gives, in the order of the report. */
static void gather(struct drawing *d)
{
	struct drawn *ret = d->ret;

	drawn_allocate(ret->pages, ret->characters, (int64_t)d->want, ret->given);
	ret->all = rc_alloc((d->want + 1) * sizeof *ret->all);
	for (int g = 0; g < ESTIMATE_GRADES; g++) {
		struct heap *h = &d->heaps[g];

		if (h->n)
			qsort(h->v, h->n, sizeof *h->v, by_place);
		for (size_t i = 0; i < h->n; i++) {
			if ((int64_t)i < ret->given[g])
				ret->all[ret->n++] = h->v[i];
			else
				page_clear(&h->v[i]);
		}
		h->n = 0;
	}
	if (ret->n)
		qsort(ret->all, ret->n, sizeof *ret->all, by_item);
}

enum rc_status drawn_take(struct rc_books *books, int64_t want, int64_t seed, struct drawn *ret, struct rc_err *err)
{
	OWN_DRAWN drawn = { 0 };
	RC_CLEANUP(drawing_end) struct drawing d = { .books = books, .ret = &drawn, .want = (size_t)want, .seed = seed };
	enum rc_status status = rc_books_each_item(books, RC_ITEMS_RECORDED, on_item, &d, err);

	if (!rc_good(status))
		return status;
	gather(&d);
	if (drawn.n == 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "there is nothing to draw from: no page with text was read yet");
	*ret = drawn;
	drawn = (struct drawn){ 0 };
	return RC_OK;
}
