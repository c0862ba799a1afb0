/* export.c -- the table of formats, and how an item appears whole.
 *
 *   export_formats     add a line for a format
 *   check_ours()       is what stands in the way the like of what is written?
 *   export_item()      one file, or a folder that is filled under another name and then renamed */
#include "export/export.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/outfile.h"
#include "export/pages.h"

static const char *const page_files[] = { "*.xml", NULL };
static const char *const mets_files[] = { "mets.xml", "premis.xml", "alto", "scans", NULL };
static const char *const bag_files[] = { "bagit.txt", "bag-info.txt", "manifest-*.txt", "tagmanifest-*.txt", "data", NULL };

const struct export_format export_formats[] = {
	{ .name = "alto", .what = "ALTO 4.4: a folder per item, an XML file per page", .holds = page_files, .write = export_alto, .pages = export_alto_page },
	{ .name = "page", .what = "PAGE 2019-07-15: a folder per item, an XML file per page", .holds = page_files, .write = export_page, .pages = export_page_page },
	{ .name = "mets", .what = "METS 1.12.1 with PREMIS 3, ALTO and the scans: a folder per item", .holds = mets_files, .write = export_mets, .wants_times = true },
	{ .name = "bagit", .what = "BagIt 1.0: a bag per item, with its METS package, scans and record", .holds = bag_files, .write = export_bagit, .wants_times = true },
	{ .name = "pdf", .what = "PDF/A, its text can be searched and copied: a file per item", .suffix = ".pdf", .write = export_pdf },
	{ .name = "hocr", .what = "hOCR 1.2: a file per item", .suffix = ".hocr", .write = export_hocr },
	{ .name = "text", .what = "plain text, a form feed between pages: a file per item", .suffix = ".txt", .write = export_text },
	{ 0 }
};

const struct export_format *export_format_find(const char *name)
{
	for (const struct export_format *f = export_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

void export_path(const struct export_format *format, const char *out, const char *id, struct rc_buf *path)
{
	rc_buf_addf(path, "%s/%s%s", out, id, format->suffix ? format->suffix : "");
}

/* ---- folders ------------------------------------------------------------------------------------------ */

static bool is_one_of(const char *name, const char *const *patterns)
{
	for (; *patterns; patterns++)
		if (fnmatch(*patterns, name, 0) == 0)
			return true;
	return false;
}

/* What was made here holds nothing but what the format writes. Anything else is not ours to remove. */
static enum rc_status check_ours(const struct export_format *format, const char *path, struct rc_err *err)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent *entry;

	if (fd < 0 && errno == ENOENT)
		return RC_OK;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (!dir)
		return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot replace '%s'", path);
	enum rc_status status = RC_OK;

	fd = -1;                        /* the stream's now */
	while (rc_good(status) && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && !is_one_of(entry->d_name, format->holds))
			status = rc_fail(err, RC_PAGE_FAILED, RC_WHY_INVALID, "cannot replace '%s': no export as %s has made it, for it holds '%s'",
			                 path, format->name, entry->d_name);
	closedir(dir);
	return status;
}

/* Gives the folder `from` the name `to`; what had that name goes. */
static enum rc_status take_place(const char *from, const char *to, struct rc_err *err)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0) {
		rc_remove_tree(from);
		return RC_OK;
	}
	if (errno == ENOENT && rename(from, to) == 0)
		return RC_OK;
	if (errno == EINVAL || errno == ENOSYS) {       /* a file system that cannot exchange names */
		rc_remove_tree(to);
		if (rename(from, to) == 0)
			return RC_OK;
	}
	return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot create '%s'", to);
}

static enum rc_status make_folder(const struct export_format *format, struct export_item *item, const char *out, const char *path,
                                  struct rc_err *err)
{
	RC_OWN_BUF tmp = RC_BUF(4 * RC_MAX_NAME);
	struct rc_digest name = rc_digest_of(item->id, strlen(item->id));
	char hex[RC_DIGEST_HEX];

	rc_buf_addf(&tmp, "%s/" RC_TMP_PREFIX "%.24s", out, rc_digest_hex(&name, hex));
	enum rc_status status = rc_buf_check(&tmp, out, err);

	if (rc_good(status))
		status = check_ours(format, path, err);
	if (!rc_good(status))
		return status;
	rc_remove_tree(tmp.data);
	status = rc_make_dirs(tmp.data, err);
	if (rc_good(status))
		status = format->write(item, tmp.data, err);
	if (rc_good(status))
		status = take_place(tmp.data, path, err);
	if (!rc_good(status))
		rc_remove_tree(tmp.data);
	return status;
}

enum rc_status export_item(const struct export_format *format, struct export_item *item, const char *out, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);

	item->pages = item->not_read = 0;
	export_path(format, out, item->id, &path);
	enum rc_status status = rc_buf_check(&path, out, err);

	if (!rc_good(status))
		return status;
	return format->suffix ? format->write(item, path.data, err) : make_folder(format, item, out, path.data, err);
}
