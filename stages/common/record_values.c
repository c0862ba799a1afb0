/* record_values.c -- numbers and digests as they stand in records. */
#include "common/record_values.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char digest_prefix[] = "sha256:";
static const int64_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };

/* ---- writing ---------------------------------------------------------------------------------------- */

char *record_put_real(char out[RECORD_REAL], double value, int decimals)
{
	static const double largest = 1e12;     /* times 10^6 it still fits 63 bits */
	bool usable = isfinite(value) && fabs(value) < largest;
	int64_t scaled = usable ? llround(value * (double)powers[decimals]) : 0;
	int64_t whole = scaled / powers[decimals], rest = scaled % powers[decimals];

	if (rest < 0)
		rest = -rest;
	while (decimals > 0 && rest % 10 == 0) {
		rest /= 10;
		decimals--;
	}
	const char *sign = scaled < 0 && whole == 0 ? "-" : "";

	if (decimals == 0)
		snprintf(out, RECORD_REAL, "%s%" PRId64, sign, whole);
	else
		snprintf(out, RECORD_REAL, "%s%" PRId64 ".%0*" PRId64, sign, whole, decimals, rest);
	return out;
}

char *record_put_digest(char out[RECORD_DIGEST], const struct rc_digest *d)
{
	char hex[RC_DIGEST_HEX];

	snprintf(out, RECORD_DIGEST, "%s%s", digest_prefix, rc_digest_hex(d, hex));
	return out;
}

/* ---- reading ---------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *past_blanks(const char *s)
{
	while (is_blank(*s))
		s++;
	return s;
}

/* A number scaled by 10^decimals; more decimals than that are an error. Moves *s past it. */
static bool scaled_number(const char **s, int decimals, int64_t *ret)
{
	const int64_t largest = INT64_MAX / 10 - 1;
	const char *at = past_blanks(*s);
	bool negative = *at == '-';
	bool any = false, point = false;
	int64_t value = 0;

	if (*at == '-' || *at == '+')
		at++;
	for (; is_digit(*at) || (*at == '.' && decimals > 0 && !point); at++) {
		if (*at == '.') {
			point = true;
			continue;
		}
		if (value > largest || (point && decimals == 0))
			return false;
		value = value * 10 + (*at - '0');
		decimals -= point;
		any = true;
	}
	for (; decimals > 0; decimals--, value *= 10)
		if (value > largest)
			return false;
	if (!any || (*at && !is_blank(*at)))
		return false;
	*ret = negative ? -value : value;
	*s = at;
	return true;
}

bool record_next_int(const char **list, int64_t low, int64_t high, int64_t *ret)
{
	const char *at = *list;
	int64_t value;

	if (!scaled_number(&at, 0, &value) || value < low || value > high)
		return false;
	*list = at;
	*ret = value;
	return true;
}

bool record_next_real(const char **list, double low, double high, double *ret)
{
	const char *at = *list;
	int64_t scaled;

	if (!scaled_number(&at, RECORD_MAP_DECIMALS, &scaled))
		return false;
	double value = (double)scaled / (double)powers[RECORD_MAP_DECIMALS];

	if (value < low || value > high)
		return false;
	*list = at;
	*ret = value;
	return true;
}

bool record_next_word(const char **list, char *ret, size_t size)
{
	const char *at = past_blanks(*list);
	size_t n = 0;

	while (at[n] && !is_blank(at[n]))
		n++;
	if (n == 0 || n >= size)
		return false;
	memcpy(ret, at, n);
	ret[n] = '\0';
	*list = at + n;
	return true;
}

bool record_list_end(const char *list)
{
	return *past_blanks(list) == '\0';
}

size_t record_list_count(const char *list)
{
	size_t count = 0;

	for (list = past_blanks(list); *list; list = past_blanks(list)) {
		count++;
		while (*list && !is_blank(*list))
			list++;
	}
	return count;
}

bool record_get_int(const char *text, int64_t low, int64_t high, int64_t *ret)
{
	int64_t value;

	if (!record_next_int(&text, low, high, &value) || !record_list_end(text))
		return false;
	*ret = value;
	return true;
}

bool record_get_real(const char *text, double low, double high, double *ret)
{
	double value;

	if (!record_next_real(&text, low, high, &value) || !record_list_end(text))
		return false;
	*ret = value;
	return true;
}

bool record_get_digest(const char *text, struct rc_digest *ret)
{
	size_t len = strlen(digest_prefix);

	return strncmp(text, digest_prefix, len) == 0 && rc_digest_parse(text + len, ret);
}
