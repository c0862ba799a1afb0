/* near.c -- locality-sensitive hashing over MinHash signatures.
 *
 *   near_join()    band by band: sort, compare what meets
 *   band_bytes()   how long a band is
 *
 * Two signatures of likeness j agree on a band of r bytes with chance j^r, and on one of 256/r bands at least with
 * 1 - (1 - j^r)^(256/r) (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.4). */
#include "curate/near.h"

#include <math.h>
#include <string.h>

struct met {
	uint64_t band;          /* its bytes */
	uint32_t page;
};

/* The longest band on which enough of the pairs that are just alike enough meet. */
static int band_bytes(double near)
{
	const double enough = 0.98;
	int bytes = 8;

	while (bytes > 1 && 1 - pow(1 - pow(near, bytes), MINHASH_BYTES / bytes) < enough)
		bytes /= 2;
	return bytes;
}

static int by_band(const void *va, const void *vb)
{
	const struct met *a = va, *b = vb;

	if (a->band != b->band)
		return a->band < b->band ? -1 : 1;
	return a->page < b->page ? -1 : a->page > b->page;
}

/* Pages with an equal band. What was joined already need not be compared; a long run (one form filled in a thousand times)
 * is compared with the first of each set in it, up to a number of sets, so that time stays in proportion. */
static void join_run(const struct facts *facts, const struct met *run, size_t n, double near, struct sets *sets)
{
	enum { MOST_FIRSTS = 32 };
	uint32_t firsts[MOST_FIRSTS];
	size_t n_firsts = 0;

	for (size_t i = 0; i < n; i++) {
		const uint8_t *signature = facts->signatures[facts->pages[run[i].page].signature];
		bool joined = false;

		for (size_t k = 0; k < n_firsts; k++) {
			bool same = sets_root(sets, firsts[k]) == sets_root(sets, run[i].page);

			if (!same && minhash_likeness(signature, facts->signatures[facts->pages[firsts[k]].signature]) >= near) {
				sets_join(sets, firsts[k], run[i].page);
				same = true;
			}
			joined |= same;
		}
		if (!joined && n_firsts < MOST_FIRSTS)
			firsts[n_firsts++] = run[i].page;
	}
}

static void join_band(const struct facts *facts, struct met *met, size_t n, int at, int bytes, double near, struct sets *sets)
{
	for (size_t i = 0; i < n; i++) {
		met[i].band = 0;
		memcpy(&met[i].band, facts->signatures[facts->pages[met[i].page].signature] + at, (size_t)bytes);
	}
	qsort(met, n, sizeof *met, by_band);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && met[end].band == met[i].band; end++)
			;
		if (end - i > 1)
			join_run(facts, met + i, end - i, near, sets);
	}
}

enum rc_status near_join(const struct facts *facts, double near, struct sets *sets, struct rc_err *err)
{
	RC_CLEANUP(rc_free) struct met *met = calloc(facts->n_signatures + 1, sizeof *met);
	int bytes = band_bytes(near);
	size_t n = 0;

	if (!met)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot curate: out of memory");
	for (size_t i = 0; i < facts->n_pages; i++)
		if (facts->pages[i].signature != FACT_NO_SIGNATURE && !facts->pages[i].duplicate)
			met[n++].page = (uint32_t)i;
	for (int at = 0; n > 1 && at + bytes <= MINHASH_BYTES; at += bytes)
		join_band(facts, met, n, at, bytes, near, sets);
	return RC_OK;
}
