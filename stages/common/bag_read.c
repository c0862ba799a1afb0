/* bag_read.c -- what a bag says of itself: the tag files in its folder, read into lists.
 *
 *   bag_read_declaration()    bagit.txt: without it nothing else can be read
 *   bag_read_lists()          manifests and tag manifests of every known algorithm, fetch.txt, bag-info.txt */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/bag_parts.h"

enum { MAX_DECLARATION = 4096 };

/* ---- reading tag files -------------------------------------------------------------------------------- */

/* Appends a file of the bag's own folder; false when there is none, or after a finding. Links are not followed. */
static bool read_file(struct bag *bag, const char *name, struct rc_buf *out)
{
	RC_OWN_FD fd = openat(bag->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct rc_err err;
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return false;
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		bag_tell(bag, RULE_UNREADABLE, false, name, 0, "cannot read it: %s", fd < 0 ? strerror(errno) : "no file");
		return false;
	}
	if (rc_good(rc_buf_read_fd(out, fd, name, &err)) && !out->failed)
		return true;
	if ((int64_t)st.st_size > (int64_t)out->max)
		bag_tell(bag, RULE_BAG_LIMIT, false, name, 0, "the file has more than %zu bytes", out->max);
	else
		bag_tell(bag, RULE_UNREADABLE, false, name, 0, "%s", err.text);
	return false;
}

/* The file as text in lines, which the caller frees; NULL when there is none, or after a finding. */
static char *read_text(struct bag *bag, const char *name)
{
	RC_OWN_BUF raw = RC_BUF(RC_MAX_TAG_FILE);
	RC_OWN_BUF text = RC_BUF(2 * RC_MAX_TAG_FILE);
	bool marked;

	if (!read_file(bag, name, &raw))
		return NULL;
	if (!bag_decode(bag->encoding, raw.data, raw.len, &text, &marked)) {
		bag_tell(bag, RULE_BAG_ENCODING, false, name, 0, "it is not text in the encoding that bagit.txt names");
		return NULL;
	}
	if (marked)
		bag_tell(bag, RULE_BAG_ENCODING, true, name, 1, "a byte order mark has no place in UTF-8 here");
	return rc_buf_take(&text);
}

/* ---- bagit.txt ---------------------------------------------------------------------------------------- */

/* "1.0" and the drafts that were in use. */
static bool known_version(const char *version)
{
	static const char *const known[] = { "0.93", "0.94", "0.95", "0.96", "0.97", "1.0" };

	for (size_t i = 0; i < RC_COUNT(known); i++)
		if (strcmp(version, known[i]) == 0)
			return true;
	return false;
}

/* The value of the line; NULL after a finding. exact: "label: value" to the letter. */
static char *declared(struct bag *bag, char *line, int number, const char *label)
{
	RC_OWN_STR copy = rc_strdup(line ? line : "");
	char *is, *value;
	bool loose;

	if (!line || !bag_label(line, &is, &value, &loose) || strcmp(is, label) != 0) {
		bag_tell(bag, RULE_BAG_DECLARATION, false, "bagit.txt", number, "line %d should be '%s: ...'", number, label);
		return NULL;
	}
	if (number == 1)
		bag->current = strcmp(value, "1.0") == 0;
	RC_OWN_BUF exact = RC_BUF(MAX_DECLARATION);

	rc_buf_addf(&exact, "%s: %s", label, value);
	if (bag->current && strcmp(copy, exact.data) != 0) {
		bag_tell(bag, RULE_BAG_DECLARATION, false, "bagit.txt", number, "there is more white space in the line than version 1.0 allows");
		return NULL;
	}
	return value;
}

void bag_read_declaration(struct bag *bag)
{
	RC_OWN_BUF raw = RC_BUF(MAX_DECLARATION);
	RC_OWN_BUF text = RC_BUF(MAX_DECLARATION);
	int64_t before = bag->n_invalid;
	bool marked;

	if (!read_file(bag, "bagit.txt", &raw)) {
		if (bag->n_invalid == before)
			bag_tell(bag, RULE_BAG_DECLARATION, false, "bagit.txt", 0, "there is no bagit.txt, which makes a folder a bag");
		return;
	}
	if (!bag_decode(BAG_UTF8, raw.data, raw.len, &text, &marked) || marked) {
		bag_tell(bag, RULE_BAG_DECLARATION, false, "bagit.txt", 1, marked ? "a byte order mark stands before the first line" : "it is not UTF-8");
		return;
	}
	char *rest = text.data;
	char *version = declared(bag, bag_next_line(&rest), 1, "BagIt-Version");
	char *encoding = version ? declared(bag, bag_next_line(&rest), 2, "Tag-File-Character-Encoding") : NULL;

	if (!encoding)
		return;
	if (!known_version(version)) {
		bag_tell(bag, RULE_BAG_DECLARATION, false, "bagit.txt", 1, "'%s' is no version of BagIt that is known here (0.93 to 0.97, 1.0)", version);
		return;
	}
	if (rest[strspn(rest, " \t\n")] != '\0')
		bag_tell(bag, RULE_BAG_DECLARATION, false, "bagit.txt", 3, "it has more than two lines");
	snprintf(bag->facts.version, sizeof bag->facts.version, "%s", version);
	bag->encoding = bag_encoding_find(encoding);
	if (bag->encoding == BAG_UNKNOWN_ENCODING)
		bag_tell(bag, RULE_BAG_ENCODING, false, "bagit.txt", 2, "the encoding '%s' is not known here", encoding);
}

/* ---- manifests ---------------------------------------------------------------------------------------- */

/* Manners that others read otherwise are said once a file. */
struct manners {
	int64_t starred, dotted;    /* first lines; 0: none */
};

static void tell_manners(struct bag *bag, const char *file, const struct manners *m)
{
	if (m->starred)
		bag_tell(bag, RULE_BAG_FORM, true, file, m->starred, "a star before the path, as md5sum writes it, is no part of the format");
	if (m->dotted)
		bag_tell(bag, RULE_BAG_FORM, true, file, m->dotted, "'./' before a path is no part of the format");
}

/* False after a finding. */
static bool path_fits(struct bag *bag, const char *file, int64_t line, const char *path, bool payload)
{
	if (!bag_path_is_safe(path))
		bag_tell(bag, RULE_BAG_PATH, false, file, line, "the path '%s' leads outside the bag, or is none", path);
	else if (bag_path_is_payload(path) != payload)
		bag_tell(bag, RULE_BAG_PATH, false, file, line, payload ? "the path '%s' is not below data/" : "the path '%s' is that of a payload file", path);
	else
		return true;
	return false;
}

static void read_manifest(struct bag *bag, const char *file, struct bag_list *list, enum rc_sum algorithm)
{
	char *rest = read_text(bag, file), *line, *sum;
	struct manners manners = { 0 };
	struct bag_name name;

	list->algorithms |= 1u << algorithm;
	if (!rest)
		return;
	bag_list_keep(list, rest);
	for (uint32_t number = 1; (line = bag_next_line(&rest)); number++) {
		if (line[strspn(line, " \t")] == '\0')
			continue;
		if (!bag_manifest_line(line, rc_sum_digits(algorithm), bag->current, &sum, &name)) {
			bag_tell(bag, RULE_BAG_MANIFEST, false, file, number, "the line is not a checksum of %zu digits and a path", rc_sum_digits(algorithm));
			continue;
		}
		manners.starred = name.starred && !manners.starred ? number : manners.starred;
		manners.dotted = name.dotted && !manners.dotted ? number : manners.dotted;
		if (!path_fits(bag, file, number, name.path, list == &bag->payload))
			continue;
		if (list->n >= RC_MAX_BAG_FILES) {
			bag_tell(bag, RULE_BAG_LIMIT, false, file, number, "the manifests have more than %d lines", RC_MAX_BAG_FILES);
			break;
		}
		bag_list_add(list, &(struct bag_entry){ .path = name.path, .sum = sum, .line = number, .algorithm = (uint8_t)algorithm, .escaped = name.escaped });
	}
	tell_manners(bag, file, &manners);
}

static void read_fetch(struct bag *bag)
{
	char *rest = read_text(bag, "fetch.txt"), *line;
	struct bag_name name;

	if (!rest)
		return;
	bag_list_keep(&bag->fetch, rest);
	for (uint32_t number = 1; (line = bag_next_line(&rest)); number++) {
		if (line[strspn(line, " \t")] == '\0')
			continue;
		if (!bag_fetch_line(line, bag->current, &name))
			bag_tell(bag, RULE_BAG_FETCH, false, "fetch.txt", number, "the line is not an address, a length and a path");
		else if (path_fits(bag, "fetch.txt", number, name.path, true) && bag->fetch.n < RC_MAX_BAG_FILES)
			bag_list_add(&bag->fetch, &(struct bag_entry){ .path = name.path, .sum = "", .line = number });
	}
}

/* ---- bag-info.txt ------------------------------------------------------------------------------------- */

static bool read_number(const char **at, int64_t *ret)
{
	int64_t n = 0;

	if (**at < '0' || **at > '9')
		return false;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		if (n > INT64_MAX / 10 - 1)
			return false;
		n = 10 * n + (**at - '0');
	}
	*ret = n;
	return true;
}

static void read_oxum(struct bag *bag, const char *file, int64_t line, const char *value)
{
	int64_t octets, files;

	if (!read_number(&value, &octets) || *value++ != '.' || !read_number(&value, &files) || *value != '\0') {
		bag_tell(bag, RULE_BAG_INFO, false, file, line, "Payload-Oxum is two numbers, OCTETS.FILES");
		return;
	}
	bag->said_octets = octets;
	bag->said_files = files;
}

static void read_info(struct bag *bag)
{
	static const char file[] = "bag-info.txt";
	RC_OWN_STR text = read_text(bag, file);
	char *rest = text, *line, *label, *value;
	bool loose, first = true;

	for (int64_t number = 1; rest && (line = bag_next_line(&rest)); number++) {
		bool folded = *line == ' ' || *line == '\t';

		if (line[strspn(line, " \t")] == '\0' || (folded && !first))
			continue;
		if (!bag_label(line, &label, &value, &loose)) {
			bag_tell(bag, RULE_BAG_INFO, false, file, number, "the line is not 'label: value'");
			continue;
		}
		first = false;
		if (loose && bag->current)
			bag_tell(bag, RULE_BAG_INFO, true, file, number, "white space stands before the colon");
		if (strcasecmp(label, "Payload-Oxum") == 0)
			read_oxum(bag, file, number, value);
	}
}

/* ---- the bag's folder --------------------------------------------------------------------------------- */

bool bag_manifest_of(const char *file, const char *prefix, char *name, size_t room)
{
	size_t len = strlen(file), start = strlen(prefix), end = strlen(".txt");

	if (len <= start + end || len - start - end >= room || strncmp(file, prefix, start) != 0 || strcmp(file + len - end, ".txt") != 0)
		return false;
	memcpy(name, file + start, len - start - end);
	name[len - start - end] = '\0';
	return true;
}

static void on_root_file(struct bag *bag, const char *file)
{
	char name[64];
	bool tags = bag_manifest_of(file, "tagmanifest-", name, sizeof name);

	if (!tags && !bag_manifest_of(file, "manifest-", name, sizeof name))
		return;
	enum rc_sum algorithm = rc_sum_find(name);

	if (algorithm == RC_SUM_COUNT)
		bag_tell(bag, RULE_BAG_ALGORITHM, true, file, 0, "'%s' is no algorithm that is known here: what it lists is not checked by it", name);
	else
		read_manifest(bag, file, tags ? &bag->tags : &bag->payload, algorithm);
}

static int bytewise(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_manifests(struct bag *bag)
{
	struct dirent **names = NULL;
	int n = scandirat(bag->fd, ".", &names, NULL, bytewise);

	for (int i = 0; i < n; i++) {
		on_root_file(bag, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	if (bag->payload.algorithms == 0)
		bag_tell(bag, RULE_BAG_MANIFEST, false, "", 0, "there is no manifest of the payload by an algorithm that is known here");
}

void bag_read_lists(struct bag *bag)
{
	read_manifests(bag);
	read_fetch(bag);
	read_info(bag);
}
