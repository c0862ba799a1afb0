/* credentials.c -- settings, environment and files of AWS's tools, in their order.
 *
 *   read_profile()        one section of the two INI files
 *   choose_keys()         whose keys
 *   choose_place()        which server */
#include "upload/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/outfile.h"
#include "upload/sigv4.h"

#define MAX_FILE (1 << 20)              /* bytes of ~/.aws/config; people have some kB */
#define MAX_VALUE 8192                  /* bytes of a value; session tokens have some 1,000 */

static void wipe_string(char **s)
{
	if (*s)
		explicit_bzero(*s, strlen(*s));
	free(*s);
	*s = NULL;
}

void credentials_wipe(struct credentials *c)
{
	wipe_string(&c->access_key);
	wipe_string(&c->secret_key);
	wipe_string(&c->token);
	free(c->region);
	free(c->endpoint);
	free(c->ca_file);
	*c = (struct credentials){ 0 };
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

struct profile {                /* what one section says; NULL where nothing */
	char *access_key, *secret_key, *token, *region, *endpoint, *endpoint_s3, *ca_file, *addressing;
	bool found;
};

static const struct { const char *key; size_t offset; } profile_keys[] = {
	{ "aws_access_key_id", offsetof(struct profile, access_key) },
	{ "aws_secret_access_key", offsetof(struct profile, secret_key) },
	{ "aws_session_token", offsetof(struct profile, token) },
	{ "region", offsetof(struct profile, region) },
	{ "endpoint_url", offsetof(struct profile, endpoint) },
	{ "ca_bundle", offsetof(struct profile, ca_file) },
};
/* Below "s3 =", indented. */
static const struct { const char *key; size_t offset; } profile_s3_keys[] = {
	{ "addressing_style", offsetof(struct profile, addressing) },
	{ "endpoint_url", offsetof(struct profile, endpoint_s3) },
};

static void profile_wipe(struct profile *p)
{
	for (size_t i = 0; i < RC_COUNT(profile_keys); i++)
		wipe_string((char **)((char *)p + profile_keys[i].offset));
	for (size_t i = 0; i < RC_COUNT(profile_s3_keys); i++)
		wipe_string((char **)((char *)p + profile_s3_keys[i].offset));
}

/* Cuts white space off both ends, in place. */
static char *trim(char *s)
{
	size_t len;

	s += strspn(s, " \t\r");
	for (len = strlen(s); len && strchr(" \t\r", s[len - 1]); len--)
		s[len - 1] = '\0';
	return s;
}

/* The first file that says something is believed. */
static void take(struct profile *p, size_t offset, const char *value)
{
	char **field = (char **)((char *)p + offset);

	if (!*field && *value && strlen(value) < MAX_VALUE)
		*field = rc_strdup(value);
}

static void read_line(struct profile *p, char *line, bool *in_s3)
{
	bool indented = *line == ' ' || *line == '\t';
	char *key = trim(line), *value = strchr(key, '=');

	if (*key == '#' || *key == ';' || !value)
		return;
	*value++ = '\0';
	key = trim(key);
	value = trim(value);
	if (!indented)
		*in_s3 = strcmp(key, "s3") == 0 && !*value;
	if (indented && *in_s3) {
		for (size_t i = 0; i < RC_COUNT(profile_s3_keys); i++)
			if (strcmp(key, profile_s3_keys[i].key) == 0)
				take(p, profile_s3_keys[i].offset, value);
		return;
	}
	for (size_t i = 0; i < RC_COUNT(profile_keys); i++)
		if (strcmp(key, profile_keys[i].key) == 0)
			take(p, profile_keys[i].offset, value);
}

/* "[default]", "[profile x]" (config) or "[x]" (credentials): is it the section of that name? */
static bool is_section(char *line, const char *name)
{
	char *end = strchr(line, ']');

	if (!end)
		return false;
	*end = '\0';
	line = trim(line + 1);
	if (strncmp(line, "profile", 7) == 0 && (line[7] == ' ' || line[7] == '\t'))
		line = trim(line + 7);
	return strcmp(line, name) == 0;
}

static void read_profile(struct profile *p, char *text, const char *name)
{
	bool here = false, in_s3 = false;

	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (*line == '[') {
			here = is_section(line, name);
			p->found |= here;
			in_s3 = false;
		} else if (here) {
			read_line(p, line, &in_s3);
		}
	}
}

/* A file that is not there says nothing. Its bytes are wiped after reading. */
static enum rc_status read_file(struct profile *p, const char *path, const char *name, struct rc_err *err)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *text;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return RC_OK;
	if (fd < 0 || fstat(fd, &st) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read '%s'", path);
	if (st.st_size > MAX_FILE)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "cannot use '%s': larger than %d bytes", path, MAX_FILE);
	text = rc_alloc((size_t)st.st_size + 1);
	if (rc_read_all(fd, text, (size_t)st.st_size, 0))
		read_profile(p, text, name);
	explicit_bzero(text, (size_t)st.st_size);
	free(text);
	return RC_OK;
}

/* NULL for a variable that is not there or empty. */
static const char *from_env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static enum rc_status read_one(struct profile *p, const char *variable, const char *below_home, const char *name, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(1 << 13);

	if (from_env(variable))
		rc_buf_adds(&path, from_env(variable));
	else if (from_env("HOME"))
		rc_buf_addf(&path, "%s/%s", from_env("HOME"), below_home);
	return path.len ? read_file(p, path.data, name, err) : RC_OK;
}

static enum rc_status read_profiles(struct profile *p, const struct rc_config *cfg, struct rc_err *err)
{
	const char *named = *cfg->upload_profile ? cfg->upload_profile : from_env("AWS_PROFILE");
	const char *name = named ? named : "default";
	enum rc_status status = read_one(p, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials", name, err);

	if (rc_good(status))
		status = read_one(p, "AWS_CONFIG_FILE", ".aws/config", name, err);
	if (rc_good(status) && named && !p->found)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find profile '%s': neither in ~/.aws/credentials nor in ~/.aws/config", named);
	return status;
}

/* ---- choices ------------------------------------------------------------------------------------------------------ */

static char *copy_or_null(const char *s)
{
	return s ? rc_strdup(s) : NULL;
}

/* The first that is neither NULL nor empty. */
static char *first_of(const char *const *choices, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (choices[i] && *choices[i])
			return rc_strdup(choices[i]);
	return rc_strdup(choices[n - 1]);
}
#define FIRST_OF(...) first_of((const char *const[]){ __VA_ARGS__ }, RC_COUNT(((const char *const[]){ __VA_ARGS__ })))

/* What a header or a signature cannot hold is a slip of the clipboard. */
static bool is_printable(const char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s > '~')
			return false;
	return true;
}

static enum rc_status choose_keys(struct credentials *c, const struct profile *p, const struct rc_config *cfg, struct rc_err *err)
{
	bool env = !*cfg->upload_profile && (from_env("AWS_ACCESS_KEY_ID") || from_env("AWS_SECRET_ACCESS_KEY"));
	const char *where = env ? "in the environment" : "in the profile";

	c->access_key = copy_or_null(env ? from_env("AWS_ACCESS_KEY_ID") : p->access_key);
	c->secret_key = copy_or_null(env ? from_env("AWS_SECRET_ACCESS_KEY") : p->secret_key);
	if (!c->access_key != !c->secret_key)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot sign requests: %s there is %s key without %s key", where,
		               c->access_key ? "an access" : "a secret", c->access_key ? "its secret" : "its access");
	if (!c->access_key)
		return RC_OK;
	c->token = copy_or_null(env ? from_env("AWS_SESSION_TOKEN") : p->token);
	if (!is_printable(c->access_key) || !is_printable(c->secret_key) || (c->token && !is_printable(c->token)) ||
	    strlen(c->secret_key) >= SIGV4_MAX_SECRET || strlen(c->access_key) >= SIGV4_MAX_SECRET)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot sign requests: %s a key holds a space or another character that keys do not have", where);
	return RC_OK;
}

/* "https://host[:port]", without anything that would be a secret or a path. */
static enum rc_status check_endpoint(char *endpoint, struct rc_err *err)
{
	const char *host = strstr(endpoint, "://");
	size_t len = strlen(endpoint);

	if (!*endpoint)
		return RC_OK;
	while (len && endpoint[len - 1] == '/')
		endpoint[--len] = '\0';
	if (!host || (strncmp(endpoint, "https://", 8) != 0 && strncmp(endpoint, "http://", 7) != 0) || !host[3] || !is_printable(endpoint) ||
	    strpbrk(host + 3, "/?#@\\%"))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "upload.endpoint: not a URL like https://s3.example.org or https://10.0.0.7:9000");
	return RC_OK;
}

static enum rc_status choose_place(struct credentials *c, const struct profile *p, const struct rc_config *cfg, struct rc_err *err)
{
	c->region = FIRST_OF(cfg->upload_region, from_env("AWS_REGION"), from_env("AWS_DEFAULT_REGION"), p->region, "us-east-1");
	c->endpoint = FIRST_OF(cfg->upload_endpoint, from_env("AWS_ENDPOINT_URL_S3"), from_env("AWS_ENDPOINT_URL"), p->endpoint_s3, p->endpoint, "");
	c->ca_file = FIRST_OF(cfg->upload_ca_file, from_env("AWS_CA_BUNDLE"), p->ca_file, "");
	if (strspn(c->region, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != strlen(c->region) || strlen(c->region) > 64)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "upload.region: '%.80s' is not the name of a region like eu-west-1", c->region);
	if (cfg->upload_path_style != RC_PATH_STYLE_AUTO)
		c->path_style = cfg->upload_path_style == RC_PATH_STYLE_YES;
	else if (p->addressing && strcmp(p->addressing, "auto") != 0)
		c->path_style = strcmp(p->addressing, "path") == 0;
	else
		c->path_style = *c->endpoint;
	return check_endpoint(c->endpoint, err);
}

enum rc_status credentials_find(struct credentials *ret, const struct rc_config *cfg, struct rc_err *err)
{
	RC_CLEANUP(profile_wipe) struct profile p = { 0 };
	RC_CLEANUP(credentials_wipe) struct credentials c = { 0 };
	enum rc_status status = read_profiles(&p, cfg, err);

	if (rc_good(status))
		status = choose_keys(&c, &p, cfg, err);
	if (rc_good(status))
		status = choose_place(&c, &p, cfg, err);
	if (!rc_good(status))
		return status;
	*ret = c;
	c = (struct credentials){ 0 };
	return RC_OK;
}
