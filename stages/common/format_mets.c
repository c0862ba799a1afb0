/* format_mets.c -- rules for METS: the files it names are there, as large and with the checksum it says, and below its folder;
 * its structure points to files of its own.
 *
 *   FLocat, mdRef -> check_place() -> find_file() -> compare() */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/format_parts.h"
#include "common/record_values.h"
#include "core/limits.h"
#include "core/sums.h"
#include "core/text.h"

static const char xlink[] = "http://www.w3.org/1999/xlink";

struct said {                   /* what the document says of a file */
	int64_t size;           /* -1: nothing */
	char sum[RC_SUM_HEX + 1], type[32];
};

/* A checksum that was computed: a document may name one file a thousand times. */
struct known {
	dev_t device;
	ino_t inode;
	enum rc_sum sum;
	char hex[RC_SUM_HEX + 1];       /* "": nothing is known */
};
enum { KNOWN = 512 };

struct mets {
	struct said file;       /* of the <file> that is open */
	bool has_structure;
	struct known known[KNOWN];      /* the last of each place; files share places by their inodes */
};

static bool is(const char *element, const char *name)
{
	return strcmp(element, name) == 0;
}

static void copy(char *to, size_t size, const char *from)
{
	if (snprintf(to, size, "%s", from) >= (int)size)
		*to = '\0';
}

static void take_said(struct format_check *c, struct said *s)
{
	const char *size = xml_get(c->xml, "SIZE");

	*s = (struct said){ .size = -1 };
	if (size && !record_get_int(size, 0, INT64_MAX, &s->size) && !c->by_schema)
		format_broken(c, RULE_NUMBER, size, "", "SIZE is no number of bytes");
	copy(s->sum, sizeof s->sum, format_attr(c, "CHECKSUM"));
	copy(s->type, sizeof s->type, format_attr(c, "CHECKSUMTYPE"));
}

/* ---- places ------------------------------------------------------------------------------------------- */

static void add_unescaped(const char *href, struct rc_buf *out)
{
	for (; *href && *href != '#'; href++) {
		if (*href == '%' && rc_hex_digit(href[1]) >= 0 && rc_hex_digit(href[2]) >= 0) {
			rc_buf_addc(out, (char)(rc_hex_digit(href[1]) * 16 + rc_hex_digit(href[2])));
			href += 2;
		} else {
			rc_buf_addc(out, *href);
		}
	}
}

/* "http:" and the like; "a/b:c" and "file:" are places here. */
static bool is_elsewhere(const char *href)
{
	size_t scheme = strspn(href, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return scheme > 1 && href[scheme] == ':' && strncmp(href, "file:", 5) != 0;
}

/* Names that lead out of the folder by themselves, on this system or another. */
static bool leads_out(const char *path)
{
	if (*path == '/' || *path == '\\' || (*path && path[1] == ':'))
		return true;
	for (const char *at = path; at; at = strpbrk(at, "/\\")) {
		at += *at == '/' || *at == '\\';
		if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\\' || at[2] == '\0'))
			return true;
	}
	return false;
}

/* Is what lies at `path`, after all links, below the folder? */
static bool is_below(const char *folder, const char *path)
{
	RC_OWN_STR top = realpath(folder, NULL);
	RC_OWN_STR real = realpath(path, NULL);
	size_t len = top ? strlen(top) : 0;

	return top && real && strncmp(top, real, len) == 0 && (real[len] == '/' || len == 1);
}

/* Opens the file that the document means; -1 after a finding. */
static int find_file(struct format_check *c, const char *href)
{
	RC_OWN_BUF folder = RC_BUF(8 * RC_MAX_NAME);
	RC_OWN_BUF name = RC_BUF(8 * RC_MAX_NAME);
	RC_OWN_BUF path = RC_BUF(16 * RC_MAX_NAME);
	const char *slash = strrchr(c->path, '/');
	struct stat st;

	add_unescaped(strncmp(href, "file:", 5) == 0 ? href + 5 : href, &name);
	if (name.failed || strlen(name.data) != name.len || leads_out(name.data)) {
		format_broken(c, RULE_METS_PATH, href, "a path below the document's folder", "a file lies outside");
		return -1;
	}
	rc_buf_add(&folder, slash ? c->path : ".", slash ? (size_t)(slash - c->path) + (slash == c->path) : 1);
	rc_buf_addf(&path, "%s/%s", folder.data, name.data);
	int fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		format_broken(c, RULE_METS_FILE, href, "", errno == ENOENT ? "a file is not there" : "a file cannot be read");
		return -1;
	}
	if (!is_below(folder.data, path.data))
		format_broken(c, RULE_METS_PATH, href, "a path below the document's folder", "a link leads outside");
	else if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		format_broken(c, RULE_METS_FILE, href, "a file", "what lies there is no file");
	else
		return fd;
	close(fd);
	return -1;
}

/* ---- contents ----------------------------------------------------------------------------------------- */

/* "SHA-256" -> sha256 */
static enum rc_sum find_sum(const char *type)
{
	char name[32];
	size_t n = 0;

	for (; *type && n + 1 < sizeof name; type++)
		if (*type != '-')
			name[n++] = *type;
	name[n] = '\0';
	return rc_sum_find(name);
}

static bool add_all(struct rc_summer *s, int fd)
{
	char bytes[1 << 16];

	for (ssize_t got; (got = read(fd, bytes, sizeof bytes)) != 0;) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		rc_summer_add(s, bytes, (size_t)got);
	}
	return true;
}

static void check_sum(struct format_check *c, const char *href, int fd, const struct stat *st, const struct said *s)
{
	RC_CLEANUP(rc_summer_free) struct rc_summer *summer = NULL;
	enum rc_sum sum = find_sum(s->type);
	struct known *known = &((struct mets *)c->state)->known[st->st_ino % KNOWN];
	struct rc_err ignored;

	if (*known->hex && known->inode == st->st_ino && known->device == st->st_dev && known->sum == sum) {
		if (strcasecmp(known->hex, s->sum) != 0)
			format_broken(c, RULE_METS_CHECKSUM, known->hex, s->sum, "a file has another checksum");
		return;
	}
	if (sum == RC_SUM_COUNT || !rc_good(rc_summer_new(&summer, 1u << sum, &ignored))) {
		format_advise(c, RULE_METS_CHECKSUM, s->type, "MD5, SHA-1, SHA-256, SHA-384 or SHA-512", "a checksum that is not checked");
		return;
	}
	if (!add_all(summer, fd)) {
		format_broken(c, RULE_METS_FILE, href, "", "a file cannot be read");
		return;
	}
	rc_summer_end(summer);
	*known = (struct known){ .device = st->st_dev, .inode = st->st_ino, .sum = sum };
	copy(known->hex, sizeof known->hex, rc_summer_hex(summer, sum));
	if (strcasecmp(rc_summer_hex(summer, sum), s->sum) != 0)
		format_broken(c, RULE_METS_CHECKSUM, rc_summer_hex(summer, sum), s->sum, "a file has another checksum");
}

static void check_place(struct format_check *c, const struct said *s)
{
	const char *href = xml_get_in(c->xml, xlink, "href");
	char actual[32], expected[32];
	struct stat st = { 0 };

	if (!href || is_elsewhere(href))
		return;
	RC_OWN_FD fd = find_file(c, href);

	if (fd < 0 || fstat(fd, &st) != 0)
		return;
	if (s->size >= 0 && st.st_size != s->size) {
		snprintf(actual, sizeof actual, "%lld", (long long)st.st_size);
		snprintf(expected, sizeof expected, "%lld", (long long)s->size);
		format_broken(c, RULE_METS_SIZE, actual, expected, "a file has another size");
	} else if (*s->sum) {
		check_sum(c, href, fd, &st, s);
	}
}

/* ---- events ------------------------------------------------------------------------------------------- */

static void start(struct format_check *c, const char *element)
{
	struct mets *m = c->state;
	struct said own;

	format_id(c, format_attr(c, "ID"), is(element, "file") ? 'f' : 0);
	format_refs(c, "DMDID", 0, RULE_ID_REFERENCE);
	format_refs(c, "ADMID", 0, RULE_ID_REFERENCE);
	format_refs(c, "STRUCTID", 0, RULE_ID_REFERENCE);
	if (is(element, "fptr") || is(element, "area"))
		format_refs(c, "FILEID", 'f', RULE_METS_STRUCTURE);
	if (is(element, "file"))
		take_said(c, &m->file);
	else if (is(element, "FLocat"))
		check_place(c, &m->file);
	if (is(element, "mdRef")) {
		take_said(c, &own);
		check_place(c, &own);
	}
	m->has_structure |= is(element, "structMap");
}

static void done(struct format_check *c)
{
	const struct mets *m = c->state;

	if (!m->has_structure && !c->by_schema)
		format_broken(c, RULE_METS_STRUCTURE, "", "a structMap", "the document has no structure");
}

const struct format_rules format_mets = { sizeof(struct mets), start, NULL, NULL, done };
