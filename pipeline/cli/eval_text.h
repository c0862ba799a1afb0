/* eval_text.h -- a text in lines and regions, whatever form it came in: what `eval` compares and shows.
 *
 *   plain text      one line a line; an empty line begins another region
 *   .gt.tsv         columns by name: `text`, and `region` where there is one; each row a line
 *   .silver.json    {"ocr_results": [{"text": ..., "box": [[x, y], ...]}, ...]}: another engine's reading, one region
 *   .xml            ALTO or PAGE XML, as transcription platforms export it: lines, regions, and their reading order
 *   .json           a page result (schemas/page.schema.json)
 */
#ifndef CLI_EVAL_TEXT_H
#define CLI_EVAL_TEXT_H

#include "common/score_match.h"
#include "core/page.h"

struct eval_line {
	char *text;                 /* UTF-8; owned */
	int32_t region;             /* from 0 */
	bool not_read;              /* a line is there, its text is not */
};
struct eval_text {              /* zero: empty */
	struct eval_line *lines;    /* owned */
	size_t n, room;
};
void eval_text_free(struct eval_text *text);
/* One line; copied. */
void eval_text_add(struct eval_text *text, const char *bytes, size_t len, int32_t region);
#define OWN_EVAL_TEXT RC_CLEANUP(eval_text_free) struct eval_text

/* Is it UTF-8 without a zero byte? RC_RUN_FAILED/invalid. */
enum rc_status eval_text_check(const char *bytes, size_t len, const char *name, struct rc_err *err);

/* All of them append to a text. name is for messages: RC_RUN_FAILED/format or invalid when the bytes are something else. */
void eval_text_plain(struct eval_text *text, const char *bytes, size_t len);    /* bytes: as eval_text_check() wants them */
enum rc_status eval_text_tsv(struct eval_text *text, const char *bytes, size_t len, const char *name, struct rc_err *err);
/* by_leaf: where no box crosses a band in the middle third of the page and lines stand on both sides of it, the lines of the
 * left side come first; otherwise, and without it, lines come as they are listed. */
enum rc_status eval_text_silver(struct eval_text *text, const char *bytes, size_t len, bool by_leaf, const char *name, struct rc_err *err);
enum rc_status eval_text_layout(struct eval_text *text, const char *path, struct rc_err *err);
void eval_text_page(struct eval_text *text, const struct rc_page *page);

/* As one string, each line ended by '\n'. */
void eval_text_join(const struct eval_text *text, struct rc_buf *out);
/* Folded, line by line. */
enum rc_status eval_text_fold(const struct eval_text *text, const struct score_variants *variants, struct score_lines *ret, struct rc_err *err);

#endif
