/* xml_schema.c -- schemas and catalogues with libxml2, and what it may load: files that a caller finds, and nothing else.
 *
 *   xml_schema_load()        one of ours, from memory
 *   xml_schema_load_file()   one of others; load() asks the caller where that lies which it imports
 *   xml_catalog_load()       a map from names to places */
#include "common/xml_parts.h"

#include <libxml/catalog.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlIO.h>
#include <libxml/xmlreader.h>
#include <string.h>

enum { MAX_PATH_BYTES = 1 << 16, WORDS = 500 };

/* ---- the library -------------------------------------------------------------------------------------- */

/* Who is loading a schema; NULL: nothing outside a document is loaded. */
static struct finder {
	xml_find_fn *find;
	void *ctx;
} *loading;

static xmlParserInputPtr load(const char *url, const char *id, xmlParserCtxtPtr ctxt)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);

	if (!loading || !url || !loading->find(loading->ctx, url, &path) || path.failed)
		return NULL;
	return xmlNewInputFromFile(ctxt, path.data);
}

static void say_nothing(void *ctx, const char *fmt, ...)
{
}

void xml_prepare_library(void)
{
	static bool ready;

	if (ready)
		return;
	ready = true;
	xmlInitParser();
	/* Files, and no addresses: a catalogue could name some. */
	xmlCleanupInputCallbacks();
	xmlRegisterInputCallbacks(xmlFileMatch, xmlFileOpen, xmlFileRead, xmlFileClose);
	xmlSetExternalEntityLoader(load);
	xmlSetGenericErrorFunc(NULL, say_nothing);
}

void xml_tidy(const char *message, char *out, size_t size)
{
	size_t len = 0;

	for (const char *at = message; *at && len + 1 < size; at++) {
		const char *close = strncmp(at, "{urn:", 5) == 0 || strncmp(at, "{http", 5) == 0 ? strchr(at, '}') : NULL;

		if (close)
			at = close;
		else
			out[len++] = *at == '\n' ? ' ' : *at;
	}
	while (len > 0 && (out[len - 1] == ' ' || out[len - 1] == '.'))
		len--;
	out[len] = '\0';
}

/* ---- schemas ------------------------------------------------------------------------------------------ */

static void first_error(void *ctx, xmlErrorPtr error)
{
	char *text = ctx;

	if (!*text && error->level >= XML_ERR_ERROR)
		xml_tidy(error->message ? error->message : "unknown error", text, WORDS);
}

/* Takes the parser. */
static enum rc_status parse(struct xml_schema **ret, xmlSchemaParserCtxtPtr parser, const char *name, enum rc_reason reason,
                            struct rc_err *err)
{
	char why[WORDS] = "";

	if (!parser)
		rc_out_of_memory();
	xmlSchemaSetParserStructuredErrors(parser, first_error, why);
	xmlSchemaPtr schema = xmlSchemaParse(parser);

	xmlSchemaFreeParserCtxt(parser);
	if (!schema)
		return rc_fail(err, RC_RUN_FAILED, reason, "cannot use schema '%s': %s", name, *why ? why : "it is no schema");
	*ret = rc_alloc(sizeof **ret);
	(*ret)->schema = schema;
	return RC_OK;
}

enum rc_status xml_schema_load(struct xml_schema **ret, const void *bytes, size_t len, const char *name, struct rc_err *err)
{
	xml_prepare_library();
	return parse(ret, xmlSchemaNewMemParserCtxt(bytes, (int)len), name, RC_WHY_BUG, err);
}

enum rc_status xml_schema_load_file(struct xml_schema **ret, const char *path, xml_find_fn *find, void *ctx, struct rc_err *err)
{
	struct finder finder = { find, ctx };

	xml_prepare_library();
	loading = &finder;
	enum rc_status status = parse(ret, xmlSchemaNewParserCtxt(path), path, RC_WHY_SETTING, err);

	loading = NULL;
	return status;
}

void xml_schema_free(struct xml_schema **schema)
{
	if (!*schema)
		return;
	xmlSchemaFree((*schema)->schema);
	free(*schema);
	*schema = NULL;
}

/* ---- catalogues --------------------------------------------------------------------------------------- */

struct xml_catalog {
	xmlCatalogPtr catalog;
};

/* libxml2 takes anything for a catalogue, and looks into it when it is asked. */
static bool is_catalog(const char *path)
{
	xmlTextReaderPtr r = xmlReaderForFile(path, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	bool found = false;

	while (r && xmlTextReaderRead(r) == 1 && xmlTextReaderNodeType(r) != XML_READER_TYPE_ELEMENT)
		;
	if (r) {
		const xmlChar *uri = xmlTextReaderConstNamespaceUri(r), *name = xmlTextReaderConstLocalName(r);

		found = uri && name && xmlStrEqual(uri, XML_CATALOGS_NAMESPACE) && xmlStrEqual(name, (const xmlChar *)"catalog");
		xmlFreeTextReader(r);
	}
	return found;
}

enum rc_status xml_catalog_load(struct xml_catalog **ret, const char *path, struct rc_err *err)
{
	xml_prepare_library();
	xmlCatalogPtr catalog = is_catalog(path) ? xmlLoadACatalog(path) : NULL;

	if (!catalog)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "cannot use XML catalogue '%s'", path);
	*ret = rc_alloc(sizeof **ret);
	(*ret)->catalog = catalog;
	return RC_OK;
}

bool xml_catalog_find(const struct xml_catalog *catalog, const char *uri, struct rc_buf *ret)
{
	xmlChar *found = xmlACatalogResolveURI(catalog->catalog, (const xmlChar *)uri);

	if (!found)
		found = xmlACatalogResolveSystem(catalog->catalog, (const xmlChar *)uri);
	if (!found)
		return false;
	rc_buf_adds(ret, (const char *)found);
	xmlFree(found);
	return true;
}

void xml_catalog_free(struct xml_catalog **catalog)
{
	if (!*catalog)
		return;
	xmlFreeCatalog((*catalog)->catalog);
	free(*catalog);
	*catalog = NULL;
}
