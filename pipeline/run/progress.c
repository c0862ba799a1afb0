/* progress.c -- what the person at the terminal sees while a run goes on. */
#include "run/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/text.h"

enum { WIDTH = 79 };
static const double terminal_every = 0.2, plain_every = 30;     /* seconds */

struct rc_progress {
	bool quiet, verbose, terminal, line_shown;
	double last;                    /* when something was shown, seconds of the monotonic clock */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct rc_progress *rc_progress_new(bool quiet, bool verbose)
{
	struct rc_progress *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	p->quiet = quiet;
	p->verbose = verbose;
	p->terminal = isatty(STDERR_FILENO);
	p->last = now();
	return p;
}

static void make_way(struct rc_progress *p)
{
	if (p->line_shown)
		fprintf(stderr, "\r%*s\r", WIDTH, "");
	p->line_shown = false;
}

void rc_progress_end_line(struct rc_progress *p)
{
	if (p)
		make_way(p);
}

void rc_progress_free(struct rc_progress **p)
{
	if (!*p)
		return;
	make_way(*p);
	free(*p);
	*p = NULL;
}

bool rc_progress_due(const struct rc_progress *p)
{
	return p && !p->quiet && now() - p->last >= (p->terminal ? terminal_every : plain_every);
}

void rc_say_seconds(double seconds, char text[32])
{
	long long s = (long long)(seconds + 0.5);

	if (s < 60)
		snprintf(text, 32, "%lld s", s);
	else if (s < 3600)
		snprintf(text, 32, "%lld min %lld s", s / 60, s % 60);
	else
		snprintf(text, 32, "%lld h %lld min", s / 3600, s % 3600 / 60);
}

static void describe(const struct rc_progress_state *s, struct rc_buf *out)
{
	char left[32];

	rc_buf_adds(out, s->doing);
	if (s->total > 0)
		rc_buf_addf(out, " %lld of %lld", (long long)s->done, (long long)s->total);
	else if (s->done > 0)
		rc_buf_addf(out, " %lld", (long long)s->done);
	if (s->per_second > 0)
		rc_buf_addf(out, ", %.1f a minute", s->per_second * 60);
	if (s->seconds_left >= 0) {
		rc_say_seconds(s->seconds_left, left);
		rc_buf_addf(out, ", %s left", left);
	}
	if (s->failed > 0)
		rc_buf_addf(out, ", %lld failed", (long long)s->failed);
}

void rc_progress_show(struct rc_progress *p, const struct rc_progress_state *state)
{
	RC_OWN_BUF text = RC_BUF(4096);

	if (!rc_progress_due(p))
		return;
	p->last = now();
	describe(state, &text);
	if (p->terminal) {
		fprintf(stderr, "\r%-*.*s", WIDTH, WIDTH, text.data);
		p->line_shown = true;
	} else {
		fprintf(stderr, "redcorpus: %s\n", text.data);
	}
	fflush(stderr);
}

static void say(struct rc_progress *p, const char *text)
{
	RC_OWN_BUF safe = RC_BUF(16384);

	make_way(p);
	rc_text_escape(&safe, text);
	fprintf(stderr, "redcorpus: %s\n", safe.data);
	fflush(stderr);
}

void rc_progress_warn(struct rc_progress *p, const char *text)
{
	if (p && !p->quiet)
		say(p, text);
}

void rc_progress_note(struct rc_progress *p, const char *text)
{
	if (p && p->verbose)
		say(p, text);
}
