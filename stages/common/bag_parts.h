/* bag_parts.h -- what the files behind bag.h share; nobody else includes it, but for unit tests. */
#ifndef COMMON_BAG_PARTS_H
#define COMMON_BAG_PARTS_H

#include "common/bag.h"
#include "core/buf.h"
#include "core/limits.h"

/* Paths in a bag are at most this long; a system allows 4096. */
enum { BAG_MAX_PATH = 8192 };

/* ---- tag files ---------------------------------------------------------------------------------------- */

enum bag_encoding { BAG_UTF8, BAG_UTF16, BAG_LATIN1, BAG_GB18030, BAG_BIG5, BAG_UNKNOWN_ENCODING };

/* As bagit.txt names it, letters of either case. */
enum bag_encoding bag_encoding_find(const char *name);
/* Appends the text as UTF-8, without byte order mark (*marked tells whether there was one, where UTF-8 wants none) and with '\n'
 * for each end of line (LF, CR LF, CR). False when the bytes are no such text, hold a zero, or do not fit. */
bool bag_decode(enum bag_encoding from, const char *bytes, size_t len, struct rc_buf *out, bool *marked);

/* The next line of a decoded text, ended by a zero byte in place; NULL after the last. *rest moves on. */
char *bag_next_line(char **rest);

/* Splits "label: value". False without a colon or a label. White space around both goes; *loose tells whether there
 * was some before the colon. */
bool bag_label(char *line, char **label, char **value, bool *loose);

/* What stands in a manifest line after its checksum. */
struct bag_name {
	char *path;                 /* decoded in place */
	bool starred;               /* "*path", as md5sum writes */
	bool dotted;                /* "./path" */
	bool escaped;               /* had %0A, %0D (or %25 where percent is true) */
};
/* Splits "CHECKSUM PATH"; false when it is not such a line, or the checksum has other than `digits` hexadecimal digits. */
bool bag_manifest_line(char *line, size_t digits, bool percent, char **sum, struct bag_name *ret);
/* Splits "URL LENGTH PATH" of fetch.txt; the length is "-" or a number. */
bool bag_fetch_line(char *line, bool percent, struct bag_name *ret);

/* Does a path stay inside the bag, on any system? Relative, without "." and "..", a home (~), a drive, or empty parts. */
bool bag_path_is_safe(const char *path);
bool bag_path_is_payload(const char *path);     /* "data/..." */
/* A file that systems leave behind by themselves: .DS_Store, Thumbs.db, desktop.ini. */
bool bag_is_system_file(const char *path);

/* ---- lists -------------------------------------------------------------------------------------------- */

struct bag_entry {              /* one line of a manifest */
	const char *path, *sum;     /* borrowed from the list's texts */
	const char *fold;           /* the path as nfc_fold() makes it; often the path itself */
	uint32_t line;
	uint8_t algorithm;          /* enum rc_sum */
	bool escaped;
	bool found, good;           /* met in the folder; with this checksum (in the first of a path: with all of them) */
};

struct bag_list {               /* all manifests of one kind, together */
	struct bag_entry *v;        /* owned; after bag_list_sort() by path, algorithm and line */
	size_t n, room;
	char **texts;               /* owned, with what they point at */
	size_t n_texts;
	unsigned algorithms;        /* bits of those that have a manifest here */
};
void bag_list_add(struct bag_list *list, const struct bag_entry *entry);
/* The list keeps the text for its entries to point into. */
void bag_list_keep(struct bag_list *list, char *text);
void bag_list_sort(struct bag_list *list);
/* The first entry of that path, in a sorted list; NULL: none. */
struct bag_entry *bag_list_find(const struct bag_list *list, const char *path);
/* The first entry after those with the path of list->v[i]. */
size_t bag_list_next(const struct bag_list *list, size_t i);
void bag_list_clear(struct bag_list *list);

/* ---- a bag being checked ------------------------------------------------------------------------------ */

struct bag {
	const char *path;           /* as it was named */
	int fd;                     /* of its folder; owned */
	bag_finding_fn *on_finding;
	void *ctx;
	bool current;               /* version 1.0 or later: the rules are stricter */
	enum bag_encoding encoding;
	struct bag_list payload, tags, fetch;
	struct bag_list others;     /* files that no list has, as entries with their checksums (found) */
	struct bag_facts facts;
	int64_t said_files, said_octets;        /* Payload-Oxum; -1: not said */
	int64_t n_invalid;          /* findings so far that are no warnings */
	int64_t payload_findings;   /* findings on payload files, warnings too */
};

void bag_tell(struct bag *bag, enum rule rule, bool warning, const char *file, int64_t line, const char *fmt, ...) RC_PRINTF(6, 7);

/* Reads bagit.txt; a finding when it is not one. */
void bag_read_declaration(struct bag *bag);
/* Reads everything else: payload, tags, fetch (not yet sorted), said_files and said_octets. */
void bag_read_lists(struct bag *bag);
/* Is the file's name prefix + ALGORITHM + ".txt"? Copies it; false when it does not fit. */
bool bag_manifest_of(const char *file, const char *prefix, char *name, size_t room);

/* Walks the folder and compares: fills found, good, others and facts, tells wrong checksums and what is neither a file
 * nor a folder. The lists are sorted. */
enum rc_status bag_walk(struct bag *bag, struct rc_err *err);

#endif
