/* package.h -- what is in a METS package: notes taken while its files are written, from which mets.xml and premis.xml are made. */
#ifndef EXPORT_PACKAGE_H
#define EXPORT_PACKAGE_H

#include "common/xml.h"
#include "export/export.h"

enum { PACKAGE_NONE = -1 };

struct package_file {
	char *path;                     /* below the package, "alto/p1.xml"; "": it is not in it; owned */
	char *name;                     /* of the file it was made from, or "": owned */
	const char *media;              /* static */
	struct rc_digest digest;
	int64_t size;                   /* < 0: not known */
};

struct package_page {
	int32_t order;
	char *label;                    /* its number, or ""; owned */
	int32_t scan, text;             /* indices of files; PACKAGE_NONE: none */
};

struct package {
	struct package_file *scans, *texts;     /* owned */
	struct package_page *pages;             /* owned */
	int32_t n_scans, n_texts, n_pages;
	int64_t corrected;                      /* lines that people corrected */
};

#define PREMIS_NS "http://www.loc.gov/premis/v3"

/* The whole document premis.xml: objects, events whose time is known, agents, rights. */
void premis_document(struct xml_writer *xml, const struct record_head *head, const struct export_item *item, const struct package *p);
/* Only <premis:rights>, with the prefix in scope. */
void premis_rights(struct xml_writer *xml, const struct record_head *head);

#endif
