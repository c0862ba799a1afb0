/* minhash.c -- least values of 256 hash functions over the shingles of a text. */
#include "curate/minhash.h"

#include <stdlib.h>
#include <string.h>

struct minhash {
	uint64_t factor[MINHASH_BYTES], term[MINHASH_BYTES];    /* of the functions */
	uint32_t least[MINHASH_BYTES];
	uint32_t last[MINHASH_SHINGLE]; /* characters, the newest at n % MINHASH_SHINGLE */
	size_t n;                       /* characters added */
};

/* Vigna's SplitMix64, a generator with a finalizer that mixes well. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static uint64_t next_random(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	return mix(*state);
}

static void start(struct minhash *m)
{
	memset(m->least, 0xff, sizeof m->least);
	m->n = 0;
}

struct minhash *minhash_new(void)
{
	struct minhash *m = malloc(sizeof *m);
	uint64_t state = 1937;          /* any number; another one makes signatures that do not fit those in decisions */

	if (!m)
		return NULL;
	for (int i = 0; i < MINHASH_BYTES; i++) {
		m->factor[i] = next_random(&state) | 1;
		m->term[i] = next_random(&state);
	}
	start(m);
	return m;
}

void minhash_free(struct minhash **m)
{
	free(*m);
	*m = NULL;
}

/* Of the last MINHASH_SHINGLE characters in their order. */
static uint64_t shingle_hash(const struct minhash *m)
{
	uint64_t h = 0;

	for (size_t i = 0; i < MINHASH_SHINGLE; i++)
		h = mix(h + m->last[(m->n + i) % MINHASH_SHINGLE] + 1);
	return h;
}

void minhash_add(struct minhash *m, uint32_t cp)
{
	uint64_t h;

	m->last[m->n++ % MINHASH_SHINGLE] = cp;
	if (m->n < MINHASH_SHINGLE)
		return;
	h = shingle_hash(m);
	/* Multiply-shift (Dietzfelbinger and others, 1997): the high half of a product is as good as drawn at random. */
	for (int i = 0; i < MINHASH_BYTES; i++) {
		uint32_t v = (uint32_t)((m->factor[i] * h + m->term[i]) >> 32);

		m->least[i] = v < m->least[i] ? v : m->least[i];
	}
}

bool minhash_end(struct minhash *m, uint8_t ret[MINHASH_BYTES])
{
	bool any = m->n >= MINHASH_SHINGLE;

	for (int i = 0; any && i < MINHASH_BYTES; i++)
		ret[i] = (uint8_t)m->least[i];
	start(m);
	return any;
}

double minhash_likeness(const uint8_t a[MINHASH_BYTES], const uint8_t b[MINHASH_BYTES])
{
	const double chance = 1.0 / 256;
	int equal = 0;
	double share;

	for (int i = 0; i < MINHASH_BYTES; i++)
		equal += a[i] == b[i];
	share = ((double)equal / MINHASH_BYTES - chance) / (1 - chance);
	return share > 0 ? share : 0;
}
