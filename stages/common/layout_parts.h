/* layout_parts.h -- what the files of layout_xml share. */
#ifndef COMMON_LAYOUT_PARTS_H
#define COMMON_LAYOUT_PARTS_H

#include "common/layout_xml.h"
#include "common/xml.h"

enum { LAYOUT_MAX_REFS = 4096 };        /* regions that a reading order names; a page of adverts has a hundred */

struct layout_reader {
	struct xml_reader *xml;
	struct layout_xml *out;         /* lines in the order of the file */
	size_t bytes;                   /* of all texts so far */
	char *refs[LAYOUT_MAX_REFS];    /* ids in reading order; owned */
	int n_refs;
	int32_t unnamed;                /* regions that the reading order does not name, so far */
	enum rc_status status;          /* the first failure ends all loops */
	struct rc_err *err;
};

/* Goes to the next child of the element we are in; false at its end, or after a failure. */
bool layout_child(struct layout_reader *r);
bool layout_is(const struct layout_reader *r, const char *name);
/* The element that starts, to its end. */
void layout_skip(struct layout_reader *r);
/* Its text, to its end; owned by the caller. */
char *layout_take_text(struct layout_reader *r);

/* A copy of an attribute; "" when absent. Owned by the caller. */
char *layout_attr(const struct layout_reader *r, const char *name);
/* false, and *ret as it was: absent, or no number. */
bool layout_real(const struct layout_reader *r, const char *name, double *ret);
/* Keeps a text in *to, which is owned, unless there is one already. Takes text. */
void layout_keep(char **to, char *text);

/* Notes an id, or several with blanks between, as next in reading order. */
void layout_add_refs(struct layout_reader *r, const char *ids);
/* The place of a region in reading order. A new one for what is not named. */
int32_t layout_rank(struct layout_reader *r, const char *id);

/* A new line at the end of the list; NULL at the limits, which is a failure then. */
struct layout_line *layout_add_line(struct layout_reader *r);
/* A list of points, "x,y x,y" or "x y x y": the line's place is what is around them; four of them are its corners. */
void layout_points(struct layout_line *line, const char *points);
/* Widens the line's place by another. */
void layout_around(struct layout_line *line, double left, double top, double right, double bottom);
/* The line's text is complete. Takes text. */
void layout_set_text(struct layout_reader *r, struct layout_line *line, char *text);

/* From the root element on. */
void layout_read_alto(struct layout_reader *r);
void layout_read_page(struct layout_reader *r);

#endif
