/* credentials.h -- who asks, and which server: from settings, the usual AWS environment variables, and the usual files.
 *
 * Settings go before the environment, and that before files, as AWS's own tools do it:
 *   keys        the profile of upload.profile; else AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; else the profile of
 *               AWS_PROFILE or "default", in AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials) and AWS_CONFIG_FILE (~/.aws/config)
 *   region      upload.region, AWS_REGION, AWS_DEFAULT_REGION, the profile, "us-east-1"
 *   endpoint    upload.endpoint, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile, AWS's own
 *   CA file     upload.ca_file, AWS_CA_BUNDLE, the profile, the system's
 * Secrets stand here and nowhere else: no message, log or event has them, and they are wiped with the struct. */
#ifndef UPLOAD_CREDENTIALS_H
#define UPLOAD_CREDENTIALS_H

#include "core/config.h"

struct credentials {            /* all owned; never NULL but for the first three */
	char *access_key, *secret_key;  /* NULL, both: none were found, requests go unsigned */
	char *token;                    /* of a session, or NULL */
	char *region;
	char *endpoint;                 /* "https://host[:port]", no slash at its end; "" for AWS's own */
	char *ca_file;                  /* "" for the system's */
	bool path_style;                /* bucket in the path and not in the host's name */
};

/* cfg is only read. A named profile that is nowhere: RC_RUN_FAILED/missing; half a pair of keys, or what is no URL: RC_RUN_FAILED/setting. */
enum rc_status credentials_find(struct credentials *ret, const struct rc_config *cfg, struct rc_err *err);
/* Wipes and frees; of zeros, fine. */
void credentials_wipe(struct credentials *c);

#endif
