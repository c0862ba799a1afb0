/* s3_xml.h -- what S3 servers say in XML: errors, lists of objects, uploads and parts. All of it is foreign. */
#ifndef UPLOAD_S3_XML_H
#define UPLOAD_S3_XML_H

#include "core/buf.h"

#define S3_XML_VALUE 4096       /* bytes of one value; keys have at most 1,024 */

/* Calls field() for each value two or three levels deep: ("", "UploadId", "abc"), ("Contents", "Key", "a/b"), and (GROUP, NULL, NULL) at
 * the end of each group. What it returns ends the reading when it is not good. Not this root, or no XML: RC_RUN_FAILED/network. */
typedef enum rc_status s3_field_fn(void *ctx, const char *group, const char *name, const char *value, struct rc_err *err);
enum rc_status s3_xml_each(const struct rc_buf *xml, const char *root, s3_field_fn *field, void *ctx, struct rc_err *err);

struct s3_error {
	char code[80];          /* "SlowDown"; "" when it is no error in XML */
	char message[300];
	char region[80];
};
/* Looks whether the bytes are an <Error>. */
void s3_xml_error(const struct rc_buf *xml, struct s3_error *ret);

#endif
