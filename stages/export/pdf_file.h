/* pdf_file.h -- a PDF file as a stream of objects (ISO 32000-1, 7.5): written from the front to the back, once.
 *
 * Objects get their numbers before they are written, so that they may refer to each other; what is kept until the end is one
 * offset for each. Calls need not be checked: after a failure they do nothing, and pdf_file_finish() tells. */
#ifndef EXPORT_PDF_FILE_H
#define EXPORT_PDF_FILE_H

#include "core/buf.h"

struct pdf_file;

/* The file appears at path when it is finished (core/outfile.h). */
enum rc_status pdf_file_open(struct pdf_file **ret, const char *path, struct rc_err *err);
/* A number for an object that will be written later. */
int32_t pdf_file_reserve(struct pdf_file *f);
/* Writes the object with that number: any value, "<< /Type /Page ... >>". */
void pdf_file_object(struct pdf_file *f, int32_t number, const char *fmt, ...) RC_PRINTF(3, 4);
/* A stream as it is; dict holds its entries but for /Length: "/Type /XObject /Filter /DCTDecode". */
void pdf_file_stream(struct pdf_file *f, int32_t number, const char *dict, const void *bytes, size_t len);
/* The same, packed by zlib. */
void pdf_file_packed(struct pdf_file *f, int32_t number, const char *dict, const void *bytes, size_t len);
/* Cross-references and trailer; its two /ID are made of the digest of all that was written. Frees *f, whatever the outcome. */
enum rc_status pdf_file_finish(struct pdf_file **f, int32_t root, int32_t info, struct rc_err *err);
void pdf_file_abort(struct pdf_file **f);

/* Appends a number without exponent, with at most 4 decimals and none that say nothing. */
void pdf_number(struct rc_buf *out, double number);
/* Appends a text string (7.9.2.2): UTF-16 with its mark, in hexadecimal digits, "<FEFF5E03>". */
void pdf_text_string(struct rc_buf *out, const char *utf8);

#endif
