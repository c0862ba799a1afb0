/* record_line.c -- the regions of a page in a record, and their lines of text. */
#include "common/record_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/nfc.h"

/* The rules for printed text; the reader itself takes any. */
static void check_text(struct record_reader *r, const char *text)
{
	RC_OWN_STR joined = rc_strdup(text);
	char actual[16];

	for (const char *at = text; *at;) {
		uint32_t cp = rc_utf8_next(&at);

		if (xml_allows(cp) && cp != '\t' && cp != '\n' && cp != '\r')
			continue;
		snprintf(actual, sizeof actual, "U+%04" PRIX32, cp);
		record_advise(r, RULE_TEXT_CHARACTER, actual, "", "a control or other character that is no text");
		break;
	}
	rc_text_join_cjk(joined);
	if (strcmp(joined, text) != 0)
		record_advise(r, RULE_TEXT_SPACE, text, joined, "a space between characters that are set without");
	else if (*text == ' ' || (*text && text[strlen(text) - 1] == ' '))
		record_advise(r, RULE_TEXT_SPACE, text, "", "a space at the start or end of a line");
	if (!nfc_is(text))
		record_advise(r, RULE_TEXT_FORM, text, "", "not in Unicode normalization form C");
}

/* One <text>; `layers` has a bit for each that was there. */
static void read_text(struct record_reader *r, struct rc_line *line, unsigned *layers)
{
	static const char *const names[] = { "printed", "normalized", "simplified" };
	const char *layer = record_attr(r, "layer");
	RC_OWN_BUF text = RC_BUF(RC_MAX_LINE_BYTES);
	unsigned i = 0;

	while (i < RC_COUNT(names) && strcmp(names[i], layer) != 0)
		i++;
	if (i == RC_COUNT(names))
		record_malformed(r, "no such layer");
	else if (*layers & 1u << i || (i > 0 && !*layers))
		record_broken(r, RULE_LAYERS, layer, "the printed layer first, each once", "layers of text repeated or out of order");
	*layers |= 1u << i;
	record_take_text(r, &text);
	if (i != 0)
		return;
	int64_t before = r->findings;

	if (r->on_finding)
		check_text(r, text.data);
	r->text_findings = r->findings - before;
	free(line->text);
	line->text = rc_strdup(text.data);
}

static void read_line(struct record_reader *r, struct rc_line *line)
{
	unsigned layers = 0;

	line->box = record_attr_box(r);
	if (xml_get(r->xml, "polygon"))
		record_attr_ints(r, "polygon", line->polygon, RC_COUNT(line->polygon), -RC_MAX_SIDE, 2 * RC_MAX_SIDE);
	line->direction = record_attr_direction(r);
	line->confidence = record_attr_real(r, "confidence", 0, 1);
	if (xml_get(r->xml, "estimated-error"))
		line->estimated_error = record_attr_real(r, "estimated-error", 0, 1);
	line->read_twice = xml_get(r->xml, "agreement") != NULL;
	if (line->read_twice)
		line->agreement = record_attr_real(r, "agreement", 0, 1);
	line->human = strcmp(record_attr_or(r, "agent", "machine"), "human") == 0;
	while (record_child(r)) {
		if (record_is(r, "text")) {
			read_text(r, line, &layers);
		} else if (record_is(r, "glyphs")) {
			record_read_glyphs(r, line);
		} else if (record_is(r, "not-read")) {
			line->not_read = true;
			record_end(r);
		} else {
			record_unexpected(r);
		}
	}
	if (!line->text && !line->not_read)
		record_malformed(r, "a line has neither <text> nor <not-read>");
	if (line->not_read && line->text && *line->text)
		record_malformed(r, "a line that was not read has text");
	if (!line->text)
		line->text = rc_strdup("");
	r->lines++;
	r->characters += (int64_t)rc_utf8_count(line->text);
}

void record_read_region(struct record_reader *r)
{
	struct rc_region *region = rc_page_add_region(&r->page.page);

	if (!region) {
		record_broken(r, RULE_LIMIT, "more", "10000", "a page has more regions than the limit");
		record_skip(r);
		return;
	}
	region->type = rc_region_type_find(record_attr(r, "type"));
	if (region->type == RC_REGION_TYPE_COUNT) {
		record_malformed(r, "no such type of region");
		region->type = RC_REGION_NOISE;
	}
	region->box = record_attr_box(r);
	region->direction = record_attr_direction(r);
	while (record_child(r)) {
		struct rc_line *line = record_is(r, "line") && r->page_lines < RC_MAX_LINES ? rc_region_add_line(region) : NULL;

		if (line) {
			r->page_lines++;
			read_line(r, line);
		} else if (record_is(r, "line")) {
			record_broken(r, RULE_LIMIT, "more", "20000", "a page has more lines than the limit");
			record_skip(r);
		} else {
			record_unexpected(r);
		}
	}
}
