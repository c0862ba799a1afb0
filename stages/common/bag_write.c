/* bag_write.c -- a folder with a payload becomes a bag.
 *
 *   add_folder()      every file below data/, summed as it lies there
 *   put()             a tag file, written and summed
 *   bag_end()         bag-info.txt, manifests, bagit.txt, and last the manifests of these
 *
 * The lists are small beside the payload and stay in memory; names come in bytewise order, so that the same files give the same
 * bytes. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/bag_parts.h"

enum { STEP = 256 << 10, MAX_INFO = 1 << 20 };
static const enum rc_sum both[] = { RC_SUM_SHA256, RC_SUM_SHA512 };

struct bag_writer {
	const char *folder;
	struct rc_buf info;                             /* bag-info.txt so far */
	struct rc_buf payload[RC_COUNT(both)];          /* manifests */
	struct rc_buf tags[RC_COUNT(both)];             /* tag manifests */
	struct rc_summer *sums;
	char *step;                                     /* a piece of a file */
	int64_t octets, n_files;
};

/* ---- lines -------------------------------------------------------------------------------------------- */

/* "SUM  path", with what would end the line or be read otherwise encoded (RFC 8493, 2.1.3). */
static void add_line(struct bag_writer *bag, struct rc_buf *manifests, const char *path)
{
	rc_summer_end(bag->sums);
	for (size_t i = 0; i < RC_COUNT(both); i++) {
		rc_buf_addf(&manifests[i], "%s  ", rc_summer_hex(bag->sums, both[i]));
		for (const char *at = path; *at; at++)
			if (*at == '%' || *at == '\n' || *at == '\r')
				rc_buf_addf(&manifests[i], "%%%02X", (unsigned)*at);
			else
				rc_buf_addc(&manifests[i], *at);
		rc_buf_addc(&manifests[i], '\n');
	}
	rc_summer_again(bag->sums);
}

/* ---- the payload -------------------------------------------------------------------------------------- */

static enum rc_status sum_file(struct bag_writer *bag, int fd, const char *path, struct rc_err *err)
{
	for (;;) {
		ssize_t got = read(fd, bag->step, STEP);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read '%s/%s'", bag->folder, path);
		if (got == 0)
			break;
		rc_summer_add(bag->sums, bag->step, (size_t)got);
		bag->octets += got;
	}
	bag->n_files++;
	add_line(bag, bag->payload, path);
	return RC_OK;
}

static int not_itself(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static int bytewise(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum rc_status add_folder(struct bag_writer *bag, int dir, const char *path, int depth, struct rc_err *err);

static enum rc_status add_name(struct bag_writer *bag, int dir, const char *folder, const char *name, int depth, struct rc_err *err)
{
	RC_OWN_FD fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	RC_OWN_BUF path = RC_BUF(BAG_MAX_PATH);
	struct stat st;

	rc_buf_addf(&path, "%s/%s", folder, name);
	if (fd < 0 || fstat(fd, &st) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read '%s/%s'", bag->folder, path.data);
	enum rc_status status = rc_buf_check(&path, "a path in a bag", err);

	if (!rc_good(status))
		return status;
	if (S_ISDIR(st.st_mode))
		return add_folder(bag, fd, path.data, depth + 1, err);
	if (!S_ISREG(st.st_mode))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_UNSUPPORTED, "cannot put '%s/%s' into a bag: it is neither a file nor a folder", bag->folder, path.data);
	return sum_file(bag, fd, path.data, err);
}

/* Files and folders in one order, so that lines are nearly sorted; what lists need is that they never change. */
static enum rc_status add_folder(struct bag_writer *bag, int dir, const char *path, int depth, struct rc_err *err)
{
	struct dirent **names = NULL;
	enum rc_status status = RC_OK;
	int n = depth > RC_MAX_BAG_DEPTH ? -1 : scandirat(dir, ".", &names, not_itself, bytewise);

	if (n < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read folder '%s/%s'", bag->folder, path);
	for (int i = 0; i < n; i++) {
		if (rc_good(status))
			status = add_name(bag, dir, path, names[i]->d_name, depth, err);
		free(names[i]);
	}
	free(names);
	return status;
}

static enum rc_status add_payload(struct bag_writer *bag, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(BAG_MAX_PATH);

	rc_buf_addf(&path, "%s/data", bag->folder);
	RC_OWN_FD dir = open(path.data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read folder '%s'", path.data);
	return add_folder(bag, dir, "data", 0, err);
}

/* ---- what describes it -------------------------------------------------------------------------------- */

/* One line: runs of white space and control characters are a space, none at the ends. */
static void add_value(struct rc_buf *out, const char *value)
{
	bool space = false, any = false;

	for (; *value; value++) {
		if ((unsigned char)*value <= 0x20 || *value == 0x7F) {
			space = any;
			continue;
		}
		if (space)
			rc_buf_addc(out, ' ');
		rc_buf_addc(out, *value);
		space = false;
		any = true;
	}
}

void bag_info(struct bag_writer *bag, const char *label, const char *value)
{
	if (value[strspn(value, " \t\r\n")] == '\0')
		return;
	rc_buf_addf(&bag->info, "%s: ", label);
	add_value(&bag->info, value);
	rc_buf_addc(&bag->info, '\n');
}

/* listed: in the tag manifests. */
static enum rc_status put(struct bag_writer *bag, const char *name, const struct rc_buf *text, bool listed, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(BAG_MAX_PATH);
	enum rc_status status = rc_buf_check(text, name, err);

	rc_buf_addf(&path, "%s/%s", bag->folder, name);
	if (rc_good(status))
		status = rc_buf_check(&path, "a path in a bag", err);
	if (rc_good(status))
		status = rc_file_put(path.data, text->data, text->len, err);
	if (rc_good(status) && listed) {
		rc_summer_add(bag->sums, text->data, text->len);
		add_line(bag, bag->tags, name);
	}
	return status;
}

static enum rc_status put_manifests(struct bag_writer *bag, const char *prefix, const struct rc_buf *manifests, bool listed, struct rc_err *err)
{
	enum rc_status status = RC_OK;
	char name[64];

	for (size_t i = 0; rc_good(status) && i < RC_COUNT(both); i++) {
		snprintf(name, sizeof name, "%s-%s.txt", prefix, rc_sum_name(both[i]));
		status = put(bag, name, &manifests[i], listed, err);
	}
	return status;
}

enum rc_status bag_end(struct bag_writer *bag, struct rc_err *err)
{
	RC_OWN_BUF declaration = RC_BUF(100);
	enum rc_status status = rc_summer_new(&bag->sums, 1u << both[0] | 1u << both[1], err);

	rc_buf_adds(&declaration, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
	if (rc_good(status))
		status = add_payload(bag, err);
	rc_buf_addf(&bag->info, "Payload-Oxum: %lld.%lld\n", (long long)bag->octets, (long long)bag->n_files);
	if (rc_good(status))
		status = put(bag, "bag-info.txt", &bag->info, true, err);
	if (rc_good(status))
		status = put(bag, "bagit.txt", &declaration, true, err);
	if (rc_good(status))
		status = put_manifests(bag, "manifest", bag->payload, true, err);
	return rc_good(status) ? put_manifests(bag, "tagmanifest", bag->tags, false, err) : status;
}

struct bag_writer *bag_begin(const char *folder)
{
	struct bag_writer *bag = rc_alloc(sizeof *bag);

	bag->folder = folder;
	bag->info = RC_BUF(MAX_INFO);
	bag->step = rc_alloc(STEP);
	for (size_t i = 0; i < RC_COUNT(both); i++) {
		bag->payload[i] = RC_BUF(RC_MAX_TAG_FILE);
		bag->tags[i] = RC_BUF(MAX_INFO);
	}
	return bag;
}

void bag_free(struct bag_writer **bag)
{
	if (!*bag)
		return;
	rc_buf_free(&(*bag)->info);
	for (size_t i = 0; i < RC_COUNT(both); i++) {
		rc_buf_free(&(*bag)->payload[i]);
		rc_buf_free(&(*bag)->tags[i]);
	}
	rc_summer_free(&(*bag)->sums);
	free((*bag)->step);
	free(*bag);
	*bag = NULL;
}
