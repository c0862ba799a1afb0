/* record_write.h -- writes a record: schemas/record.xsd in code, page by page.
 *
 * For normalize.c:
 *
 *     struct record_totals totals = { 0 };
 *     record_totals_add(&totals, &page);
 *     struct record_info info = { .id = "p7", .training = "unknown", .totals = &totals };
 *     RC_CLEANUP(record_writer_free) struct record_writer *w = record_writer_new(xml_to_buf, &out, &info);
 *     record_write_page(w, &page);
 *     status = record_writer_finish(w, err);
 *
 * Memory is bounded by one page. The same calls give the same bytes. */
#ifndef NORMALIZE_RECORD_WRITE_H
#define NORMALIZE_RECORD_WRITE_H

#include "common/record.h"
#include "common/xml.h"
#include "normalize/catalogue.h"

struct record_totals {          /* of all pages; must be known before the first page is written */
	int64_t pages, read, lines, characters;
	double confidence;      /* sum over characters of their page's confidence */
	double error;           /* the same for estimated errors, */
	int64_t estimated;      /* over so many characters */
	char script[16];        /* that all pages with text were read as; "" when they differ or say none */
	bool any_script;
};
/* Counts a page as record_write_page() will write it. */
void record_totals_add(struct record_totals *totals, const struct record_page *page);

struct record_info {            /* what stands before the pages; strings may be NULL, "" stands for NULL */
	const char *id;
	int64_t revision;       /* above 1: people corrected it */
	const json_t *fields;   /* what ingest.item_pattern found: {"fonds": "3", ...}; NULL: nothing */
	const struct catalogue_row *row;        /* what the catalogue says; NULL: nothing */
	const char *number;     /* the archival number, where the scans know it better than the row; "": the row's */
	const char *parts;      /* names of the parts of a whole archival number: "fonds-catalogue-file-item-page" */
	const char *rights_statement, *rights_license, *rights_holder;     /* of the batch; the row's own go before */
	const char *training;   /* "allowed", "denied", "unknown": of the item, all considered */
	const json_t *processing;       /* as rc_books_identity() gives it; NULL: nothing to say */
	const struct record_totals *totals;
};

struct record_writer;
/* Strings of info are used only during the call; ctx is borrowed until the writer is freed. */
struct record_writer *record_writer_new(xml_sink_fn *sink, void *ctx, const struct record_info *info);
/* Pages come in order. Failures are kept for record_writer_finish(), and told here to stop early. */
enum rc_status record_write_page(struct record_writer *w, const struct record_page *page, struct rc_err *err);
enum rc_status record_writer_finish(struct record_writer *w, struct rc_err *err);
void record_writer_free(struct record_writer **w);

#endif
