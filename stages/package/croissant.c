/* croissant.c -- croissant.json: Croissant 1.1, the JSON-LD by which data set catalogues find and describe corpora
 * (mlcommons.org/croissant/1.1). Files are named with size and SHA-256; record sets say what the fields of samples are.
 *
 *   croissant_print()   all of it
 *   add_context()       the prefixes that every such file begins with
 *   distribution()      shards, one by one, and the members of tars as sets
 *   record_sets()       the members of tars as records: key and content
 *   add_citation()      how to cite it */
#include <stdio.h>
#include <string.h>

#include "package/corpus.h"

#define CR "http://mlcommons.org/croissant/"

static void set_str(json_t *object, const char *key, const char *value)
{
	json_object_set_new(object, key, json_string(value));
}

static json_t *typed(const char *type, const char *id)
{
	json_t *object = json_object();

	set_str(object, "@type", type);
	if (id)
		set_str(object, "@id", id);
	return object;
}

static json_t *reference(const char *id)
{
	json_t *object = json_object();

	set_str(object, "@id", id);
	return object;
}

/* ---- context ----------------------------------------------------------------------------------------------- */

static void add_context(json_t *all)
{
	/* Terms of the cr: vocabulary that are written without their prefix. */
	static const char *const terms[] = {
		"arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet", "format", "includes",
		"isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated", "replace",
		"samplingRate", "separator", "source", "subField", "transform",
	};
	/* Terms whose values are data, not links. */
	static const struct { const char *term, *type; } literal[] = { { "data", "@json" }, { "dataType", "@vocab" }, { "examples", "@json" } };
	json_t *context = json_object();
	char id[64];

	set_str(context, "@language", "en");
	set_str(context, "@vocab", "https://schema.org/");
	set_str(context, "conformsTo", "dct:conformsTo");
	set_str(context, "cr", CR);
	set_str(context, "dct", "http://purl.org/dc/terms/");
	set_str(context, "rai", CR "RAI/");
	set_str(context, "sc", "https://schema.org/");
	for (size_t i = 0; i < RC_COUNT(terms); i++) {
		snprintf(id, sizeof id, "cr:%s", terms[i]);
		set_str(context, terms[i], id);
	}
	for (size_t i = 0; i < RC_COUNT(literal); i++) {
		json_t *term = json_object();

		snprintf(id, sizeof id, "cr:%s", literal[i].term);
		set_str(term, "@id", id);
		set_str(term, "@type", literal[i].type);
		json_object_set_new(context, literal[i].term, term);
	}
	for (size_t i = 0; i < 2; i++) {
		json_t *by_language = json_object();

		set_str(by_language, "@container", "@language");
		json_object_set_new(context, i ? "name" : "description", by_language);
	}
	json_object_set_new(all, "@context", context);
}

/* ---- files --------------------------------------------------------------------------------------------------- */

static const char *media_of(const struct shard *f)
{
	switch (f->kind) {
	case MANIFEST_TEXT:
	case MANIFEST_ATTRIBUTES:
	case MANIFEST_INDEX:
		return "application/jsonlines+zstd";
	case MANIFEST_PAGES:
	case MANIFEST_IMAGES:
	case MANIFEST_LINES:
		return "application/x-tar";
	default:
		return "application/octet-stream";
	}
}

static json_t *file_object(const struct shard *f)
{
	json_t *file = typed("cr:FileObject", f->path);
	char hex[RC_DIGEST_HEX], size[32];

	snprintf(size, sizeof size, "%lld B", (long long)f->bytes);
	set_str(file, "name", f->path);
	set_str(file, "contentUrl", f->path);
	set_str(file, "contentSize", size);
	set_str(file, "encodingFormat", media_of(f));
	set_str(file, "sha256", rc_digest_hex(&f->digest, hex));
	return file;
}

static bool any_of(const struct shard *const *files, size_t n, enum manifest_kind kind)
{
	for (size_t i = 0; i < n; i++)
		if (files[i]->kind == kind)
			return true;
	return false;
}

/* One kind of members of tars, as a set of files and as records. */
static const struct members {
	const char *name;               /* of the record set */
	enum manifest_kind kind;        /* of the tars */
	const char *includes[2], *media, *field, *type, *what;
} all_members[] = {
	{ "page-facts", MANIFEST_PAGES, { "*.json" }, "application/json", "facts", "sc:Text",
	  "JSON of a page: its item, place, rights, quality, and its lines with their boxes in the image" },
	{ "page-texts", MANIFEST_PAGES, { "*.txt" }, "text/plain", "text", "sc:Text", "text of a page; empty where it does not count" },
	{ "page-images", MANIFEST_PAGES, { "*.jpg", "*.png" }, "image/jpeg", "image", "sc:ImageObject", "image of a page" },
	{ "page-images", MANIFEST_IMAGES, { "*.jpg", "*.png" }, "image/jpeg", "image", "sc:ImageObject", "image of a page" },
	{ "line-facts", MANIFEST_LINES, { "*.json" }, "application/json", "facts", "sc:Text", "JSON of a line: its page, box, direction, confidence" },
	{ "line-texts", MANIFEST_LINES, { "*.txt" }, "text/plain", "text", "sc:Text", "text of a line" },
	{ "line-images", MANIFEST_LINES, { "*.png" }, "image/png", "image", "sc:ImageObject", "image of a line" },
};

static bool has_members(const struct members *m, const struct shard *const *files, size_t n)
{
	bool apart = any_of(files, n, MANIFEST_IMAGES);

	return any_of(files, n, m->kind) && !(apart && m->kind == MANIFEST_PAGES && strcmp(m->field, "image") == 0);
}

/* Of the set of files: ids are unique in the whole document. */
static const char *members_id(const struct members *m, char id[64])
{
	snprintf(id, 64, "%s-files", m->name);
	return id;
}

static json_t *member_files(const struct members *m, const struct shard *const *files, size_t n)
{
	json_t *set, *in = json_array(), *includes = json_array();
	char id[64];

	set = typed("cr:FileSet", members_id(m, id));
	for (size_t i = 0; i < n; i++)
		if (files[i]->kind == m->kind)
			json_array_append_new(in, reference(files[i]->path));
	for (size_t i = 0; i < RC_COUNT(m->includes) && m->includes[i]; i++)
		json_array_append_new(includes, json_string(m->includes[i]));
	set_str(set, "name", id);
	set_str(set, "description", m->what);
	json_object_set_new(set, "containedIn", in);
	set_str(set, "encodingFormat", m->media);
	json_object_set_new(set, "includes", includes);
	return set;
}

static json_t *distribution(const struct shard *const *files, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, file_object(files[i]));
	for (size_t i = 0; i < RC_COUNT(all_members); i++)
		if (has_members(&all_members[i], files, n))
			json_array_append_new(list, member_files(&all_members[i], files, n));
	return list;
}

/* ---- records --------------------------------------------------------------------------------------------------- */

/* A field taken from a property of each member: what is in it, or its name up to the first dot, which is the key of the sample. */
static json_t *field_of(const struct members *m, const char *name, const char *type, const char *what, const char *property)
{
	char id[64], files[64];
	json_t *field, *source = json_object(), *extract = json_object(), *transform;

	snprintf(id, sizeof id, "%s/%s", m->name, name);
	field = typed("cr:Field", id);
	set_str(field, "name", name);
	set_str(field, "description", what);
	set_str(field, "dataType", type);
	json_object_set_new(source, "fileSet", reference(members_id(m, files)));
	set_str(extract, "fileProperty", property);
	json_object_set_new(source, "extract", extract);
	if (strcmp(property, "filename") == 0) {
		transform = json_object();
		set_str(transform, "regex", "^([^.]+)");
		json_object_set_new(source, "transform", transform);
	}
	json_object_set_new(field, "source", source);
	return field;
}

/* Readers of Croissant open tars and know no Zstandard: the texts of items are described, and those of pages can be loaded. */
static json_t *record_sets(const struct shard *const *files, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < RC_COUNT(all_members); i++) {
		const struct members *m = &all_members[i];
		json_t *set, *fields;
		char key[64];

		if (!has_members(m, files, n))
			continue;
		set = typed("cr:RecordSet", m->name);
		fields = json_array();
		snprintf(key, sizeof key, "%s/id", m->name);
		set_str(set, "name", m->name);
		set_str(set, "description", m->what);
		json_object_set_new(set, "key", reference(key));
		json_array_append_new(fields, field_of(m, "id", "sc:Text", "key of the sample, the same in all sets", "filename"));
		json_array_append_new(fields, field_of(m, m->field, m->type, m->what, "content"));
		json_object_set_new(set, "field", fields);
		json_array_append_new(list, set);
	}
	return list;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void set_unless_empty(json_t *all, const char *key, const char *value)
{
	if (*value)
		set_str(all, key, value);
}

/* What the rules on responsible use ask for, as far as a program can know it. */
static void add_rai(json_t *all)
{
	set_str(all, "rai:dataCollection", "Scanned archive pages, read by optical character recognition.");
	set_str(all, "rai:dataLimitations",
	        "The text was read by machine and has errors. Every sample carries an estimate of its error rate; what could not be "
	        "believed was left out and is marked as not read.");
}

/* As a line that people cite: creator, name, version, year, URL, as far as they are known. */
static void add_citation(json_t *all, const struct corpus_facts *facts, const char *version)
{
	const struct rc_config *cfg = facts->cfg;
	RC_OWN_BUF cite = RC_BUF(1 << 16);

	if (*cfg->corpus_creator)
		rc_buf_addf(&cite, "%s: ", cfg->corpus_creator);
	rc_buf_addf(&cite, "%s, version %s", facts->name, version);
	if (*cfg->corpus_date)
		rc_buf_addf(&cite, " (%.4s)", cfg->corpus_date);
	if (*cfg->corpus_url)
		rc_buf_addf(&cite, ". %s", cfg->corpus_url);
	set_str(all, "citeAs", cite.data);
}

void croissant_print(const struct corpus_facts *facts, const char *version, const struct shard *const *files, size_t n, struct rc_buf *out)
{
	const struct rc_config *cfg = facts->cfg;
	RC_OWN_JSON all = json_object();
	json_t *creator = typed("sc:Organization", NULL);

	add_context(all);
	set_str(all, "@type", "sc:Dataset");
	set_str(all, "conformsTo", CR "1.1");
	set_str(all, "name", facts->name);
	set_str(all, "description", "Scanned archive pages and their text as read by optical character recognition, made by redcorpus.");
	set_str(all, "version", version);
	set_str(all, "inLanguage", "zh");
	set_unless_empty(all, "license", *cfg->corpus_license ? cfg->corpus_license : cfg->rights_license);
	set_unless_empty(all, "url", cfg->corpus_url);
	set_unless_empty(all, "datePublished", cfg->corpus_date);
	set_unless_empty(creator, "name", cfg->corpus_creator);
	json_object_set_new(all, "creator", creator);
	add_citation(all, facts, version);
	add_rai(all);
	json_object_set_new(all, "distribution", distribution(files, n));
	json_object_set_new(all, "recordSet", record_sets(files, n));
	rc_json_print_pretty(out, all);
}
