/* language.c -- the table of usual characters and pairs, in memory: sorted arrays and a byte or two a character.
 *
 *   ocr_language_open()   reads language/chinese.txt, which the assembler put into the program
 *   read_line()           one line of a section
 *   ocr_language_bits()   how unexpected a character is after another
 *
 * All characters of the table are in the Basic Multilingual Plane: one that is not is unknown. */
#include "ocr/language.h"

#include <math.h>
#include <string.h>

#include "core/text.h"

__asm__(".pushsection .rodata\n"
        ".global ocr_language_table\nocr_language_table:\n"
        ".incbin \"stages/ocr/language/chinese.txt\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char ocr_language_table[];

enum { PLANE = 0x10000, MOST_PAIRS = 200000 };
/* Bits of a character that is not common; no surprise counts more. */
enum { MOST_BITS = 20 };
/* Of two neighbours so many are expected to be of one word: what the pair says, and what the character by itself does. */
static const double in_words = 0.7;

struct ocr_language {
	uint16_t fold[PLANE];           /* 0: itself */
	uint16_t rank[PLANE];           /* from 1; 0: not common */
	uint8_t form[PLANE];            /* enum ocr_form */
	uint8_t bits[PLANE];            /* of a common character's probability */
	uint32_t *pairs;                /* first << 16 | second, ascending */
	uint8_t *pair_bits;             /* of the second's probability where the first begins a pair */
	size_t n_pairs;
};

/* ---- reading the table ------------------------------------------------------------------------------ */

enum section { COMMON, FORMS, HANT, HANS, PAIRS, SECTIONS };

struct table_reader {
	struct ocr_language *l;
	enum section section;           /* SECTIONS: none yet */
	uint16_t n_common;
	uint8_t bits;                   /* of what comes now */
	bool bad;
};

static void start_section(struct table_reader *r, const char *line, size_t len)
{
	static const char *const names[SECTIONS] = { "[common]", "[forms]", "[hant]", "[hans]", "[pairs]" };
	int i = 0;

	while (i < SECTIONS && (strlen(names[i]) != len || memcmp(names[i], line, len) != 0))
		i++;
	r->section = (enum section)i;
	r->bad |= i == SECTIONS;
}

static void add_pair(struct table_reader *r, uint32_t first, uint32_t second)
{
	struct ocr_language *l = r->l;
	uint32_t pair = first << 16 | second;

	if (l->n_pairs == MOST_PAIRS || (l->n_pairs && l->pairs[l->n_pairs - 1] >= pair))
		r->bad = true;
	else {
		l->pair_bits[l->n_pairs] = r->bits;
		l->pairs[l->n_pairs++] = pair;
	}
}

/* The i-th character of a line, and the first or the one before it. */
static void add_character(struct table_reader *r, uint32_t cp, uint32_t first, uint32_t before, size_t i)
{
	struct ocr_language *l = r->l;

	switch (r->section) {
	case COMMON:
		l->rank[cp] = ++r->n_common;
		l->bits[cp] = r->bits;
		break;
	case FORMS:
		if (i % 2)
			l->fold[before] = (uint16_t)cp;
		break;
	case HANT:
		l->form[cp] = OCR_FORM_HANT;
		break;
	case HANS:
		l->form[cp] = OCR_FORM_HANS;
		break;
	case PAIRS:
		if (i > 0)
			add_pair(r, first, cp);
		break;
	default:
		r->bad = true;
	}
}

static void read_line(struct table_reader *r, const char *line, size_t len)
{
	const char *at = line;
	uint32_t first = 0, before = 0;

	if (len == 0 || *line == '#')
		return;
	if (*line == '[') {
		start_section(r, line, len);
		return;
	}
	for (size_t i = 0; at < line + len;) {
		uint32_t cp = rc_utf8_next(&at);

		if (cp >= 'a' && cp <= 'z') {
			r->bits = (uint8_t)(cp - 'a');
			continue;
		}
		if (cp >= PLANE) {
			r->bad = true;
			return;
		}
		first = i ? first : cp;
		add_character(r, cp, first, before, i++);
		before = cp;
	}
}

enum rc_status ocr_language_open(struct ocr_language **ret, struct rc_err *err)
{
	RC_CLEANUP(ocr_language_close) struct ocr_language *l = calloc(1, sizeof *l);
	struct table_reader r = { .l = l, .section = SECTIONS };

	if (l) {
		l->pairs = calloc(MOST_PAIRS, sizeof *l->pairs);
		l->pair_bits = calloc(MOST_PAIRS, sizeof *l->pair_bits);
	}
	if (!l || !l->pairs || !l->pair_bits)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot start reading: not enough memory");
	for (const char *line = ocr_language_table; *line;) {
		size_t len = strcspn(line, "\n");

		read_line(&r, line, len);
		line += len + (line[len] != '\0');
	}
	if (r.bad || l->n_pairs == 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_FORMAT, "cannot start reading: the table of characters in this program is damaged");
	*ret = rc_steal(l);
	return RC_OK;
}

void ocr_language_close(struct ocr_language **language)
{
	if (*language) {
		free((*language)->pairs);
		free((*language)->pair_bits);
	}
	free(*language);
	*language = NULL;
}

/* ---- looking things up -------------------------------------------------------------------------------- */

uint32_t ocr_language_fold(const struct ocr_language *l, uint32_t cp)
{
	return cp < PLANE && l->fold[cp] ? l->fold[cp] : cp;
}

bool ocr_language_is_common(const struct ocr_language *l, uint32_t folded, int n)
{
	return folded < PLANE && l->rank[folded] && l->rank[folded] <= n;
}

enum ocr_form ocr_language_form(const struct ocr_language *l, uint32_t cp)
{
	return cp < PLANE ? (enum ocr_form)l->form[cp] : OCR_FORM_BOTH;
}

/* Where the pair stands, or would stand. */
static size_t find_pair(const struct ocr_language *l, uint32_t first, uint32_t second)
{
	size_t low = 0, high = l->n_pairs;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (l->pairs[middle] < (first << 16 | second))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool ocr_language_is_pair(const struct ocr_language *l, uint32_t first, uint32_t second)
{
	size_t at = first < PLANE && second < PLANE ? find_pair(l, first, second) : l->n_pairs;

	return at < l->n_pairs && l->pairs[at] == (first << 16 | second);
}

static bool begins_pairs(const struct ocr_language *l, uint32_t first)
{
	size_t at = first && first < PLANE ? find_pair(l, first, 0) : l->n_pairs;

	return at < l->n_pairs && l->pairs[at] >> 16 == first;
}

double ocr_language_bits(const struct ocr_language *l, uint32_t before, uint32_t cp)
{
	double probability = exp2(-(cp < PLANE && l->rank[cp] ? l->bits[cp] : MOST_BITS));

	if (begins_pairs(l, before)) {
		probability *= 1 - in_words;
		if (ocr_language_is_pair(l, before, cp))
			probability += in_words * exp2(-l->pair_bits[find_pair(l, before, cp)]);
	}
	return fmin(-log2(probability), MOST_BITS);
}
