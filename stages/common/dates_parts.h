/* dates_parts.h -- shared by the files of dates.h: text made comparable, numbers, and one point of time. */
#ifndef COMMON_DATES_PARTS_H
#define COMMON_DATES_PARTS_H

#include "common/dates.h"

/* ---- text (dates_text.c) ------------------------------------------------------------------------------ */

#define DATES_LENGTH 96         /* characters of a written date; a longer text is none */

/* A stretch of folded text: NFKC, simplified characters, small letters, '.' for the points and commas and '-' for the dashes of all
 * kinds, no blanks; a blank between two numbers is a '.'. */
struct dates_text {
	const uint32_t *at, *end;
};
/* Folds into room for DATES_LENGTH characters; false when there is not enough of it. */
bool dates_fold(const char *written, uint32_t *room, struct dates_text *ret);
/* Is the text at its start (end) this? Then it goes on behind (ends before). */
bool dates_eat(struct dates_text *t, const char *utf8);
bool dates_eat_end(struct dates_text *t, const char *utf8);
/* The same for one of several, parted by '|'. */
bool dates_eat_any(struct dates_text *t, const char *words);
bool dates_eat_any_end(struct dates_text *t, const char *words);
bool dates_has_any(const struct dates_text *t, const char *characters);
/* Is it one of the words, and nothing else? */
bool dates_is_any(const struct dates_text *t, const char *words);

/* A number of Arabic or Chinese digits (一九三一, 二十一, 廿一, 壹), or digits of which some are not known (193×). */
struct dates_number {
	int value;              /* unknown digits count as 0 */
	int digits;             /* characters, when written digit by digit; 0: with tens (二十一) */
	int unknown;            /* digits at its end that are not known */
};
bool dates_eat_number(struct dates_text *t, struct dates_number *ret);

/* ---- points (dates_point.c) --------------------------------------------------------------------------- */

enum dates_precision { DATES_CENTURY, DATES_DECADE, DATES_YEAR, DATES_SEASON, DATES_MONTH, DATES_DAY };

struct dates_point {
	enum dates_precision precision;
	int year;
	int month;              /* 1 to 12; 0: not known (XX); 21 to 24: a season */
	int day;                /* 1 to 31; 0: not known (XX) */
	int era;                /* index of its era, -1: common */
};
/* Reads all of t. before: the beginning of a range, whose parts count where t has none; NULL: none. begins: t is such a beginning, whose
 * last number may have its unit behind the end ("1931年7-8月"). */
enum dates_reason dates_read_point(struct dates_text t, const struct dates_point *before, bool begins, struct dates_point *ret);
/* Place of a year in the cycle of sixty, from 0 (甲子). */
int dates_sexagenary(int year);
/* Two characters of the cycle: false when they are none. */
bool dates_eat_sexagenary(struct dates_text *t, int *ret);
/* English and numeric forms that name the year last; false when t is none. */
bool dates_read_western(struct dates_text t, struct dates_point *ret, enum dates_reason *reason);
enum dates_reason dates_check_day(int year, int month, int day);

#endif
