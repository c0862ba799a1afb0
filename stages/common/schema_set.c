/* schema_set.c -- schemas by namespace, from a folder or XML catalogues.
 *
 *   schema_set_open()   add_folder(), or add_catalogs()
 *   schema_set_find()   a schema that was loaded, or load_one() from the place that place_of() names
 *   find_import()       what a schema imports */
#include "common/schema_set.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/text.h"

enum { MAX_PATH_BYTES = 1 << 16, MAX_SCHEMAS = 1000, MAX_CATALOGS = 16 };

static const char xsd_uri[] = "http://www.w3.org/2001/XMLSchema";

struct place {
	char *uri, *path;               /* owned; path "": looked for in vain */
	struct xml_schema *schema;      /* owned; NULL: not loaded so far */
};

struct schema_set {
	char *folder;                   /* owned; NULL: none */
	struct xml_catalog *catalog[MAX_CATALOGS];
	size_t n_catalogs;
	struct place *v;                /* owned */
	size_t n;
};

static struct place *find_place(const struct schema_set *set, const char *uri)
{
	for (size_t i = 0; i < set->n; i++)
		if (strcmp(set->v[i].uri, uri) == 0)
			return &set->v[i];
	return NULL;
}

/* Another path for the same namespace takes the place of the one before. */
static struct place *add_place(struct schema_set *set, const char *uri, const char *path)
{
	struct place *p = find_place(set, uri);

	if (!p) {
		set->v = rc_realloc(set->v, (set->n + 1) * sizeof *set->v);
		p = &set->v[set->n++];
		*p = (struct place){ .uri = rc_strdup(uri) };
	}
	free(p->path);
	p->path = rc_strdup(path);
	return p;
}

/* ---- a folder ----------------------------------------------------------------------------------------- */

/* A schema without a target namespace, and what is no schema, is left aside. */
static void add_file(struct schema_set *set, const char *path)
{
	RC_CLEANUP(xml_reader_close) struct xml_reader *r = NULL;
	enum xml_event event = XML_EVENT_DONE;
	struct rc_err ignored;

	if (!rc_good(xml_reader_open(&r, path, path, &ignored)) || !rc_good(xml_next(r, &event, &ignored)) || event != XML_EVENT_START)
		return;
	const char *uri = xml_get(r, "targetNamespace");

	if (uri && set->n < MAX_SCHEMAS && strcmp(xml_name(r), "schema") == 0 && strcmp(xml_namespace(r), xsd_uri) == 0)
		add_place(set, uri, path);
}

static int is_schema(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot && strcmp(dot, ".xsd") == 0;
}

static int in_order(const struct dirent **a, const struct dirent **b)
{
	return rc_natural_compare((*a)->d_name, (*b)->d_name);
}

static enum rc_status add_folder(struct schema_set *set, const char *folder, struct rc_err *err)
{
	struct dirent **names = NULL;
	int n = scandir(folder, &names, is_schema, in_order);

	if (n < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read schemas in '%s'", folder);
	set->folder = rc_strdup(folder);
	for (int i = 0; i < n; i++) {
		RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);

		rc_buf_addf(&path, "%s/%s", folder, names[i]->d_name);
		add_file(set, path.data);
		free(names[i]);
	}
	free(names);
	return set->n ? RC_OK : rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find a schema (*.xsd) in '%s'", folder);
}

/* ---- catalogues --------------------------------------------------------------------------------------- */

static enum rc_status add_catalogs(struct schema_set *set, const char *places, struct rc_err *err)
{
	for (size_t len; *(places += strspn(places, " \t\n")); places += len) {
		RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);

		len = strcspn(places, " \t\n");
		places += strncmp(places, "file://", 7) == 0 ? 7 : 0;
		len = strcspn(places, " \t\n");
		rc_buf_add(&path, places, len);
		if (set->n_catalogs == MAX_CATALOGS)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "cannot use more than %d XML catalogues", MAX_CATALOGS);
		if (access(path.data, R_OK) != 0)
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read XML catalogue '%s'", path.data);
		enum rc_status status = xml_catalog_load(&set->catalog[set->n_catalogs], path.data, err);

		if (!rc_good(status))
			return status;
		set->n_catalogs++;
	}
	return RC_OK;
}

/* Appends the path of a local file, "file:///a%20b" or a path already, if it is there. */
static bool add_local(const char *uri, struct rc_buf *path)
{
	bool is_uri = strncmp(uri, "file://", 7) == 0;

	if (!is_uri && strstr(uri, "://"))
		return false;
	for (uri += is_uri ? 7 : 0; *uri; uri++) {
		if (is_uri && *uri == '%' && rc_hex_digit(uri[1]) >= 0 && rc_hex_digit(uri[2]) >= 0) {
			rc_buf_addc(path, (char)(rc_hex_digit(uri[1]) * 16 + rc_hex_digit(uri[2])));
			uri += 2;
		} else {
			rc_buf_addc(path, *uri);
		}
	}
	return !path->failed && access(path->data, R_OK) == 0;
}

static bool find_in_catalogs(const struct schema_set *set, const char *uri, struct rc_buf *path)
{
	for (size_t i = 0; i < set->n_catalogs; i++) {
		RC_OWN_BUF found = RC_BUF(MAX_PATH_BYTES);

		rc_buf_clear(path);
		if (*uri && xml_catalog_find(set->catalog[i], uri, &found) && add_local(found.data, path))
			return true;
	}
	rc_buf_clear(path);
	return false;
}

/* ---- finding ------------------------------------------------------------------------------------------ */

/* A catalogue knows best; then a file as it is named, and its last part in the folder. */
static bool find_import(void *ctx, const char *location, struct rc_buf *path)
{
	const struct schema_set *set = ctx;
	const char *slash = strrchr(location, '/');

	if (find_in_catalogs(set, location, path) || add_local(location, path))
		return true;
	rc_buf_clear(path);
	if (!set->folder)
		return false;
	rc_buf_addf(path, "%s/%s", set->folder, slash ? slash + 1 : location);
	return access(path->data, R_OK) == 0;
}

/* The address that xsi:schemaLocation, "URI ADDRESS URI ADDRESS ...", gives for the namespace; "" if none. */
static void add_hint(const char *hint, const char *uri, struct rc_buf *out)
{
	static const char blanks[] = " \t\r\n";

	while (*(hint += strspn(hint, blanks))) {
		size_t name = strcspn(hint, blanks);
		const char *at = hint + name + strspn(hint + name, blanks);
		size_t address = strcspn(at, blanks);

		if (name == strlen(uri) && strncmp(hint, uri, name) == 0) {
			rc_buf_add(out, at, address);
			return;
		}
		hint = at + address;
	}
}

static struct place *place_of(struct schema_set *set, const char *uri, const char *hint)
{
	RC_OWN_BUF address = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	struct place *p = find_place(set, uri);

	if (p || set->n == MAX_SCHEMAS)
		return p;
	add_hint(hint, uri, &address);
	if (!find_in_catalogs(set, uri, &path))
		find_in_catalogs(set, address.data, &path);
	return add_place(set, uri, path.data);
}

enum rc_status schema_set_find(struct schema_set *set, const char *uri, const char *hint, const struct xml_schema **ret,
                               struct rc_err *err)
{
	struct place *p = place_of(set, uri, hint);

	if (!p || !*p->path)
		return RC_SKIP;
	if (!p->schema) {
		enum rc_status status = xml_schema_load_file(&p->schema, p->path, find_import, set, err);

		if (!rc_good(status))
			return status;
	}
	*ret = p->schema;
	return RC_OK;
}

enum rc_status schema_set_open(struct schema_set **ret, const char *places, struct rc_err *err)
{
	RC_CLEANUP(schema_set_free) struct schema_set *set = rc_alloc(sizeof *set);
	enum rc_status status = RC_OK;
	struct stat st;

	if (places && *places) {
		bool folder = stat(places, &st) == 0 && S_ISDIR(st.st_mode);

		status = folder ? add_folder(set, places, err) : add_catalogs(set, places, err);
	}
	if (!rc_good(status))
		return status;
	*ret = rc_steal(set);
	return RC_OK;
}

void schema_set_free(struct schema_set **set)
{
	if (!*set)
		return;
	for (size_t i = 0; i < (*set)->n; i++) {
		xml_schema_free(&(*set)->v[i].schema);
		free((*set)->v[i].uri);
		free((*set)->v[i].path);
	}
	for (size_t i = 0; i < (*set)->n_catalogs; i++)
		xml_catalog_free(&(*set)->catalog[i]);
	free((*set)->v);
	free((*set)->folder);
	free(*set);
	*set = NULL;
}
