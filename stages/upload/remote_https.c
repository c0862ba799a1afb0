/* remote_https.c -- https://host/folder: a corpus on any web server, for reading.
 *
 * Servers that know no ranges send whole files: slower, but right. http:// is the same without anybody checking who answers: for
 * machines that one trusts to be who they are. */
#include <string.h>

#include "core/limits.h"
#include "upload/web.h"

static enum rc_status bad_url(const char *url, const char *why, struct rc_err *err)
{
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot use '%s': %s", url, why);
}

/* Nothing that would be a secret in the titles of processes, and nothing after the path. */
static enum rc_status https_check(const char *url, struct rc_err *err)
{
	const char *host = strstr(url, "://") + 3;
	const char *path = host + strcspn(host, "/");

	if (path == host || strlen(url) > RC_MAX_NAME)
		return bad_url(url, path == host ? "there is no host in it" : "it is too long", err);
	if (memchr(host, '@', (size_t)(path - host)))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot use a URL with a user or password in it: others on this machine could read it");
	if (strpbrk(url, "?#\\\"<> ") || strstr(path, "/../") || strstr(path, "/./"))
		return bad_url(url, "only a host and a path, without spaces (as %20), queries and dots", err);
	for (const char *c = host; c < path; c++)
		if (*c <= ' ' || *c > '~')
			return bad_url(url, "its host is not in ASCII", err);
	return RC_OK;
}

static void https_close(void *state)
{
	web_close(state);
	free(state);
}

/* The path as it is, but for bytes that no URL holds, and with one slash at its end. */
static char *prefix_of(const char *path)
{
	struct rc_buf out = RC_BUF(4 * RC_MAX_NAME);

	for (; *path; path++)
		if (*path > ' ' && *path <= '~')
			rc_buf_addc(&out, *path);
		else
			rc_buf_addf(&out, "%%%02X", (unsigned)(unsigned char)*path);
	while (out.len && out.data[out.len - 1] == '/')
		out.data[--out.len] = '\0';
	rc_buf_addc(&out, '/');
	return rc_buf_take(&out);
}

static enum rc_status https_open(const char *url, bool writing, const struct rc_config *cfg, void **state, struct rc_err *err)
{
	const char *host = strstr(url, "://") + 3;
	const char *path = host + strcspn(host, "/");
	const char *ca_file = *cfg->upload_ca_file ? cfg->upload_ca_file : getenv("AWS_CA_BUNDLE");
	struct web *w = rc_alloc(sizeof *w);
	char *shown = rc_strdup(url);
	enum rc_status status;

	for (size_t len = strlen(shown); len && shown[len - 1] == '/'; )
		shown[--len] = '\0';
	status = web_open(w, cfg, ca_file ? ca_file : "", strndup(url, (size_t)(path - url)), prefix_of(path), shown, err);
	if (rc_good(status))
		*state = w;
	else
		https_close(w);
	return status;
}

#define WEB_KIND(its_scheme)                                                                         \
	{                                                                                            \
		.scheme = its_scheme, .check = https_check, .open = https_open, .size = web_size,    \
		.read = web_read, .fetch = web_fetch, .piece = web_piece, .watch = web_watch,        \
		.forget = web_forget, .close = https_close,                                          \
	}
const struct remote_kind remote_https = WEB_KIND("https://");
const struct remote_kind remote_http = WEB_KIND("http://");
