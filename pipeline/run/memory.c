/* memory.c -- notices that memory ran out: malloc, calloc and realloc with an eye on their result.
 *
 *   malloc, calloc, realloc    the C library's own, plus one flag
 *   rc_memory_ran_out, forget  the flag
 *   rc_memory_limit            RLIMIT_AS above what is mapped now
 *
 * glibc lets a program replace its allocator ("Replacing malloc" in its manual) and exports the real one as
 * __libc_*; free and the aligned kinds stay as they are, on the same heap. C++'s new and GLib's g_malloc end here too. */
#include "run/memory.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/limits.h"

#if RC_SANITIZED

bool rc_memory_ran_out(void)
{
	return false;
}

void rc_memory_forget(void)
{
}

void rc_memory_limit(int64_t bytes)
{
	(void)bytes;            /* the shadow maps terabytes; the supervisor watches the resident size instead */
}

#else

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);

static volatile bool ran_out;   /* set by any thread, never cleared but between pages */

static void *noted(void *result, size_t size)
{
	if (__builtin_expect(!result, 0) && size > 0 && size <= RC_MAX_SCAN_BYTES)
		ran_out = true;
	return result;
}

void *malloc(size_t size)
{
	return noted(__libc_malloc(size), size);
}

void *calloc(size_t count, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(count, size, &all))
		all = SIZE_MAX;
	return noted(__libc_calloc(count, size), all);
}

void *realloc(void *old, size_t size)
{
	return noted(__libc_realloc(old, size), size);
}

bool rc_memory_ran_out(void)
{
	return ran_out;
}

void rc_memory_forget(void)
{
	ran_out = false;
}

void rc_memory_limit(int64_t bytes)
{
	struct rlimit limit = { 0 };
	long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "re");

	if (statm) {
		if (fscanf(statm, "%ld", &pages) != 1)
			pages = 0;
		fclose(statm);
	}
	limit.rlim_cur = limit.rlim_max = (rlim_t)bytes + (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
	setrlimit(RLIMIT_AS, &limit);
}

#endif
