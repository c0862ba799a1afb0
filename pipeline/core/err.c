/* err.c -- filling errors, and the names of statuses and reasons.
 *
 * Messages are built beside err and copied in at the end, so that what err says already may be
 * among the arguments. */
#include "core/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *meaning;
} reasons[] = {
#define REASON(symbol, name, what) { name, what },
#include "core/reasons.def"
#undef REASON
};

/* Cuts `text`, which was filled up to its last byte, where a character ends. */
static void cut_on_character(char *text)
{
	size_t len = strlen(text), start = len;

	while (start > 0 && len - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start == 0 || (unsigned char)text[start - 1] < 0xC0)
		return;
	unsigned char lead = (unsigned char)text[start - 1];
	size_t want = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;

	if (len - start < want)
		text[start - 1] = '\0';
}

static void append(char *text, size_t size, const char *more)
{
	size_t len = strlen(text);

	if ((size_t)snprintf(text + len, size - len, "%s", more) >= size - len)
		cut_on_character(text);
}

static void vformat(char *text, size_t size, const char *fmt, va_list args) RC_PRINTF(3, 0);
static void vformat(char *text, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(text, size, fmt, args);

	if (len < 0)
		text[0] = '\0';
	else if ((size_t)len >= size)
		cut_on_character(text);
}

enum rc_status rc_fail(struct rc_err *err, enum rc_status status, enum rc_reason reason, const char *fmt, ...)
{
	char text[sizeof err->text];
	va_list args;

	if (!err)
		return status;
	va_start(args, fmt);
	vformat(text, sizeof text, fmt, args);
	va_end(args);
	err->reason = reason;
	memcpy(err->text, text, sizeof text);
	return status;
}

enum rc_status rc_fail_errno(struct rc_err *err, enum rc_status status, enum rc_reason reason, const char *fmt, ...)
{
	int cause = errno;
	char text[sizeof err->text], words[128];
	va_list args;

	if (cause == ENOSPC || cause == EDQUOT || cause == EIO) {
		status = RC_RUN_FAILED;
		reason = RC_WHY_DISK;
	}
	if (!err)
		return status;
	va_start(args, fmt);
	vformat(text, sizeof text, fmt, args);
	va_end(args);
	append(text, sizeof text, ": ");
	append(text, sizeof text, strerror_r(cause, words, sizeof words));
	err->reason = reason;
	memcpy(err->text, text, sizeof text);
	errno = cause;
	return status;
}

enum rc_status rc_fail_in(struct rc_err *err, enum rc_status status, const char *fmt, ...)
{
	char text[sizeof err->text];
	va_list args;

	if (!err)
		return status;
	va_start(args, fmt);
	vformat(text, sizeof text, fmt, args);
	va_end(args);
	append(text, sizeof text, ": ");
	append(text, sizeof text, err->text);
	memcpy(err->text, text, sizeof text);
	return status;
}

const char *rc_status_name(enum rc_status status)
{
	static const char *const names[] = { "ok", "skip", "warn", "retry", "page-failed", "run-failed" };

	return (unsigned)status < RC_COUNT(names) ? names[status] : "unknown";
}

const char *rc_reason_name(enum rc_reason reason)
{
	return (unsigned)reason < RC_COUNT(reasons) ? reasons[reason].name : "unknown";
}

const char *rc_reason_meaning(enum rc_reason reason)
{
	return (unsigned)reason < RC_COUNT(reasons) ? reasons[reason].meaning : "a reason this program does not know";
}

enum rc_reason rc_reason_find(const char *name)
{
	for (unsigned i = 0; i < RC_COUNT(reasons); i++)
		if (strcmp(reasons[i].name, name) == 0)
			return i;
	return RC_REASON_COUNT;
}
