/* lists.h -- the texts that models will be tested with (curate.contamination_lists), as one set of runs of characters.
 *
 * A list is a file of UTF-8: by its ending JSON Lines (.jsonl, .ndjson), JSON (.json), else text. Of JSON every string counts, each
 * as a text of its own, whatever its key; text is cut at empty lines. A folder stands for the files in it and below it that do not
 * begin with '.'; links are not followed. A text shorter than 13 characters can never be found. */
#ifndef CURATE_LISTS_H
#define CURATE_LISTS_H

#include "core/digest.h"
#include "curate/grams.h"

#define LISTS_MAX       65535                   /* files */
#define LIST_MAX_BYTES  (INT64_C(256) << 20)    /* of one file: it is held in memory while it is read */

struct lists {
	struct gram_fold *fold;         /* owned; NULL: there are no lists */
	struct grams grams;             /* the owner of a run is its list */
	char **names;                   /* owned; as people named them, without the place on this machine: "exam.jsonl", "exams/2024.txt" */
	size_t n;
	struct rc_digest digest;        /* of names and contents; zero: there are no lists */
};
/* paths: files and folders, parted by ';', with or without spaces around it; "": no lists. What is missing is
 * RC_RUN_FAILED/missing, what cannot be used RC_RUN_FAILED/setting: "cannot use 'exam.jsonl': ...". */
enum rc_status lists_load(struct lists *ret, const char *paths, struct rc_err *err);
void lists_free(struct lists *lists);

#endif
