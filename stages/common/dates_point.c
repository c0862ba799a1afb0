/* dates_point.c -- one point of time: calendar, era, year, season, month, day, in this order.
 *
 *   dates_read_point()   the whole of it
 *   read_year()          by era, by the cycle of sixty, by digits
 *   read_within_year()   season, month, day
 *   finish()             what is missing, what cannot be, what is lunar
 *
 * Lunar dates. A lunar year shares most of its days with the year of the common calendar that it is counted as. Its months 1 to 10 begin
 * after 19 January and end before the winter solstice (which lies in month 11), so they are surely in that year: such a
 * date has the year, and month and day as unknown ("1931-XX-XX"). Months 11 and 12 may lie in either: no EDTF. Dates are lunar where
 * they say so, under Qing emperors, and by words that only lunar dates have: 正月, 冬月, 腊月, 闰, 初三. */
#include <string.h>

#include "common/dates_parts.h"

enum { FIRST_YEAR = 1000, LAST_YEAR = 2100, LAST_REPUBLIC = 1949 };     /* of papers that may be meant */

static const struct era {
	const char *name;
	int before, years;
	bool lunar;
} eras[] = {
#define ERA(name_, before_, years_, lunar_) { .name = name_, .before = before_, .years = years_, .lunar = lunar_ },
#include "common/dates_eras.def"
#undef ERA
};

struct reading {
	struct dates_text t;
	const struct dates_point *before;       /* NULL: not the end of a range */
	bool begins;
	struct dates_point p;
	bool lunar, solar;      /* somebody said so */
	bool soviet;            /* counted from the founding of a Soviet government */
	bool unit;              /* 年 stood behind the year */
	bool has_year, has_month, has_day;
};

static bool at_end(const struct reading *r)
{
	return r->t.at == r->t.end;
}

/* ---- the cycle of sixty ------------------------------------------------------------------------------- */

int dates_sexagenary(int year)
{
	return ((year - 4) % 60 + 60) % 60;
}

bool dates_eat_sexagenary(struct dates_text *t, int *ret)
{
	static const char *const stems[] = { "甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸" };
	static const char *const branches[] = { "子", "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥" };
	struct dates_text rest = *t;
	int stem = 0, branch = 0;

	while (stem < 10 && !dates_eat(&rest, stems[stem]))
		stem++;
	while (branch < 12 && !dates_eat(&rest, branches[branch]))
		branch++;
	if (stem == 10 || branch == 12 || stem % 2 != branch % 2)
		return false;
	*t = rest;
	for (*ret = stem; *ret % 12 != branch;)
		*ret += 10;
	return true;
}

/* The one year of the era with this place in the cycle. */
static enum dates_reason year_in_era(const struct era *era, int place, int *ret)
{
	int last = era->before + era->years, found = 0;

	if (!era->lunar && last > LAST_REPUBLIC)
		last = LAST_REPUBLIC;
	for (int year = era->before + 1; year <= last; year++)
		if (dates_sexagenary(year) == place) {
			found++;
			*ret = year;
		}
	return found == 0 ? DATES_WHY_YEAR : found > 1 ? DATES_WHY_SEXAGENARY : DATES_WHY_NONE;
}

/* "民国二十年岁次辛未" says the year twice. */
static enum dates_reason check_sexagenary(struct reading *r)
{
	int place;

	(void)dates_eat_any(&r->t, "岁次|岁在");
	if (!dates_eat_sexagenary(&r->t, &place))
		return DATES_WHY_NONE;
	r->unit |= dates_eat(&r->t, "年");
	return place == dates_sexagenary(r->p.year) ? DATES_WHY_NONE : DATES_WHY_CONTRADICTION;
}

/* ---- the year ----------------------------------------------------------------------------------------- */

static void read_calendar(struct reading *r)
{
	for (;;) {
		if (dates_eat_any(&r->t, "公历|公元|西历|西元|阳历|国历|新历"))
			r->solar = true;
		else if (dates_eat_any(&r->t, "农历|旧历|阴历|夏历|废历|古历"))
			r->lunar = true;
		else if (dates_eat_any(&r->t, "中华苏维埃共和国临时中央政府|中华苏维埃共和国|苏维埃共和国|中华苏维埃|苏维埃"))
			r->soviet = true;
		else
			return;
	}
}

static int read_era(struct reading *r)
{
	for (size_t i = 0; i < RC_COUNT(eras); i++)
		if (dates_eat(&r->t, eras[i].name))
			return (int)i;
	return -1;
}

static enum dates_reason set_year(struct reading *r, int year)
{
	r->p.year = year;
	r->p.precision = DATES_YEAR;
	r->has_year = true;
	return year >= FIRST_YEAR && year <= LAST_YEAR ? DATES_WHY_NONE : DATES_WHY_YEAR;
}

static enum dates_reason set_era_year(struct reading *r, int era, int number)
{
	r->p.era = era;
	return number < 1 || number > eras[era].years ? DATES_WHY_YEAR : set_year(r, eras[era].before + number);
}

/* Behind the name of an era. */
static enum dates_reason read_era_year(struct reading *r, int era)
{
	struct dates_number n;
	int place, year = 0;
	bool earlier = dates_eat(&r->t, "前");
	enum dates_reason why;

	r->p.era = era;
	if (dates_eat_sexagenary(&r->t, &place)) {
		why = year_in_era(&eras[era], place, &year);
		if (why == DATES_WHY_NONE)
			why = set_year(r, year);
	} else if (dates_eat(&r->t, "元")) {
		why = set_era_year(r, era, 1);
	} else if (!dates_eat_number(&r->t, &n) || n.unknown) {
		return DATES_WHY_NOT_A_DATE;
	} else if (earlier) {
		why = set_year(r, eras[era].before + 1 - n.value);
	} else if (n.digits == 4) {
		r->p.era = -1;
		why = set_year(r, n.value);
	} else {
		why = set_era_year(r, era, n.value);
	}
	r->unit = dates_eat(&r->t, "年");
	return why == DATES_WHY_NONE ? check_sexagenary(r) : why;
}

/* "二十世纪", "20世纪30年代" */
static enum dates_reason read_century(struct reading *r, int century)
{
	struct dates_number n;

	if (century < 11 || century > 21)
		return DATES_WHY_YEAR;
	r->p.year = (century - 1) * 100;
	r->p.precision = DATES_CENTURY;
	r->has_year = true;
	if (dates_eat_number(&r->t, &n)) {
		if (n.value % 10 || n.value > 90 || !dates_eat(&r->t, "年代"))
			return DATES_WHY_NOT_A_DATE;
		r->p.year += n.value;
		r->p.precision = DATES_DECADE;
	}
	(void)dates_eat_any(&r->t, "初期|初|中期|中叶|中|末期|末|前期|后期|上半叶|下半叶|前半期|后半期");
	return DATES_WHY_NONE;
}

static enum dates_reason read_decade(struct reading *r, const struct dates_number *n)
{
	(void)dates_eat_any(&r->t, "初期|初|中期|中|末期|末|前期|后期");
	if (n->digits != 4 || n->unknown)
		return DATES_WHY_ERA;
	if (n->value % 10)
		return DATES_WHY_NOT_A_DATE;
	enum dates_reason why = set_year(r, n->value);

	r->p.precision = DATES_DECADE;
	return why;
}

/* A year of one to three digits, whose century or era something else must tell. */
static enum dates_reason set_short_year(struct reading *r, const struct dates_number *n)
{
	if (r->soviet)
		return DATES_WHY_SOVIET;
	if (!r->before || n->unknown)
		return DATES_WHY_ERA;
	if (r->before->era >= 0)
		return set_era_year(r, r->before->era, n->value);
	return n->digits == 2 ? set_year(r, r->before->year / 100 * 100 + n->value) : DATES_WHY_ERA;
}

/* "193×": the digits at the end are not known. */
static enum dates_reason set_vague_year(struct reading *r, const struct dates_number *n)
{
	enum dates_reason why = set_year(r, n->value);

	r->p.precision = n->unknown == 1 ? DATES_DECADE : DATES_CENTURY;
	return n->unknown > 2 ? DATES_WHY_NOT_A_DATE : why;
}

/* "19311107", and as catalogues have it with zeros for what is not known: "19311100". Six digits are a month where they can be
 * no day of a short year. */
static enum dates_reason set_run_of_digits(struct reading *r, const struct dates_number *n)
{
	int value = n->digits == 6 ? n->value * 100 : n->value;
	int month = value / 100 % 100, day = value % 100;
	enum dates_reason why = set_year(r, value / 10000);

	if (n->unknown)
		return DATES_WHY_NOT_A_DATE;
	if (n->digits == 6 && n->value / 100 % 100 >= 1 && n->value / 100 % 100 <= 12 && n->value % 100 >= 1 && n->value % 100 <= 31)
		return DATES_WHY_ORDER;
	r->has_month = month > 0;
	r->has_day = day > 0;
	r->p.month = month;
	r->p.day = day;
	return why != DATES_WHY_NONE ? why : day > 0 && month == 0 ? DATES_WHY_MONTH : DATES_WHY_NONE;
}

/* A number without an era. Leaves it where it is no year. */
static enum dates_reason read_plain_year(struct reading *r)
{
	const struct dates_text start = r->t;
	struct dates_number n;

	if (!dates_eat_number(&r->t, &n))
		return DATES_WHY_NONE;
	if (dates_eat(&r->t, "世纪"))
		return read_century(r, n.value);
	if (dates_eat(&r->t, "年代") || (n.digits == 4 && dates_eat(&r->t, "s")))
		return read_decade(r, &n);
	r->unit = dates_eat(&r->t, "年");
	bool parted = !r->unit && r->t.at < r->t.end && strchr("./-", (int)(*r->t.at & 0x7F)) && *r->t.at < 0x80;

	if (n.digits == 4 && (r->unit || parted || at_end(r)))
		return n.unknown ? set_vague_year(r, &n) : set_year(r, n.value);
	if (at_end(r) && !r->unit && (n.digits == 8 || n.digits == 6))
		return set_run_of_digits(r, &n);
	if (r->unit)
		return set_short_year(r, &n);
	if (parted && !r->before)
		return r->soviet ? DATES_WHY_SOVIET : DATES_WHY_ERA;
	r->t = start;
	return DATES_WHY_NONE;
}

static enum dates_reason read_year(struct reading *r)
{
	int place;

	read_calendar(r);
	int era = read_era(r);

	if (era >= 0)
		return read_era_year(r, era);
	if (dates_eat_sexagenary(&r->t, &place))
		return DATES_WHY_SEXAGENARY;
	enum dates_reason why = read_plain_year(r);

	return why == DATES_WHY_NONE && r->p.precision == DATES_YEAR && r->has_year ? check_sexagenary(r) : why;
}

/* ---- in the year -------------------------------------------------------------------------------------- */

static bool read_season(struct reading *r)
{
	static const char *const seasons[] = { "春", "夏", "秋", "冬" };
	struct dates_text rest = r->t;

	(void)dates_eat_any(&rest, "初|早|孟|仲|季|暮|晚|深|盛|隆|严|残");
	for (int i = 0; i < 4; i++)
		if (dates_eat(&rest, seasons[i])) {
			struct dates_text month = rest;

			if (dates_eat(&month, "月"))
				return false;
			(void)dates_eat_any(&rest, "季|天|日|间|初|末");
			r->t = rest;
			r->p.month = 21 + i;
			r->p.precision = DATES_SEASON;
			return true;
		}
	return false;
}

/* A part of the year that has no name in EDTF: some month of it. */
static bool read_part_of_year(struct reading *r)
{
	if (dates_eat_any(&r->t, "上半年|下半年|初|底|末|中|终|第一季度|第二季度|第三季度|第四季度|一季度|二季度|三季度|四季度|"
	                         "第1季度|第2季度|第3季度|第4季度")) {
		r->has_month = true;
		return true;
	}
	(void)dates_eat_any(&r->t, "全年|年度|度|间|内|份");
	return false;
}

/* Passes what parts two numbers; false when there is nothing. */
static bool read_point_between(struct reading *r)
{
	return dates_eat_any(&r->t, ".|-|/");
}

static enum dates_reason read_month(struct reading *r)
{
	const struct dates_text start = r->t;
	struct dates_number n = { 0 };
	bool leap = dates_eat(&r->t, "闰"), named = true;
	int lunar = 0;

	if (dates_eat(&r->t, "元月"))
		n.value = 1;
	else if (dates_eat(&r->t, "正月"))
		lunar = 1;
	else if (dates_eat(&r->t, "冬月"))
		lunar = 11;
	else if (dates_eat(&r->t, "腊月"))
		lunar = 12;
	else if (!dates_eat_any(&r->t, "x月|xx月|某月|?月|月"))
		named = false;
	n.value += lunar;
	r->lunar |= leap || lunar;
	if (named) {
		r->has_month = true;
		r->p.month = n.value;
		return DATES_WHY_NONE;
	}
	if (!dates_eat_number(&r->t, &n))
		return DATES_WHY_NONE;
	bool unit = dates_eat(&r->t, "月");
	/* Without its unit it must stand between points, or at the end where the range goes on with its unit. */
	bool pointed = r->has_year && !r->unit;
	bool open = at_end(r) && (r->begins || (r->before && r->before->precision == DATES_MONTH));

	if (!unit && !pointed && !open && !(r->has_year && r->t.at < r->t.end && *r->t.at == '.') && !(!r->has_year && !at_end(r) && *r->t.at == '.')) {
		r->t = start;
		return DATES_WHY_NONE;
	}
	r->has_month = true;
	r->p.month = n.value;
	return n.unknown || n.value < 1 || n.value > 12 ? DATES_WHY_MONTH : DATES_WHY_NONE;
}

static enum dates_reason read_day(struct reading *r)
{
	struct dates_number n = { 0 };
	bool lunar;

	if (dates_eat_any(&r->t, "上旬|中旬|下旬|初旬|x日|xx日|某日|?日|日") || (at_end(r) ? false : dates_eat_any(&r->t, "底|末|中"))) {
		r->has_day = true;
		return DATES_WHY_NONE;
	}
	lunar = dates_eat(&r->t, "初");
	if (lunar && at_end(r)) {
		r->has_day = true;
		return DATES_WHY_NONE;
	}
	if (!dates_eat_number(&r->t, &n))
		return lunar ? DATES_WHY_NOT_A_DATE : DATES_WHY_NONE;
	if (!dates_eat_any(&r->t, "日|号") && !lunar && !r->has_month)
		return DATES_WHY_NOT_A_DATE;
	r->lunar |= lunar;
	r->has_day = true;
	r->p.day = n.value;
	if (lunar && n.value > 10)
		return DATES_WHY_NOT_A_DATE;
	return n.unknown || n.value < 1 || n.value > 31 ? DATES_WHY_DAY : DATES_WHY_NONE;
}

static enum dates_reason read_within_year(struct reading *r)
{
	bool pointed = r->has_year && !r->unit && !at_end(r);
	enum dates_reason why;

	if (pointed && !read_point_between(r))
		return DATES_WHY_NONE;
	read_calendar(r);
	if (r->unit && dates_eat(&r->t, "元旦")) {
		r->has_month = r->has_day = true;
		r->p.month = r->p.day = 1;
		return DATES_WHY_NONE;
	}
	if (r->unit && (read_season(r) || read_part_of_year(r)))
		return DATES_WHY_NONE;
	why = read_month(r);
	if (why != DATES_WHY_NONE)
		return why;
	if (!r->has_month && r->has_year)
		return DATES_WHY_NONE;
	(void)dates_eat_any(&r->t, "份|间");
	if (r->has_month && !at_end(r))
		(void)read_point_between(r);
	return at_end(r) ? DATES_WHY_NONE : read_day(r);
}

/* What people write behind the day: its hours, its day of the week, what happened. */
static void read_tail(struct reading *r)
{
	(void)dates_eat_any(&r->t, "上午|下午|凌晨|清晨|中午|正午|晨|早|晚|夜|午");
	(void)dates_eat_any(&r->t, "印发|印行|印制|印|发布|发表|发出|发|颁布|颁发|颁|公布|公告|订立|订|制定|制|立|刊行|刊|出版|通过|启|具|谨启|抄|报");
}

/* ---- all of it ---------------------------------------------------------------------------------------- */

enum dates_reason dates_check_day(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month < 1 || month > 12)
		return DATES_WHY_MONTH;
	return day < 1 || day > days[month - 1] + (leap && month == 2) ? DATES_WHY_DAY : DATES_WHY_NONE;
}

/* The end of a range has what the beginning has where it says nothing itself. */
static enum dates_reason inherit(struct reading *r)
{
	if (r->has_year)
		return DATES_WHY_NONE;
	if (!r->has_month && !r->has_day)
		return DATES_WHY_NOT_A_DATE;
	if (!r->before)
		return DATES_WHY_NO_YEAR;
	r->p.year = r->before->year;
	r->p.era = r->before->era;
	r->p.precision = DATES_YEAR;
	r->has_year = true;
	if (!r->has_month) {
		if (r->before->precision < DATES_MONTH || r->before->month == 0)
			return DATES_WHY_NOT_A_DATE;
		r->p.month = r->before->month;
		r->has_month = true;
	}
	return DATES_WHY_NONE;
}

static enum dates_reason finish_lunar(struct reading *r)
{
	if (r->p.month > 12)
		return DATES_WHY_MONTH;
	if (r->p.day > 30)
		return DATES_WHY_DAY;
	if (r->p.month == 0 || r->p.month > 10)
		return DATES_WHY_LUNAR;
	r->p.month = r->p.day = 0;
	return DATES_WHY_NONE;
}

static enum dates_reason finish(struct reading *r)
{
	enum dates_reason why = inherit(r);
	bool lunar = !r->solar && (r->lunar || (r->p.era >= 0 && eras[r->p.era].lunar));

	if (why != DATES_WHY_NONE || (!r->has_month && !r->has_day))
		return why;
	if (r->p.precision < DATES_YEAR)
		return DATES_WHY_LEVEL;
	if (r->p.precision == DATES_SEASON)
		return DATES_WHY_NONE;
	r->p.precision = r->has_day ? DATES_DAY : DATES_MONTH;
	if (lunar)
		return finish_lunar(r);
	if (r->p.month == 0)
		r->p.day = 0;
	return r->p.day ? dates_check_day(r->p.year, r->p.month, r->p.day) : DATES_WHY_NONE;
}

/* "9" behind "1931年11月7日-": a number that takes its unit from the beginning. */
static bool read_bare_end(struct reading *r)
{
	struct dates_text rest = r->t;
	struct dates_number n;

	if (!r->before || !dates_eat_number(&rest, &n) || rest.at != rest.end || n.unknown || n.value > 99)
		return false;
	if (r->before->precision == DATES_DAY) {
		r->has_day = true;
		r->p.day = n.value;
	} else if (r->before->precision == DATES_MONTH) {
		r->has_month = true;
		r->p.month = n.value;
	} else {
		return set_short_year(r, &n) == DATES_WHY_NONE;
	}
	r->t = rest;
	return true;
}

enum dates_reason dates_read_point(struct dates_text t, const struct dates_point *before, bool begins, struct dates_point *ret)
{
	struct reading r = { .t = t, .before = before, .begins = begins, .p.era = -1 };
	enum dates_reason why = DATES_WHY_NONE;

	if (!read_bare_end(&r)) {
		why = read_year(&r);
		if (why == DATES_WHY_NONE)
			why = read_within_year(&r);
		if (why != DATES_WHY_NONE)
			return why;
		read_tail(&r);
		if (!at_end(&r))
			return DATES_WHY_NOT_A_DATE;
	} else if (r.has_month && (r.p.month < 1 || r.p.month > 12)) {
		return DATES_WHY_MONTH;
	}
	why = finish(&r);
	if (why == DATES_WHY_NONE)
		*ret = r.p;
	return why;
}
