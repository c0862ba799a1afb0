/* statistics.c -- measures a text.
 *
 *   statistics_measure()   characters, paragraphs, runs, loops
 *   runs_measure()         runs of n characters: the most frequent one, and what stood before
 *   loops_measure()        what follows itself again and again
 *   statistics_tags()      the rules, as the header lists them */
#include "curate/statistics.h"

#include <stdlib.h>
#include <string.h>

#include "common/chars.h"
#include "core/text.h"

#define SHARE 10000
enum { MIN_PARTICLES = 10, MIN_TELLING = 5, LOOP_UNIT = 10, LOOP_TIMES = 5, LOOP_MIN = 10 };

const char *const statistic_names[STATISTIC_COUNT] = {
#define STATISTIC(name, meaning) #name,
#include "curate/statistics.def"
#undef STATISTIC
};

const char *const statistics_tag_names[STATISTICS_TAGS] = {
	"short-text", "few-han", "many-digits", "many-marks", "rare-characters", "loops", "repeated-lines", "repeated-phrases",
	"short-paragraphs", "few-sentence-ends",
};

static uint16_t share(size_t part, size_t all)
{
	return all ? (uint16_t)((part * SHARE + all / 2) / all) : 0;
}

/* ---- characters -------------------------------------------------------------------------------------------- */

/* 之乎者也矣焉哉曰乃亦其於弗豈遂皆吾汝 and 的了是在這这們们個个那她嗎吗呢吧沒没就把什 */
static const uint16_t literary[] = { 0x4e4b, 0x4e4e, 0x8005, 0x4e5f, 0x77e3, 0x7109, 0x54c9, 0x66f0, 0x4e43, 0x4ea6, 0x5176, 0x65bc, 0x5f17,
                                     0x8c48, 0x9042, 0x7686, 0x543e, 0x6c5d };
static const uint16_t modern[] = { 0x7684, 0x4e86, 0x662f, 0x5728, 0x9019, 0x8fd9, 0x5011, 0x4eec, 0x500b, 0x4e2a, 0x90a3, 0x5979, 0x55ce,
                                   0x5417, 0x5462, 0x5427, 0x6c92, 0x6ca1, 0x5c31, 0x628a, 0x4ec0 };

static bool among(uint32_t cp, const uint16_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == cp)
			return true;
	return false;
}

static bool is_latin(uint32_t cp)
{
	return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || (cp >= 0xc0 && cp <= 0x24f) || (cp >= 0xff21 && cp <= 0xff5a);
}

static bool is_mark(uint32_t cp)
{
	char class = chars_class(cp);

	return class == 'P' || class == 'S';
}

static void characters_measure(const uint32_t *text, size_t n, const struct charsets *charsets, struct statistics *ret)
{
	size_t han = 0, marks = 0, digits = 0, latins = 0, common = 0, hant = 0, hans = 0, old = 0, young = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t cp = text[i];
		unsigned in = charsets_of(charsets, cp);

		if (rc_is_han(cp)) {
			han++;
			common += (in & (CHARSET_GB_COMMON | CHARSET_BIG5_COMMON)) != 0;
			hant += (in & CHARSET_BIG5_COMMON) && !(in & CHARSET_GB);
			hans += (in & CHARSET_GB) && !(in & CHARSET_BIG5);
			old += among(cp, literary, RC_COUNT(literary));
			young += among(cp, modern, RC_COUNT(modern));
		} else if (is_latin(cp)) {
			latins++;
		} else if (chars_class(cp) == 'N') {
			digits++;
		} else {
			marks += is_mark(cp);
		}
	}
	ret->values[STATISTIC_han] = share(han, n);
	ret->values[STATISTIC_marks] = share(marks, n);
	ret->values[STATISTIC_digits] = share(digits, n);
	ret->values[STATISTIC_latin] = share(latins, n);
	ret->values[STATISTIC_common] = share(common, han);
	ret->values[STATISTIC_hant] = share(hant, han);
	ret->values[STATISTIC_hans] = share(hans, han);
	ret->values[STATISTIC_literary] = old + young < MIN_PARTICLES ? STATISTIC_NONE : share(old, old + young);
}

/* ---- runs -------------------------------------------------------------------------------------------------- */

struct run {
	uint64_t hash;
	uint32_t at;
};

static int by_hash(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : x->at < y->at ? -1 : x->at > y->at;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

/* Runs of `length` characters, sorted so that equal ones follow each other in the order of the text. */
static size_t runs_of(const uint32_t *text, size_t n, size_t length, struct run *runs)
{
	size_t n_runs = n >= length ? n - length + 1 : 0;

	for (size_t i = 0; i < n_runs; i++) {
		uint64_t h = length;

		for (size_t k = 0; k < length; k++)
			h = mix(h, text[i + k]);
		runs[i] = (struct run){ h, (uint32_t)i };
	}
	if (n_runs)
		qsort(runs, n_runs, sizeof *runs, by_hash);
	return n_runs;
}

static uint16_t most_frequent(const uint32_t *text, size_t n, size_t length, struct run *runs)
{
	size_t n_runs = runs_of(text, n, length, runs), most = 0, count = 0;

	for (size_t i = 0; i < n_runs; i++) {
		count = i > 0 && runs[i].hash == runs[i - 1].hash ? count + 1 : 1;
		most = count > most ? count : most;
	}
	if (most < 2)
		return 0;
	return share(most * length < n ? most * length : n, n);
}

/* marked: n bytes, made 0 here. */
static uint16_t repeated(const uint32_t *text, size_t n, size_t length, struct run *runs, uint8_t *marked)
{
	size_t n_runs = runs_of(text, n, length, runs), sum = 0;

	memset(marked, 0, n);
	for (size_t i = 1; i < n_runs; i++)
		if (runs[i].hash == runs[i - 1].hash)
			memset(marked + runs[i].at, 1, length);
	for (size_t i = 0; i < n; i++)
		sum += marked[i];
	return share(sum, n);
}

static bool says_something(const uint32_t *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_mark(text[i]))
			return true;
	return false;
}

static uint16_t loops_measure(const uint32_t *text, size_t n, uint8_t *marked)
{
	size_t sum = 0;

	memset(marked, 0, n);
	for (size_t unit = 1; unit <= LOOP_UNIT; unit++) {
		size_t same = 0;

		for (size_t i = unit; i <= n; i++) {
			if (i < n && text[i] == text[i - unit]) {
				same++;
				continue;
			}
			if (same + unit >= LOOP_TIMES * unit && same + unit >= LOOP_MIN && says_something(text + i - unit, unit))
				memset(marked + i - same - unit, 1, same + unit);
			same = 0;
		}
	}
	for (size_t i = 0; i < n; i++)
		sum += marked[i];
	return share(sum, n);
}

/* ---- paragraphs -------------------------------------------------------------------------------------------- */

struct paragraph {
	uint64_t hash;
	uint32_t at, chars;
};

struct measuring {
	uint32_t *text;                 /* without spaces and line feeds */
	struct run *runs;
	uint8_t *marked;
	struct paragraph *paragraphs;
	size_t n, n_paragraphs, n_ends;
};

static void measuring_end(struct measuring *m)
{
	free(m->text);
	free(m->runs);
	free(m->marked);
	free(m->paragraphs);
}

static int by_content(const void *a, const void *b)
{
	const struct paragraph *x = a, *y = b;

	return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : x->at < y->at ? -1 : x->at > y->at;
}

static void end_paragraph(struct measuring *m, size_t start)
{
	struct paragraph p = { 0, (uint32_t)start, (uint32_t)(m->n - start) };

	if (p.chars == 0)
		return;
	for (size_t i = start; i < m->n; i++)
		p.hash = mix(p.hash, m->text[i]);
	m->paragraphs[m->n_paragraphs++] = p;
	m->n_ends += is_mark(m->text[m->n - 1]);
}

static void take_text(struct measuring *m, const char *text)
{
	size_t start = 0;

	for (uint32_t cp; m->n < STATISTICS_MAX_CHARS && (cp = rc_utf8_next(&text)) != 0;) {
		if (cp == '\n') {
			end_paragraph(m, start);
			start = m->n;
		} else if (cp != ' ' && cp != '\t' && cp != 0x3000) {
			m->text[m->n++] = cp;
		}
	}
	end_paragraph(m, start);
}

static void paragraphs_measure(struct measuring *m, struct statistics *ret)
{
	size_t again = 0, mean = m->n_paragraphs ? m->n / m->n_paragraphs : 0;

	if (m->n_paragraphs)
		qsort(m->paragraphs, m->n_paragraphs, sizeof *m->paragraphs, by_content);
	for (size_t i = 1; i < m->n_paragraphs; i++)
		again += m->paragraphs[i].hash == m->paragraphs[i - 1].hash ? m->paragraphs[i].chars : 0;
	ret->values[STATISTIC_repeated_paragraphs] = share(again, m->n);
	ret->values[STATISTIC_paragraph] = (uint16_t)(mean < STATISTIC_NONE ? mean : STATISTIC_NONE - 1);
	ret->values[STATISTIC_ends] = share(m->n_ends, m->n_paragraphs);
}

enum rc_status statistics_measure(const char *text, const struct charsets *charsets, struct statistics *ret, struct rc_err *err)
{
	size_t room = strlen(text) + 1 < STATISTICS_MAX_CHARS ? strlen(text) + 1 : STATISTICS_MAX_CHARS;
	RC_CLEANUP(measuring_end) struct measuring m = {
		.text = malloc(room * sizeof *m.text), .runs = malloc(room * sizeof *m.runs),
		.marked = malloc(room), .paragraphs = malloc(room * sizeof *m.paragraphs),
	};

	if (!m.text || !m.runs || !m.marked || !m.paragraphs)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot measure a text: out of memory");
	*ret = (struct statistics){ 0 };
	take_text(&m, text);
	ret->chars = (uint32_t)m.n;
	characters_measure(m.text, m.n, charsets, ret);
	paragraphs_measure(&m, ret);
	ret->values[STATISTIC_top_2] = most_frequent(m.text, m.n, 2, m.runs);
	ret->values[STATISTIC_top_3] = most_frequent(m.text, m.n, 3, m.runs);
	ret->values[STATISTIC_top_4] = most_frequent(m.text, m.n, 4, m.runs);
	ret->values[STATISTIC_repeated_5] = repeated(m.text, m.n, 5, m.runs, m.marked);
	ret->values[STATISTIC_repeated_10] = repeated(m.text, m.n, 10, m.runs, m.marked);
	ret->values[STATISTIC_loops] = loops_measure(m.text, m.n, m.marked);
	return RC_OK;
}

/* ---- in decisions ------------------------------------------------------------------------------------------ */

json_t *statistics_to_json(const struct statistics *s)
{
	json_t *json = json_object();

	json_object_set_new(json, "chars", json_integer(s->chars));
	for (int i = 0; i < STATISTIC_COUNT; i++)
		if (s->values[i] != STATISTIC_NONE)
			json_object_set_new(json, statistic_names[i], json_integer(s->values[i]));
	return json;
}

void statistics_from_json(const json_t *json, struct statistics *ret)
{
	*ret = (struct statistics){ .chars = (uint32_t)rc_json_int(json, "chars", 0) };
	for (int i = 0; ret->chars && i < STATISTIC_COUNT; i++)
		ret->values[i] = (uint16_t)rc_json_int(json, statistic_names[i], STATISTIC_NONE);
}

/* ---- what they say ----------------------------------------------------------------------------------------- */

const char *statistics_style(const struct statistics *s)
{
	uint16_t score = s->values[STATISTIC_literary];

	if (s->chars == 0 || score == STATISTIC_NONE)
		return "";
	return score >= 7000 ? "literary" : score <= 3000 ? "modern" : "mixed";
}

const char *statistics_script(const struct statistics *s)
{
	uint64_t han = (uint64_t)s->chars * s->values[STATISTIC_han] / SHARE;
	uint64_t hant = s->values[STATISTIC_hant], hans = s->values[STATISTIC_hans];

	if ((hant + hans) * han < (uint64_t)MIN_TELLING * SHARE)
		return "";
	return 10 * hans <= hant + hans ? "hant" : 10 * hant <= hant + hans ? "hans" : "mixed";
}

unsigned statistics_tags(const struct statistics *s)
{
	const uint16_t *v = s->values;
	bool old = strcmp(statistics_style(s), "literary") == 0, long_enough = s->chars >= 50;
	uint64_t han = (uint64_t)s->chars * v[STATISTIC_han] / SHARE;
	const bool tags[STATISTICS_TAGS] = {
		s->chars < 20,
		v[STATISTIC_han] < 3000,
		v[STATISTIC_digits] > 3000,
		v[STATISTIC_marks] > 4000,
		han >= 20 && v[STATISTIC_common] < 5000,
		v[STATISTIC_loops] > 5000,
		long_enough && v[STATISTIC_repeated_paragraphs] > (old ? 2610 : 2870),
		long_enough && (v[STATISTIC_repeated_10] > (old ? 1900 : 1980) || v[STATISTIC_top_4] > 2560 || v[STATISTIC_top_2] > 2000),
		10 * v[STATISTIC_paragraph] < (old ? 71 : 56),
		v[STATISTIC_marks] >= 200 && v[STATISTIC_ends] < (old ? 1670 : 1060),
	};
	unsigned bits = 0;

	for (int i = 0; s->chars > 0 && i < STATISTICS_TAGS; i++)
		bits |= tags[i] ? 1u << i : 0;
	return bits;
}
