/* catalogue_text.h -- metadata.csv as rows of UTF-8, whatever program wrote it.
 *
 * Encoding. A mark at the start decides. Without one it is UTF-8 when more of the lines that are not ASCII are well-formed
 * than not (text in GB18030 hardly ever is UTF-8 by accident, and one damaged line does not change the verdict); else
 * GB18030 or Big5, whichever makes more names of columns known, then whichever has fewer malformed lines.
 * Delimiter. A first line "sep=;", as spreadsheets understand it, decides; else comma, tab or semicolon, whichever makes more names
 * known, then whichever makes more columns.
 * catalogue.encoding and catalogue.delimiter overrule all that. */
#ifndef NORMALIZE_CATALOGUE_TEXT_H
#define NORMALIZE_CATALOGUE_TEXT_H

#include "core/config.h"
#include "normalize/catalogue_columns.h"

enum catalogue_encoding { CATALOGUE_UTF8, CATALOGUE_GB18030, CATALOGUE_BIG5, CATALOGUE_UTF16 };

struct catalogue_text {
	struct rc_buf bytes;            /* owned; UTF-8 where the file was UTF-16 */
	enum catalogue_encoding encoding;       /* of the file */
	struct catalogue_header header;
	struct rc_buf names;            /* owned; what the header says, for messages: each ends with a zero byte */
	struct csv_reader reader;       /* behind the header */
};
/* Reads the file and its header. RC_RUN_FAILED: /missing when it cannot be read, /setting when it is no catalogue. */
enum rc_status catalogue_text_open(struct catalogue_text *ret, const char *path, const struct rc_config *cfg, struct rc_err *err);
void catalogue_text_close(struct catalogue_text *text);
/* As csv_next(), with fields in UTF-8 without line breaks, control characters and blanks at their ends. */
enum csv_result catalogue_text_next(struct catalogue_text *text, struct csv_row *row, const char **why);

const char *catalogue_encoding_name(enum catalogue_encoding e);        /* "UTF-8", ... */
const char *catalogue_delimiter_name(char delimiter);                   /* "comma", ... */

#endif
