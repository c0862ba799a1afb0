/* ocr_export.h -- the formats of others for files that are in no batch: `redcorpus ocr --format alto`. */
#ifndef CLI_OCR_EXPORT_H
#define CLI_OCR_EXPORT_H

#include "cli/ocr_record.h"
#include "export/export.h"

struct ocr_export;

/* Can the format be made of a single file? Packages need a batch. */
bool ocr_export_works(const struct export_format *format);

/* out_dir: borrowed; NULL: to stdout, which has room for one document. */
enum rc_status ocr_export_new(const struct export_format *format, const char *out_dir, struct ocr_export **ret, struct rc_err *err);
void ocr_export_free(struct ocr_export **e);

/* The file whose pages the record has gathered: NAME.xml, NAME.2.xml for its second page; or NAME.pdf. Forgets the pages. */
enum rc_status ocr_export_write(struct ocr_export *e, struct ocr_record *record, const char *name, const struct rc_digest *scan,
                                enum rc_media media, struct rc_err *err);

#endif
