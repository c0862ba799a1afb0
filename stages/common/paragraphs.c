/* paragraphs.c -- where paragraphs begin.
 *
 *   paragraphs_make()   measures the lines of a page, then joins them
 *   is_entry()          一、 (二) 第三條 1. ○
 *   measure_region()    size of glyphs, and how far lines begin and end from their neighbours
 *   evidence()          for a paragraph between two lines, as the header lists it */
#include "common/paragraphs.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"

#define ENOUGH 2                /* evidence that begins a paragraph */
#define NEIGHBOURS 6            /* lines before and behind */
#define MAX_TEXT (INT64_C(64) << 20)

static const uint32_t stop_marks[] = { 0x3002, '!', '?', 0xff01, 0xff1f, 0xff0e, 0x2026, 0xfe12, 0xfe15, 0xfe16 };
static const uint32_t close_marks[] = { 0x300d, 0x300f, 0x201d, 0x2019, 0xff09, ')', 0x300b, 0x3011, 0xfe42, 0xfe44, 0xfe36 };
static const uint32_t comma_marks[] = { 0x3001, 0xff0c, ',', 0xff64, 0xfe10, 0xfe11 };
static const uint32_t half_marks[] = { 0xff1b, ';', 0xff1a, ':', 0xfe13, 0xfe14 };
static const uint32_t open_marks[] = { 0x300c, 0x300e, 0x201c, 0x2018, 0xff08, '(', 0x300a, 0x3010, 0xfe41, 0xfe43, 0xfe35, '-' };

static bool among(uint32_t cp, const uint32_t *marks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (marks[i] == cp)
			return true;
	return false;
}
#define IS(cp, marks) among(cp, marks, RC_COUNT(marks))

/* ---- characters at the ends of a line -------------------------------------------------------------------- */

static bool is_space(uint32_t cp)
{
	return cp == ' ' || cp == 0x3000 || cp == '\t';
}

static uint32_t last_of(const char *text)
{
	uint32_t last = 0;

	for (uint32_t cp; (cp = rc_utf8_next(&text)) != 0;)
		if (!is_space(cp))
			last = cp;
	return last;
}

static bool is_latin(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool ends_in_hyphen(const char *text)
{
	size_t len = strlen(text);

	return len > 1 && text[len - 1] == '-' && is_latin(text[len - 2]);
}

static bool is_number(uint32_t cp)
{
	static const uint32_t numbers[] = { 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d, 0x5341, 0x767e };  /* 一 to 十, 百 */

	return (cp >= '0' && cp <= '9') || (cp >= 0xff10 && cp <= 0xff19) || IS(cp, numbers);
}

static bool is_stem(uint32_t cp)
{
	static const uint32_t stems[] = { 0x7532, 0x4e59, 0x4e19, 0x4e01, 0x620a, 0x5df1, 0x5e9a, 0x8f9b, 0x58ec, 0x7678 };     /* 甲 to 癸 */

	return IS(cp, stems);
}

/* One or more numbers or one stem, moved past. */
static bool take_number(const char **at)
{
	const char *next = *at;
	uint32_t cp = rc_utf8_next(&next);
	int n = 0;

	if (is_stem(cp)) {
		*at = next;
		return true;
	}
	while (is_number(cp) && n++ < 4) {
		*at = next;
		cp = rc_utf8_next(&next);
	}
	return n > 0;
}

/* 一、 (二) 三. 第四條 ○ ● △ ◎ ※ */
static bool is_entry(const char *text)
{
	static const uint32_t signs[] = { 0x25cb, 0x25cf, 0x25b3, 0x25b2, 0x25ce, 0x203b, 0x25a0, 0x25a1, 0x25c6, 0x25c7, 0x2605, 0x2606 };
	static const uint32_t parts[] = { 0x689d, 0x6761, 0x7ae0, 0x7bc0, 0x8282, 0x9805, 0x9879 };    /* 條条章節节項项 */
	static const uint32_t behind[] = { 0x3001, '.', 0xff0e, ')', 0xff09, 0xfe36, 0xfe11 };
	const char *at = text, *next = text;
	uint32_t cp = rc_utf8_next(&next);

	if (IS(cp, signs))
		return true;
	if (cp == '(' || cp == 0xff08 || cp == 0xfe35 || cp == 0x7b2c) {        /* 第 */
		at = next;
		if (!take_number(&at))
			return false;
		return cp == 0x7b2c ? IS(rc_utf8_next(&at), parts) : IS(rc_utf8_next(&at), behind);
	}
	return take_number(&at) && IS(rc_utf8_next(&at), behind);
}

/* ---- measures ---------------------------------------------------------------------------------------------- */

/* A line that was read. Pixels are those of the clean page. */
struct measured {
	uint32_t region, line;
	size_t chars;           /* code points */
	enum rc_region_type type;
	enum rc_direction direction;
	double em;              /* pixels of a glyph along the line; 0: not known */
	double head, tail;      /* pixels along it */
	double across;          /* where its middle stands among lines */
	double indent;          /* glyphs by which it begins after its neighbours */
	double rest;            /* glyphs by which it ends before them */
	uint32_t last;          /* its last character that is no space */
	bool broken;            /* ends with a letter and a hyphen */
	bool entry;             /* begins with a mark of an entry */
};

/* Which marks the page uses: what a line ends with tells little where nothing ever does. */
struct usage {
	bool stops;             /* ends of sentences */
	bool others;            /* marks that are no commas */
};

enum joint {
	RUNS_ON,                /* the next line is of the same paragraph */
	BEGINS,                 /* a line feed stands between */
	APART                   /* an empty line */
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The value with this share below it; n > 0. Sorts. */
static double quantile(double *values, size_t n, double share)
{
	qsort(values, n, sizeof *values, by_value);
	return values[(size_t)(share * (double)(n - 1) + 0.5)];
}

/* Pixels of a glyph along a line that is so long: of Han the step from one to the next, of others the line's height. */
static double step_of(const char *text, double length, double thick)
{
	int all = 0, square = 0;

	for (uint32_t cp; (cp = rc_utf8_next(&text)) != 0;) {
		all += !is_space(cp);
		square += rc_is_cjk(cp);
	}
	return all > 3 && 2 * square > all && length > 0 ? length / all : thick;
}

static void measure_line(const struct rc_page *page, const struct rc_region *region, const struct rc_line *line, struct measured *m)
{
	struct rc_box whole = rc_page_clean_box(page, line->box), first = whole, last = whole;
	bool vertical;

	m->direction = line->direction != RC_DIR_UNKNOWN ? line->direction : region->direction;
	vertical = m->direction == RC_DIR_VERTICAL;
	if (line->n_glyphs > 0) {
		first = rc_page_clean_box(page, line->glyphs[0].box);
		last = rc_page_clean_box(page, line->glyphs[line->n_glyphs - 1].box);
	}
	m->type = region->type;
	m->head = vertical ? first.y : first.x;
	m->tail = vertical ? last.y + last.h : last.x + last.w;
	m->across = vertical ? whole.x + whole.w / 2.0 : whole.y + whole.h / 2.0;
	m->chars = rc_utf8_count(line->text);
	m->em = step_of(line->text, m->tail - m->head, vertical ? whole.w : whole.h);
	m->last = last_of(line->text);
	m->broken = ends_in_hyphen(line->text);
	m->entry = is_entry(line->text);
}

/* The glyph of most lines: short lines and such of digits have odd steps. */
static double usual_em(const struct measured *m, size_t n, double *room)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (m[i].chars >= 5 && m[i].em > 0)
			room[k++] = m[i].em;
	for (size_t i = 0; k == 0 && i < n; i++)
		room[i] = m[i].em;
	return quantile(room, k ? k : n, 0.5);
}

/* The lines of one region: m[0] to m[n - 1]. Lines that end early or begin late are the fewer, so that quantiles tell where others do. */
static void measure_region(struct measured *m, size_t n, double *room)
{
	double em = usual_em(m, n, room);

	for (size_t i = 0; i < n; i++) {
		size_t from = i > NEIGHBOURS ? i - NEIGHBOURS : 0, to = i + NEIGHBOURS + 1 < n ? i + NEIGHBOURS + 1 : n;
		double head, tail;

		for (size_t k = from; k < to; k++)
			room[k - from] = m[k].head;
		head = quantile(room, to - from, 0.3);
		for (size_t k = from; k < to; k++)
			room[k - from] = m[k].tail;
		tail = quantile(room, to - from, 0.7);
		if (m[i].chars < 5 || m[i].em <= 0)
			m[i].em = em;
		if (em > 0) {
			m[i].indent = (m[i].head - head) / em;
			m[i].rest = (tail - m[i].tail) / em;
		}
	}
}

/* ---- the decision ---------------------------------------------------------------------------------------- */

/* Do two lines of different regions stand beside each other like lines of one block? */
static bool side_by_side(const struct measured *a, const struct measured *b)
{
	double step = a->direction == RC_DIR_VERTICAL ? a->across - b->across : b->across - a->across;
	double heads = (b->head - b->indent * b->em) - (a->head - a->indent * a->em);

	return step > 0 && step < 3 * a->em && a->head < b->tail && b->head < a->tail && heads < 1.5 * a->em && heads > -1.5 * a->em;
}

/* Does b begin later or earlier than lines around it? What hangs below the mark of an entry belongs to it. One glyph later than the line before
 * alone is weak: readers of print lose first glyphs. */
static int indentation(const struct measured *a, const struct measured *b)
{
	double step = a->region == b->region ? (b->head - a->head) / b->em : 0;

	if (a->entry && step >= 0.6 && a->rest < 1)
		return 0;
	return step >= 1.5 || b->indent >= 0.6 || b->indent <= -0.6 ? 2 : step >= 0.6 ? 1 : 0;
}

static int evidence(const struct measured *a, const struct measured *b, const struct usage *usage)
{
	double ratio = a->em / b->em;
	int score = indentation(a, b);

	score += b->entry ? 2 : 0;
	score += a->rest >= 4 ? 3 : a->rest >= 2 ? 2 : a->rest >= 1 ? 1 : 0;
	if (IS(a->last, stop_marks) || IS(a->last, close_marks))
		score += 1;
	else if (IS(a->last, open_marks) || (IS(a->last, comma_marks) && usage->others))
		score -= 2;
	else if (usage->stops)
		score -= 1;
	if (a->region != b->region)
		score += (side_by_side(a, b) ? 1 : 2) + (ratio > 1.15 || ratio < 1 / 1.15 ? 2 : 0);
	return score;
}

static enum joint find_joint(const struct measured *a, const struct measured *b, const struct usage *usage)
{
	double ratio = a->em > 0 && b->em > 0 ? a->em / b->em : 0;

	if (b->type == RC_REGION_HEADING && a->type != RC_REGION_HEADING)
		return APART;
	if (a->type != RC_REGION_TEXT || b->type != RC_REGION_TEXT || a->direction != b->direction)
		return BEGINS;
	if (ratio <= 0 || ratio > 1.35 || ratio < 1 / 1.35 || b->indent > 4)
		return BEGINS;
	return evidence(a, b, usage) >= ENOUGH ? BEGINS : RUNS_ON;
}

/* What stands between two lines that run on. */
static const char *glue(uint32_t last, uint32_t first)
{
	bool words = last && first && !is_space(first) && !rc_is_cjk(last) && !rc_is_cjk(first);

	return words && last != '-' ? " " : "";
}

/* ---- a page ------------------------------------------------------------------------------------------------ */

struct measuring {
	struct measured *m;
	double *room;
	size_t n;
};

static void measuring_end(struct measuring *x)
{
	free(x->m);
	free(x->room);
}

static bool is_read(const struct rc_line *line)
{
	return line->text && *line->text && !line->not_read;
}

static bool start_measuring(const struct rc_page *page, struct measuring *x)
{
	size_t n = 0;

	for (size_t r = 0; r < page->n_regions; r++)
		for (size_t l = 0; l < page->regions[r].n_lines; l++)
			n += is_read(&page->regions[r].lines[l]);
	x->m = calloc(n + 1, sizeof *x->m);
	x->room = calloc(n + 1, sizeof *x->room);
	return x->m && x->room;
}

/* One mark in 200 characters is use, fewer are accidents. */
static struct usage find_usage(const struct rc_page *page, const struct measuring *x)
{
	size_t stops = 0, others = 0, chars = 0;

	for (size_t i = 0; i < x->n; i++) {
		const char *text = page->regions[x->m[i].region].lines[x->m[i].line].text;

		for (uint32_t cp; (cp = rc_utf8_next(&text)) != 0; chars++) {
			stops += IS(cp, stop_marks);
			others += IS(cp, stop_marks) || IS(cp, half_marks);
		}
	}
	return (struct usage){ stops > 1 && stops * 200 >= chars, others > 1 && others * 200 >= chars };
}

static void measure(const struct rc_page *page, struct measuring *x)
{
	for (size_t r = 0; r < page->n_regions; r++) {
		const struct rc_region *region = &page->regions[r];
		size_t start = x->n;

		for (size_t l = 0; l < region->n_lines; l++)
			if (is_read(&region->lines[l])) {
				struct measured *m = &x->m[x->n++];

				*m = (struct measured){ .region = (uint32_t)r, .line = (uint32_t)l };
				measure_line(page, region, &region->lines[l], m);
			}
		if (x->n > start)
			measure_region(x->m + start, x->n - start, x->room);
	}
}

static void add_line(const struct rc_page *page, const struct measuring *x, size_t i, const struct usage *usage, struct paragraphs *ret)
{
	const struct measured *m = &x->m[i];
	const char *text = page->regions[m->region].lines[m->line].text, *at = text;
	const char *between = "";

	if (i > 0) {
		enum joint joint = find_joint(m - 1, m, usage);

		ret->lines[i - 1].hyphen = joint == RUNS_ON && m[-1].broken && *text >= 'a' && *text <= 'z';
		between = joint == APART ? "\n\n" : joint == BEGINS ? "\n" : glue(m[-1].last, rc_utf8_next(&at));
	}
	rc_buf_adds(&ret->text, between);
	ret->chars += (int64_t)strlen(between);
	ret->lines[i] = (struct paragraph_line){ m->region, m->line, ret->chars, ret->chars + (int64_t)m->chars, false };
	rc_buf_adds(&ret->text, text);
	ret->chars += (int64_t)m->chars;
}

void paragraphs_free(struct paragraphs *p)
{
	rc_buf_free(&p->text);
	free(p->lines);
	p->lines = NULL;
}

enum rc_status paragraphs_make(const struct rc_page *page, struct paragraphs *ret, struct rc_err *err)
{
	RC_CLEANUP(measuring_end) struct measuring x = { 0 };
	RC_CLEANUP(paragraphs_free) struct paragraphs p = { .text = RC_BUF(MAX_TEXT) };
	struct usage usage;
	enum rc_status status;

	if (!start_measuring(page, &x))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot join lines: out of memory");
	measure(page, &x);
	usage = find_usage(page, &x);
	p.lines = calloc(x.n + 1, sizeof *p.lines);
	if (!p.lines)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot join lines: out of memory");
	p.n = x.n;
	for (size_t i = 0; i < x.n; i++)
		add_line(page, &x, i, &usage, &p);
	status = rc_buf_check(&p.text, "the text of a page", err);
	if (!rc_good(status))
		return status;
	*ret = p;
	p = (struct paragraphs){ .text = RC_BUF(0) };
	return RC_OK;
}
