/* eval_layout.c -- a truth in ALTO or PAGE XML (common/layout_xml.h), as transcription platforms export it. */
#include <string.h>

#include "cli/eval_text.h"
#include "common/layout_xml.h"

enum rc_status eval_text_layout(struct eval_text *text, const char *path, struct rc_err *err)
{
	RC_CLEANUP(layout_xml_free) struct layout_xml layout = { 0 };
	enum rc_status status = layout_xml_read(&layout, path, path, err);

	for (size_t i = 0; i < layout.n_lines; i++) {
		const char *line = layout.lines[i].text ? layout.lines[i].text : "";

		eval_text_add(text, line, strlen(line), layout.lines[i].region);
	}
	return status;
}
