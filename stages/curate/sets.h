/* sets.h -- disjoint sets of numbers from 0 (union-find). The root of a set is its lowest number, so that sets do not depend on the
 * order in which they were joined. */
#ifndef CURATE_SETS_H
#define CURATE_SETS_H

#include <stdint.h>
#include <stdlib.h>

struct sets {
	uint32_t *parent;
};

/* n sets of one number each; false without memory. */
static inline int sets_init(struct sets *s, size_t n)
{
	s->parent = malloc((n + 1) * sizeof *s->parent);
	for (size_t i = 0; s->parent && i < n; i++)
		s->parent[i] = (uint32_t)i;
	return s->parent != NULL;
}

static inline void sets_free(struct sets *s)
{
	free(s->parent);
	s->parent = NULL;
}

static inline uint32_t sets_root(struct sets *s, uint32_t i)
{
	while (s->parent[i] != i)
		i = s->parent[i] = s->parent[s->parent[i]];
	return i;
}

static inline void sets_join(struct sets *s, uint32_t a, uint32_t b)
{
	a = sets_root(s, a);
	b = sets_root(s, b);
	if (a < b)
		s->parent[b] = a;
	else
		s->parent[a] = b;
}

#endif
