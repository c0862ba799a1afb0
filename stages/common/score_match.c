/* score_match.c -- finds the lines of a truth in a reading.
 *
 *   score_pair()           counterparts: cut_pieces(), look_everywhere(), look_between(), align()
 *   score_neighbours()     which lines still follow each other
 *   score_region_order()   which regions do
 */
#include "common/score_match.h"

#include <string.h>

enum {
	WINDOW = 2 * SCORE_PIECE,       /* a part at distance d <= n is at most so long */
	MAX_REGIONS = 4096              /* looked at for their order: pairs grow with the square */
};
static const double SHARE = 0.3;        /* of a piece that must be right */
static const double MAX_WORK = 1e9;     /* lines times characters: a book of half a million characters; some ten seconds */

/* ---- lines ------------------------------------------------------------------------------------------- */

void score_lines_add(struct score_lines *lines, const struct score_text *line, int32_t region)
{
	struct score_text *text = &lines->text;

	if (!line->n)
		return;
	text->chars = rc_realloc(text->chars, (text->n + line->n) * sizeof *text->chars);
	memcpy(text->chars + text->n, line->chars, line->n * sizeof *text->chars);
	text->n += line->n;
	lines->ends = rc_realloc(lines->ends, (lines->n + 1) * sizeof *lines->ends);
	lines->regions = rc_realloc(lines->regions, (lines->n + 1) * sizeof *lines->regions);
	lines->ends[lines->n] = text->n;
	lines->regions[lines->n++] = region;
}

void score_lines_free(struct score_lines *lines)
{
	score_text_free(&lines->text);
	free(lines->ends);
	free(lines->regions);
	*lines = (struct score_lines){ 0 };
}

static size_t line_start(const struct score_lines *lines, size_t i)
{
	return i ? lines->ends[i - 1] : 0;
}

static size_t line_len(const struct score_lines *lines, size_t i)
{
	return lines->ends[i] - line_start(lines, i);
}

bool score_match_affordable(const struct score_lines *truth, const struct score_text *got)
{
	double pieces = (double)truth->n + (double)truth->text.n / SCORE_PIECE;

	return pieces * (double)got->n <= MAX_WORK && truth->text.n < INT32_MAX && got->n < INT32_MAX;
}

/* How many characters right tell a short piece from chance, among so many of a reading. */
static int64_t sure(size_t among)
{
	return among < 100 ? 2 : among < 1000 ? 3 : 4;
}

/* Are enough of n characters right? least: this many, or all of them. */
static bool enough(int64_t n, int64_t distance, int64_t least)
{
	int64_t right = n - distance;

	return right >= (n < least ? n : least) && (double)right >= SHARE * (double)n;
}

/* ---- counterparts ------------------------------------------------------------------------------------ */

struct piece {
	size_t start, n;                /* in the truth */
	int64_t right;                  /* n - distance to the nearest part of the reading */
	bool found;
	size_t from, to;                /* found: the part of the reading */
};

struct pairing {
	const struct score_text *truth, *got;
	struct score_field *field;
	struct piece *pieces;           /* in the truth's order; owned */
	size_t n;
	struct score_pairs *ret;
};

static void cut_pieces(struct pairing *p, const struct score_lines *lines)
{
	p->pieces = rc_alloc((lines->n + lines->text.n / SCORE_PIECE + 1) * sizeof *p->pieces);
	for (size_t i = 0; i < lines->n; i++) {
		size_t start = line_start(lines, i), len = line_len(lines, i);
		size_t parts = (len + SCORE_PIECE - 1) / SCORE_PIECE;

		for (size_t k = 0; k < parts; k++) {
			size_t from = len * k / parts, to = len * (k + 1) / parts;

			p->pieces[p->n++] = (struct piece){ .start = start + from, .n = to - from };
		}
	}
}

/* Step by step back through the matrix of a piece (rows) against a window that ends where the best part ends. Of equal
 * ways the one with more counterparts, then the one that ends later in the piece. */
static void align(struct pairing *p, struct piece *piece, size_t end)
{
	static const int taken = 2;     /* as dear as to leave both out */
	const uint32_t *a = p->truth->chars + piece->start, *b;
	size_t n = piece->n, from = end > 2 * n ? end - 2 * n : 0, width = end - from, i = n, j = width;
	uint8_t cost[SCORE_PIECE + 1][WINDOW + 1];

	b = p->got->chars + from;
	for (size_t y = 0; y <= n; y++) {
		for (size_t x = 0; x <= width; x++) {
			int best = y ? cost[y - 1][x] + 1 : 0, step;

			if (y && x) {
				step = score_field_taken(p->field, from + x - 1) ? taken : a[y - 1] != b[x - 1];
				best = cost[y - 1][x - 1] + step < best ? cost[y - 1][x - 1] + step : best;
				best = cost[y][x - 1] + 1 < best ? cost[y][x - 1] + 1 : best;
			}
			cost[y][x] = (uint8_t)best;
		}
	}
	while (i > 0 && j > 0) {
		bool free_place = !score_field_taken(p->field, from + j - 1);

		if (free_place && cost[i][j] == cost[i - 1][j - 1] + (a[i - 1] != b[j - 1])) {
			i--, j--;
			p->ret->of_truth[piece->start + i] = (int32_t)(from + j);
			p->ret->of_got[from + j] = (int32_t)(piece->start + i);
			score_field_take(p->field, from + j);
			p->ret->paired++;
			p->ret->misread += a[i] != b[j];
		} else if (cost[i][j] == cost[i - 1][j] + 1) {
			i--;
		} else if (cost[i][j] == cost[i][j - 1] + 1) {
			j--;
		} else {
			i--, j--;               /* through a place that is taken */
		}
	}
	piece->found = true;
	piece->from = from + j;
	piece->to = end;
}

static void look(struct pairing *p, struct piece *piece, size_t from, size_t to, int64_t least)
{
	size_t end;
	int64_t distance = score_field_search(p->field, p->truth->chars + piece->start, piece->n, from, to, &end);

	if (enough((int64_t)piece->n, distance, least))
		align(p, piece, end);
}

static int by_certainty(const void *a, const void *b)
{
	const struct piece *x = *(const struct piece *const *)a, *y = *(const struct piece *const *)b;

	if (x->right != y->right)
		return x->right > y->right ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

static void look_everywhere(struct pairing *p)
{
	RC_CLEANUP(rc_free) struct piece **order = rc_alloc((p->n + 1) * sizeof(struct piece *));
	int64_t least = sure(p->got->n);

	for (size_t i = 0; i < p->n; i++) {
		struct piece *piece = order[i] = &p->pieces[i];

		piece->right = (int64_t)piece->n - score_field_search(p->field, p->truth->chars + piece->start, piece->n,
		                                                      0, p->got->n, NULL);
	}
	qsort(order, p->n, sizeof *order, by_certainty);
	for (size_t i = 0; i < p->n; i++)
		if (enough((int64_t)order[i]->n, (int64_t)order[i]->n - order[i]->right, least))
			look(p, order[i], 0, p->got->n, least);
}

/* A piece that is too short or too badly read to be known everywhere is known beside the pieces it stands between. */
static void look_between(struct pairing *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct piece *piece = &p->pieces[i];
		const struct piece *before = i && piece[-1].found ? piece - 1 : NULL;
		const struct piece *after = i + 1 < p->n && piece[1].found ? piece + 1 : NULL;
		size_t reach = 2 * piece->n, end = p->got->n, to;

		if (piece->found)
			continue;
		if (before) {
			to = end - before->to < reach ? end : before->to + reach;
			look(p, piece, before->to, to, 1);
		}
		if (!piece->found && after)
			look(p, piece, after->from > reach ? after->from - reach : 0, after->from, 1);
	}
}

void score_pair(const struct score_lines *truth, const struct score_text *got, struct score_pairs *ret)
{
	OWN_SCORE_FIELD field = score_field_new(got);
	struct pairing p = { .truth = &truth->text, .got = got, .field = field, .ret = ret };

	*ret = (struct score_pairs){ .truth = (int64_t)truth->text.n, .got = (int64_t)got->n };
	ret->of_truth = rc_alloc((truth->text.n + 1) * sizeof *ret->of_truth);
	ret->of_got = rc_alloc((got->n + 1) * sizeof *ret->of_got);
	memset(ret->of_truth, 0xFF, truth->text.n * sizeof *ret->of_truth);
	memset(ret->of_got, 0xFF, got->n * sizeof *ret->of_got);
	cut_pieces(&p, truth);
	look_everywhere(&p);
	look_between(&p);
	free(p.pieces);
}

void score_pairs_free(struct score_pairs *pairs)
{
	free(pairs->of_truth);
	free(pairs->of_got);
	*pairs = (struct score_pairs){ 0 };
}

/* ---- neighbours --------------------------------------------------------------------------------------- */

struct seen {                           /* a line as it is looked for: at most SCORE_PIECE characters of it */
	const uint32_t *head, *tail;        /* its first, its last ones */
	size_t n;
	int64_t head_distance, tail_distance;
};

static struct seen see(const struct score_lines *truth, size_t i, struct score_field *field, size_t got)
{
	const uint32_t *line = truth->text.chars + line_start(truth, i);
	size_t len = line_len(truth, i);
	struct seen s = { .head = line, .tail = line, .n = len < SCORE_PIECE ? len : SCORE_PIECE };

	s.tail += len - s.n;
	s.head_distance = s.tail_distance = score_field_search(field, s.head, s.n, 0, got, NULL);
	if (s.tail != s.head)
		s.tail_distance = score_field_search(field, s.tail, s.n, 0, got, NULL);
	return s;
}

static bool comes_next(const struct seen *a, const struct seen *b, struct score_field *field, size_t got)
{
	uint32_t both[2 * SCORE_PIECE];
	int64_t distance;

	memcpy(both, a->tail, a->n * sizeof *both);
	memcpy(both + a->n, b->head, b->n * sizeof *both);
	distance = score_field_search(field, both, a->n + b->n, 0, got, NULL);
	return (double)(distance - a->tail_distance) <= (1 - SHARE) * (double)b->n &&
	       (double)(distance - b->head_distance) <= (1 - SHARE) * (double)a->n;
}

struct score_neighbours score_neighbours(const struct score_lines *truth, const struct score_text *got)
{
	OWN_SCORE_FIELD field = score_field_new(got);
	struct score_neighbours ret = { 0 };
	struct seen before = { 0 };
	int64_t least = sure(got->n);

	for (size_t i = 0; i < truth->n; i++) {
		struct seen line = see(truth, i, field, got->n);

		if (i && truth->regions[i] == truth->regions[i - 1]) {
			bool next = comes_next(&before, &line, field, got->n);
			bool found = enough((int64_t)before.n, before.tail_distance, least) &&
			             enough((int64_t)line.n, line.head_distance, least);

			ret.pairs++;
			ret.next += next;
			ret.found += found;
			ret.found_next += found && next;
		}
		before = line;
	}
	return ret;
}

/* ---- regions ------------------------------------------------------------------------------------------ */

static int by_place(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return x < y ? -1 : x > y;
}

/* The middle one of the counterparts of [start, end); -1: none. room is as long. */
static int32_t middle(const struct score_pairs *pairs, size_t start, size_t end, int32_t *room)
{
	size_t n = 0;

	for (size_t i = start; i < end; i++)
		if (pairs->of_truth[i] >= 0)
			room[n++] = pairs->of_truth[i];
	if (!n)
		return -1;
	qsort(room, n, sizeof *room, by_place);
	return room[(n - 1) / 2];
}

struct score_order score_region_order(const struct score_lines *truth, const struct score_pairs *pairs)
{
	RC_CLEANUP(rc_free) int32_t *places = rc_alloc(MAX_REGIONS * sizeof *places);
	RC_CLEANUP(rc_free) int32_t *room = rc_alloc((truth->text.n + 1) * sizeof *room);
	struct score_order ret = { 0 };
	size_t n = 0;

	for (size_t i = 0, first = 0; i < truth->n && n < MAX_REGIONS; i++) {
		if (i + 1 < truth->n && truth->regions[i + 1] == truth->regions[i])
			continue;
		places[n] = middle(pairs, line_start(truth, first), truth->ends[i], room);
		n += places[n] >= 0;
		first = i + 1;
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t j = i + 1; j < n; j++) {
			ret.pairs++;
			ret.kept += places[i] < places[j];
		}
	}
	return ret;
}
