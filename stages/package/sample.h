/* sample.h -- what one sample says: JSON built from a record and curate's decision about it.
 *
 * schemas/text-sample.schema.json, page-sample.schema.json and line-sample.schema.json are the definitions. Loaders guess the type of every
 * field from the first samples, so all samples have the same fields, each field has one type in all of them, what is
 * unknown is "" or -1, and no list is ever empty. */
#ifndef PACKAGE_SAMPLE_H
#define PACKAGE_SAMPLE_H

#include "common/record.h"
#include "core/json.h"
#include "package/layers.h"
#include "package/lines.h"

struct sample_choice {          /* what curate decided of a page */
	bool in_text;           /* its text counts */
	const char *tags;       /* joined by ',' */
	int64_t copies;         /* pages that are the same or nearly, with itself */
	bool mask;              /* put squares for personal data (common/personal.h) */
};

/* The page's text as it stands in page samples: line by line. */
void sample_page_text(const struct rc_page *page, bool mask, struct rc_buf *out);

/* ---- text: one per item ---------------------------------------------------------------------------------- */

struct text_sample {
	struct rc_buf text;     /* pages that count, in paragraphs (common/paragraphs.h), set apart by an empty line */
	json_t *pages;          /* owned */
	json_t *lines;          /* owned: [start, end, page, region, line, x, y, w, h] of every line in the text */
	json_t *personal;       /* owned: [start, end, kind] of personal data in the text, masked or not */
	int64_t *hyphens;       /* owned: places of those that only the end of a line made */
	size_t n_hyphens, cap_hyphens;
	int64_t chars;          /* code points in text */
	double confidence;      /* sum of confidence times characters over the pages that count */
	double error;           /* the same of the estimated error; < 0: a page has no estimate */
	int64_t counted;        /* characters that went into both */
	int64_t n_text;         /* pages that count */
};
enum rc_status text_sample_init(struct text_sample *s, struct rc_err *err);
enum rc_status text_sample_add(struct text_sample *s, const struct record_page *page, const struct sample_choice *choice, struct rc_err *err);
/* Is its text whole? RC_PAGE_FAILED/bytes when it is longer than 256 MiB: then it cannot be printed. */
enum rc_status text_sample_check(const struct text_sample *s, const char *id, struct rc_err *err);
/* Appends the line with its newline. record: digest of the record. simplifier: NULL leaves the simplified layer empty. */
enum rc_status text_sample_print(struct text_sample *s, const struct record_head *head, const char *split, const struct rc_digest *record,
                                 const char *license, struct simplifier *simplifier, struct rc_buf *out, struct rc_err *err);
void text_sample_free(struct text_sample *s);

/* ---- pages ----------------------------------------------------------------------------------------------- */

/* Keys are made by page_key(): no dots, nothing that changes when other pages come, at most PAGE_KEY_MAX bytes.
 * Appends the JSON member. width, height, png: of the image in the shard; boxes are in its pixels. */
struct page_image {
	int32_t width, height;
	int orientation;                /* how it lies over the stored frame, 1 to 8 */
	bool png;
	struct rc_digest digest;        /* of its bytes */
};
void page_sample_print(const char *key, const struct record_head *head, const struct record_page *page,
                       const struct sample_choice *choice, const char *split, const struct page_image *image, const struct rc_digest *record,
                       const char *license, struct rc_buf *out);

/* ---- lines ----------------------------------------------------------------------------------------------- */

/* Keys are made by line_key(). Appends the JSON member; boxes and corners are on the stored frame. */
void line_sample_print(const char *key, const struct record_head *head, const struct record_page *page, const struct page_line *line,
                       const char *split, const struct rc_digest *image, const struct rc_digest *record, const char *license,
                       struct rc_buf *out);

#endif
