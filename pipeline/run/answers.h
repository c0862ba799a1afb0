/* answers.h -- the file in which a task of a cluster says what became of its pages.
 *
 * A run of frames, each of a header of 64 bytes, a little JSON, and the page's bytes:
 *
 *      0  magic        8   "RCTASK1\n"
 *      8  JSON length  4
 *     12  nothing      4   0
 *     16  read length  8   page JSON
 *     24  image length 8
 *     32  SHA-256     32   of the lengths and of all that follows the header
 *
 * Numbers are little-endian. A frame says that a page was begun, or what came of it. Frames are appended and each can be believed by
 * itself, so whoever reads may read while the file grows, and a task that was killed loses the pages in flight and no other. */
#ifndef RC_ANSWERS_H
#define RC_ANSWERS_H

#include "run/pool.h"

struct rc_answer_frame {
	int64_t page;                   /* its place in the task, from 0 */
	bool begun;                     /* it was only begun; the rest means nothing */
	struct rc_task_result result;   /* id is 0; spool_fd and spool_at lead to the bytes, last_words to words below; of the reader's */
	char words[400];
};

enum rc_status rc_answers_begin(int fd, int64_t page, struct rc_err *err);
/* Appends what a worker answered, with its bytes out of its spool, and makes it last. */
enum rc_status rc_answers_add(int fd, int64_t page, const struct rc_task_result *result, struct rc_err *err);

/* Reads the frame at *offset and moves behind it. RC_SKIP: there is none that is whole and true (yet). */
enum rc_status rc_answers_next(int fd, int64_t *offset, struct rc_answer_frame *ret, struct rc_err *err);

#endif
