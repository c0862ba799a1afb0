/* validate.c -- what lies at a path, and the checks of it.
 *
 *   validate_path()     batch, corpus or folder; or a file: XML, sample image, or nothing we know
 *   walk_folder()       everything in a folder that we know, in natural order
 *   warn_of_orphans()   truths in it that no image stands beside
 *
 * A person who names a file wants to hear about it, so that what is not recognised is a finding. In a folder it is
 * something else that lies there, and only a folder with nothing in it for us is a finding. */
#include "cli/validate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/bag.h"
#include "common/image.h"
#include "core/text.h"
#include "run/batch.h"

enum { MAX_PATH_BYTES = 1 << 16, MAX_FOLDER_DEPTH = 64, HEAD_BYTES = 4096 };

/* ---- files -------------------------------------------------------------------------------------------- */

enum kind { KIND_OTHER, KIND_XML, KIND_IMAGE };

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

/* Web pages, and hOCR among them, are written as XML too and are none of what we check. */
static bool looks_like_html(const char *bytes)
{
	return strcasestr(bytes, "<!doctype html") || strcasestr(bytes, "<html");
}

/* After a byte order mark and blanks comes '<'. */
static bool looks_like_xml(const char *bytes)
{
	static const char mark[] = "\xEF\xBB\xBF";

	bytes += strncmp(bytes, mark, strlen(mark)) == 0 ? strlen(mark) : 0;
	return bytes[strspn(bytes, " \t\r\n")] == '<';
}

static enum rc_status find_kind(const char *path, enum kind *kind, enum rc_media *media, struct rc_err *err)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char head[HEAD_BYTES + 1];
	ssize_t got = fd < 0 ? -1 : pread(fd, head, HEAD_BYTES, 0);

	if (got < 0)
		return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", path);
	head[got] = '\0';
	*media = image_sniff(head, (size_t)got);
	if (*media != RC_MEDIA_UNKNOWN && *media != RC_MEDIA_ARCHIVE)
		*kind = KIND_IMAGE;
	else
		*kind = ends_with(path, ".xml") || (looks_like_xml(head) && !looks_like_html(head)) ? KIND_XML : KIND_OTHER;
	return RC_OK;
}

static void report_one(struct report *report, const char *path, enum rule rule, const char *message)
{
	report_begin(report, path, "other");
	report_rule(report, NULL, 0, rule, message);
	report_end(report);
}

/* named: by a person; else it was met in a folder. *image is set when it is one, or may be: it cannot be read. */
static enum rc_status validate_file(const struct validation *v, const char *path, bool named, bool *image, struct rc_err *err)
{
	enum kind kind = KIND_OTHER;
	enum rc_media media = RC_MEDIA_UNKNOWN;
	struct rc_err why;
	bool readable = rc_good(find_kind(path, &kind, &media, &why));

	*image = !readable || kind == KIND_IMAGE;
	if (!readable)
		report_one(v->report, path, RULE_UNREADABLE, why.text);
	else if (kind == KIND_XML)
		return validate_xml(v, path, named, err);
	else if (kind == KIND_IMAGE)
		return validate_sample(v, path, media, err);
	else if (named)
		report_one(v->report, path, RULE_UNKNOWN_KIND, "neither XML nor an image");
	return RC_OK;
}

/* ---- folders ------------------------------------------------------------------------------------------ */

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int in_order(const struct dirent **a, const struct dirent **b)
{
	return rc_natural_compare((*a)->d_name, (*b)->d_name);
}

struct names {
	struct dirent **v;      /* owned, with its elements */
	int n;
};

static void names_free(struct names *names)
{
	for (int i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
}

struct stems {                  /* of the images in a folder: names without their endings */
	char **v;               /* owned, with its elements */
	size_t n;
};

static void stems_free(struct stems *stems)
{
	for (size_t i = 0; i < stems->n; i++)
		free(stems->v[i]);
	free(stems->v);
}

static void add_stem(struct stems *stems, const char *name)
{
	char *stem = rc_strdup(name), *dot = strrchr(stem, '.');

	if (dot)
		*dot = '\0';
	if ((stems->n & (stems->n - 1)) == 0)
		stems->v = rc_realloc(stems->v, (stems->n ? 2 * stems->n : 1) * sizeof *stems->v);
	stems->v[stems->n++] = stem;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has_stem(const struct stems *stems, const char *name)
{
	return stems->n > 0 && bsearch(&name, stems->v, stems->n, sizeof *stems->v, by_bytes);
}

/* "NAME.gt.txt", or of a frame "NAME.2.gt.txt", without an image NAME. */
static bool is_orphan(const struct stems *stems, const char *entry)
{
	RC_OWN_STR name = rc_strdup(entry);

	if (!ends_with(name, ".gt.txt") && !ends_with(name, ".gt.json"))
		return false;
	*strrchr(name, '.') = '\0';
	*strrchr(name, '.') = '\0';
	if (has_stem(stems, name))
		return false;
	char *dot = strrchr(name, '.');

	if (!dot || !dot[1] || dot[1 + strspn(dot + 1, "0123456789")])
		return true;
	*dot = '\0';
	return !has_stem(stems, name);
}

/* They would count for nothing, and nobody would know. */
static void warn_of_orphans(const struct validation *v, const char *path, const struct names *names, struct stems *stems)
{
	if (stems->n > 0)
		qsort(stems->v, stems->n, sizeof *stems->v, by_bytes);
	for (int i = 0; i < names->n; i++) {
		RC_OWN_BUF entry = RC_BUF(MAX_PATH_BYTES);

		if (!is_orphan(stems, names->v[i]->d_name))
			continue;
		rc_buf_addf(&entry, "%s/%s", path, names->v[i]->d_name);
		report_warn(v->report, entry.data, RULE_SAMPLE_ORPHAN, "a truth without its image: nothing is checked against it");
	}
}

static enum rc_status validate_folder(const struct validation *v, const char *path, int depth, struct rc_err *err);

/* Links are not followed: they may lead in circles. *image is set for what may be one. */
static enum rc_status validate_entry(const struct validation *v, const char *path, int depth, bool *image, struct rc_err *err)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return RC_OK;           /* gone meanwhile */
	if (S_ISDIR(st.st_mode))
		return validate_folder(v, path, depth + 1, err);
	*image = S_ISLNK(st.st_mode);
	return S_ISREG(st.st_mode) ? validate_file(v, path, false, image, err) : RC_OK;
}

static enum rc_status walk_folder(const struct validation *v, const char *path, int depth, struct rc_err *err)
{
	RC_CLEANUP(names_free) struct names names = { 0 };
	RC_CLEANUP(stems_free) struct stems stems = { 0 };

	names.n = scandir(path, &names.v, not_hidden, in_order);
	if (names.n < 0) {
		names.n = 0;
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read folder '%s'", path);
	}
	for (int i = 0; i < names.n; i++) {
		RC_OWN_BUF entry = RC_BUF(MAX_PATH_BYTES);
		bool image = false;

		rc_buf_addf(&entry, "%s/%s", path, names.v[i]->d_name);
		enum rc_status status = validate_entry(v, entry.data, depth, &image, err);

		if (!rc_good(status))
			return status;
		if (image)
			add_stem(&stems, names.v[i]->d_name);
	}
	warn_of_orphans(v, path, &names, &stems);
	return RC_OK;
}

static bool holds(const char *path, const char *name)
{
	RC_OWN_BUF file = RC_BUF(MAX_PATH_BYTES);

	rc_buf_addf(&file, "%s/%s", path, name);
	return access(file.data, F_OK) == 0;
}

static enum rc_status validate_folder(const struct validation *v, const char *path, int depth, struct rc_err *err)
{
	if (rc_batch_is(path))
		return validate_batch(v->report, path, err);
	if (bag_is(path))
		return validate_bag(v->report, path, err);
	if (holds(path, "manifest.json"))
		return validate_corpus(v->report, path, err);
	return depth < MAX_FOLDER_DEPTH ? walk_folder(v, path, depth, err) : RC_OK;
}

enum rc_status validate_path(const struct validation *v, const char *path, struct rc_err *err)
{
	int64_t before = report_checked(v->report);
	enum rc_status status;
	struct stat st;
	bool image;

	if (stat(path, &st) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot check '%s'", path);
	if (S_ISREG(st.st_mode))
		return validate_file(v, path, true, &image, err);
	if (!S_ISDIR(st.st_mode)) {
		report_one(v->report, path, RULE_UNKNOWN_KIND, "neither a file nor a folder");
		return RC_OK;
	}
	status = validate_folder(v, path, 0, err);
	if (rc_good(status) && report_checked(v->report) == before)
		report_one(v->report, path, RULE_UNKNOWN_KIND, "a folder without records, batches, corpora, bags, images, ALTO, PAGE or METS");
	return status;
}
