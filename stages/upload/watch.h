/* watch.h -- what publish and pull both do while bytes flow. */
#ifndef UPLOAD_WATCH_H
#define UPLOAD_WATCH_H

#include "upload/upload.h"

struct flow {
	const struct transfer_watch *watch;     /* may be NULL */
	struct transfer_result result;
	int64_t done;                   /* bytes that are at their place or on their way */
};
/* For remote_watch_by(): counts, shows, and ends it when somebody wants to stop. */
struct remote_watch flow_watch(struct flow *flow);
/* Bytes that are where they belong, or (below 0) were not after all. */
void flow_moved(void *flow, int64_t n);
void flow_trouble(struct flow *flow, const struct rc_err *what);

#endif
