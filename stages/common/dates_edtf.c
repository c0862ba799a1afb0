/* dates_edtf.c -- is a text EDTF of level 0 or 1? And dates that name the year last.
 *
 *   dates_is_edtf()        one point, or two with '/' between
 *   dates_read_western()   "7 November 1931", "7/11/1931" */
#include <string.h>

#include "common/dates_parts.h"

/* ---- EDTF --------------------------------------------------------------------------------------------- */

/* The number in n digits at *at, which moves on; -1 when there are none. */
static int take_digits(const char **at, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if ((*at)[i] < '0' || (*at)[i] > '9')
			return -1;
		value = value * 10 + (*at)[i] - '0';
	}
	*at += n;
	return value;
}

static bool take(const char **at, const char *text)
{
	size_t len = strlen(text);

	if (strncmp(*at, text, len) != 0)
		return false;
	*at += len;
	return true;
}

/* "1931", "193X", "1931-11", "1931-21", "1931-XX", "1931-11-07", "1931-11-XX", "1931-XX-XX", with '?', '~' or '%' where nothing is
 * unknown and no season. In a range nothing is unknown. */
static bool take_point(const char **at, bool in_range)
{
	const char *start = *at;
	int year = take_digits(at, 4), month, day;
	bool unknown = false;

	if (year < 0) {
		unknown = take_digits(at, 3) >= 0 ? take(at, "X") : take_digits(at, 2) >= 0 && take(at, "XX");
		return unknown && !in_range;
	}
	if (**at == '-') {
		*at += 1;
		month = take_digits(at, 2);
		unknown = month < 0 && take(at, "XX");
		if (!unknown && !((month >= 1 && month <= 12) || (month >= 21 && month <= 24)))
			return false;
		if (**at == '-' && month < 20) {
			*at += 1;
			day = take_digits(at, 2);
			bool no_day = day < 0 && take(at, "XX");

			if (!no_day && (unknown || dates_check_day(year, month, day) != DATES_WHY_NONE))
				return false;
			unknown |= no_day;
		}
		unknown |= month > 20;
	}
	if (!unknown && **at && strchr("?~%", **at))
		*at += 1;
	return *at > start && !(unknown && in_range);
}

bool dates_is_edtf(const char *text)
{
	const char *at = text;

	if (!strchr(text, '/'))
		return take_point(&at, false) && *at == '\0';
	bool open = take(&at, "..");

	if ((!open && *at != '/' && !take_point(&at, true)) || !take(&at, "/"))
		return false;
	if (open && (*at == '\0' || take(&at, "..")))
		return false;
	if (*at == '\0' || (take(&at, "..") && *at == '\0'))
		return text[0] != '/';
	return take_point(&at, true) && *at == '\0';
}

/* ---- the year last ------------------------------------------------------------------------------------ */

static int take_month_name(struct dates_text *t)
{
	static const char *const months[] = {
		"january|jan", "february|feb", "march|mar", "april|apr", "may", "june|jun", "july|jul", "august|aug",
		"september|sept|sep", "october|oct", "november|nov", "december|dec",
	};

	for (int i = 0; i < 12; i++)
		if (dates_eat_any(t, months[i]))
			return i + 1;
	return 0;
}

static bool take_day(struct dates_text *t, int *ret)
{
	struct dates_number n;
	struct dates_text rest = *t;

	if (!dates_eat_number(&rest, &n) || n.digits == 0 || n.digits > 2 || n.unknown)
		return false;
	(void)dates_eat_any(&rest, "st|nd|rd|th");
	*t = rest;
	*ret = n.value;
	return true;
}

static bool take_year(struct dates_text *t, int *ret)
{
	struct dates_number n;

	if (!dates_eat_number(t, &n) || n.digits != 4 || n.unknown || t->at != t->end)
		return false;
	*ret = n.value;
	return true;
}

/* "7 November 1931", "Nov. 7, 1931", "November 1931". */
static bool read_english(struct dates_text t, struct dates_point *p)
{
	*p = (struct dates_point){ .era = -1, .precision = DATES_DAY };
	bool day = take_day(&t, &p->day);

	if (day)
		(void)dates_eat_any(&t, ".|-|of");
	p->month = take_month_name(&t);
	if (p->month == 0)
		return false;
	(void)dates_eat_any(&t, ".|-");
	if (!day && t.end - t.at > 4) {
		day = take_day(&t, &p->day);
		(void)dates_eat_any(&t, ".|-");
	}
	if (!day)
		p->precision = DATES_MONTH;
	return take_year(&t, &p->year);
}

/* "7.11.1931": sure only where one of the two can be no month, or both are the same. */
static bool read_numbers(struct dates_text t, struct dates_point *p, enum dates_reason *reason)
{
	int a, b;

	*p = (struct dates_point){ .era = -1, .precision = DATES_DAY };
	if (!take_day(&t, &a) || !dates_eat_any(&t, ".|/|-") || !take_day(&t, &b) || !dates_eat_any(&t, ".|/|-") || !take_year(&t, &p->year))
		return false;
	*reason = a != b && a <= 12 && b <= 12 ? DATES_WHY_ORDER : DATES_WHY_NONE;
	p->month = b <= 12 ? b : a;
	p->day = b <= 12 ? a : b;
	return true;
}

bool dates_read_western(struct dates_text t, struct dates_point *ret, enum dates_reason *reason)
{
	*reason = DATES_WHY_NONE;
	if (!read_english(t, ret) && !read_numbers(t, ret, reason))
		return false;
	if (*reason == DATES_WHY_NONE && ret->precision == DATES_DAY)
		*reason = dates_check_day(ret->year, ret->month, ret->day);
	return true;
}
