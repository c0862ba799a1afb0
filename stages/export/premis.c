/* premis.c -- PREMIS 3 (https://www.loc.gov/standards/premis/): what is kept, what happened to it, who did it, and what may be done with it.
 *
 * Small on purpose: events are told of the item, not of each of its files. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "export/package.h"

static void identifier(struct xml_writer *xml, const char *what, const char *type, const char *value)
{
	char name[64];

	snprintf(name, sizeof name, "premis:%sIdentifier", what);
	xml_start(xml, name);
	snprintf(name, sizeof name, "premis:%sIdentifierType", what);
	xml_element(xml, name, type);
	snprintf(name, sizeof name, "premis:%sIdentifierValue", what);
	xml_element(xml, name, value);
	xml_end(xml);
}

static void start_object(struct xml_writer *xml, const char *category)
{
	xml_start(xml, "premis:object");
	xml_attr(xml, "xsi:type", category);
}

static void write_item(struct xml_writer *xml, const struct record_head *head)
{
	start_object(xml, "premis:intellectualEntity");
	identifier(xml, "object", "item", head->id);
	if (*head->reference)
		identifier(xml, "object", "reference", head->reference);
	xml_end(xml);
}

static void write_file(struct xml_writer *xml, const struct package_file *file)
{
	char hex[RC_DIGEST_HEX], size[32];

	start_object(xml, "premis:file");
	if (*file->path)
		identifier(xml, "object", "path", file->path);
	else
		identifier(xml, "object", "SHA-256", rc_digest_hex(&file->digest, hex));
	xml_start(xml, "premis:objectCharacteristics");
	xml_element(xml, "premis:compositionLevel", "0");
	xml_start(xml, "premis:fixity");
	xml_element(xml, "premis:messageDigestAlgorithm", "SHA-256");
	xml_element(xml, "premis:messageDigest", rc_digest_hex(&file->digest, hex));
	xml_end(xml);
	if (file->size >= 0) {
		snprintf(size, sizeof size, "%" PRId64, file->size);
		xml_element(xml, "premis:size", size);
	}
	xml_start(xml, "premis:format");
	xml_start(xml, "premis:formatDesignation");
	xml_element(xml, "premis:formatName", file->media);
	xml_end(xml);
	xml_end(xml);
	xml_end(xml);
	if (*file->name)
		xml_element(xml, "premis:originalName", file->name);
	xml_end(xml);
}

/* What the record says, as the basis that fits: a licence, or some other statement. */
static void write_basis(struct xml_writer *xml, const struct record_head *head)
{
	bool license = *head->rights_license;

	xml_element(xml, "premis:rightsBasis", license ? "license" : "other");
	xml_start(xml, license ? "premis:licenseInformation" : "premis:otherRightsInformation");
	if (!license)
		xml_element(xml, "premis:otherRightsBasis", *head->rights_statement ? "rights statement" : "not stated");
	else
		xml_element(xml, "premis:licenseTerms", head->rights_license);
	if (*head->rights_statement)
		xml_element(xml, license ? "premis:licenseNote" : "premis:otherRightsNote", head->rights_statement);
	if (*head->rights_holder) {
		char note[1000];

		snprintf(note, sizeof note, "rights holder: %.900s", head->rights_holder);
		xml_element(xml, license ? "premis:licenseNote" : "premis:otherRightsNote", note);
	}
	xml_end(xml);
}

void premis_rights(struct xml_writer *xml, const struct record_head *head)
{
	xml_start(xml, "premis:rights");
	xml_start(xml, "premis:rightsStatement");
	identifier(xml, "rightsStatement", "item", head->id);
	write_basis(xml, head);
	xml_start(xml, "premis:rightsGranted");
	xml_element(xml, "premis:act", "training of machine learning models");
	xml_element(xml, "premis:restriction", head->training);
	xml_end(xml);
	xml_end(xml);
	xml_end(xml);
}

static void write_event(struct xml_writer *xml, const struct record_head *head, const char *id, const char *type, const char *time,
                        const char *detail, const char *agent)
{
	if (!*time)
		return;         /* an event without a time is not claimed */
	xml_start(xml, "premis:event");
	identifier(xml, "event", "local", id);
	xml_element(xml, "premis:eventType", type);
	xml_element(xml, "premis:eventDateTime", time);
	xml_start(xml, "premis:eventDetailInformation");
	xml_element(xml, "premis:eventDetail", detail);
	xml_end(xml);
	xml_start(xml, "premis:eventOutcomeInformation");
	xml_element(xml, "premis:eventOutcome", "success");
	xml_end(xml);
	identifier(xml, "linkingAgent", "local", agent);
	identifier(xml, "linkingObject", "item", head->id);
	xml_end(xml);
}

/* made: NULL, or the record whose program, engines and models the agent is. */
static void write_agent(struct xml_writer *xml, const char *id, const char *name, const char *type, const struct record_head *made)
{
	xml_start(xml, "premis:agent");
	identifier(xml, "agent", "local", id);
	xml_element(xml, "premis:agentName", name);
	xml_element(xml, "premis:agentType", type);
	if (made && *made->program)
		xml_element(xml, "premis:agentVersion", made->program);
	for (size_t i = 0; made && i < made->n_parts; i++) {
		const struct record_part *part = &made->parts[i];
		char note[1000];

		snprintf(note, sizeof note, "%s %.400s%s%.400s", part->kind == RECORD_STAGE ? "stage" : part->kind == RECORD_ENGINE ? "engine" : "model",
		         part->name, *part->value ? " " : "", part->value);
		xml_element(xml, "premis:agentNote", note);
	}
	xml_end(xml);
}

static void write_events(struct xml_writer *xml, const struct record_head *head, const struct export_times *times)
{
	write_event(xml, head, "ingestion", "ingestion", times->ingested, "the scans were taken into the batch", "redcorpus");
	write_event(xml, head, "digest", "message digest calculation", times->ingested, "SHA-256 of each scan", "redcorpus");
	write_event(xml, head, "ocr", "optical character recognition", times->read, "the last of the pages was read", "redcorpus");
	write_event(xml, head, "correction", "modification", times->corrected, "people corrected the text", "people");
}

void premis_document(struct xml_writer *xml, const struct record_head *head, const struct export_item *item, const struct package *p)
{
	struct export_times times = { .ingested = "" };

	if (item->times)
		item->times(item->ctx, &times);
	xml_start(xml, "premis:premis");
	xml_attr(xml, "xmlns:premis", PREMIS_NS);
	xml_attr(xml, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
	xml_attr(xml, "version", "3.0");
	write_item(xml, head);
	for (int32_t i = 0; i < p->n_scans; i++)
		write_file(xml, &p->scans[i]);
	for (int32_t i = 0; i < p->n_texts; i++)
		write_file(xml, &p->texts[i]);
	write_events(xml, head, &times);
	write_agent(xml, "redcorpus", "redcorpus", "software", head);
	if (*times.corrected)
		write_agent(xml, "people", "people who corrected the text", "person", NULL);
	premis_rights(xml, head);
	xml_end(xml);
}
