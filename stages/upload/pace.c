/* pace.c -- two token buckets, and the timetable that says how fast they fill.
 *
 * A small one smooths: it fills a quarter faster than the rate and holds next to nothing. A large one holds to the rate: what could not
 * move while the program was busy, half a second's worth at most, is made up for, at the speed that the small one lets through. So any
 * ten seconds have at most 5 % more than the rate, and ten seconds in which somebody always had bytes to move hardly less. */
#include "upload/pace.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MAX_ENTRIES 48
#define DAY 1440                        /* minutes */
#define BURST 0.05                      /* seconds of the rate that may move at once */
#define MADE_UP 0.5                     /* seconds of the rate that may be made up for */
#define PEAK 1.25                       /* times the rate, while something is made up for */
#define SMOOTH 0.02                     /* seconds of the rate moved in one go */
#define LOOK 1.0                        /* seconds between looks at the clock on the wall */

struct entry {
	int from, to;                   /* minutes of the day; equal: always */
	int64_t rate;                   /* 0: full */
};

struct pace {
	struct entry entries[MAX_ENTRIES];
	size_t n;
	int64_t rate;                   /* of the moment */
	double looked, filled;          /* when; 0: never */
	double tokens, saved;           /* bytes of the small and the large bucket; below 0: owed */
	int (*minute)(void);            /* of the day, now */
};

static int local_minute(void)
{
	time_t t = time(NULL);
	struct tm local = { 0 };

	localtime_r(&t, &local);
	return local.tm_hour * 60 + local.tm_min;
}

/* "2M", "full"; -1: neither. A tenth of a kilobyte per second is the least that makes sense. */
static int64_t parse_rate(const char *text)
{
	double number;
	char unit = '\0', rest = '\0';
	int n;

	if (strcmp(text, "full") == 0)
		return 0;
	if (!strchr("0123456789", *text))
		return -1;
	n = sscanf(text, "%lf%c%c", &number, &unit, &rest);
	if (n < 1 || n > 2)
		return -1;
	switch (n == 2 ? unit : '\0') {
	case '\0': break;
	case 'k': case 'K': number *= 1e3; break;
	case 'M': number *= 1e6; break;
	case 'G': number *= 1e9; break;
	default: return -1;
	}
	return number >= 100 && number <= 1e12 ? (int64_t)number : -1;
}

/* "08:00-20:00 2M", "else 2M", "2M". */
static bool parse_entry(const char *text, struct entry *e)
{
	unsigned h1, m1, h2, m2;
	int end = 0;

	if (sscanf(text, "%2u:%2u-%2u:%2u %n", &h1, &m1, &h2, &m2, &end) == 4 && end > 0) {
		if (h1 > 24 || h2 > 24 || m1 > 59 || m2 > 59 || h1 * 60 + m1 > DAY || h2 * 60 + m2 > DAY || text[end - 1] != ' ')
			return false;
		e->from = (int)(h1 * 60 + m1) % DAY;
		e->to = (int)(h2 * 60 + m2) % DAY;
	} else if (strncmp(text, "else ", 5) == 0) {
		end = 5;
	}
	text += end;
	e->rate = parse_rate(text + strspn(text, " "));
	return e->rate >= 0;
}

enum rc_status pace_new(struct pace **ret, const char *text, struct rc_err *err)
{
	RC_CLEANUP(pace_free) struct pace *p = rc_alloc(sizeof *p);

	p->minute = local_minute;
	for (const char *at = text; *at; at += *at == ',') {
		char word[64];
		size_t len;

		at += strspn(at, " ");
		len = strcspn(at, ",");
		snprintf(word, sizeof word, "%.*s", (int)len, at);
		at += len;
		for (len = strlen(word); len && word[len - 1] == ' '; len--)
			word[len - 1] = '\0';
		if (p->n == MAX_ENTRIES || !parse_entry(word, &p->entries[p->n++]))
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING,
			               "'%s' is no limit for a line: neither a rate like 10M nor a timetable like '08:00-20:00 2M, else full'", word);
	}
	*ret = rc_steal(p);
	return RC_OK;
}

void pace_free(struct pace **p)
{
	free(*p);
	*p = NULL;
}

int64_t pace_rate(const struct pace *p, int minute)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct entry *e = &p->entries[i];
		bool inside = e->from < e->to ? minute >= e->from && minute < e->to : e->from == e->to || minute >= e->from || minute < e->to;

		if (inside)
			return e->rate;
	}
	return 0;
}

void pace_set_clock(struct pace *p, int (*minute)(void))
{
	p->minute = minute;
}

static void look_at_clock(struct pace *p, double now)
{
	int64_t rate;

	if (p->looked > 0 && now - p->looked < LOOK)
		return;
	p->looked = now;
	rate = pace_rate(p, p->minute());
	if (rate != p->rate) {
		p->tokens = p->saved = 0;
		p->filled = now;
	}
	p->rate = rate;
}

static double fill(double tokens, double more, double most)
{
	return tokens + more < most ? tokens + more : most;
}

bool pace_ready(struct pace *p, double now)
{
	double rate;

	if (p->n == 0)
		return true;
	look_at_clock(p, now);
	if (p->rate == 0)
		return true;
	rate = (double)p->rate;
	p->tokens = fill(p->tokens, (now - p->filled) * PEAK * rate, BURST * rate);
	p->saved = fill(p->saved, (now - p->filled) * rate, MADE_UP * rate);
	p->filled = now;
	return p->tokens >= 0 && p->saved >= 0;
}

void pace_spend(struct pace *p, int64_t bytes)
{
	if (p->rate) {
		p->tokens -= (double)bytes;
		p->saved -= (double)bytes;
	}
}

double pace_wait(const struct pace *p)
{
	double rate = (double)p->rate, smooth, whole;

	if (p->rate == 0)
		return 0;
	smooth = p->tokens < 0 ? -p->tokens / (PEAK * rate) : 0;
	whole = p->saved < 0 ? -p->saved / rate : 0;
	return smooth > whole ? smooth : whole;
}

size_t pace_step(const struct pace *p, size_t most)
{
	double step = SMOOTH * (double)p->rate;

	if (p->rate == 0 || step >= (double)most)
		return most;
	return step < 1024 ? 1024 : (size_t)step;
}
