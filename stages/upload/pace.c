/* pace.c -- a token bucket, and the timetable that says how fast it fills. */
#include "upload/pace.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MAX_ENTRIES 48
#define DAY 1440                        /* minutes */
#define BURST 0.05                      /* seconds of the rate that may pile up unused */
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
	double tokens;                  /* bytes; below 0: owed */
};

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

static void look_at_clock(struct pace *p, double now)
{
	time_t t = time(NULL);
	struct tm local = { 0 };
	int64_t rate;

	if (p->looked > 0 && now - p->looked < LOOK)
		return;
	p->looked = now;
	localtime_r(&t, &local);
	rate = pace_rate(p, local.tm_hour * 60 + local.tm_min);
	if (rate != p->rate) {
		p->tokens = 0;
		p->filled = now;
	}
	p->rate = rate;
}

bool pace_ready(struct pace *p, double now)
{
	if (p->n == 0)
		return true;
	look_at_clock(p, now);
	if (p->rate == 0)
		return true;
	p->tokens += (now - p->filled) * (double)p->rate;
	p->filled = now;
	if (p->tokens > BURST * (double)p->rate)
		p->tokens = BURST * (double)p->rate;
	return p->tokens >= 0;
}

void pace_spend(struct pace *p, int64_t bytes)
{
	if (p->rate)
		p->tokens -= (double)bytes;
}

double pace_wait(const struct pace *p)
{
	return p->rate && p->tokens < 0 ? -p->tokens / (double)p->rate : 0;
}

size_t pace_step(const struct pace *p, size_t most)
{
	double step = SMOOTH * (double)p->rate;

	if (p->rate == 0 || step >= (double)most)
		return most;
	return step < 1024 ? 1024 : (size_t)step;
}
