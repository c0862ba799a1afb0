/* identity.c -- which item a page belongs to: see the rules in identity.h.
 *
 *   ingest_identify    place -> item id, page number, order
 *   ingest_root_name   a name for a root that tells it from the others */
#include "identity.h"

#include <string.h>

#include "core/text.h"
#include "names.h"

#define MAX_PLACE (RC_MAX_NAME * (RC_MAX_NESTING + 3))

void ingest_identity_clear(struct ingest_identity *id)
{
	free(id->item);
	free(id->number);
	free(id->order);
	free(id->fields);
	*id = (struct ingest_identity){ 0 };
}

static void add_step(struct rc_buf *out, const char *name, size_t len)
{
	if (len == 0)
		return;
	if (out->len > 0)
		rc_buf_addc(out, '/');
	rc_buf_add(out, name, len);
}

/* The whole path from the root's name to the file, archives being folders. */
static void whole_path(struct rc_buf *out, const struct ingest_place *place)
{
	add_step(out, place->root_name, strlen(place->root_name));
	add_step(out, place->path, strlen(place->path));
	for (size_t i = 0; i < place->n_members; i++)
		add_step(out, place->members[i], strlen(place->members[i]));
}

static size_t file_stem(const char *path)
{
	const char *name = strrchr(path, '/');
	const char *dot;

	name = name ? name + 1 : path;
	dot = strrchr(name, '.');
	return dot && dot > name ? (size_t)(dot - path) : strlen(path);
}

/* The same without the suffixes of archives on the way and of the file: what a pattern looks at. */
static void stem_path(struct rc_buf *out, const struct ingest_place *place)
{
	bool in_archive = place->n_members > 0;

	if (!in_archive && !*place->path) {
		add_step(out, place->root_name, file_stem(place->root_name));
		return;
	}
	add_step(out, place->root_name, *place->path ? strlen(place->root_name) : ingest_archive_stem(place->root_name));
	if (*place->path)
		add_step(out, place->path, in_archive ? ingest_archive_stem(place->path) : file_stem(place->path));
	for (size_t i = 0; i < place->n_members; i++) {
		const char *name = place->members[i];

		add_step(out, name, i + 1 < place->n_members ? ingest_archive_stem(name) : file_stem(name));
	}
}

static char *safe_name(const char *name)
{
	RC_OWN_BUF out = RC_BUF(4 * RC_MAX_ITEM_ID);

	rc_safe_name(&out, name);
	return rc_buf_take(&out);
}

static bool identify_by_path(const struct ingest_place *place, struct ingest_identity *id)
{
	RC_OWN_BUF path = RC_BUF(MAX_PLACE);
	bool is_root = !*place->path && place->n_members == 0;
	char *slash;

	whole_path(&path, place);
	if (path.failed)
		return false;
	slash = strrchr(path.data, '/');
	id->order = strdup(slash ? slash + 1 : path.data);
	id->number = strdup("");
	if (slash && !place->many && !is_root)
		*slash = '\0';
	id->item = safe_name(path.data);
	return id->item && id->order && id->number;
}

static bool identify_by_match(const struct ingest_place *place, const struct ingest_match *match, struct ingest_identity *id)
{
	RC_OWN_BUF order = RC_BUF(MAX_PLACE), fields = RC_BUF(RC_MAX_NAME * 8);

	add_step(&order, match->page, strlen(match->page));
	whole_path(&order, place);
	rc_json_print(&fields, match->fields);
	id->item = safe_name(match->item);
	id->number = strdup(match->page);
	id->order = rc_buf_take(&order);
	id->fields = rc_buf_take(&fields);
	id->frames_in_number = place->many;
	return id->item && id->number && id->order && id->fields;
}

bool ingest_identify(const struct ingest_pattern *pattern, const struct ingest_place *place, struct ingest_identity *ret)
{
	INGEST_OWN_IDENTITY id = { 0 };
	INGEST_OWN_MATCH match = { 0 };
	RC_OWN_BUF stem = RC_BUF(MAX_PLACE);
	bool ok;

	if (pattern)
		stem_path(&stem, place);
	ok = pattern && ingest_pattern_match(pattern, stem.data, &match) ? identify_by_match(place, &match, &id)
	                                                                  : identify_by_path(place, &id);
	if (!ok)
		return false;
	*ret = id;
	id = (struct ingest_identity){ 0 };
	return true;
}

/* ---- roots --------------------------------------------------------------------------------------- */

/* Are the two equal, or one a folder of the other? Then their items could meet. */
static bool names_meet(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), n = na < nb ? na : nb;

	return !memcmp(a, b, n) && (na == nb || (na > nb ? a : b)[n] == '/');
}

static bool is_taken(const char *name, const char *const *taken, size_t n_taken)
{
	for (size_t i = 0; i < n_taken; i++)
		if (*taken[i] && names_meet(name, taken[i]))
			return true;
	return false;
}

void ingest_root_name(struct rc_buf *out, const char *path, const char *const *taken, size_t n_taken)
{
	RC_OWN_BUF name = RC_BUF(4 * RC_MAX_NAME), base = RC_BUF(4 * RC_MAX_NAME);
	const char *s;

	ingest_path_decode(&base, path);
	while (base.len > 0 && base.data[base.len - 1] == '/')
		base.data[--base.len] = '\0';
	if (base.len == 0)
		rc_buf_adds(&base, "/root");
	s = base.data + base.len;
	do {
		while (s > base.data && *--s != '/')
			;
		rc_buf_clear(&name);
		rc_buf_adds(&name, *s == '/' ? s + 1 : s);
	} while (s > base.data && is_taken(name.data, taken, n_taken));
	for (int i = 2; is_taken(name.data, taken, n_taken); i++) {
		rc_buf_clear(&name);
		rc_buf_addf(&name, "%s~%d", base.data + (*base.data == '/'), i);
	}
	rc_buf_add(out, name.data, name.len);
}
