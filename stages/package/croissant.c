/* croissant.c -- croissant.json: Croissant 1.1, the JSON-LD by which data set catalogues find and describe corpora
 * (mlcommons.org/croissant/1.1). Files are named with size and SHA-256; record sets say what the fields of samples are.
 *
 *   croissant_print()   all of it
 *   add_context()       the prefixes that every such file begins with
 *   distribution()      shards, one by one, and the members of tars as sets
 *   record_sets()       fields of text and page samples, and the splits */
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
	case MANIFEST_INDEX:
		return "application/jsonlines+zstd";
	case MANIFEST_PAGES:
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

/* The JSON members of all tars with pages. */
static json_t *page_members(const struct shard *const *files, size_t n)
{
	json_t *set = typed("cr:FileSet", "page-members"), *in = json_array();

	for (size_t i = 0; i < n; i++)
		if (files[i]->kind == MANIFEST_PAGES)
			json_array_append_new(in, reference(files[i]->path));
	set_str(set, "name", "page-members");
	set_str(set, "description", "The JSON member of every page sample; image and text have the same name with another ending.");
	json_object_set_new(set, "containedIn", in);
	set_str(set, "encodingFormat", "application/json");
	set_str(set, "includes", "*.json");
	return set;
}

static json_t *distribution(const struct shard *const *files, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, file_object(files[i]));
	if (any_of(files, n, MANIFEST_PAGES))
		json_array_append_new(list, page_members(files, n));
	return list;
}

/* ---- records --------------------------------------------------------------------------------------------------- */

static const struct field {
	const char *name, *type, *path, *what;
} page_fields[] = {
	{ "id", "sc:Text", "$.id", "key of the page in shards" },
	{ "item", "sc:Text", "$.item", "id of the archival item" },
	{ "split", "sc:Text", "$.split", "train, validation or test; whole items are in one" },
	{ "date", "sc:Text", "$.date", "of the item, as written" },
	{ "class", "sc:Text", "$.class", "text, blank, picture, handwriting, unreadable or not-read" },
	{ "estimated_error", "sc:Float", "$.estimated_error", "estimated character error rate; -1: no estimate" },
	{ "training", "sc:Text", "$.rights.training", "may the text be used to train models?" },
	{ "scan", "sc:Text", "$.scan", "SHA-256 of the scanned file" },
};

static json_t *field_of(const char *set, const struct field *f)
{
	char id[64];
	json_t *field, *source = json_object(), *extract = json_object();

	snprintf(id, sizeof id, "%s/%s", set, f->name);
	field = typed("cr:Field", id);
	set_str(field, "name", f->name);
	set_str(field, "description", f->what);
	set_str(field, "dataType", f->type);
	json_object_set_new(source, "fileSet", reference("page-members"));
	set_str(extract, "jsonPath", f->path);
	json_object_set_new(source, "extract", extract);
	json_object_set_new(field, "source", source);
	return field;
}

static json_t *record_sets(const struct shard *const *files, size_t n)
{
	json_t *list = json_array(), *pages, *fields;

	if (!any_of(files, n, MANIFEST_PAGES))
		return list;
	pages = typed("cr:RecordSet", "pages");
	fields = json_array();
	set_str(pages, "name", "pages");
	set_str(pages, "description", "One record per page.");
	json_object_set_new(pages, "key", reference("pages/id"));
	for (size_t i = 0; i < RC_COUNT(page_fields); i++)
		json_array_append_new(fields, field_of("pages", &page_fields[i]));
	json_object_set_new(pages, "field", fields);
	json_array_append_new(list, pages);
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
	add_rai(all);
	json_object_set_new(all, "distribution", distribution(files, n));
	json_object_set_new(all, "recordSet", record_sets(files, n));
	rc_json_print_pretty(out, all);
}
