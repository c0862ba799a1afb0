/* script.c -- scripts and files of the report.
 *
 *   report_script_json()   JSON that may stand in a script element
 *   report_files_*()       a set of names in 8 bytes each: a stray equal hash would only keep a file too long */
#include "report/script.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/outfile.h"

#define MAX_PART (INT64_C(256) << 20)

void report_script_json(struct rc_buf *out, const json_t *json)
{
	RC_OWN_BUF text = RC_BUF(MAX_PART);

	rc_json_print(&text, json);
	/* Outside strings JSON has none of them. */
	for (const char *s = text.data;;) {
		size_t plain = strcspn(s, "<>&");

		rc_buf_add(out, s, plain);
		s += plain;
		if (!*s)
			break;
		rc_buf_addf(out, "\\u%04x", (unsigned)*s++);
	}
	out->failed |= text.failed;
}

/* ---- files ------------------------------------------------------------------------------------------------ */

struct report_files {
	char *dir;              /* owned */
	uint64_t *names;        /* owned: hashes, sorted by the sweep */
	size_t n, cap;
};

struct report_files *report_files_new(const char *dir)
{
	struct report_files *f = rc_alloc(sizeof *f);

	f->dir = rc_strdup(dir);
	return f;
}

void report_files_free(struct report_files **f)
{
	if (!*f)
		return;
	free((*f)->dir);
	free((*f)->names);
	free(*f);
	*f = NULL;
}

static void path_of(const struct report_files *f, const char *name, struct rc_buf *out)
{
	rc_buf_addf(out, "%s/%s", f->dir, name);
}

/* FNV-1a. */
static uint64_t hash_of(const char *name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * UINT64_C(0x100000001b3);
	return h;
}

bool report_files_keep(struct report_files *f, const char *name)
{
	RC_OWN_BUF path = RC_BUF(2 * RC_MAX_NAME);

	if (f->n == f->cap) {
		f->cap = f->cap ? 2 * f->cap : 1024;
		f->names = rc_realloc(f->names, f->cap * sizeof *f->names);
	}
	f->names[f->n++] = hash_of(name);
	path_of(f, name, &path);
	return access(path.data, F_OK) == 0;
}

static bool has_bytes(const char *path, const void *bytes, size_t len)
{
	RC_OWN_BUF there = RC_BUF(MAX_PART);
	struct stat st;

	return stat(path, &st) == 0 && st.st_size == (off_t)len && rc_good(rc_buf_read_file(&there, path, NULL)) &&
	       there.len == len && memcmp(there.data, bytes, len) == 0;
}

enum rc_status report_files_put(struct report_files *f, const char *name, const void *bytes, size_t len, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(2 * RC_MAX_NAME);
	bool there = report_files_keep(f, name);

	path_of(f, name, &path);
	return there && has_bytes(path.data, bytes, len) ? RC_OK : rc_file_put(path.data, bytes, len, err);
}

enum rc_status report_files_script(struct report_files *f, const char *name, const json_t *data, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(MAX_PART);

	rc_buf_addf(&text, "redcorpus.part(\"%s\", ", name);
	report_script_json(&text, data);
	rc_buf_adds(&text, ")\n");
	enum rc_status status = rc_buf_check(&text, name, err);

	return rc_good(status) ? report_files_put(f, name, text.data, text.len, err) : status;
}

/* ---- sweep -------------------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Left by a run that was killed while it wrote. */
static bool is_temporary(const char *name)
{
	return strncmp(name, RC_TMP_PREFIX, strlen(RC_TMP_PREFIX)) == 0;
}

/* Folders are one or two deep. What is not ours to know (folders in folders) is left alone. */
static enum rc_status sweep(const struct report_files *f, const char *folder, int depth, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(2 * RC_MAX_NAME);
	enum rc_status status = RC_OK;

	path_of(f, folder, &path);
	DIR *dir = opendir(path.data);

	for (struct dirent *entry; dir && rc_good(status) && (entry = readdir(dir));) {
		RC_OWN_BUF name = RC_BUF(RC_MAX_NAME);
		RC_OWN_BUF file = RC_BUF(2 * RC_MAX_NAME);

		rc_buf_addf(&name, "%s/%s", folder, entry->d_name);
		path_of(f, name.data, &file);
		uint64_t hash = hash_of(name.data);

		if ((entry->d_name[0] == '.' && !is_temporary(entry->d_name)) || name.failed || bsearch(&hash, f->names, f->n, sizeof hash, compare))
			continue;
		if (unlink(file.data) == 0 || errno == ENOENT)
			continue;
		if ((errno == EISDIR || errno == EPERM) && depth > 0)
			status = sweep(f, name.data, depth - 1, err);
		else if (errno != EISDIR && errno != EPERM)
			status = rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot remove '%s'", file.data);
	}
	if (dir)
		(void)closedir(dir);
	return status;
}

enum rc_status report_files_sweep(struct report_files *f, struct rc_err *err)
{
	static const char *const folders[] = { "pages", "lists", "glyphs" };
	enum rc_status status = RC_OK;

	if (f->n)
		qsort(f->names, f->n, sizeof *f->names, compare);
	for (size_t i = 0; i < RC_COUNT(folders) && rc_good(status); i++)
		status = sweep(f, folders[i], 1, err);
	return status;
}
