/* err.h -- errors are values that say how much is lost.
 *
 * A function that can fail returns `enum rc_status` and fills `struct rc_err`.
 * Messages: lower case, no full stop, verb first, the thing in single quotes,
 * the cause last: "cannot create 'out/p7.png': No space left on device".
 * A message is complete: who prints it adds nothing but its own name.
 * Names from outside are escaped by whoever prints the message, not here. */
#ifndef RC_ERR_H
#define RC_ERR_H

#include <stdarg.h>

#include "core/base.h"

/* Ordered by how much is lost. The runner acts on this and on nothing else. */
enum rc_status {
	RC_OK = 0,
	RC_SKIP,         /* nothing to do; not an error                       */
	RC_WARN,         /* done, but a person should look; err says at what  */
	RC_RETRY,        /* may work later: timeout, memory, network          */
	RC_PAGE_FAILED,  /* this page (or source) is bad; quarantine it, go on */
	RC_RUN_FAILED,   /* nothing further can succeed; stop                 */
};

enum rc_reason {
#define REASON(symbol, name, what) symbol,
#include "core/reasons.def"
#undef REASON
	RC_REASON_COUNT
};

struct rc_err {
	enum rc_reason reason;
	char text[1000];        /* always terminated; cut on a UTF-8 boundary */
};

/* Fills err (may be NULL) and returns status, so that one statement does both:
 *     return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode '%s'", name); */
enum rc_status rc_fail(struct rc_err *err, enum rc_status status, enum rc_reason reason,
                       const char *fmt, ...) RC_PRINTF(4, 5);

/* The same with ": strerror(errno)" at the end. ENOSPC, EDQUOT and EIO become
 * RC_WHY_DISK with RC_RUN_FAILED, whatever was passed: no page is to blame. */
enum rc_status rc_fail_errno(struct rc_err *err, enum rc_status status, enum rc_reason reason,
                             const char *fmt, ...) RC_PRINTF(4, 5);

/* Puts "text: " before what err already says. Returns status unchanged. */
enum rc_status rc_fail_in(struct rc_err *err, enum rc_status status, const char *fmt, ...) RC_PRINTF(3, 4);

/* Is the call as good as done (OK, SKIP or WARN)? */
static inline bool rc_good(enum rc_status status)
{
	return status <= RC_WARN;
}

const char *rc_status_name(enum rc_status status);
const char *rc_reason_name(enum rc_reason reason);
const char *rc_reason_meaning(enum rc_reason reason);
/* RC_REASON_COUNT when no reason has that name. */
enum rc_reason rc_reason_find(const char *name);

#endif
