/* keys.c -- the digests that results are filed under, and the program's description of itself. */
#include "run/keys.h"

#include <string.h>

#include "core/json.h"
#include "core/version.h"

/* One line of identify(): "model NAME sha256:..." or the name and version of a library. */
static void describe_line(const char *line, json_t *engines, json_t *models)
{
	RC_OWN_STR copy = strdup(line);
	char *name, *digest;

	if (copy && strncmp(copy, "model ", 6) == 0) {
		name = copy + 6;
		digest = strrchr(name, ' ');
		if (digest) {
			*digest++ = '\0';
			json_object_set_new(models, name, json_string(digest));
			return;
		}
	}
	json_array_append_new(engines, json_string(line));
}

static void describe_lines(char *lines, json_t *engines, json_t *models)
{
	char *rest = NULL;

	for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		describe_line(line, engines, models);
}

static enum rc_status ask_stages(const struct rc_config *cfg, const struct rc_stages *stages, struct rc_hasher *h,
                                 json_t *versions, json_t *engines, json_t *models, struct rc_err *err)
{
	for (const struct rc_page_stage *const *s = stages->page; s && *s; s++) {
		RC_OWN_BUF lines = RC_BUF(1 << 20);
		enum rc_status status = (*s)->identify ? (*s)->identify(cfg, &lines, err) : RC_OK;

		if (rc_good(status))
			status = rc_buf_check(&lines, "the description of a stage", err);
		if (!rc_good(status))
			return status;
		rc_hasher_add_str(h, (*s)->name);
		rc_hasher_add_int(h, (*s)->version);
		rc_hasher_add_str(h, lines.data);
		json_object_set_new(versions, (*s)->name, json_integer((*s)->version));
		describe_lines(lines.data, engines, models);
	}
	return RC_OK;
}

static enum rc_status identify(const struct rc_config *cfg, const struct rc_stages *stages, struct rc_hasher *h,
                               char **identity, struct rc_err *err)
{
	RC_OWN_JSON all = json_object();
	RC_OWN_BUF text = RC_BUF(1 << 20);
	json_t *versions = json_object(), *engines = json_array(), *models = json_object();
	enum rc_status status;

	json_object_set_new(all, "program", json_string(RC_VERSION));
	json_object_set_new(all, "stages", versions);
	json_object_set_new(all, "engines", engines);
	json_object_set_new(all, "models", models);
	status = ask_stages(cfg, stages, h, versions, engines, models, err);
	if (!rc_good(status))
		return status;
	rc_json_print(&text, all);
	*identity = rc_buf_take(&text);
	return RC_OK;
}

enum rc_status rc_keys_make(const struct rc_config *cfg, const struct rc_stages *stages,
                            struct rc_keys *ret, struct rc_err *err)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	struct rc_keys keys = { .want_image = cfg->package_shards & RC_SHARDS_PAGES };
	enum rc_status status;

	rc_config_hash(cfg, RC_KEY_READ, h);
	keys.read_settings = rc_hasher_end(h);
	/* The page image is made by the same stages from the same pixels: what changes the reading may change it. */
	rc_config_hash(cfg, RC_KEY_READ, h);
	rc_config_hash(cfg, RC_KEY_IMAGE, h);
	keys.image_settings = rc_hasher_end(h);
	status = identify(cfg, stages, h, &keys.identity, err);
	if (!rc_good(status))
		return status;
	keys.program = rc_hasher_end(h);
	*ret = keys;
	return RC_OK;
}

void rc_keys_clear(struct rc_keys *keys)
{
	free(keys->identity);
	keys->identity = NULL;
}

static struct rc_digest file_under(const char *what, const struct rc_digest *settings,
                                   const struct rc_digest *scan, int32_t frame, enum rc_media media)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();

	rc_hasher_add_str(h, what);
	rc_hasher_add(h, settings->bytes, sizeof settings->bytes);
	rc_hasher_add(h, scan->bytes, sizeof scan->bytes);
	rc_hasher_add_int(h, frame);
	rc_hasher_add_str(h, rc_media_name(media));
	return rc_hasher_end(h);
}

struct rc_digest rc_key_read(const struct rc_keys *keys, const struct rc_digest *scan, int32_t frame, enum rc_media media)
{
	return file_under("read", &keys->read_settings, scan, frame, media);
}

struct rc_digest rc_key_image(const struct rc_keys *keys, const struct rc_digest *scan, int32_t frame, enum rc_media media)
{
	return file_under("image", &keys->image_settings, scan, frame, media);
}

struct rc_digest rc_keys_filing(const struct rc_keys *keys)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();

	rc_hasher_add(h, keys->read_settings.bytes, sizeof keys->read_settings.bytes);
	rc_hasher_add(h, keys->image_settings.bytes, sizeof keys->image_settings.bytes);
	rc_hasher_add_int(h, keys->want_image);
	return rc_hasher_end(h);
}
