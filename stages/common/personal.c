/* personal.c -- forms, checksums, and what may stand beside them.
 *
 *   personal_next()   tries every kind at every place where one may begin
 *   take_digits()     a run of digits with what may stand between them
 *   id_is_right() card_is_right()   checksums */
#include "common/personal.h"

#include <string.h>

#include "core/text.h"

enum { MAX_DIGITS = 24, CONTEXT = 36 };        /* CONTEXT: bytes before a number in which a word tells what it is */

const char *personal_kind_name(enum personal_kind kind)
{
	static const char *const names[] = { "id", "phone", "card", "email" };

	return names[kind];
}

/* ---- characters -------------------------------------------------------------------------------------------- */

/* The ASCII character that a code point stands for, 0 for others: full-width forms are shown as what they mean. */
static char plain(uint32_t cp)
{
	if (cp >= 0xff01 && cp <= 0xff5e)
		cp -= 0xfee0;
	if (cp == 0x3000)
		cp = ' ';
	if (cp == 0x2010 || cp == 0x2011 || cp == 0x2012 || cp == 0x2013 || cp == 0x2014)
		cp = '-';
	return cp < 0x80 ? (char)cp : 0;
}

static char plain_at(const char *at)
{
	return plain(rc_utf8_next(&at));
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The character before `at`, 0 at the start of the text. */
static char before(const char *text, const char *at)
{
	if (at == text)
		return 0;
	while (--at > text && ((unsigned char)*at & 0xc0) == 0x80)
		;
	return plain_at(at);
}

/* ---- runs of digits ------------------------------------------------------------------------------------------ */

struct digits {
	char d[MAX_DIGITS + 1]; /* digits alone */
	int n;
	int parts;              /* how many groups they stand in */
	int first_part;         /* digits of the first */
	char joint;             /* what stands between groups, 0: nothing */
	const char *end;        /* past the last digit, or past the check letter X */
	bool x;                 /* an X follows directly */
	struct {                /* as it was at the end of each group */
		int n;
		const char *end;
	} group[MAX_DIGITS];
};

/* The run without its last group. */
static struct digits without_last(struct digits r)
{
	r.parts--;
	r.n = r.group[r.parts - 1].n;
	r.end = r.group[r.parts - 1].end;
	r.joint = r.parts > 1 ? r.joint : 0;
	r.x = false;
	return r;
}

/* Digits from `at` on; between two of them one space or hyphen may stand. Too many: n is MAX_DIGITS + 1. */
static struct digits take_digits(const char *at)
{
	struct digits r = { .parts = 1, .end = at };
	bool gap = false;

	while (*at) {
		const char *next = at;
		char c = plain(rc_utf8_next(&next));

		if (is_digit(c)) {
			if (r.n == MAX_DIGITS && r.parts > 1)
				return without_last(r);
			if (r.n == MAX_DIGITS) {
				r.n = MAX_DIGITS + 1;
				return r;
			}
			r.parts += gap;
			gap = false;
			r.d[r.n++] = c;
			r.first_part += r.parts == 1;
			r.end = next;
			r.group[r.parts - 1].n = r.n;
			r.group[r.parts - 1].end = next;
		} else if ((c == ' ' || c == '-') && !gap && r.n > 0) {
			r.joint = r.joint ? r.joint : c;
			gap = true;
		} else {
			r.x = !gap && (c == 'X' || c == 'x');
			break;
		}
		at = next;
	}
	return r;
}

static int number(const char *d, int n)
{
	int v = 0;

	while (n-- > 0)
		v = v * 10 + (*d++ - '0');
	return v;
}

static bool date_is_right(int year, int month, int day)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return year >= 1800 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

/* GB 11643: the weights are powers of two modulo 11. */
static bool id_is_right(const struct digits *r)
{
	static const int weight[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	static const char check[] = "10X98765432";
	int sum = 0;

	if (r->parts != 1 || !(r->n == 18 || (r->n == 17 && r->x)) || !date_is_right(number(r->d + 6, 4), number(r->d + 10, 2), number(r->d + 12, 2)))
		return false;
	for (int i = 0; i < 17; i++)
		sum += weight[i] * (r->d[i] - '0');
	return check[sum % 11] == (r->n == 18 ? r->d[17] : 'X');
}

static bool says_id(const char *text, const char *at)
{
	static const char *const words[] = { "身份证", "身份證", "身分證", "身分证", "证件号", "證件號" };
	size_t len = (size_t)(at - text) < CONTEXT ? (size_t)(at - text) : CONTEXT;
	char window[CONTEXT + 1];

	memcpy(window, at - len, len);
	window[len] = 0;
	for (size_t i = 0; i < RC_COUNT(words); i++)
		if (strstr(window, words[i]))
			return true;
	return false;
}

static bool is_old_id(const struct digits *r, const char *text, const char *at)
{
	return r->parts == 1 && r->n == 15 && date_is_right(1900 + number(r->d + 6, 2), number(r->d + 8, 2), number(r->d + 10, 2)) && says_id(text, at);
}

/* Luhn: from the right, every second digit doubled, digits of the products added. */
static bool card_is_right(const struct digits *r)
{
	int sum = 0;

	if (r->n < 16 || r->n > 19 || r->d[0] < '3' || r->d[0] > '6' || (r->parts > 1 && r->first_part != 4))
		return false;
	for (int i = 0; i < r->n; i++) {
		int v = (r->d[r->n - 1 - i] - '0') * (i % 2 ? 2 : 1);

		sum += v > 9 ? v - 9 : v;
	}
	return sum % 10 == 0;
}

static bool is_mobile(const struct digits *r)
{
	return r->n == 11 && r->d[0] == '1' && r->d[1] >= '3' && (r->parts == 1 || (r->parts == 3 && r->first_part == 3));
}

static bool is_line(const struct digits *r)
{
	return r->parts == 2 && r->joint == '-' && r->d[0] == '0' && (r->first_part == 3 || r->first_part == 4) &&
	       (r->n - r->first_part == 7 || r->n - r->first_part == 8);
}

static bool is_some(const struct digits *r, const char *text, const char *at, enum personal_kind *kind)
{
	if (id_is_right(r) || is_old_id(r, text, at))
		*kind = PERSONAL_ID;
	else if (card_is_right(r))
		*kind = PERSONAL_CARD;
	else if (is_mobile(r) || is_line(r))
		*kind = PERSONAL_PHONE;
	else
		return false;
	return true;
}

/* The longest run of groups from `at` on that is a number of some kind. */
static bool number_at(const char *text, const char *at, enum personal_kind *kind, const char **end)
{
	struct digits r = take_digits(at);

	if (is_digit(before(text, at)) || r.n > MAX_DIGITS)
		return false;
	while (!is_some(&r, text, at, kind)) {
		if (r.parts == 1)
			return false;
		r = without_last(r);
	}
	*end = r.end;
	if (*kind == PERSONAL_ID && r.n == 17)
		*end += *r.end == 'X' || *r.end == 'x' ? 1 : 3;       /* a full-width X has three bytes */
	return true;
}

/* ---- e-mail ---------------------------------------------------------------------------------------------------- */

static bool is_name(char c)
{
	return is_letter(c) || is_digit(c) || (c && strchr("._%+-", c));
}

/* "name@host.tld" from `at` on; at the start of a name. */
static bool email_at(const char *text, const char *at, const char **end)
{
	const char *c = at, *host, *dot = NULL;

	if (is_name(before(text, at)) || !is_name(*at))
		return false;
	while (is_name(*c))
		c++;
	if (*c != '@')
		return false;
	for (host = ++c; is_letter(*c) || is_digit(*c) || *c == '-' || *c == '.'; c++)
		if (*c == '.' && (is_letter(c[1])))
			dot = c;
	while (c > host && (c[-1] == '.' || c[-1] == '-'))
		c--;
	*end = c;
	return dot && dot > host && c - dot > 2;
}

/* ---- all ------------------------------------------------------------------------------------------------------- */

bool personal_next(const char *text, size_t *at, int64_t *cp, struct personal_span *ret)
{
	const char *c = text + *at;

	while (*c) {
		const char *next = c, *end;
		char p = plain(rc_utf8_next(&next));
		bool found = is_digit(p) && number_at(text, c, &ret->kind, &end);

		if (!found && email_at(text, c, &end)) {
			ret->kind = PERSONAL_EMAIL;
			found = true;
		}
		if (found) {
			ret->start = (size_t)(c - text);
			ret->first = *cp;
			for (; c < end; (*cp)++)
				(void)rc_utf8_next(&c);
			ret->end = *at = (size_t)(c - text);
			ret->last = *cp;
			return true;
		}
		c = next;
		(*cp)++;
	}
	*at = (size_t)(c - text);
	return false;
}

int personal_mask(const char *text, struct rc_buf *out)
{
	struct personal_span span;
	size_t at = 0, done = 0;
	int64_t cp = 0;
	int n = 0;

	for (; personal_next(text, &at, &cp, &span); n++) {
		rc_buf_add(out, text + done, span.start - done);
		for (int64_t i = span.first; i < span.last; i++)
			rc_buf_adds(out, "■");
		done = span.end;
	}
	rc_buf_adds(out, text + done);
	return n;
}
