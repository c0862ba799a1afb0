/* pace.h -- how fast bytes may flow: a rate, or a timetable of rates by local time of day.
 *
 * TEXT is "10M", or entries with commas between: "08:00-20:00 2M, 20:00-22:00 10M, else full"; the first that fits counts, and where
 * none does, full. k, M and G are 10^3, 10^6 and 10^9 bytes per second; "full" is no limit. An interval may go over midnight. */
#ifndef UPLOAD_PACE_H
#define UPLOAD_PACE_H

#include "core/err.h"

struct pace;

/* RC_RUN_FAILED/setting for what is no timetable. "" is full. */
enum rc_status pace_new(struct pace **ret, const char *text, struct rc_err *err);
void pace_free(struct pace **p);
/* Bytes per second at a minute of the day (0 to 1439); 0: full. */
int64_t pace_rate(const struct pace *p, int minute);

/* Where the minute of the day comes from; the local time at first. */
void pace_set_clock(struct pace *p, int (*minute)(void));

/* May something be moved now? Times are seconds of the monotonic clock. What was not used lately, up to half a second's worth, is made
 * up for at a quarter more than the rate: bytes that wait for the program or the disk now and then still come at the rate. */
bool pace_ready(struct pace *p, double now);
/* So many bytes were moved; they may be owed for a while. */
void pace_spend(struct pace *p, int64_t bytes);
/* Seconds until pace_ready(); 0: now. */
double pace_wait(const struct pace *p);
/* Bytes to move in one go so that the flow is smooth: a share of the rate, at most `most`. */
size_t pace_step(const struct pace *p, size_t most);

#endif
