/* sigv4.h -- AWS Signature Version 4: what proves to an S3 server who asks, without sending the secret.
 *
 * Pure functions over one request. Definition: "Signature Version 4 signing process" in the AWS documentation; for S3, "Authenticating
 * Requests: Using the Authorization Header". Paths are encoded once, as S3 wants it, and dots in them are not resolved. */
#ifndef UPLOAD_SIGV4_H
#define UPLOAD_SIGV4_H

#include <time.h>

#include "core/buf.h"

#define SIGV4_UNSIGNED "UNSIGNED-PAYLOAD"       /* for a body that nobody hashed; only where TLS protects it */
#define SIGV4_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  /* SHA-256 of no bytes */
#define SIGV4_MAX_PAIRS 32                      /* headers, or query parameters, of one request */
#define SIGV4_MAX_SECRET 256                    /* bytes of a secret key; AWS's have 40 */
#define SIGV4_TIME 17                           /* "20150830T123600Z" */

struct sigv4_pair {             /* a header (name in lower case) or a query parameter, as it is: not encoded */
	const char *name, *value;
};

struct sigv4_identity {         /* all borrowed */
	const char *access_key, *secret_key;
	const char *region, *service;   /* "us-east-1", "s3" */
};

struct sigv4_request {          /* all borrowed */
	const char *method;
	const char *path;               /* encoded, as it goes over the line: sigv4_encode() */
	const char *query;              /* encoded and in order: sigv4_query(); "" for none */
	const struct sigv4_pair *headers;       /* all that are signed, host and x-amz-date among them; in any order */
	size_t n_headers;
	const char *payload;            /* 64 digits, or SIGV4_UNSIGNED */
};

/* Appends text with everything but letters, digits, '-', '.', '_' and '~' as %XX; '/' stays where keep_slash. */
void sigv4_encode(struct rc_buf *out, const char *text, bool keep_slash);
/* Appends "a=1&b=2", encoded and in the order that is signed. false: more than SIGV4_MAX_PAIRS. */
bool sigv4_query(struct rc_buf *out, const struct sigv4_pair *pairs, size_t n);
/* The time as it stands in x-amz-date. */
void sigv4_time(time_t when, char out[SIGV4_TIME]);
/* Appends the value of the Authorization header. time: sigv4_time(), the same as in x-amz-date. false: too many headers, too long a
 * secret, or no memory. */
bool sigv4_authorization(struct rc_buf *out, const struct sigv4_identity *who, const struct sigv4_request *what, const char *time);

#endif
