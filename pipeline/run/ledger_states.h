/* ledger_states.h -- the states of a page in the ledger: numbers that stand in its SQL and on disk. */
#ifndef RC_LEDGER_STATES_H
#define RC_LEDGER_STATES_H

enum page_state {
	PAGE_PENDING = 0,
	PAGE_DONE = 1,
	PAGE_QUARANTINED = 2,
	PAGE_TWIN = 3,          /* the same scan as another row for the same page of the item; not counted */
	PAGE_ALONE = 4,         /* pending; its worker died or ran out of time once: to be tried alone */
};

#endif
