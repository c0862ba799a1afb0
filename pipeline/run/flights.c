/* flights.c -- see flights.h. */
#include "run/flights.h"

int64_t rc_flights_add(struct rc_flights *f, struct rc_claim *claim, bool alone)
{
	if (f->n == f->room) {
		f->room = f->room ? 2 * f->room : 16;
		f->v = rc_realloc(f->v, f->room * sizeof *f->v);
	}
	rc_rowset_add(&f->pages, claim->page);
	rc_rowset_add(&f->results, claim->read);
	if (claim->image)
		rc_rowset_add(&f->results, claim->image);
	f->v[f->n++] = (struct rc_flight){ .task = ++f->last_task, .claim = *claim, .alone = alone };
	*claim = (struct rc_claim){ 0 };
	return f->last_task;
}

bool rc_flights_has(const struct rc_flights *f, const struct rc_claim *c)
{
	return rc_rowset_has(&f->pages, c->page) || rc_rowset_has(&f->results, c->read) || (c->image && rc_rowset_has(&f->results, c->image));
}

bool rc_flights_take(struct rc_flights *f, int64_t task, struct rc_flight *ret)
{
	size_t i = 0;

	while (i < f->n && f->v[i].task != task)
		i++;
	if (i == f->n)
		return false;
	*ret = f->v[i];
	f->v[i] = f->v[--f->n];
	rc_rowset_remove(&f->pages, ret->claim.page);
	rc_rowset_remove(&f->results, ret->claim.read);
	if (ret->claim.image)
		rc_rowset_remove(&f->results, ret->claim.image);
	return true;
}

void rc_flights_clear(struct rc_flights *f)
{
	for (size_t i = 0; i < f->n; i++)
		rc_claim_clear(&f->v[i].claim);
	free(f->v);
	rc_rowset_free(&f->pages);
	rc_rowset_free(&f->results);
	*f = (struct rc_flights){ .last_task = f->last_task };
}
