/* script.h -- data as JavaScript that is safe wherever it stands, and files that are written only when they change.
 *
 * A page that is opened from disk may load scripts and images from beside it, and nothing else: so the parts of the report are
 * scripts that hand their data to one function. */
#ifndef REPORT_SCRIPT_H
#define REPORT_SCRIPT_H

#include "core/json.h"

/* Appends JSON with every '<', '>' and '&' in its strings escaped: no text can end the element it stands in. */
void report_script_json(struct rc_buf *out, const json_t *json);

/* The files of a report as they are written: which names it has, so that others can be removed. */
struct report_files;
/* dir: "/data/box12/report" */
struct report_files *report_files_new(const char *dir);
void report_files_free(struct report_files **f);
/* Writes DIR/name, unless these are its bytes already. */
enum rc_status report_files_put(struct report_files *f, const char *name, const void *bytes, size_t len, struct rc_err *err);
/* The same for a part: `redcorpus.part("NAME", DATA)`. name is ours: it needs no escapes. */
enum rc_status report_files_script(struct report_files *f, const char *name, const json_t *data, struct rc_err *err);
/* DIR/name is part of the report. Returns whether it is there. */
bool report_files_keep(struct report_files *f, const char *name);
/* Removes what is in the folders of parts (pages, lists, glyphs) and was neither put nor kept. */
enum rc_status report_files_sweep(struct report_files *f, struct rc_err *err);

#endif
