/* bag_check.c -- is a folder a bag, and is it whole? The order of the checks.
 *
 *   bag_read_...()        what the bag says of itself (bag_read.c)
 *   check_duplicates()    paths that a list has twice
 *   bag_walk()            the folder against the lists (bag_walk.c)
 *   fold_found()          names that differ in nothing that lasts
 *   check_missing()       what is listed and was not met; perhaps under another spelling
 *   check_unlisted()      the other way round
 *   check_oxum()          only when nothing else is wrong: it follows from the rest
 *
 * Where versions differ the bag's own counts: 1.0 wants each payload file in every manifest, once. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/bag_parts.h"

enum { MAX_SAME_FOLD = 16 };

void bag_tell(struct bag *bag, enum rule rule, bool warning, const char *file, int64_t line, const char *fmt, ...)
{
	char *message = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&message, fmt, args) < 0)
		rc_out_of_memory();
	va_end(args);
	bag->n_invalid += !warning;
	bag->payload_findings += bag_path_is_payload(file);
	bag->on_finding(bag->ctx, &(struct bag_finding){ .file = file, .line = line, .rule = rule, .warning = warning,
		.actual = "", .expected = "", .message = message });
	free(message);
}

/* ---- lists against themselves and the folder ---------------------------------------------------------- */

static void manifest_name(const struct bag *bag, const struct bag_list *list, const struct bag_entry *e, char name[64])
{
	snprintf(name, 64, "%smanifest-%s.txt", list == &bag->tags ? "tag" : "", rc_sum_name((enum rc_sum)e->algorithm));
}

static void check_duplicates(struct bag *bag, const struct bag_list *list)
{
	char file[64];

	for (size_t i = 1; i < list->n; i++) {
		const struct bag_entry *a = &list->v[i - 1], *b = &list->v[i];

		if (a->algorithm != b->algorithm || strcmp(a->path, b->path) != 0)
			continue;
		bool same = strcasecmp(a->sum, b->sum) == 0;

		manifest_name(bag, list, b, file);
		bag_tell(bag, RULE_BAG_DUPLICATE, same && !bag->current, file, b->line, "'%s' was in line %u already%s", b->path, a->line,
		         same ? "" : ", with another checksum");
	}
}

static void check_fetch(struct bag *bag)
{
	for (size_t i = 0; i < bag->fetch.n; i++)
		if (!bag_list_find(&bag->payload, bag->fetch.v[i].path))
			bag_tell(bag, RULE_BAG_FETCH, false, "fetch.txt", bag->fetch.v[i].line, "'%s' is in no manifest", bag->fetch.v[i].path);
}

/* One entry for each path, sorted by what the path folds to. */
struct folded {
	const struct bag_list *list;
	struct bag_entry *first;
};

static int by_fold(const void *a, const void *b)
{
	const struct folded *x = a, *y = b;
	int fold = strcmp(x->first->fold, y->first->fold);

	return fold ? fold : strcmp(x->first->path, y->first->path);
}

struct folds {
	struct folded *v;           /* owned */
	size_t n;
};

static void folds_clear(struct folds *f)
{
	free(f->v);
}

static void add_folds(struct folds *f, const struct bag_list *list)
{
	for (size_t i = 0; i < list->n; i = bag_list_next(list, i))
		if (list->v[i].found)
			f->v[f->n++] = (struct folded){ list, &list->v[i] };
}

/* Everything that was met in the payload. */
static void fold_found(struct bag *bag, struct folds *f)
{
	f->v = rc_alloc((bag->payload.n + bag->others.n + 1) * sizeof *f->v);
	add_folds(f, &bag->payload);
	add_folds(f, &bag->others);
	qsort(f->v, f->n, sizeof *f->v, by_fold);
	for (size_t i = 1; i < f->n; i++)
		if (strcmp(f->v[i].first->fold, f->v[i - 1].first->fold) == 0)
			bag_tell(bag, RULE_BAG_SPELLING, true, f->v[i].first->path, 0, "its name differs from '%s' in letter case or Unicode form alone: "
			         "many systems cannot hold both", f->v[i - 1].first->path);
}

/* Has the file that was met all checksums that are listed for the one that is missing? */
static bool same_content(const struct bag_list *list, const struct bag_entry *missing, const struct folded *met)
{
	size_t from = (size_t)(missing - list->v), to = bag_list_next(list, from);
	size_t met_from = (size_t)(met->first - met->list->v), met_to = bag_list_next(met->list, met_from);

	for (size_t i = from; i < to; i++) {
		bool same = false;

		for (size_t k = met_from; k < met_to; k++)
			same |= met->list->v[k].algorithm == list->v[i].algorithm && strcasecmp(met->list->v[k].sum, list->v[i].sum) == 0;
		if (!same)
			return false;
	}
	return met->first->good;
}

/* A missing file under another spelling, with the same content; NULL: none. */
static const struct folded *find_spelling(const struct folds *f, const struct bag_list *list, const struct bag_entry *missing)
{
	size_t low = 0, high = f->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(f->v[middle].first->fold, missing->fold) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < f->n && i < low + MAX_SAME_FOLD && strcmp(f->v[i].first->fold, missing->fold) == 0; i++)
		if (same_content(list, missing, &f->v[i]))
			return &f->v[i];
	return NULL;
}

/* Older tools list a percent sign as it is: the file that "data/a%25b" names literally. NULL: none. */
static struct bag_entry *find_literal(struct bag *bag, const struct bag_entry *missing)
{
	RC_OWN_BUF literal = RC_BUF(4 * BAG_MAX_PATH);

	if (!missing->escaped)
		return NULL;
	for (const char *at = missing->path; *at; at++)
		if (*at == '%')
			rc_buf_adds(&literal, "%25");
		else if (*at == '\n' || *at == '\r')
			rc_buf_adds(&literal, *at == '\n' ? "%0A" : "%0D");
		else
			rc_buf_addc(&literal, *at);
	struct bag_entry *met = bag_list_find(&bag->others, literal.data);

	return met && same_content(&bag->payload, missing, &(struct folded){ &bag->others, met }) ? met : NULL;
}

static void tell_missing(struct bag *bag, const struct bag_list *list, const struct bag_entry *e, const struct folds *folds)
{
	const struct folded *spelled = list == &bag->payload ? find_spelling(folds, list, e) : NULL;
	struct bag_entry *literal = spelled || list != &bag->payload ? NULL : find_literal(bag, e);
	char file[64];

	manifest_name(bag, list, e, file);
	if (spelled) {
		spelled->first->line = 1;       /* of others: its spelling is told, it is not unlisted */
		bag_tell(bag, RULE_BAG_SPELLING, true, e->path, 0, "it is there as '%s', which differs in letter case or Unicode form alone", spelled->first->path);
	} else if (literal) {
		literal->line = 1;
		bag_tell(bag, RULE_BAG_FORM, true, e->path, 0, "it is there as '%s': version 1.0 wants its percent sign encoded", literal->path);
	} else if (bag_is_system_file(e->path)) {
		bag_tell(bag, RULE_BAG_SYSTEM_FILE, true, e->path, 0, "it is listed and missing; systems leave such files behind, and take them away");
	} else if (bag_list_find(&bag->fetch, e->path)) {
		bag->facts.n_to_fetch++;
		bag_tell(bag, RULE_BAG_MISSING, false, e->path, 0, "it is still to be fetched: fetch.txt says where from, and nothing is fetched here");
	} else {
		bag_tell(bag, RULE_BAG_MISSING, false, e->path, 0, "it is in line %u of %s, and not there", e->line, file);
	}
}

static void check_missing(struct bag *bag, const struct bag_list *list, const struct folds *folds)
{
	for (size_t i = 0; i < list->n; i = bag_list_next(list, i)) {
		if (!list->v[i].found)
			tell_missing(bag, list, &list->v[i], folds);
		else if (list == &bag->payload && bag_is_system_file(list->v[i].path))
			bag_tell(bag, RULE_BAG_SYSTEM_FILE, true, list->v[i].path, 0, "a file that systems leave behind");
	}
}

/* Version 1.0 wants a payload file in every manifest. */
static void check_everywhere(struct bag *bag, const struct bag_list *list, size_t from)
{
	unsigned in = 0;

	for (size_t i = from, end = bag_list_next(list, from); i < end; i++)
		in |= 1u << list->v[i].algorithm;
	for (enum rc_sum a = 0; bag->current && a < RC_SUM_COUNT; a++)
		if ((list->algorithms & 1u << a) && !(in & 1u << a))
			bag_tell(bag, RULE_BAG_UNLISTED, false, list->v[from].path, 0, "it is not in manifest-%s.txt", rc_sum_name(a));
}

static void check_unlisted(struct bag *bag)
{
	for (size_t i = 0; i < bag->payload.n; i = bag_list_next(&bag->payload, i))
		check_everywhere(bag, &bag->payload, i);
	for (size_t i = 0; i < bag->others.n; i = bag_list_next(&bag->others, i))
		if (bag->others.v[i].line == 0)
			bag_tell(bag, RULE_BAG_UNLISTED, false, bag->others.v[i].path, 0, "it is in no manifest");
}

static void check_oxum(struct bag *bag)
{
	if (bag->said_files < 0 || bag->payload_findings || (bag->said_files == bag->facts.n_files && bag->said_octets == bag->facts.octets))
		return;
	char is[64], should[64];

	snprintf(is, sizeof is, "%lld.%lld", (long long)bag->facts.octets, (long long)bag->facts.n_files);
	snprintf(should, sizeof should, "%lld.%lld", (long long)bag->said_octets, (long long)bag->said_files);
	bag->n_invalid++;
	bag->on_finding(bag->ctx, &(struct bag_finding){ .file = "bag-info.txt", .rule = RULE_BAG_OXUM, .actual = is, .expected = should,
		.message = "the payload has other octets and files than Payload-Oxum says" });
}

/* ---- all of it ---------------------------------------------------------------------------------------- */

static void bag_clear(struct bag *bag)
{
	bag_list_clear(&bag->payload);
	bag_list_clear(&bag->tags);
	bag_list_clear(&bag->fetch);
	bag_list_clear(&bag->others);
	rc_close(&bag->fd);
}

static void check_payload_folder(struct bag *bag)
{
	struct stat st;

	if (fstatat(bag->fd, "data", &st, AT_SYMLINK_NOFOLLOW) != 0)
		bag_tell(bag, RULE_BAG_MANIFEST, false, "", 0, "there is no payload folder 'data'");
}

static enum rc_status check_contents(struct bag *bag, struct rc_err *err)
{
	RC_CLEANUP(folds_clear) struct folds folds = { 0 };

	bag_read_lists(bag);
	check_payload_folder(bag);
	bag_list_sort(&bag->payload);
	bag_list_sort(&bag->tags);
	bag_list_sort(&bag->fetch);
	check_duplicates(bag, &bag->payload);
	check_duplicates(bag, &bag->tags);
	check_fetch(bag);
	enum rc_status status = bag_walk(bag, err);

	if (!rc_good(status))
		return status;
	bag_list_sort(&bag->others);
	fold_found(bag, &folds);
	check_missing(bag, &bag->payload, &folds);
	check_missing(bag, &bag->tags, &folds);
	check_unlisted(bag);
	check_oxum(bag);
	return RC_OK;
}

enum rc_status bag_check(const char *path, bag_finding_fn *on_finding, void *ctx, struct bag_facts *ret, struct rc_err *err)
{
	RC_CLEANUP(bag_clear) struct bag bag = { .path = path, .on_finding = on_finding, .ctx = ctx, .said_files = -1, .said_octets = -1,
		.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	enum rc_status status = RC_OK;

	if (bag.fd < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read folder '%s'", path);
	bag_read_declaration(&bag);
	if (bag.n_invalid == 0)
		status = check_contents(&bag, err);
	if (rc_good(status) && ret)
		*ret = bag.facts;
	return status;
}

bool bag_is(const char *path)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	bool found = false;
	char name[64];

	if (fd >= 0 && fstatat(fd, "bagit.txt", &st, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	if (fd < 0 || fstatat(fd, "data", &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(st.st_mode))
		return false;
	DIR *dir = fdopendir(fd);

	if (!dir)
		return false;
	fd = -1;                /* the folder's now */
	for (const struct dirent *e; !found && (e = readdir(dir));)
		found = bag_manifest_of(e->d_name, "manifest-", name, sizeof name) && rc_sum_find(name) != RC_SUM_COUNT;
	closedir(dir);
	return found;
}
