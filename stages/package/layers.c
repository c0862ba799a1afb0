/* layers.c -- the normalized layer.
 *
 *   layer_normalize()  code point by code point, and composed from one boundary of form C to the next
 *   fold()             what becomes of one code point alone */
#include "package/layers.h"

#include <stdlib.h>
#include <string.h>

#include "common/nfc.h"
#include "core/text.h"

#define RUN 64                  /* code points composed at once; longer runs of marks are no text, and are cut */

void layer_free(struct layer *l)
{
	rc_buf_free(&l->text);
	free(l->anchors);
	*l = (struct layer){ .text = RC_BUF(0) };
}

/* ---- one code point -------------------------------------------------------------------------------------- */

static uint32_t upright(uint32_t cp)
{
	/* Unicode's compatibility decompositions of the blocks "Vertical Forms" and "CJK Compatibility Forms"; punctuation of full width. */
	static const uint16_t from_fe10[] = { 0xff0c, 0x3001, 0x3002, 0xff1a, 0xff1b, 0xff01, 0xff1f, 0x3016, 0x3017, 0x2026 };
	static const uint16_t from_fe30[] = { 0x2025, 0x2014, 0x2013, 0xff3f, 0xff3f, 0xff08, 0xff09, 0xff5b, 0xff5d, 0x3014, 0x3015, 0x3010, 0x3011,
	                                      0x300a, 0x300b, 0x3008, 0x3009, 0x300c, 0x300d, 0x300e, 0x300f, 0xfe45, 0xfe46, 0xff3b, 0xff3d };

	if (cp >= 0xfe10 && cp < 0xfe10 + RC_COUNT(from_fe10))
		return from_fe10[cp - 0xfe10];
	return cp >= 0xfe30 && cp < 0xfe30 + RC_COUNT(from_fe30) ? from_fe30[cp - 0xfe30] : cp;
}

static bool is_space(uint32_t cp)
{
	return cp == '\t' || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

static bool is_invisible(uint32_t cp)
{
	return (cp < 0x20 && cp != '\n') || (cp >= 0x7f && cp <= 0x9f) || cp == 0xad || (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || (cp >= 0xfe00 && cp <= 0xfe0f) ||
	       (cp >= 0xe0100 && cp <= 0xe01ef);
}

/* 0: it goes. */
static uint32_t fold(uint32_t cp)
{
	if (is_space(cp))
		return ' ';
	if (is_invisible(cp))
		return 0;
	if ((cp >= 0xff10 && cp <= 0xff19) || (cp >= 0xff21 && cp <= 0xff3a) || (cp >= 0xff41 && cp <= 0xff5a))
		return cp - 0xfee0;
	return upright(cp);
}

/* ---- the text -------------------------------------------------------------------------------------------- */

struct normalizing {
	struct layer *layer;
	int64_t at;             /* code points of the text that were taken */
	uint32_t run[RUN];      /* folded, not yet composed */
	size_t n;
	uint32_t last;          /* last code point written */
	bool failed;            /* out of memory */
};

static void add_anchor(struct normalizing *x)
{
	struct layer *l = x->layer;
	int64_t (*last)[2] = l->n ? &l->anchors[l->n - 1] : NULL;

	if (last && x->at - (*last)[0] == l->chars - (*last)[1])
		return;
	if (last && (*last)[0] == x->at) {
		(*last)[1] = l->chars;
		return;
	}
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 8;
		void *bigger = realloc(l->anchors, cap * sizeof *l->anchors);

		x->failed |= !bigger;
		if (!bigger)
			return;
		l->anchors = bigger;
		l->cap = cap;
	}
	l->anchors[l->n][0] = x->at;
	l->anchors[l->n++][1] = l->chars;
}

/* Writes the run. What was taken of the text stands in it, or is gone. */
static void flush(struct normalizing *x)
{
	uint32_t out[4 * RUN];
	size_t n = nfc_compose(x->run, x->n, out, RC_COUNT(out));

	for (size_t i = 0; i < n && i < RC_COUNT(out); i++) {
		rc_buf_add_cp(&x->layer->text, out[i]);
		x->last = out[i];
		x->layer->chars++;
	}
	x->n = 0;
	add_anchor(x);
}

static bool is_mark(uint32_t cp)
{
	return cp != 0 && cp < 0x80 && strchr("!\"'(),.:;?[]{}", (int)cp);
}

/* Is a space between these two of no use? Print has none between Han and punctuation; readers of print see some. */
static bool is_needless(uint32_t before, uint32_t next)
{
	bool cjk = rc_is_cjk(before) || rc_is_cjk(next);

	return before == ' ' || before == '\n' || next == '\n' || next == 0 ||
	       (cjk && (is_mark(before) || rc_is_cjk(before)) && (is_mark(next) || rc_is_cjk(next)));
}

/* What stands behind the spaces at `text`, folded; a space when there are more than anybody sets. */
static uint32_t behind_spaces(const char *text)
{
	uint32_t cp = ' ';

	for (int i = 0; cp == ' ' && i < 16; i++)
		cp = fold(rc_utf8_next(&text));
	return cp;
}

/* cp: folded; 0: nothing remains of it. */
static void take(struct normalizing *x, uint32_t cp)
{
	if (x->n == RUN || (x->n > 0 && (cp == 0 || nfc_boundary_before(cp))))
		flush(x);
	if (cp != 0)
		x->run[x->n++] = cp;
	x->at++;
	if (x->n == 0)
		add_anchor(x);
}

enum rc_status layer_normalize(const char *text, const int64_t *hyphens, size_t n_hyphens, int64_t max, struct layer *ret, struct rc_err *err)
{
	struct normalizing x = { .layer = ret, .last = '\n' };

	ret->text = RC_BUF((size_t)max);
	add_anchor(&x);
	for (uint32_t cp; (cp = rc_utf8_next(&text)) != 0;) {
		if (n_hyphens > 0 && *hyphens == x.at) {
			cp = 0;
			hyphens++;
			n_hyphens--;
		} else {
			cp = fold(cp == RC_BAD_CP ? 0xfffd : cp);
		}
		if (cp == ' ' && is_needless(x.n ? x.run[x.n - 1] : x.last, behind_spaces(text)))
			cp = 0;
		take(&x, cp);
	}
	flush(&x);
	if (x.failed)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot normalize a text: out of memory");
	return rc_buf_check(&ret->text, "a normalized text", err);
}
