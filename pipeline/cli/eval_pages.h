/* eval_pages.h -- what `eval` compares: pages of a hypothesis, and the truth that belongs to each.
 *
 * A page and a truth belong together when their names without folder and ending are equal ("news-0001"); frame 2 of
 * minutes.tif is "minutes.2". Where several truths have that name, the one whose folders agree furthest from the
 * right is taken.
 *
 * Truths end in .gt.tsv, .gt.txt, .xml (PAGE) or .silver.json (eval_text.h); of one name in one folder the first of these
 * counts. Pages are .txt, .json and .xml files: texts, page results, records. A text or page result may keep the ending of its
 * scan ("news-0001.jpg.txt"). */
#ifndef RC_EVAL_PAGES_H
#define RC_EVAL_PAGES_H

#include "cli/eval_text.h"

#define EVAL_MAX_TEXT ((size_t)64 << 20)    /* bytes of one text: a page has a few kB, a book a few MB */

struct eval_truth {
	char *path;
	char *name;                 /* path below the truth folder without its ending */
	int form;                   /* which ending it has; eval_pages.c */
	bool silver;                /* another engine's reading, not proofread */
	bool used;                  /* set by eval_truth_find() */
};
struct eval_truths {
	struct eval_truth *v;       /* in natural order of names; owned */
	size_t n;
	bool single;                /* the user named one file */
};
/* A file, or a folder: the truths in it, and where there are none, its .txt files. None at all: RC_RUN_FAILED/missing. */
enum rc_status eval_truths_open(const char *path, struct eval_truths *ret, struct rc_err *err);
void eval_truths_free(struct eval_truths *truths);
/* by_leaf: see eval_text_silver(). */
enum rc_status eval_truth_read(const struct eval_truth *truth, bool by_leaf, struct eval_text *ret, struct rc_err *err);

struct eval_page {              /* zero: nothing */
	char *name;                 /* path without ending; owned */
	int frame;                  /* from 0; -1: the name says all */
	bool not_read;              /* quarantined: no text */
	double estimate;            /* of the error rate, 0 to 1; < 0: none */
	enum rc_page_class page_class;
	struct eval_text text;
	char *file;                 /* that it came from; owned */
	char *item;                 /* of a record: its id, and the page's place in it; NULL, 0; owned */
	int32_t order;
};
void eval_page_free(struct eval_page *page);
/* Appends the name, with the frame from the second on: "minutes.2". */
void eval_page_name(const struct eval_page *page, struct rc_buf *out);
/* RC_OK and the truth, or RC_SKIP when there is none. Two that fit equally well: RC_RUN_FAILED/usage. */
enum rc_status eval_truth_find(struct eval_truths *truths, const struct eval_page *page, struct eval_truth **ret,
                               struct rc_err *err);

/* The page is the caller's after the call, unless on_page took what is in it and left it zero. */
typedef enum rc_status eval_page_fn(void *ctx, struct eval_page *page, struct rc_err *err);
/* Calls on_page for each page of a text, a page result, a record, a folder of those, or a batch; in natural order. */
enum rc_status eval_each_page(const char *path, eval_page_fn *on_page, void *ctx, struct rc_err *err);

#endif
