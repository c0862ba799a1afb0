/* flights.h -- the pages that somebody is reading: nothing in the ledger marks them. */
#ifndef RC_FLIGHTS_H
#define RC_FLIGHTS_H

#include "run/ledger.h"
#include "run/rowset.h"

struct rc_flight {
	int64_t task;                   /* what its result will be called */
	struct rc_claim claim;          /* owned */
	bool alone;
};

struct rc_flights {                     /* { 0 }: none */
	struct rc_flight *v;            /* in no order */
	size_t n, room;
	struct rc_rowset pages, results;        /* their rows in the ledger */
	int64_t last_task;              /* the number given last */
};

/* Takes the claim, which is empty afterwards. The number of its task. */
int64_t rc_flights_add(struct rc_flights *flights, struct rc_claim *claim, bool alone);
/* Is the page in flight, or another one that will have the same result? */
bool rc_flights_has(const struct rc_flights *flights, const struct rc_claim *claim);
/* Takes the flight of a task out; the caller clears its claim. false when there is none. */
bool rc_flights_take(struct rc_flights *flights, int64_t task, struct rc_flight *ret);
/* Forgets them all; numbers go on. */
void rc_flights_clear(struct rc_flights *flights);

#endif
