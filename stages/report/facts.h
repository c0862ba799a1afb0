/* facts.h -- what the report knows of a page, and how it remembers it from run to run.
 *
 * .redcorpus/report.jsonl holds a line for every item and then one for each of its pages, in the order of the report (items by
 * id, pages in theirs): what was made for an item whose key is the same is taken over without opening its record. About 0.3 KB a
 * page and 22 bytes a glyph image. It is read as a stream; one that cannot be read, or of another version, counts as none. */
#ifndef REPORT_FACTS_H
#define REPORT_FACTS_H

#include <stdio.h>

#include "core/digest.h"
#include "core/json.h"
#include "core/outfile.h"
#include "core/page.h"

#define REPORT_ID 21                    /* 20 digits of a digest and a zero byte */

struct report_glyph {                   /* a glyph that has an image: the next cell of the page's sheet of glyphs */
	uint32_t cp, other;             /* as read; as the other reading has it, 0: none, or the same */
	uint32_t line;                  /* of the page, from 0, through all regions */
	uint8_t confidence, doubt;      /* percent */
};

struct report_page {
	char id[REPORT_ID];             /* of its part, from item, scan and frame */
	char picture[REPORT_ID];        /* of its images, from what they were made of; "": it has none */
	char *item, *number, *name;     /* owned; name: of the file or member, for people */
	char *reason;                   /* owned; why it was not read, "" when it was */
	int64_t order;                  /* in its item */
	enum rc_page_class page_class;
	int32_t error, confidence;      /* ten-thousandths; error < 0: no estimate */
	int64_t chars, lines;
	bool in_text;                   /* curate lets its text into shards */
	bool shown;                     /* there is a part to look at */
	int32_t width, height;          /* of the image; of where it would be when there is none */
	struct report_glyph *glyphs;    /* owned */
	size_t n_glyphs, cap_glyphs;
};
void report_page_clear(struct report_page *p);
#define OWN_REPORT_PAGE RC_CLEANUP(report_page_clear) struct report_page
bool report_page_was_read(const struct report_page *p);
/* 'A' to 'E', '\0' without one. */
char report_page_grade(const struct report_page *p);
/* 20 digits of the digest. */
void report_id(const struct rc_digest *d, char ret[REPORT_ID]);
/* The memory aborts when there is none left: a page has at most RC_MAX_GLYPHS. */
struct report_glyph *report_add_glyph(struct report_page *p);

/* ---- the memory ---------------------------------------------------------------------------------------- */

struct report_memory;           /* what an earlier run wrote */
/* digest: of the file as it was written. Never fails: what is missing, or not what was written, is an empty memory. */
struct report_memory *report_memory_open(const char *path, const struct rc_digest *digest);
void report_memory_close(struct report_memory **m);
/* Is the item there, with this key? Items are asked for in their order. */
bool report_memory_find(struct report_memory *m, const char *item, const struct rc_digest *key);
/* The next page of the item that was found; RC_SKIP after the last one. */
enum rc_status report_memory_next(struct report_memory *m, struct report_page *ret, struct rc_err *err);

/* Of an item, whatever its key: the first page after those already given whose order is `order` or more. Items and orders are asked
 * for in their order. RC_SKIP: there is none. */
enum rc_status report_memory_page_after(struct report_memory *m, const char *item, int64_t order, struct report_page *ret, struct rc_err *err);

enum rc_status report_memory_begin(struct rc_outfile *out, struct rc_err *err);
enum rc_status report_memory_item(struct rc_outfile *out, const char *item, const struct rc_digest *key, struct rc_err *err);
enum rc_status report_memory_page(struct rc_outfile *out, const struct report_page *page, struct rc_err *err);

#endif
