/* eval_pages.h -- what `eval` compares: pages of a hypothesis, and the truth that belongs to each.
 *
 * A page and a truth belong together when their names without folder and ending are equal ("news-0001"); frame 2 of
 * minutes.tif is "minutes.2". Where several truths have that name, the one whose folders agree furthest from the
 * right is taken. */
#ifndef RC_EVAL_PAGES_H
#define RC_EVAL_PAGES_H

#include "core/buf.h"

#define EVAL_MAX_TEXT ((size_t)64 << 20)    /* bytes of one text: a page has a few kB, a book a few MB */

struct eval_truth {
	char *path;
	char *name;                 /* path below the truth folder without ".gt.txt" */
	bool used;                  /* set by eval_truth_find() */
};
struct eval_truths {
	struct eval_truth *v;       /* in natural order of names; owned */
	size_t n;
	bool single;                /* the user named one file */
};
/* A file, or a folder: its .gt.txt files, and where there are none, its .txt files. None at all: RC_RUN_FAILED/missing. */
enum rc_status eval_truths_open(const char *path, struct eval_truths *ret, struct rc_err *err);
void eval_truths_free(struct eval_truths *truths);

struct eval_page {              /* borrowed during the call */
	const char *name;           /* path without ending */
	int frame;                  /* from 0; -1: the name says all */
	bool not_read;              /* quarantined: no text */
	const char *text;
	size_t len;
};
/* RC_OK and the truth, or RC_SKIP when there is none. Two that fit equally well: RC_RUN_FAILED/usage. */
enum rc_status eval_truth_find(struct eval_truths *truths, const struct eval_page *page, struct eval_truth **ret,
                               struct rc_err *err);

typedef enum rc_status eval_page_fn(void *ctx, const struct eval_page *page, struct rc_err *err);
/* Calls on_page for each page of a text file, a folder of .txt and records, a record, or a batch; in natural order. */
enum rc_status eval_each_page(const char *path, eval_page_fn *on_page, void *ctx, struct rc_err *err);

#endif
