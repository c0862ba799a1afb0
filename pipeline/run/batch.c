/* batch.c -- making and opening a batch folder. */
#include "run/batch.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/outfile.h"
#include "core/version.h"

enum { MAX_PATH_BYTES = 1 << 16 };

static void join(struct rc_buf *out, const char *dir, const char *relative)
{
	rc_buf_addf(out, "%s/%s", dir, relative);
}

static bool exists(const char *dir, const char *relative)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);

	join(&path, dir, relative);
	return access(path.data, F_OK) == 0;
}

bool rc_batch_is(const char *path)
{
	return exists(path, ".redcorpus/format");
}

/* ---- making ------------------------------------------------------------------------------------------ */

/* Does the folder hold anything but what a batch is begun with? */
static bool holds_other_things(const char *path)
{
	static const char *const ours[] = { ".", "..", "batch.yaml", "metadata.csv", ".redcorpus", "quarantine", "records" };
	DIR *dir = opendir(path);
	bool other = false;

	for (struct dirent *e; dir && !other && (e = readdir(dir));) {
		bool known = strncmp(e->d_name, RC_TMP_PREFIX, strlen(RC_TMP_PREFIX)) == 0;

		for (size_t i = 0; i < RC_COUNT(ours) && !known; i++)
			known = strcmp(e->d_name, ours[i]) == 0;
		other = !known;
	}
	if (dir)
		closedir(dir);
	return other;
}

static enum rc_status put_settings(const char *dir, const struct rc_config *cfg, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF yaml = RC_BUF(RC_MAX_SETTINGS_BYTES);
	enum rc_status status;

	join(&path, dir, "batch.yaml");
	rc_config_print(cfg, &yaml);
	status = rc_buf_check(&yaml, "batch.yaml", err);
	return rc_good(status) ? rc_file_put(path.data, yaml.data, yaml.len, err) : status;
}

enum rc_status rc_batch_load_settings(const char *dir, struct rc_config *cfg, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);

	join(&path, dir, "batch.yaml");
	return exists(dir, "batch.yaml") ? rc_config_load(cfg, path.data, err) : RC_OK;
}

/* The format file comes last: with it, the folder is a batch. */
enum rc_status rc_batch_make(const char *path, const struct rc_config *cfg, struct rc_err *err)
{
	RC_OWN_BUF format = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF objects = RC_BUF(MAX_PATH_BYTES);
	char number[16];
	struct stat st;
	enum rc_status status;

	if (rc_batch_is(path))
		return RC_SKIP;
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot make batch '%s': there is a file of that name", path);
	if (!exists(path, "batch.yaml") && holds_other_things(path))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE,
		               "cannot make batch '%s': the folder is in use; name a new folder first, then the sources", path);
	join(&objects, path, ".redcorpus/objects");
	status = rc_make_dirs(objects.data, err);
	if (rc_good(status) && !exists(path, "batch.yaml"))
		status = put_settings(path, cfg, err);
	if (!rc_good(status))
		return status;
	join(&format, path, ".redcorpus/format");
	snprintf(number, sizeof number, "%d\n", RC_BATCH_FORMAT);
	return rc_file_put(format.data, number, strlen(number), err);
}

/* ---- opening ----------------------------------------------------------------------------------------- */

static enum rc_status check_format(const char *dir, const char *name, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF text = RC_BUF(64);
	enum rc_status status;
	long format;

	join(&path, dir, ".redcorpus/format");
	status = rc_buf_read_file(&text, path.data, err);
	if (!rc_good(status))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot open '%s': not a batch", name);
	format = strtol(text.data, NULL, 10);
	if (format != RC_BATCH_FORMAT)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_FORMAT, "cannot open '%s': its format is %ld, this program knows %d",
		               name, format, RC_BATCH_FORMAT);
	return RC_OK;
}

static void sweep_below(const char *dir, int depth)
{
	DIR *d = opendir(dir);

	rc_sweep_temporaries(dir);
	for (struct dirent *e; d && depth > 0 && (e = readdir(d));) {
		RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);

		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		join(&path, dir, e->d_name);
		sweep_below(path.data, depth - 1);
	}
	if (d)
		closedir(d);
}

static void sweep(const struct rc_batch *batch)
{
	RC_OWN_BUF inner = RC_BUF(MAX_PATH_BYTES);

	sweep_below(batch->dir, 4);
	rc_batch_path(batch, ".redcorpus", &inner);
	sweep_below(inner.data, 1);
}

static enum rc_status own(struct rc_batch *batch, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	enum rc_status status;

	rc_batch_path(batch, ".redcorpus/lock", &path);
	status = rc_lock_take(path.data, batch->name, &batch->lock, &batch->died, err);
	if (rc_good(status) && batch->died)
		sweep(batch);
	return status;
}

enum rc_status rc_batch_open(const char *path, bool owning, struct rc_batch **ret, struct rc_err *err)
{
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = calloc(1, sizeof *batch);
	enum rc_status status;

	if (!batch || !(batch->name = strdup(path)))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot open '%s': no memory", path);
	batch->dir = realpath(path, NULL);
	if (!batch->dir)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot open '%s'", path);
	/* Settings first: where they are wrong, nothing at all is written. */
	status = check_format(batch->dir, path, err);
	batch->cfg = rc_config_new();
	if (rc_good(status))
		status = rc_batch_load_settings(batch->dir, batch->cfg, err);
	if (rc_good(status) && owning)
		status = own(batch, err);
	if (rc_good(status) && owning && !exists(batch->dir, "batch.yaml"))
		status = put_settings(batch->dir, batch->cfg, err);
	if (!rc_good(status))
		return status;
	*ret = rc_steal(batch);
	return RC_OK;
}

void rc_batch_close(struct rc_batch **batch)
{
	if (!*batch)
		return;
	rc_lock_free(&(*batch)->lock);
	rc_config_free(&(*batch)->cfg);
	free((*batch)->dir);
	free((*batch)->name);
	free(*batch);
	*batch = NULL;
}

enum rc_status rc_batch_save_settings(struct rc_batch *batch, struct rc_err *err)
{
	return put_settings(batch->dir, batch->cfg, err);
}

void rc_batch_path(const struct rc_batch *batch, const char *relative, struct rc_buf *out)
{
	join(out, batch->dir, relative);
}
