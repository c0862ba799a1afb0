/* events.h -- .redcorpus/events.jsonl: what happened, for machines (schemas/event.schema.json). */
#ifndef RC_EVENTS_H
#define RC_EVENTS_H

#include "core/json.h"

struct rc_events;

enum rc_status rc_events_open(const char *path, struct rc_events **ret, struct rc_err *err);
void rc_events_close(struct rc_events **events);
/* Appends one line: the time, the event's name, and fields (an object, given; NULL: none). NULL events: nothing. */
void rc_event(struct rc_events *events, const char *name, json_t *fields);
/* Writes out what is held back; reports what went wrong since the last call. */
enum rc_status rc_events_flush(struct rc_events *events, struct rc_err *err);

#endif
