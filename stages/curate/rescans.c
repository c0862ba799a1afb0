/* rescans.c -- locality-sensitive hashing over looks, by sampling of bits (Indyk and Motwani, 1998).
 *
 *   rescans_join()   sample by sample: sort, compare what meets
 *   are_twins()      two pages by looks and text */
#include "curate/rescans.h"

#include <string.h>

enum { SAMPLES = 64, LEAST_BITS = 10, MOST_BITS = 24, BITS = 8 * sizeof(struct rc_look) };

struct met {
	uint32_t sample;        /* its bits */
	uint32_t page;
};

static bool are_twins(const struct facts *facts, const struct page_fact *a, const struct page_fact *b)
{
	int distance = rc_look_distance(&a->look, &b->look);

	if (distance > RESCAN_WITH_TEXT)
		return false;
	if (a->signature == FACT_NO_SIGNATURE || b->signature == FACT_NO_SIGNATURE)
		return distance <= RESCAN_ALONE;
	return minhash_likeness(facts->signatures[a->signature], facts->signatures[b->signature]) >= RESCAN_LIKENESS;
}

static int by_sample(const void *va, const void *vb)
{
	const struct met *a = va, *b = vb;

	if (a->sample != b->sample)
		return a->sample < b->sample ? -1 : 1;
	return a->page < b->page ? -1 : a->page > b->page;
}

/* Pages with equal bits. One is compared with the last few sets before it: strangers meet by chance, the more the more pages there are,
 * and time must stay in proportion. */
static void join_run(const struct facts *facts, const struct met *run, size_t n, struct sets *sets)
{
	enum { MOST = 64 };
	uint32_t last[MOST];
	size_t n_last = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t page = run[i].page;
		bool joined = false;

		for (size_t k = 0; k < n_last && k < MOST; k++) {
			bool same = sets_root(sets, last[k]) == sets_root(sets, page);

			if (!same && are_twins(facts, &facts->pages[last[k]], &facts->pages[page])) {
				sets_join(sets, last[k], page);
				same = true;
			}
			joined |= same;
		}
		if (!joined)
			last[n_last++ % MOST] = page;
	}
}

/* Bits drawn as if at random, the same in every run: pages differ in neighbouring waves together. (The finalizer is Vigna's SplitMix64.) */
static unsigned draw_bit(uint64_t number)
{
	uint64_t x = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (unsigned)((x ^ x >> 31) % BITS);
}

static uint32_t sample_of(const struct rc_look *look, const uint8_t drawn[MOST_BITS], int n_bits)
{
	uint32_t bits = 0;

	for (int i = 0; i < n_bits; i++)
		bits = bits << 1 | (look->bits[drawn[i] / 8] >> drawn[i] % 8 & 1);
	return bits;
}

enum rc_status rescans_join(const struct facts *facts, struct sets *sets, struct rc_err *err)
{
	RC_CLEANUP(rc_free) struct met *met = calloc(facts->n_pages + 1, sizeof *met);
	int bits = LEAST_BITS;
	size_t n = 0;

	if (!met)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot curate: out of memory");
	for (size_t i = 0; i < facts->n_pages; i++)
		if (rc_look_is_known(&facts->pages[i].look) && !(facts->pages[i].duplicate & (FACT_DUPLICATE_SCAN | FACT_DUPLICATE_PIXELS)))
			met[n++].page = (uint32_t)i;
	while (bits < MOST_BITS && n >> (bits + 2))
		bits++;
	for (unsigned sample = 0; n > 1 && sample < SAMPLES; sample++) {
		uint8_t drawn[MOST_BITS];

		for (unsigned i = 0; i < MOST_BITS; i++)
			drawn[i] = (uint8_t)draw_bit(sample * MOST_BITS + i);
		for (size_t i = 0; i < n; i++)
			met[i].sample = sample_of(&facts->pages[met[i].page].look, drawn, bits);
		qsort(met, n, sizeof *met, by_sample);
		for (size_t i = 0, end; i < n; i = end) {
			for (end = i + 1; end < n && met[end].sample == met[i].sample; end++)
				;
			if (end - i > 1)
				join_run(facts, met + i, end - i, sets);
		}
	}
	return RC_OK;
}
