/* base.c -- what is left of base.h: memory that is there, and descriptors that close themselves. */
#include "core/base.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void rc_out_of_memory(void)
{
	static const char words[] = "redcorpus: out of memory\n";

	/* The only words of this layer: there is nobody left to hand an error to. */
	if (write(STDERR_FILENO, words, sizeof words - 1) < 0)
		abort();
	abort();
}

void *rc_alloc(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		rc_out_of_memory();
	return memory;
}

void *rc_realloc(void *memory, size_t size)
{
	void *moved = realloc(memory, size ? size : 1);

	if (!moved)
		rc_out_of_memory();
	return moved;
}

char *rc_strdup(const char *string)
{
	char *copy = strdup(string);

	if (!copy)
		rc_out_of_memory();
	return copy;
}

void rc_close(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}
