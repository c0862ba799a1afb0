/* bag_walk.c -- what really lies in a bag: every folder by descriptor, no link followed, each file read once.
 *
 *   walk_folder()    names in bytewise order, so that findings come in the same order everywhere
 *   on_file()        looked up in its list; sums computed; compared
 *   compare()        with each line that lists the file */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/bag_parts.h"

struct walk {
	struct bag *bag;
	struct rc_buf path;         /* of what is looked at, relative to the bag */
	char *step;                 /* owned: a piece of a file */
};
enum { STEP = 256 << 10 };

static void walk_clear(struct walk *w)
{
	rc_buf_free(&w->path);
	free(w->step);
}

static bool in_payload(const struct walk *w)
{
	return bag_path_is_payload(w->path.data);
}

/* ---- files -------------------------------------------------------------------------------------------- */

/* Ends with RC_SKIP when the file cannot be read, which is then a finding. */
static enum rc_status add_sums(struct walk *w, int fd, struct rc_summer *sums, int64_t *octets)
{
	for (*octets = 0;;) {
		ssize_t got = read(fd, w->step, STEP);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			bag_tell(w->bag, RULE_UNREADABLE, false, w->path.data, 0, "cannot read it: %s", strerror(errno));
			return RC_SKIP;
		}
		if (got == 0)
			break;
		rc_summer_add(sums, w->step, (size_t)got);
		*octets += got;
	}
	rc_summer_end(sums);
	return RC_OK;
}

/* Lines by one algorithm for one path say the same, or a finding has said that they do not: the first one counts. */
static void compare(struct walk *w, struct bag_list *list, struct bag_entry *first, const struct rc_summer *sums)
{
	size_t from = (size_t)(first - list->v), to = bag_list_next(list, from);

	first->good = true;
	for (size_t i = from; i < to; i++) {
		const struct bag_entry *e = &list->v[i];
		const char *is = rc_summer_hex(sums, (enum rc_sum)e->algorithm);

		if ((i > from && e->algorithm == e[-1].algorithm) || strcasecmp(e->sum, is) == 0)
			continue;
		RC_OWN_BUF message = RC_BUF(256);

		rc_buf_addf(&message, "the %s is not the one in line %u of %smanifest-%s.txt: the file was changed",
		            rc_sum_name((enum rc_sum)e->algorithm), e->line, list == &w->bag->tags ? "tag" : "", rc_sum_name((enum rc_sum)e->algorithm));
		w->bag->n_invalid++;
		w->bag->payload_findings += in_payload(w);
		w->bag->on_finding(w->bag->ctx, &(struct bag_finding){ .file = w->path.data, .rule = RULE_BAG_CHECKSUM,
			.actual = is, .expected = e->sum, .message = message.data });
		first->good = false;
	}
}

static void remember_other(struct bag *bag, const char *path, const struct rc_summer *sums)
{
	char *copy = rc_strdup(path);

	bag_list_keep(&bag->others, copy);
	for (enum rc_sum i = 0; i < RC_SUM_COUNT; i++) {
		if (!(bag->payload.algorithms & 1u << i))
			continue;
		char *sum = rc_strdup(rc_summer_hex(sums, i));

		bag_list_keep(&bag->others, sum);
		bag_list_add(&bag->others, &(struct bag_entry){ .path = copy, .sum = sum, .algorithm = (uint8_t)i, .found = true, .good = true });
	}
}

static unsigned wanted_sums(const struct bag_list *list, const struct bag_entry *first)
{
	unsigned set = 0;

	if (!first)
		return list->algorithms;
	for (size_t i = (size_t)(first - list->v), end = bag_list_next(list, i); i < end; i++)
		set |= 1u << list->v[i].algorithm;
	return set;
}

/* fd: the file, open. */
static enum rc_status check_file(struct walk *w, int fd, struct rc_err *err)
{
	struct bag *bag = w->bag;
	struct bag_list *list = in_payload(w) ? &bag->payload : &bag->tags;
	struct bag_entry *first = bag_list_find(list, w->path.data);
	RC_CLEANUP(rc_summer_free) struct rc_summer *sums = NULL;
	int64_t octets;

	if (!first && list == &bag->tags)
		return RC_OK;           /* tag manifests need not list everything */
	enum rc_status status = rc_summer_new(&sums, wanted_sums(list, first), err);

	if (!rc_good(status))
		return status;
	if (first)
		first->found = true;
	if (add_sums(w, fd, sums, &octets) != RC_OK)
		return RC_OK;
	if (in_payload(w)) {
		bag->facts.n_files++;
		bag->facts.octets += octets;
	}
	if (first)
		compare(w, list, first, sums);
	else
		remember_other(bag, w->path.data, sums);
	return RC_OK;
}

/* ---- folders ------------------------------------------------------------------------------------------ */

struct names {
	struct dirent **v;          /* owned, with its elements */
	int n;
};

static void names_free(struct names *names)
{
	for (int i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
}

static int not_itself(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static int bytewise(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum rc_status walk_folder(struct walk *w, int dir, int depth, struct rc_err *err);

static enum rc_status on_name(struct walk *w, int dir, const char *name, int depth, struct rc_err *err)
{
	/* O_NONBLOCK: a pipe must not hold us up. */
	RC_OWN_FD fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return RC_OK;           /* gone meanwhile: it is missing, if it is listed */
	if (fd < 0 && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))) {
		struct bag_entry *first = bag_list_find(in_payload(w) ? &w->bag->payload : &w->bag->tags, w->path.data);

		if (first)
			first->found = true;
		bag_tell(w->bag, RULE_UNREADABLE, false, w->path.data, 0, "cannot open it: %s", strerror(errno));
		return RC_OK;
	}
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		return walk_folder(w, fd, depth + 1, err);
	if (fd >= 0 && S_ISREG(st.st_mode))
		return check_file(w, fd, err);
	bag_tell(w->bag, RULE_BAG_SPECIAL, false, w->path.data, 0, "neither a file nor a folder: a link, a pipe or a device has no place in a bag");
	return RC_OK;
}

static enum rc_status walk_folder(struct walk *w, int dir, int depth, struct rc_err *err)
{
	RC_CLEANUP(names_free) struct names names = { 0 };
	size_t len = w->path.len;

	if (depth > RC_MAX_BAG_DEPTH) {
		bag_tell(w->bag, RULE_BAG_LIMIT, false, w->path.data, 0, "folders are nested deeper than %d", RC_MAX_BAG_DEPTH);
		return RC_OK;
	}
	names.n = scandirat(dir, ".", &names.v, not_itself, bytewise);
	if (names.n < 0) {
		names.n = 0;
		bag_tell(w->bag, RULE_UNREADABLE, false, w->path.data, 0, "cannot read the folder: %s", strerror(errno));
		return RC_OK;
	}
	for (int i = 0; i < names.n; i++) {
		rc_buf_addf(&w->path, "%s%s", len ? "/" : "", names.v[i]->d_name);
		enum rc_status status = w->path.failed ? rc_buf_check(&w->path, "a path", err) : on_name(w, dir, names.v[i]->d_name, depth, err);

		if (!rc_good(status))
			return status;
		if (w->bag->facts.n_files > RC_MAX_BAG_FILES)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_BYTES, "cannot check '%s': it has more than %d files", w->bag->path, RC_MAX_BAG_FILES);
		w->path.len = len;
		w->path.data[len] = '\0';
	}
	return RC_OK;
}

enum rc_status bag_walk(struct bag *bag, struct rc_err *err)
{
	RC_CLEANUP(walk_clear) struct walk w = { .bag = bag, .path = RC_BUF(1 << 20), .step = rc_alloc(STEP) };

	return walk_folder(&w, bag->fd, 0, err);
}
