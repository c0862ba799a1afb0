/* schema_set.h -- schemas of other people's formats, in a folder or XML catalogues that a user names; nothing is fetched.
 *
 * A folder: every *.xsd directly in it, known by its target namespace (of several for one namespace, the last in natural order:
 * alto-4-4.xsd before alto-4-2.xsd); what they import is taken from the same folder by the last part of its address.
 * A catalogue: a namespace, or the address that a document gives for its schema, leads to a file. */
#ifndef COMMON_SCHEMA_SET_H
#define COMMON_SCHEMA_SET_H

#include "common/xml.h"

struct schema_set;

/* places: a folder or catalogue files, with blanks between (as in XML_CATALOG_FILES); NULL or "": a set without schemas. One that is
 * not there: RC_RUN_FAILED/missing; one that is no catalogue: RC_RUN_FAILED/setting. */
enum rc_status schema_set_open(struct schema_set **ret, const char *places, struct rc_err *err);
/* The schema for a namespace, loaded once; hint: what the document says in xsi:schemaLocation, or "". RC_SKIP: there is none.
 * RC_RUN_FAILED/setting: there is one, and it cannot be used. */
enum rc_status schema_set_find(struct schema_set *set, const char *uri, const char *hint, const struct xml_schema **ret,
                               struct rc_err *err);
void schema_set_free(struct schema_set **set);

#endif
