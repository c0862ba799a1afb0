/* child.h -- one worker process, seen from the supervisor: started, listened to, ended.
 *
 * The process is this program again (`/proc/self/exe worker`): the same code on both ends, and a memory of its own
 * from the first instruction. It inherits no descriptor but its socket, no secret from the environment, and
 * neither Ctrl-C nor a hang-up: only its supervisor ends it, or the supervisor's own death. */
#ifndef RC_CHILD_H
#define RC_CHILD_H

#include <sys/types.h>

#include "core/buf.h"

#define RC_CHILD_TAIL 2048

struct rc_child {
	pid_t pid;              /* 0: no process */
	int sock;               /* our end of the pair */
	int chatter;            /* read end of its stdout and stderr */
	int spool;              /* the file it writes results into; ours too */
	char tail[RC_CHILD_TAIL];       /* what it printed last */
	size_t tail_len;
	int64_t peak_rss;       /* bytes, set by rc_child_end() */
};
#define RC_CHILD_NONE ((struct rc_child){ .sock = -1, .chatter = -1, .spool = -1 })

/* disk: the spool is an unlinked file in $TMPDIR or /var/tmp (for what may be gigabytes), else it is in memory. */
enum rc_status rc_child_start(struct rc_child *child, bool disk, struct rc_err *err);
/* Takes what it printed, without waiting. */
void rc_child_listen(struct rc_child *child);
/* Appends the last of what it printed: escaped, one line, a few hundred bytes. */
void rc_child_last_words(const struct rc_child *child, struct rc_buf *out);
/* Resident size now and at its largest, bytes; 0 when unknown. */
void rc_child_memory(const struct rc_child *child, int64_t *now, int64_t *peak);
/* Kills it if it still runs, collects it and its last words, closes everything. Returns its wait status. tail and
 * peak_rss stay. Harmless without a process. */
int rc_child_end(struct rc_child *child);

#endif
