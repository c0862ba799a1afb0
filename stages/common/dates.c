/* dates.c -- dates as papers write them -> EDTF.
 *
 *   dates_read()       marks of doubt, two dates in one, ranges, then points (dates_point.c)
 *   read_range()       "1931年11月7日—9日", "民国二十年至二十二年", "1931年以后"
 *   write_point()      EDTF of one point
 *   dates_is_edtf()    levels 0 and 1
 *
 * What EDTF cannot say at level 1 is said more roughly where that stays true: "about spring 1931" is "1931~", a range from a
 * season is one from its year. */
#include "common/dates.h"

#include <stdio.h>
#include <string.h>

#include "common/dates_parts.h"

static const char *const names[] = {
#define REASON(symbol, name, meaning) name,
#include "common/dates_reasons.def"
#undef REASON
};

static const char *const meanings[] = {
#define REASON(symbol, name, meaning) meaning,
#include "common/dates_reasons.def"
#undef REASON
};

const char *dates_reason_name(enum dates_reason r)
{
	return names[r];
}

const char *dates_reason_meaning(enum dates_reason r)
{
	return meanings[r];
}

/* ---- writing ------------------------------------------------------------------------------------------ */

struct marks {
	bool about, doubtful;
};

static const char *sign(const struct marks *m)
{
	return m->about && m->doubtful ? "%" : m->about ? "~" : m->doubtful ? "?" : "";
}

static bool has_unknown(const struct dates_point *p)
{
	return (p->precision == DATES_MONTH && p->month == 0) || (p->precision == DATES_DAY && (p->month == 0 || p->day == 0));
}

/* Less precise by so much that nothing is unknown: what may stand in a range, or carry a mark. */
static struct dates_point plain(const struct dates_point *p)
{
	struct dates_point ret = *p;

	if (ret.precision == DATES_DAY && ret.day == 0)
		ret.precision = DATES_MONTH;
	if (ret.precision == DATES_SEASON || (ret.precision >= DATES_MONTH && ret.month == 0))
		ret.precision = DATES_YEAR;
	return ret;
}

static void add_two(char *out, size_t room, int value)
{
	size_t len = strlen(out);

	if (value == 0)
		snprintf(out + len, room - len, "-XX");
	else
		snprintf(out + len, room - len, "-%02d", value);
}

/* Longest: "1931-11-07" and a sign. */
static enum dates_reason write_point(const struct dates_point *point, const struct marks *m, bool in_range, char out[16])
{
	bool rough = in_range || *sign(m);
	const struct dates_point p = rough && (has_unknown(point) || point->precision == DATES_SEASON) ? plain(point) : *point;

	if (p.precision < DATES_YEAR && rough)
		return DATES_WHY_LEVEL;
	if (p.precision == DATES_CENTURY)
		snprintf(out, 16, "%02dXX", p.year / 100);
	else if (p.precision == DATES_DECADE)
		snprintf(out, 16, "%03dX", p.year / 10);
	else
		snprintf(out, 16, "%04d", p.year);
	if (p.precision >= DATES_SEASON)
		add_two(out, 16, p.month);
	if (p.precision == DATES_DAY)
		add_two(out, 16, p.month ? p.day : 0);
	size_t len = strlen(out);

	snprintf(out + len, 16 - len, "%s", sign(m));
	return DATES_WHY_NONE;
}

static struct dates_reading reading_of(enum dates_reason why)
{
	return (struct dates_reading){ .reason = why };
}

static struct dates_reading point_reading(const struct dates_point *p, const struct marks *m)
{
	struct dates_reading ret = { 0 };
	char out[16];

	ret.reason = write_point(p, m, false, out);
	if (ret.reason == DATES_WHY_NONE)
		snprintf(ret.edtf, sizeof ret.edtf, "%s", out);
	return ret;
}

/* from or to NULL: open. */
static struct dates_reading range_reading(const struct dates_point *from, const struct dates_point *to, const struct marks *m)
{
	struct dates_reading ret = { 0 };
	char a[16] = "..", b[16] = "..";

	if (from)
		ret.reason = write_point(from, m, true, a);
	if (to && ret.reason == DATES_WHY_NONE)
		ret.reason = write_point(to, m, true, b);
	if (ret.reason == DATES_WHY_NONE)
		snprintf(ret.edtf, sizeof ret.edtf, "%s/%s", a, b);
	return ret;
}

/* ---- ranges ------------------------------------------------------------------------------------------- */

/* First (last) day that the point may be, as one number. */
static int first_day(const struct dates_point *p)
{
	int month = p->precision >= DATES_MONTH && p->month ? p->month : 1;

	return p->year * 10000 + month * 100 + (p->precision == DATES_DAY && p->day ? p->day : 1);
}

static int last_day(const struct dates_point *p)
{
	int month = p->precision >= DATES_MONTH && p->month ? p->month : 12;

	return p->year * 10000 + month * 100 + (p->precision == DATES_DAY && p->day ? p->day : 31);
}

static struct dates_reading read_two(struct dates_text left, struct dates_text right, const struct marks *m)
{
	struct dates_point from, to;
	enum dates_reason why;

	(void)dates_eat_any(&left, "自|从|由");
	(void)dates_eat_any_end(&right, "止|为止|间");
	why = dates_read_point(left, NULL, true, &from);
	if (why == DATES_WHY_NONE)
		why = dates_read_point(right, &from, false, &to);
	if (why != DATES_WHY_NONE)
		return reading_of(why);
	if (last_day(&to) < first_day(&from))
		return reading_of(DATES_WHY_BACKWARDS);
	return range_reading(&from, &to, m);
}

static size_t count_of(const struct dates_text *t, uint32_t cp)
{
	size_t n = 0;

	for (const uint32_t *at = t->at; at < t->end; at++)
		n += *at == cp;
	return n;
}

static bool is_number(struct dates_text t, int digits)
{
	struct dates_number n;

	return dates_eat_number(&t, &n) && t.at == t.end && n.digits == digits;
}

/* "1931-34" */
static bool ends_later(struct dates_text year, int last_two)
{
	struct dates_number n;

	return dates_eat_number(&year, &n) && last_two > n.value % 100;
}

/* Does this '-' or '/' part a range, or year and month? */
static bool parts_range(const struct dates_text *all, const struct dates_text *left, const struct dates_text *right, uint32_t mark)
{
	struct dates_text rest = *right;
	struct dates_number n;

	if (count_of(all, mark) > 1)
		return false;
	if (dates_has_any(all, "年月日号春夏秋冬季旬代纪"))
		return mark == '-';
	if (is_number(*left, 4) && is_number(*right, 4))
		return true;
	if (mark == '-' && dates_has_any(left, "./"))
		return true;
	return mark == '-' && is_number(*left, 4) && dates_eat_number(&rest, &n) && rest.at == rest.end && n.value > 12 &&
	       ends_later(*left, n.value);
}

/* Finds where t falls into two; false when it is no range. */
static bool find_range(const struct dates_text *t, struct dates_text *left, struct dates_text *right)
{
	for (const uint32_t *at = t->at + 1; at + 1 < t->end; at++) {
		struct dates_text behind = { at, t->end };

		*left = (struct dates_text){ t->at, at };
		if (dates_eat_any(&behind, "至|到|~")) {
			*right = behind;
			return true;
		}
		if (*at == '-' || *at == '/') {
			behind.at = at + 1;
			*right = behind;
			if (parts_range(t, left, right, *at))
				return true;
		}
	}
	return false;
}

/* "1931年起", "1931年以前". False when t is open at neither end. */
static bool read_open(struct dates_text t, const struct marks *m, struct dates_reading *ret)
{
	struct dates_text rest = t;
	struct dates_point p;
	bool from = dates_eat_any_end(&rest, "以后|之后|以来|至今|以降|起"), to = !from && dates_eat_any_end(&rest, "以前|之前|为止|止");

	/* "自1931年至1934年止" is open at neither. */
	if ((!from && !to) || (to && dates_eat_any(&rest, "自|从|由")))
		return false;
	(void)dates_eat_any(&rest, "自|从|由|截至|截止|至");
	enum dates_reason why = dates_read_point(rest, NULL, false, &p);

	*ret = why == DATES_WHY_NONE ? range_reading(from ? &p : NULL, to ? &p : NULL, m) : reading_of(why);
	return true;
}

static struct dates_reading read_plain(struct dates_text t, const struct marks *m)
{
	struct dates_reading ret;
	struct dates_text left, right;
	struct dates_point p;
	enum dates_reason why;

	if (read_open(t, m, &ret))
		return ret;
	if (dates_read_western(t, &p, &why))
		return why == DATES_WHY_NONE ? point_reading(&p, m) : reading_of(why);
	if (find_range(&t, &left, &right))
		return read_two(left, right, m);
	why = dates_read_point(t, NULL, false, &p);
	return why == DATES_WHY_NONE ? point_reading(&p, m) : reading_of(why);
}

/* ---- what stands around a date ------------------------------------------------------------------------ */

static void take_marks(struct dates_text *t, struct marks *m)
{
	for (;;) {
		if (dates_eat_any(t, "大约在|大约|大概|约在|约为|约|估计为|估计|circa|ca.|ca|c.|~"))
			m->about = true;
		else if (dates_eat_any(t, "疑为|疑似|疑|可能为|可能是|可能|或为|似为|似是|似|推定|推断为|推断"))
			m->doubtful = true;
		else if (dates_eat_any_end(t, "左右|前后|上下|许"))
			m->about = true;
		else if (dates_eat_any_end(t, "(?)|[?]|(疑)|(存疑)|(推断)|(推定)|(估计)") || (!is_number(*t, 4) && dates_eat_end(t, "?")))
			m->doubtful = true;
		else if (t->end - t->at > 2 && *t->at == '[' && t->end[-1] == ']') {
			/* Brackets around are the cataloguer's own finding. */
			t->at++;
			t->end--;
			m->doubtful = true;
		} else {
			return;
		}
	}
}

static enum dates_reason reason_in_words(const struct dates_text *t)
{
	struct dates_text rest = *t;

	if (t->at == t->end || dates_is_any(t, "不详|不明|未详|无|缺|佚|失考|待考|无日期|未注明|未署|未署日期|未注日期|无年月|无年月日|年月不详|年月日不详|"
	                                       "日期不详|日期不明|时间不详|时间不明|年代不详|年份不详|年不详|不著年月|n.d.|n.d|nd|s.d.|s.d|undated|unknown|"
	                                       "-|.|/|x|xx|xxxx|年月日|年月|年"))
		return DATES_WHY_NO_DATE;
	if (dates_eat_any(&rest, "同年|同月|同日|本年|本月|本日|是年|是月|是日|今年|今日|次年|次日|翌年|翌日|去年|上年|前年|明年|昨日|同上|同前"))
		return DATES_WHY_RELATIVE;
	if (dates_eat_any_end(&rest, "时期|年间|时代|初年|末年|中叶|期间|前期|后期") ||
	    dates_is_any(t, "民国|中华民国|清代|清朝|明代|明朝|清末|清末民初|民初|清初|苏区|解放前|解放后|建国前|建国后|战前|战后"))
		return DATES_WHY_PERIOD;
	return DATES_WHY_NONE;
}

/* Is a date nothing but one that is told otherwise, or part of it? "1931" and "1931-11" agree. */
static bool agree(const char *a, const char *b)
{
	size_t n = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

	return strncmp(a, b, n) == 0 || strncmp(a, b, 4) != 0 ? strncmp(a, b, n) == 0 : strstr(a, "XX") || strstr(b, "XX");
}

/* Both are of the same date: the surer and more precise one stands. */
static struct dates_reading merge(struct dates_reading outer, struct dates_reading inner)
{
	if (!*inner.edtf)
		return *outer.edtf ? outer : inner.reason == DATES_WHY_NOT_A_DATE ? inner : outer;
	if (!*outer.edtf)
		return outer.reason == DATES_WHY_NOT_A_DATE ? outer : inner;
	if (!agree(outer.edtf, inner.edtf))
		return reading_of(DATES_WHY_CONTRADICTION);
	bool more = strlen(inner.edtf) > strlen(outer.edtf) || (strstr(outer.edtf, "XX") && !strstr(inner.edtf, "XX"));

	return more ? inner : outer;
}

/* "1931年11月7日(星期六)", "民国二十年(1931年)", "民国二十年即公历1931年". False when t is only one. */
static bool take_second(struct dates_text *t, struct dates_text *ret)
{
	for (const uint32_t *at = t->at + 1; at < t->end; at++) {
		struct dates_text behind = { at, t->end };

		if (*at == '(' && t->end[-1] == ')') {
			*ret = (struct dates_text){ at + 1, t->end - 1 };
			t->end = at;
			return true;
		}
		if (dates_eat(&behind, "即")) {
			*ret = behind;
			t->end = at;
			return true;
		}
	}
	return false;
}

static struct dates_reading read_one(struct dates_text t, const struct marks *m)
{
	struct dates_reading ret = read_plain(t, m);
	enum dates_reason said = ret.reason == DATES_WHY_NOT_A_DATE || ret.reason == DATES_WHY_NO_YEAR ? reason_in_words(&t) : DATES_WHY_NONE;

	return said == DATES_WHY_NONE ? ret : reading_of(said);
}

static struct dates_reading read_both(struct dates_text outer, struct dates_text inner, const struct marks *m)
{
	struct dates_reading ret = read_one(outer, m);
	struct dates_text rest = inner;
	int place;

	if (dates_eat_any(&rest, "星期|礼拜|周"))
		return ret;
	if (dates_eat_any(&rest, "农历|旧历|阴历|夏历|废历") && *ret.edtf)
		return ret;
	rest = inner;
	if (*ret.edtf && dates_eat_sexagenary(&rest, &place)) {
		(void)dates_eat(&rest, "年");
		int year = (ret.edtf[0] - '0') * 1000 + (ret.edtf[1] - '0') * 100 + (ret.edtf[2] - '0') * 10 + ret.edtf[3] - '0';

		return rest.at != rest.end ? reading_of(DATES_WHY_NOT_A_DATE) :
		       place == dates_sexagenary(year) ? ret : reading_of(DATES_WHY_CONTRADICTION);
	}
	return merge(ret, read_one(inner, m));
}

struct dates_reading dates_read(const char *written)
{
	uint32_t room[DATES_LENGTH];
	struct dates_reading ret = { 0 };
	struct marks marks = { 0 };
	struct dates_text t, second;

	if (dates_is_edtf(written)) {
		snprintf(ret.edtf, sizeof ret.edtf, "%s", written);
		return ret;
	}
	if (!dates_fold(written, room, &t))
		return reading_of(DATES_WHY_NOT_A_DATE);
	(void)dates_eat_any(&t, "成文日期:|形成日期:|日期:|时间:|date:");
	if (reason_in_words(&t) == DATES_WHY_NO_DATE)
		return reading_of(DATES_WHY_NO_DATE);
	take_marks(&t, &marks);
	if (t.at == t.end)
		return reading_of(DATES_WHY_NO_DATE);
	return take_second(&t, &second) ? read_both(t, second, &marks) : read_one(t, &marks);
}
