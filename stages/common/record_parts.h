/* record_parts.h -- what the files of the record's reader share: its state, and the steps they take.
 *
 *   record.c          the reader's life, the schema's findings, the totals at the end
 *   record_walk.c     elements and their texts, one after the other; what is wrong
 *   record_attr.c     the values of attributes
 *   record_head.c     what stands before <pages>
 *   record_page.c     one <page> and its parts
 *   record_line.c     its regions, and their lines of text
 *   record_glyphs.c   the lists of a line's glyphs
 *
 * The first failure is kept in `status` and ends all loops. Every function that is given an element reads to its end. */
#ifndef COMMON_RECORD_PARTS_H
#define COMMON_RECORD_PARTS_H

#include "common/record.h"
#include "common/record_values.h"
#include "common/xml.h"
#include "core/text.h"

enum { RECORD_MAX_TEXT = 1 << 20, RECORD_WORDS = 400 }; /* bytes of a title or message; of one of ours */

struct record_string {          /* strings that live as long as a page, or as the reader */
	struct record_string *next;
	char text[];
};

struct record_reader {
	char *path;
	struct xml_reader *xml;
	struct xml_schema *schema;      /* checking */
	record_finding_fn *on_finding;  /* checking; NULL: reading */
	void *ctx;

	bool doubt;                     /* the element we are in is malformed: its values say nothing */
	int64_t findings;
	int64_t schema_line;            /* place of the last finding of the schema */
	char schema_place[RECORD_WORDS];

	enum rc_status status;
	struct rc_err *err;             /* of the call in progress */
	bool ended;

	struct record_head head;
	struct record_term *terms;      /* what head points to; owned */
	struct record_term *number;
	struct record_part *parts;
	struct record_string *head_strings;
	struct record_page page;
	struct record_string *page_strings;
	size_t page_lines, page_glyphs;
	int64_t text_findings;          /* of the line */

	int64_t head_lines, head_characters;            /* what <quality> says */
	int64_t pages, read, lines, characters;         /* what was seen */
	int64_t last_order;
};

/* ---- record_walk.c ------------------------------------------------------------------------------------ */

/* A copy that lives in the list; "" needs none. */
const char *record_keep(struct record_string **list, const char *text);
void record_free_strings(struct record_string **list);

static inline bool record_failed(const struct record_reader *r)
{
	return !rc_good(r->status);
}

/* What the schema says too: an error, or (checking) nothing more to say. */
RC_PRINTF(2, 3) void record_malformed(struct record_reader *r, const char *fmt, ...);
/* What the schema cannot say: an error, or (checking) a finding. actual and expected may be "". */
void record_broken(struct record_reader *r, enum rule rule, const char *actual, const char *expected, const char *message);
/* The same, if the two differ. */
void record_broken_count(struct record_reader *r, enum rule rule, int64_t actual, int64_t expected, const char *message);
/* What readers can live with: a finding, or nothing. */
void record_advise(struct record_reader *r, enum rule rule, const char *actual, const char *expected, const char *message);

/* The next event of the document; DONE after a failure. */
enum xml_event record_event(struct record_reader *r);
/* Goes to the next child of the element we are in; false at that element's end. Text between is malformed. */
bool record_child(struct record_reader *r);
/* Is the element that starts called so? */
bool record_is(const struct record_reader *r, const char *name);
/* The element that starts, to its end: unread, or malformed and unread. */
void record_skip(struct record_reader *r);
void record_unexpected(struct record_reader *r);
/* An element without content. */
void record_end(struct record_reader *r);
/* Appends the text of the element that starts, to its end. */
void record_take_text(struct record_reader *r, struct rc_buf *out);
/* The same, kept in the list. */
const char *record_keep_text(struct record_reader *r, struct record_string **list);

/* ---- record_attr.c: of the element that starts; a value that is missing or out of range is malformed -------- */

const char *record_attr(struct record_reader *r, const char *name);
const char *record_attr_or(struct record_reader *r, const char *name, const char *fallback);
int64_t record_attr_int(struct record_reader *r, const char *name, int64_t low, int64_t high);
float record_attr_real(struct record_reader *r, const char *name, double low, double high);
struct rc_digest record_attr_digest(struct record_reader *r, const char *name);
enum rc_direction record_attr_direction(struct record_reader *r);
/* n whole numbers and no more; false (and zeros) otherwise. */
bool record_attr_ints(struct record_reader *r, const char *name, int32_t *to, size_t n, int64_t low, int64_t high);
/* The attribute "box", which must lie inside the page's frame. */
struct rc_box record_attr_box(struct record_reader *r);
void record_check_inside(struct record_reader *r, struct rc_box b);
/* Six numbers: a map that can be inverted. */
struct rc_affine record_attr_map(struct record_reader *r, const char *name);

/* ---- record_head.c, record_page.c, record_line.c, record_glyphs.c ------------------------------------------- */

/* From the start to the start of <pages>, or to the end of a record without it. */
void record_read_head(struct record_reader *r);
/* The <page> that starts, into r->page. */
void record_read_page(struct record_reader *r);
void record_clear_page(struct record_reader *r);
/* The <region> that starts, into a new region of r->page. */
void record_read_region(struct record_reader *r);
/* The <glyphs> that start, into the line, which has its text. */
void record_read_glyphs(struct record_reader *r, struct rc_line *line);

#endif
