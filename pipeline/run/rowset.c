/* rowset.c -- open addressing with linear probing; removal moves what follows back (Knuth, volume 3, 6.4, algorithm R). */
#include "run/rowset.h"

void rc_rowset_free(struct rc_rowset *set)
{
	free(set->slots);
	*set = (struct rc_rowset){ 0 };
}

static size_t home(const struct rc_rowset *set, int64_t row)
{
	return (size_t)((uint64_t)row * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (set->room - 1);
}

/* Where row is, or where it would go. */
static size_t find(const struct rc_rowset *set, int64_t row)
{
	size_t i = home(set, row);

	while (set->slots[i] && set->slots[i] != row)
		i = (i + 1) & (set->room - 1);
	return i;
}

static void grow(struct rc_rowset *set)
{
	struct rc_rowset old = *set;

	set->room = old.room ? 2 * old.room : 64;
	set->slots = rc_alloc(set->room * sizeof *set->slots);
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i])
			set->slots[find(set, old.slots[i])] = old.slots[i];
	free(old.slots);
}

bool rc_rowset_has(const struct rc_rowset *set, int64_t row)
{
	return set->room && set->slots[find(set, row)] == row;
}

void rc_rowset_add(struct rc_rowset *set, int64_t row)
{
	if (rc_rowset_has(set, row))
		return;
	if (2 * (set->n + 1) > set->room)
		grow(set);
	set->slots[find(set, row)] = row;
	set->n++;
}

void rc_rowset_remove(struct rc_rowset *set, int64_t row)
{
	size_t hole, mask = set->room - 1;

	if (!rc_rowset_has(set, row))
		return;
	hole = find(set, row);
	set->slots[hole] = 0;
	set->n--;
	for (size_t i = (hole + 1) & mask; set->slots[i]; i = (i + 1) & mask) {
		size_t wanted = home(set, set->slots[i]);

		if (((i - wanted) & mask) >= ((i - hole) & mask)) {     /* it may live in the hole */
			set->slots[hole] = set->slots[i];
			set->slots[i] = 0;
			hole = i;
		}
	}
}
