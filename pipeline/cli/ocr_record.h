/* ocr_record.h -- gathers the pages of one file until its record can be written: `redcorpus ocr --format record`. */
#ifndef CLI_OCR_RECORD_H
#define CLI_OCR_RECORD_H

#include "core/stage.h"

struct ocr_record;

/* For all files, one after the other. Asks the stages who they are (RC_RUN_FAILED/missing without a model); cfg is borrowed. */
enum rc_status ocr_record_new(const struct rc_config *cfg, const struct rc_stages *stages, struct ocr_record **ret, struct rc_err *err);
void ocr_record_free(struct ocr_record **record);

/* The next page of the file: its JSON, or NULL and why it was not read. name: the file as it was given, which messages may hold. */
enum rc_status ocr_record_add(struct ocr_record *record, const char *json, const char *name, const struct rc_err *why, struct rc_err *err);
/* Writes DIR/ID.xml, where ID is the file's name made safe, and forgets the pages. */
enum rc_status ocr_record_write(struct ocr_record *record, const char *dir, const char *name, const struct rc_digest *scan,
                                enum rc_media media, struct rc_err *err);
/* Appends the last part of a path as a safe file name, which is the id of its record too. */
void ocr_safe_name(const char *path, struct rc_buf *out);

#endif
