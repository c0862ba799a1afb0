/* wire.h -- what supervisor and worker say to each other.
 *
 * One message is one packet of a SOCK_SEQPACKET pair: a struct and a little text, both ends being the same
 * program. Whatever can be large (settings, arguments, results, images) travels in a file whose descriptor
 * is sent along or was sent before; so a message always fits the socket's buffer and no one waits to send.
 *
 *     supervisor                      worker
 *     START [settings, spool]   ->
 *                               <-    READY, or BROKEN when a stage cannot open
 *     PAGE [scan]               ->
 *                               <-    RESULT                  spool: page JSON, image bytes
 *     JOB [arguments, source]   ->
 *                               <-    PART                    spool: bytes, part JSON
 *     TAKEN                     ->                            ... as often as the job has parts
 *                               <-    DONE
 *
 * The side that gets a message trusts none of its fields; rc_wire_recv() checks only what every message has. */
#ifndef RC_WIRE_H
#define RC_WIRE_H

#include "core/err.h"

#define RC_WIRE_TEXT 12288      /* bytes: two paths of RC_MAX_NAME, or an error's text */
#define RC_WIRE_FDS 2

enum rc_wire_kind {
	RC_WIRE_START = 1, RC_WIRE_PAGE, RC_WIRE_JOB, RC_WIRE_TAKEN,
	RC_WIRE_READY, RC_WIRE_BROKEN, RC_WIRE_RESULT, RC_WIRE_PART, RC_WIRE_DONE,
};

/* Exit statuses of a worker that ended itself. */
#define RC_WORKER_TIMEOUT 101   /* its page used up its CPU seconds */
#define RC_WORKER_MEMORY  102   /* it died of an allocation that failed */

struct rc_wire {
	uint32_t kind;              /* enum rc_wire_kind */
	uint32_t flags;             /* RC_WIRE_READ ... */
	uint32_t status, reason;    /* BROKEN, RESULT, DONE; the text is err's */
	uint32_t media;             /* PAGE: of the scan. RESULT: of the image */
	int32_t frame;              /* PAGE */
	int64_t id;                 /* PAGE and its RESULT. START: the supervisor's process id */
	int64_t offset, len;        /* PAGE: where the scan lies in its descriptor */
	int64_t first, second;      /* RESULT: bytes of JSON and of image. PART: bytes and bytes of JSON */
	double cpu, wall;           /* RESULT: seconds */
	double decode, prepare, ocr;/* RESULT: CPU seconds in the stages of that name */
	uint32_t text_len;          /* bytes of text, with the zero after each string */
	char text[RC_WIRE_TEXT];    /* zero-terminated strings, one after another */
};

/* flags */
#define RC_WIRE_READ     1u     /* PAGE */
#define RC_WIRE_IMAGE    2u     /* PAGE */
#define RC_WIRE_CONFINE  4u     /* START */
#define RC_WIRE_JOBS     8u     /* START: the worker is for jobs and needs no page stages */

struct rc_wire rc_wire_new(enum rc_wire_kind kind);
/* Appends a string to the text; one that does not fit any more is cut. */
void rc_wire_add(struct rc_wire *msg, const char *string);
/* The n-th string, from 0; "" when there is none. */
const char *rc_wire_string(const struct rc_wire *msg, int n);
/* Status, reason and text of an error, both ways. get gives false when the numbers are none of ours. */
void rc_wire_put_err(struct rc_wire *msg, enum rc_status status, const struct rc_err *err);
bool rc_wire_get_err(const struct rc_wire *msg, enum rc_status *status, struct rc_err *err);

/* Sends one message and copies of n_fds descriptors, at once or not at all. False with errno set. */
bool rc_wire_send(int sock, const struct rc_wire *msg, const int *fds, int n_fds);
/* Takes one message; wait: until there is one. 1: taken; 0: the other side is gone; -1 with errno set: EAGAIN
 * (nothing there), EBADMSG (not a message). fds gets RC_WIRE_FDS descriptors that the caller owns, -1 for
 * missing ones; NULL: none are let in. */
int rc_wire_recv(int sock, bool wait, struct rc_wire *msg, int fds[RC_WIRE_FDS]);

/* A file in memory with this text, at its start, close-on-exec. -1 with errno set. */
int rc_wire_text_fd(const char *text, size_t len);

#endif
