/* memory.h -- notices that memory ran out, also where a library hides it.
 *
 * Libraries answer a failed allocation each in their own way: a null pointer, a half result, an exception, abort().
 * A page must not be read differently because memory was short (DESIGN "Determinism"), so memory.c wraps malloc,
 * calloc and realloc and remembers the failure. Sanitized builds have their own allocator and notice nothing. */
#ifndef RC_MEMORY_H
#define RC_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* Is this a build with AddressSanitizer? It brings its own allocator, maps terabytes, and must look at its own process. */
#if defined(__SANITIZE_ADDRESS__)
#define RC_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RC_SANITIZED 1
#endif
#endif
#ifndef RC_SANITIZED
#define RC_SANITIZED 0
#endif

/* Did an allocation fail since the last rc_memory_forget()? A request larger than any buffer that limits.h
 * allows does not count: it comes from a lying header and fails on every machine. Async-signal-safe. */
bool rc_memory_ran_out(void);
void rc_memory_forget(void);
/* Caps the address space of this process: so many bytes beyond what it has mapped now. */
void rc_memory_limit(int64_t bytes);

#endif
