/* validate.c -- what lies at a path, and the checks of it.
 *
 *   validate_path()     batch, corpus or folder; or a file: XML, sample image, or nothing we know
 *   walk_folder()       everything in a folder that we know, in natural order
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

/* named: by a person; else it was met in a folder. */
static enum rc_status validate_file(const struct validation *v, const char *path, bool named, struct rc_err *err)
{
	enum kind kind = KIND_OTHER;
	enum rc_media media = RC_MEDIA_UNKNOWN;
	struct rc_err why;

	if (!rc_good(find_kind(path, &kind, &media, &why)))
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

static enum rc_status validate_folder(const struct validation *v, const char *path, int depth, struct rc_err *err);

/* Links are not followed: they may lead in circles. */
static enum rc_status validate_entry(const struct validation *v, const char *path, int depth, struct rc_err *err)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return RC_OK;           /* gone meanwhile */
	if (S_ISDIR(st.st_mode))
		return validate_folder(v, path, depth + 1, err);
	return S_ISREG(st.st_mode) ? validate_file(v, path, false, err) : RC_OK;
}

static enum rc_status walk_folder(const struct validation *v, const char *path, int depth, struct rc_err *err)
{
	RC_CLEANUP(names_free) struct names names = { 0 };

	names.n = scandir(path, &names.v, not_hidden, in_order);
	if (names.n < 0) {
		names.n = 0;
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read folder '%s'", path);
	}
	for (int i = 0; i < names.n; i++) {
		RC_OWN_BUF entry = RC_BUF(MAX_PATH_BYTES);

		rc_buf_addf(&entry, "%s/%s", path, names.v[i]->d_name);
		enum rc_status status = validate_entry(v, entry.data, depth, err);

		if (!rc_good(status))
			return status;
	}
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

	if (stat(path, &st) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot check '%s'", path);
	if (S_ISREG(st.st_mode))
		return validate_file(v, path, true, err);
	if (!S_ISDIR(st.st_mode)) {
		report_one(v->report, path, RULE_UNKNOWN_KIND, "neither a file nor a folder");
		return RC_OK;
	}
	status = validate_folder(v, path, 0, err);
	if (rc_good(status) && report_checked(v->report) == before)
		report_one(v->report, path, RULE_UNKNOWN_KIND, "a folder without records, batches, corpora, bags, images, ALTO, PAGE or METS");
	return status;
}
