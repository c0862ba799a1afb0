/* rowset.h -- a set of row numbers: which pages and results are in flight. */
#ifndef RC_ROWSET_H
#define RC_ROWSET_H

#include "core/base.h"

struct rc_rowset {              /* { 0 } is empty */
	int64_t *slots;         /* owned; open addressing, 0: free */
	size_t n, room;         /* room is a power of two, at most half full */
};

void rc_rowset_free(struct rc_rowset *set);
/* row is not 0. */
void rc_rowset_add(struct rc_rowset *set, int64_t row);
void rc_rowset_remove(struct rc_rowset *set, int64_t row);
bool rc_rowset_has(const struct rc_rowset *set, int64_t row);

#endif
