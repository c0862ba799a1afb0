/* catalogue_values.h -- what people write into the cells of metadata.csv. */
#ifndef NORMALIZE_CATALOGUE_VALUES_H
#define NORMALIZE_CATALOGUE_VALUES_H

#include "normalize/catalogue.h"

/* "allowed", "yes", "是", "允许" ...; false when it is none of the words. */
bool catalogue_read_training(const char *text, enum catalogue_training *ret);
/* BCP 47 from a tag or a name ("zh-Hant", "中文", "俄文"); NULL when it is neither. May be `text`. */
const char *catalogue_read_language(const char *text);
/* "http://...", "urn:..." */
bool catalogue_is_uri(const char *text);
/* Appends a name in the form in which names are compared: NFKC, '/' between folders, '-' for every dash, no blanks at the ends. */
void catalogue_add_key(struct rc_buf *out, const char *name);
/* Appends a number: as a key, without blanks. */
void catalogue_add_number(struct rc_buf *out, const char *number);
/* Appends a number without the zeros that its parts begin with: "003-01-0012" -> "3-1-12". */
void catalogue_add_short_number(struct rc_buf *out, const char *number);
/* One of several values in a cell, parted by ';', '；' or '|', and where lists use it by '、': *at moves on. False at the end. */
bool catalogue_next_value(const char **at, struct rc_buf *ret);

#endif
