/* base.h -- the few words of C that the whole program adds to the language.
 *
 *   RC_CLEANUP(fn)   run fn(&variable) when the variable leaves its scope
 *   rc_steal(ptr)    hand a pointer on: returns it and sets the variable NULL
 *   RC_PRINTF(f, a)  check a format string against its arguments
 *   RC_COUNT(array)  number of elements
 *   rc_alloc(size)   memory that is there, or the program stops
 */
#ifndef RC_BASE_H
#define RC_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define RC_CLEANUP(fn) __attribute__((cleanup(fn)))
#define RC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define RC_MUST_CHECK __attribute__((warn_unused_result))
#define RC_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define rc_steal(ptr) __extension__({ __typeof__(ptr) stolen_ = (ptr); (ptr) = NULL; stolen_; })

/* Cleanup handlers for what has no type of its own. */
static inline void rc_free(void *ptr_to_ptr)
{
	free(*(void **)ptr_to_ptr);
}
#define RC_OWN_STR RC_CLEANUP(rc_free) char *

/* For small things: names, rows, states. Without memory for those nothing sensible can be said or undone, so
 * the program says so in one line and aborts (in a worker that costs one page). What grows with the
 * input goes through rc_buf, which fails and lets its owner go on. */
void *rc_alloc(size_t size);                    /* zeroed */
void *rc_realloc(void *memory, size_t size);
char *rc_strdup(const char *string);
__attribute__((noreturn)) void rc_out_of_memory(void);

/* Closes *fd unless it is negative; keeps errno. */
void rc_close(const int *fd);
#define RC_OWN_FD RC_CLEANUP(rc_close) int

#endif
