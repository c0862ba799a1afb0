/* layout_xml.h -- lines of text from ALTO or PAGE XML, whoever wrote it, as one neutral list.
 *
 *   ALTO    every version (namespaces ns-v2#, ns-v3#, ns-v4#, or none): https://www.loc.gov/standards/alto/
 *   PAGE    every version: https://github.com/PRImA-Research-Lab/PAGE-XML
 *
 * Hostile input: no document types or entities, limits of limits.h. Memory: the lines of the file. */
#ifndef COMMON_LAYOUT_XML_H
#define COMMON_LAYOUT_XML_H

#include "core/page.h"

struct layout_line {
	char *id;                       /* "" without one; owned */
	char *text;                     /* UTF-8, as the file has it; NULL: the file gives none; owned */
	/* In the file's unit (layout_xml.width tells how many of it a page is wide); all 0: the file gives no place. */
	double left, top, right, bottom;
	double corners[8];              /* turned: four points x0 y0 x1 y1 ..., as the file lists them */
	bool turned;
	bool words_differ;              /* PAGE: the text is the line's own, and its words have another, blanks left aside */
	bool corrected;                 /* PAGE: our export says that a person had corrected it already */
	enum rc_direction direction;    /* as the file says, or unknown */
	int32_t region;                 /* lines of one region share it; regions are numbered in reading order, perhaps with gaps */
	size_t place;                   /* among all lines, as they stand in the file */
};

enum layout_kind { LAYOUT_ALTO, LAYOUT_PAGE };

struct layout_xml {
	enum layout_kind kind;
	int32_t n_pages;                /* in the file; all their lines are in the list */
	/* Of the first page; "" when absent; owned. `scan` and `item` stand there when redcorpus wrote the file. */
	char *image, *scan, *item;
	double width, height;           /* of the page in the file's unit; 0: not given */
	struct layout_line *lines;      /* owned; by reading order */
	size_t n_lines;
};

/* The id that `redcorpus export` gives a line: region and line count from 0. */
enum { LAYOUT_ID = 48 };
char *layout_line_id(char out[LAYOUT_ID], size_t region, size_t line);

/* Of a line the text is that of its Strings, joined by a space where the file has SP, with the hyphen of HYP (ALTO), or that of its
 * first TextEquiv, by index, or without one that of its words (PAGE). Regions that a ReadingOrder names come first, in the order
 * they are named; the others as they stand.
 * path is read; name stands for it in messages. RC_RUN_FAILED/missing: no such file. RC_PAGE_FAILED/format: it is something else,
 * or damaged; RC_PAGE_FAILED/bytes beyond the limits. */
enum rc_status layout_xml_read(struct layout_xml *ret, const char *path, const char *name, struct rc_err *err);
void layout_xml_free(struct layout_xml *layout);

#endif
