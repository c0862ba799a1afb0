/* record_about.h -- what a record says of its item before its pages: identity, description, rights. */
#ifndef NORMALIZE_RECORD_ABOUT_H
#define NORMALIZE_RECORD_ABOUT_H

#include "common/xml.h"
#include "normalize/record_write.h"

/* <identity>: the number and its parts, from the catalogue, else from the pattern's fields. */
void record_write_identity(struct xml_writer *xml, const struct record_info *info);
/* <description>: what the catalogue says; the language also from the pages. */
void record_write_description(struct xml_writer *xml, const struct record_info *info);
/* <rights>: the item's own before those of the batch. */
void record_write_rights(struct xml_writer *xml, const struct record_info *info);

#endif
