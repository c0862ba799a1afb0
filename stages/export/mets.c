/* mets.c -- a package: METS 1.12.1 with PREMIS 3, ALTO, and the scans.
 *
 *   export_mets()       writes alto/ and scans/ page by page and takes notes, then mets.xml from the notes
 *   add_scan()          a scan once, however many pages lie in it
 *   write_mets()        header, Dublin Core, rights, files, pages in order, the item they make up
 *
 *     mets.xml    premis.xml    alto/p07.xml    scans/p07.tif
 *
 * Neither holds text or layout. What is in memory is one page, and the names and digests of all. */
#include <stdio.h>
#include <string.h>

#include "core/outfile.h"
#include "export/package.h"
#include "export/pages.h"
#include "export/scans.h"

enum { ID = 40 };
static const char premis_name[] = "premis.xml";

/* ---- notes -------------------------------------------------------------------------------------------------- */

static void files_free(struct package_file *files, int32_t n)
{
	for (int32_t i = 0; i < n; i++) {
		free(files[i].path);
		free(files[i].name);
	}
	free(files);
}

static void package_free(struct package *p)
{
	files_free(p->scans, p->n_scans);
	files_free(p->texts, p->n_texts);
	for (int32_t i = 0; i < p->n_pages; i++)
		free(p->pages[i].label);
	free(p->pages);
}

/* Room for one more in an array of n. */
static void *grow(void *array, int32_t n, size_t size)
{
	return (n & (n - 1)) == 0 ? rc_realloc(array, (n ? 2 * (size_t)n : 1) * size) : array;
}

static struct package_file *add_file(struct package_file **files, int32_t *n)
{
	*files = grow(*files, *n, sizeof **files);
	(*files)[*n] = (struct package_file){ .size = -1 };
	return &(*files)[(*n)++];
}

struct making {
	struct export_item *item;
	const char *to;
	struct export_names *scan_names, *text_names;
	struct package p;
};

static void making_clear(struct making *m)
{
	export_names_free(&m->scan_names);
	export_names_free(&m->text_names);
	package_free(&m->p);
}

/* "box12/p07.tif", and inside an archive "box12.zip!/p07.tif". */
static char *original_name(const struct record_page *page)
{
	RC_OWN_BUF name = RC_BUF(8 * RC_MAX_NAME);

	rc_buf_adds(&name, page->source);
	if (*page->member)
		rc_buf_addf(&name, "!/%s", page->member);
	return rc_strdup(name.data);
}

/* Pages of one scan follow each other. */
static int32_t known_scan(const struct package *p, const struct record_page *page)
{
	for (int32_t i = p->n_scans - 1; i >= 0 && i >= p->n_scans - 4; i--)
		if (rc_digest_equal(&p->scans[i].digest, &page->scan))
			return i;
	return PACKAGE_NONE;
}

static enum rc_status add_scan(struct making *m, const struct record_page *page, int32_t *ret, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(8 * RC_MAX_NAME);
	RC_OWN_BUF name = RC_BUF(8 * RC_MAX_NAME);
	struct package_file *file;

	*ret = known_scan(&m->p, page);
	if (*ret != PACKAGE_NONE)
		return RC_OK;
	*ret = m->p.n_scans;
	file = add_file(&m->p.scans, &m->p.n_scans);
	file->digest = page->scan;
	file->media = rc_media_name(rc_media_find(page->media));
	file->name = original_name(page);
	if (!m->item->with_scans) {
		file->path = rc_strdup("");
		return RC_OK;
	}
	rc_buf_adds(&name, "scans/");
	export_scan_file_name(m->scan_names, page, &name);
	file->path = rc_strdup(name.data);
	rc_buf_addf(&path, "%s/%s", m->to, name.data);
	enum rc_status status = rc_buf_check(&path, "a path", err);

	return rc_good(status) ? export_copy_scan(m->item, page, path.data, &file->size, err) : status;
}

static enum rc_status add_text(struct making *m, const struct record_head *head, const struct record_page *page, int32_t *ret,
                               struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(8 * RC_MAX_NAME);
	RC_OWN_BUF name = RC_BUF(8 * RC_MAX_NAME);
	struct package_file *file;

	*ret = PACKAGE_NONE;
	if (page->not_read)
		return RC_OK;
	*ret = m->p.n_texts;
	file = add_file(&m->p.texts, &m->p.n_texts);
	rc_buf_adds(&name, "alto/");
	export_page_name(m->text_names, page, &name);
	rc_buf_adds(&name, ".xml");
	file->path = rc_strdup(name.data);
	file->name = rc_strdup("");
	file->media = "application/alto+xml";
	rc_buf_addf(&path, "%s/%s", m->to, name.data);
	enum rc_status status = rc_buf_check(&path, "a path", err);

	return rc_good(status) ? export_page_file(m->item, path.data, export_alto_page, head, page, &file->digest, &file->size, err) : status;
}

static enum rc_status add_page(struct making *m, const struct record_head *head, const struct record_page *page, struct rc_err *err)
{
	struct package_page note = { .order = page->order, .label = rc_strdup(page->number) };
	enum rc_status status = add_scan(m, page, &note.scan, err);

	if (rc_good(status))
		status = add_text(m, head, page, &note.text, err);
	m->p.pages = grow(m->p.pages, m->p.n_pages, sizeof *m->p.pages);
	m->p.pages[m->p.n_pages++] = note;
	m->item->pages++;
	m->item->not_read += page->not_read;
	return status;
}

/* ---- mets.xml: what it is ------------------------------------------------------------------------------------- */

static void start_wrap(struct xml_writer *xml, const char *section, const char *id, const char *type)
{
	xml_start(xml, section);
	xml_attr(xml, "ID", id);
	xml_start(xml, "mets:mdWrap");
	xml_attr(xml, "MDTYPE", type);
	if (strncmp(type, "PREMIS", 6) == 0)
		xml_attr(xml, "MDTYPEVERSION", "3.0");
	xml_start(xml, "mets:xmlData");
}

static void end_wrap(struct xml_writer *xml)
{
	xml_end(xml);
	xml_end(xml);
	xml_end(xml);
}

static void term(struct xml_writer *xml, const char *name, const char *value)
{
	if (*value)
		xml_element(xml, name, value);
}

/* Terms of the record as the fifteen elements of Dublin Core have them. A date stands as it was written, and once more in EDTF. */
static void write_term(struct xml_writer *xml, const struct record_term *t)
{
	static const struct { const char *from, *to; } elements[] = {
		{ "title", "dc:title" }, { "alternative", "dc:title" }, { "creator", "dc:creator" }, { "contributor", "dc:contributor" },
		{ "publisher", "dc:publisher" }, { "subject", "dc:subject" }, { "abstract", "dc:description" },
		{ "note", "dc:description" }, { "type", "dc:type" }, { "extent", "dc:format" }, { "spatial", "dc:coverage" },
		{ "temporal", "dc:coverage" }, { "isPartOf", "dc:relation" }, { "identifier", "dc:identifier" }, { "language", "dc:language" },
		{ "date", "dc:date" }, { "accessRights", "dc:rights" },
	};

	for (size_t i = 0; i < RC_COUNT(elements); i++) {
		if (strcmp(elements[i].from, t->name) != 0)
			continue;
		term(xml, elements[i].to, t->value);
		if (*t->edtf && strcmp(t->edtf, t->value) != 0)
			term(xml, elements[i].to, t->edtf);
	}
}

/* What the item lies in, by the parts of its number. Dublin Core has one word for all: relation. */
static void write_number(struct xml_writer *xml, const struct record_head *head)
{
	for (size_t i = 0; i < head->n_number; i++) {
		RC_OWN_BUF part = RC_BUF(1 << 21);

		rc_buf_addf(&part, "%s %s", head->number[i].name, head->number[i].value);
		term(xml, "dc:relation", part.data);
	}
}

/* The value of the first such term of the description; "": there is none. */
static const char *find_term(const struct record_head *head, const char *name)
{
	for (size_t i = 0; i < head->n_terms; i++)
		if (strcmp(head->terms[i].name, name) == 0)
			return head->terms[i].value;
	return "";
}

/* How long it is to be kept, for which Dublin Core has no element. */
static void write_retention(struct xml_writer *xml, const struct record_head *head)
{
	const char *retention = find_term(head, "retention");
	RC_OWN_BUF text = RC_BUF(1 << 21);

	rc_buf_addf(&text, "retention %s", retention);
	if (*retention)
		term(xml, "dc:description", text.data);
}

static void write_description(struct xml_writer *xml, const struct record_head *head)
{
	start_wrap(xml, "mets:dmdSec", "description", "DC");
	term(xml, "dc:identifier", head->id);
	term(xml, "dc:identifier", head->reference);
	write_number(xml, head);
	for (size_t i = 0; i < head->n_terms; i++)
		write_term(xml, &head->terms[i]);
	write_retention(xml, head);
	term(xml, "dc:rights", head->rights_statement);
	term(xml, "dc:rights", head->rights_license);
	term(xml, "dc:rights", head->rights_holder);
	end_wrap(xml);
}

static void write_header(struct xml_writer *xml, const struct record_head *head, const struct export_item *item)
{
	RC_OWN_BUF name = RC_BUF(1 << 10);

	xml_start(xml, "mets:metsHdr");
	if (item->created)
		xml_attr(xml, "CREATEDATE", item->created);
	xml_start(xml, "mets:agent");
	xml_attr(xml, "ROLE", "CREATOR");
	xml_attr(xml, "TYPE", "OTHER");
	xml_attr(xml, "OTHERTYPE", "SOFTWARE");
	rc_buf_addf(&name, "redcorpus%s%s", *head->program ? " " : "", head->program);
	xml_element(xml, "mets:name", name.data);
	xml_end(xml);
	const char *custodian = find_term(head, "repository");

	if (!*custodian && item->sender)
		custodian = item->sender->organization;
	if (*custodian) {
		xml_start(xml, "mets:agent");
		xml_attr(xml, "ROLE", "CUSTODIAN");
		xml_attr(xml, "TYPE", "ORGANIZATION");
		xml_element(xml, "mets:name", custodian);
		xml_end(xml);
	}
	xml_end(xml);
}

/* PREMIS stands in a file of its own, as E-ARK has it: mets.xml stays small, and each file can be checked with its own schema. */
static void write_administration(struct xml_writer *xml, const struct record_head *head, const struct package_file *premis)
{
	char hex[RC_DIGEST_HEX];

	xml_start(xml, "mets:amdSec");
	xml_attr(xml, "ID", "administration");
	start_wrap(xml, "mets:rightsMD", "rights", "PREMIS:RIGHTS");
	premis_rights(xml, head);
	end_wrap(xml);
	xml_start(xml, "mets:digiprovMD");
	xml_attr(xml, "ID", "premis");
	xml_start(xml, "mets:mdRef");
	xml_attr(xml, "LOCTYPE", "OTHER");
	xml_attr(xml, "OTHERLOCTYPE", "FILE");
	xml_attr(xml, "MDTYPE", "PREMIS");
	xml_attr(xml, "MDTYPEVERSION", "3.0");
	xml_attr(xml, "MIMETYPE", "application/xml");
	xml_attr_int(xml, "SIZE", premis->size);
	xml_attr(xml, "CHECKSUM", rc_digest_hex(&premis->digest, hex));
	xml_attr(xml, "CHECKSUMTYPE", "SHA-256");
	xml_attr(xml, "xlink:type", "simple");
	xml_attr(xml, "xlink:href", premis_name);
	xml_end(xml);
	xml_end(xml);
	xml_end(xml);
}

/* ---- mets.xml: files and pages ------------------------------------------------------------------------------------ */

static void write_file(struct xml_writer *xml, const struct package_file *file, const char *prefix, int32_t i)
{
	char id[ID], hex[RC_DIGEST_HEX];

	xml_start(xml, "mets:file");
	snprintf(id, sizeof id, "%s%d", prefix, i + 1);
	xml_attr(xml, "ID", id);
	xml_attr(xml, "MIMETYPE", file->media);
	if (file->size >= 0)
		xml_attr_int(xml, "SIZE", file->size);
	xml_attr(xml, "CHECKSUM", rc_digest_hex(&file->digest, hex));
	xml_attr(xml, "CHECKSUMTYPE", "SHA-256");
	if (*file->path) {
		RC_OWN_BUF href = RC_BUF(16 * RC_MAX_NAME);

		export_href(file->path, &href);
		xml_start(xml, "mets:FLocat");
		xml_attr(xml, "LOCTYPE", "OTHER");
		xml_attr(xml, "OTHERLOCTYPE", "FILE");
		xml_attr(xml, "xlink:type", "simple");
		xml_attr(xml, "xlink:href", href.data);
		xml_end(xml);
	}
	xml_end(xml);
}

static void write_group(struct xml_writer *xml, const char *use, const struct package_file *files, int32_t n, const char *prefix)
{
	if (n == 0)
		return;
	xml_start(xml, "mets:fileGrp");
	xml_attr(xml, "USE", use);
	xml_attr(xml, "ADMID", "premis");
	for (int32_t i = 0; i < n; i++)
		write_file(xml, &files[i], prefix, i);
	xml_end(xml);
}

static void write_pointer(struct xml_writer *xml, const char *prefix, int32_t i)
{
	char id[ID];

	if (i == PACKAGE_NONE)
		return;
	snprintf(id, sizeof id, "%s%d", prefix, i + 1);
	xml_start(xml, "mets:fptr");
	xml_attr(xml, "FILEID", id);
	xml_end(xml);
}

static void write_physical(struct xml_writer *xml, const struct package *p)
{
	char id[ID];

	xml_start(xml, "mets:structMap");
	xml_attr(xml, "TYPE", "PHYSICAL");
	xml_start(xml, "mets:div");
	xml_attr(xml, "ID", "physical");
	xml_attr(xml, "TYPE", "physSequence");
	for (int32_t i = 0; i < p->n_pages; i++) {
		xml_start(xml, "mets:div");
		snprintf(id, sizeof id, "page%d", p->pages[i].order);
		xml_attr(xml, "ID", id);
		xml_attr(xml, "TYPE", "page");
		xml_attr_int(xml, "ORDER", p->pages[i].order);
		if (*p->pages[i].label)
			xml_attr(xml, "ORDERLABEL", p->pages[i].label);
		write_pointer(xml, "scan", p->pages[i].scan);
		write_pointer(xml, "text", p->pages[i].text);
		xml_end(xml);
	}
	xml_end(xml);
	xml_end(xml);
}

/* The item as a whole, and that all pages are its pages. */
static void write_logical(struct xml_writer *xml, const struct record_head *head)
{
	xml_start(xml, "mets:structMap");
	xml_attr(xml, "TYPE", "LOGICAL");
	xml_start(xml, "mets:div");
	xml_attr(xml, "ID", "item");
	xml_attr(xml, "TYPE", "document");
	xml_attr(xml, "LABEL", *head->title ? head->title : head->id);
	xml_attr(xml, "DMDID", "description");
	xml_attr(xml, "ADMID", "premis rights");
	xml_end(xml);
	xml_end(xml);
	xml_start(xml, "mets:structLink");
	xml_start(xml, "mets:smLink");
	xml_attr(xml, "xlink:from", "item");
	xml_attr(xml, "xlink:to", "physical");
	xml_end(xml);
	xml_end(xml);
}

static void write_mets(struct xml_writer *xml, const struct record_head *head, const struct export_item *item, const struct package *p,
                       const struct package_file *premis)
{
	xml_start(xml, "mets:mets");
	xml_attr(xml, "xmlns:mets", "http://www.loc.gov/METS/");
	xml_attr(xml, "xmlns:xlink", "http://www.w3.org/1999/xlink");
	xml_attr(xml, "xmlns:dc", "http://purl.org/dc/elements/1.1/");
	xml_attr(xml, "xmlns:premis", PREMIS_NS);
	xml_attr(xml, "OBJID", head->id);
	if (*head->title)
		xml_attr(xml, "LABEL", head->title);
	write_header(xml, head, item);
	write_description(xml, head);
	write_administration(xml, head, premis);
	xml_start(xml, "mets:fileSec");
	write_group(xml, "ORIGINAL", p->scans, p->n_scans, "scan");
	write_group(xml, "FULLTEXT", p->texts, p->n_texts, "text");
	xml_end(xml);
	write_physical(xml, p);
	write_logical(xml, head);
	xml_end(xml);
}

/* ---- the two documents ---------------------------------------------------------------------------------------- */

struct document {
	struct rc_outfile *file;
	struct xml_writer *xml;
};

static enum rc_status document_open(struct document *d, const char *folder, const char *name, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(8 * RC_MAX_NAME);

	rc_buf_addf(&path, "%s/%s", folder, name);
	*d = (struct document){ 0 };
	enum rc_status status = rc_buf_check(&path, "a path", err);

	if (rc_good(status))
		status = rc_outfile_open(&d->file, path.data, err);
	if (rc_good(status))
		d->xml = xml_writer_new(xml_to_file, d->file);
	return status;
}

/* note: gets digest and size; may be NULL. */
static enum rc_status document_close(struct document *d, struct package_file *note, struct rc_err *err)
{
	enum rc_status status = xml_writer_finish(d->xml, err);

	xml_writer_free(&d->xml);
	if (!rc_good(status)) {
		rc_outfile_abort(&d->file);
		return status;
	}
	if (note) {
		note->digest = rc_outfile_digest(d->file);
		note->size = rc_outfile_size(d->file);
	}
	return rc_outfile_commit(&d->file, err);
}

/* premis.xml first, for mets.xml names its digest. */
static enum rc_status write_documents(const struct making *m, const struct record_head *head, struct rc_err *err)
{
	struct package_file premis = { .size = 0 };
	struct document file;
	enum rc_status status = document_open(&file, m->to, premis_name, err);

	if (rc_good(status)) {
		premis_document(file.xml, head, m->item, &m->p);
		status = document_close(&file, &premis, err);
	}
	if (rc_good(status))
		status = document_open(&file, m->to, "mets.xml", err);
	if (rc_good(status)) {
		write_mets(file.xml, head, m->item, &m->p, &premis);
		status = document_close(&file, NULL, err);
	}
	return status;
}

enum rc_status export_mets(struct export_item *item, const char *to, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *record = NULL;
	RC_CLEANUP(making_clear) struct making m = { .item = item, .to = to, .scan_names = export_names_new(), .text_names = export_names_new() };
	struct record_page *page;
	enum rc_status status = record_open(&record, item->record, err);

	while (rc_good(status) && (status = record_next(record, &page, err)) == RC_OK) {
		status = add_page(&m, record_head(record), page, err);
		if (rc_good(status) && item->page_done)
			status = item->page_done(item->ctx, err);
	}
	return status == RC_SKIP ? write_documents(&m, record_head(record), err) : status;
}
