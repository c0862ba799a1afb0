/* confine.h -- takes rights away from a worker before it sees a foreign byte.
 *
 * Landlock: the file system can be read where libraries keep their data, and written nowhere. seccomp: no new
 * program, no new process (threads are fine), no socket, no look into or signal to other processes, no change
 * of names, modes or times of files. What is open stays open: that is how a scan comes in and a result goes out.
 * What the kernel does not have is left out and said so. The door to libseccomp. */
#ifndef RC_CONFINE_H
#define RC_CONFINE_H

#include "core/err.h"

/* May be read besides the places every library knows: `extra`, a folder or "". There is no way back.
 * *missing becomes a word on what the kernel could not give ("no Landlock"), or "": a static string.
 * RC_RUN_FAILED only when a call that the kernel has is refused. */
enum rc_status rc_confine(const char *extra, const char **missing, struct rc_err *err);

#endif
