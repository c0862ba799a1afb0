/* xml_parts.h -- what the two files behind xml.h share: libxml2, prepared, and what it says. */
#ifndef COMMON_XML_PARTS_H
#define COMMON_XML_PARTS_H

#include <libxml/xmlschemas.h>

#include "common/xml.h"

struct xml_schema {
	xmlSchemaPtr schema;
};

/* libxml2's global state, once: quiet, and without a way out. */
void xml_prepare_library(void);
/* A message on one line, without the namespaces in braces that libxml2 puts before every name. */
void xml_tidy(const char *message, char *out, size_t size);

#endif
