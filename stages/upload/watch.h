/* watch.h -- what publish and pull both do while bytes flow. */
#ifndef UPLOAD_WATCH_H
#define UPLOAD_WATCH_H

#include "upload/upload.h"

struct flow {
	const struct transfer_watch *watch;     /* may be NULL */
	struct transfer_result result;
	int64_t done;                   /* bytes that are at their place or on their way */
};
/* For remote_copy(): counts, shows, and ends it when somebody wants to stop. */
enum rc_status flow_bytes(void *flow, int64_t n, struct rc_err *err);
void flow_trouble(struct flow *flow, const struct rc_err *what);

#endif
