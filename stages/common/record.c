/* record.c -- reads records/ID.xml as a stream, and checks them.
 *
 *   record_open()          to <pages>: read_head()
 *   record_next()          one <page>: read_page() -> read_region() -> read_line() -> read_glyphs()
 *   record_open_checked()  the same, but what is wrong is told and reading goes on
 *
 *   malformed()   what the schema says too: an error, or (checking) nothing more to say
 *   broken()      what the schema cannot say: an error, or (checking) a finding
 *   advise()      what readers can live with: a finding, or nothing
 *
 * The first failure is kept in `status` and ends all loops. Every function that is given an element reads to its end. */
#include "common/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/nfc.h"
#include "common/record_values.h"
#include "common/schemas.h"
#include "common/xml.h"
#include "core/text.h"

enum { MAX_TEXT = 1 << 20, WORDS = 400 };       /* bytes of a title or message; of one of ours */

struct string {                 /* strings that live as long as a page, or as the reader */
	struct string *next;
	char text[];
};

struct record_reader {
	char *path;
	struct xml_reader *xml;
	struct xml_schema *schema;      /* checking */
	record_finding_fn *on_finding;  /* checking; NULL: reading */
	void *ctx;

	bool doubt;                     /* the element we are in is malformed: its values say nothing */
	int64_t findings;
	int64_t schema_line;            /* place of the last finding of the schema */
	char schema_place[WORDS];

	enum rc_status status;
	struct rc_err *err;             /* of the call in progress */
	bool ended;

	struct record_head head;
	struct string *head_strings;
	struct record_page page;
	struct string *page_strings;
	size_t page_lines, page_glyphs;
	int64_t text_findings;          /* of the line */

	int64_t head_lines, head_characters;            /* what <quality> says */
	int64_t pages, read, lines, characters;         /* what was seen */
	int64_t last_order;
};

/* ---- strings ------------------------------------------------------------------------------------------ */

static const char *keep(struct string **list, const char *text)
{
	size_t len = strlen(text);

	if (len == 0)
		return "";
	struct string *s = rc_alloc(sizeof *s + len + 1);

	memcpy(s->text, text, len + 1);
	s->next = *list;
	*list = s;
	return s->text;
}

static void free_strings(struct string **list)
{
	while (*list) {
		struct string *next = (*list)->next;

		free(*list);
		*list = next;
	}
}

/* ---- what is wrong ------------------------------------------------------------------------------------ */

static bool failed(const struct record_reader *r)
{
	return !rc_good(r->status);
}

RC_PRINTF(2, 3) static void malformed(struct record_reader *r, const char *fmt, ...)
{
	char text[WORDS];
	va_list args;

	r->doubt = true;
	if (failed(r) || r->on_finding)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	r->status = xml_bad(r->xml, r->err, "%s", text);
}

static void advise(struct record_reader *r, enum rule rule, const char *actual, const char *expected, const char *message)
{
	if (!r->on_finding || failed(r) || r->doubt)
		return;
	r->findings++;
	r->on_finding(r->ctx, xml_line(r->xml), rule, actual, expected, message);
}

static void broken(struct record_reader *r, enum rule rule, const char *actual, const char *expected, const char *message)
{
	if (failed(r))
		return;
	if (r->on_finding)
		advise(r, rule, actual, expected, message);
	else
		r->status = xml_bad(r->xml, r->err, "%s: %s (expected: %s)", message, actual, expected);
}

static void broken_count(struct record_reader *r, enum rule rule, int64_t actual, int64_t expected, const char *message)
{
	char a[32], e[32];

	if (actual == expected)
		return;
	snprintf(a, sizeof a, "%" PRId64, actual);
	snprintf(e, sizeof e, "%" PRId64, expected);
	broken(r, rule, a, e, message);
}

/* ---- moving through the document ---------------------------------------------------------------------- */

static enum xml_event next(struct record_reader *r)
{
	enum xml_event event = XML_EVENT_DONE;

	if (!failed(r))
		r->status = xml_next(r->xml, &event, r->err);
	return event;
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* The element that starts, to its end. */
static void skip_element(struct record_reader *r)
{
	for (int depth = 1; depth > 0 && !failed(r);) {
		enum xml_event event = next(r);

		depth += event == XML_EVENT_START;
		depth -= event == XML_EVENT_END;
	}
}

/* Goes to the next child of the element we are in; false at that element's end. Text between is malformed. */
static bool next_child(struct record_reader *r)
{
	while (!failed(r)) {
		enum xml_event event = next(r);

		if (failed(r) || event == XML_EVENT_END || event == XML_EVENT_DONE)
			return false;
		if (event == XML_EVENT_TEXT) {
			if (!is_blank(xml_value(r->xml)))
				malformed(r, "text between elements");
			continue;
		}
		r->doubt = false;
		if (strcmp(xml_namespace(r->xml), RECORD_NS) == 0)
			return true;
		malformed(r, "element '%s' of another namespace", xml_name(r->xml));
		skip_element(r);
	}
	return false;
}

static bool is(const struct record_reader *r, const char *name)
{
	return strcmp(xml_name(r->xml), name) == 0;
}

static void unexpected(struct record_reader *r)
{
	malformed(r, "element '%s' is not expected here", xml_name(r->xml));
	skip_element(r);
}

/* An element without content. */
static void end_element(struct record_reader *r)
{
	while (next_child(r))
		unexpected(r);
}

/* Appends the text of the element that starts, to its end. */
static void take_text(struct record_reader *r, struct rc_buf *out)
{
	for (;;) {
		enum xml_event event = next(r);

		if (failed(r) || event == XML_EVENT_END || event == XML_EVENT_DONE)
			break;
		if (event == XML_EVENT_START)
			unexpected(r);
		else
			rc_buf_adds(out, xml_value(r->xml));
	}
	if (out->failed)
		broken(r, RULE_LIMIT, "more", "less", "a text is longer than the limit");
}

static const char *keep_text(struct record_reader *r, struct string **list)
{
	RC_OWN_BUF text = RC_BUF(MAX_TEXT);

	take_text(r, &text);
	return keep(list, text.data);
}

/* ---- attributes --------------------------------------------------------------------------------------- */

static const char *attr_text(struct record_reader *r, const char *name)
{
	const char *value = xml_get(r->xml, name);

	if (!value)
		malformed(r, "attribute '%s' is missing", name);
	return value ? value : "";
}

static const char *attr_or(struct record_reader *r, const char *name, const char *fallback)
{
	const char *value = xml_get(r->xml, name);

	return value ? value : fallback;
}

static int64_t attr_int(struct record_reader *r, const char *name, int64_t low, int64_t high)
{
	int64_t value = low;

	if (!record_get_int(attr_text(r, name), low, high, &value))
		malformed(r, "attribute '%s' is no whole number from %" PRId64 " to %" PRId64, name, low, high);
	return value;
}

static float attr_real(struct record_reader *r, const char *name, double low, double high)
{
	double value = 0;

	if (!record_get_real(attr_text(r, name), low, high, &value))
		malformed(r, "attribute '%s' is no number from %g to %g", name, low, high);
	return (float)value;
}

static struct rc_digest attr_digest(struct record_reader *r, const char *name)
{
	struct rc_digest digest = { 0 };

	if (!record_get_digest(attr_text(r, name), &digest))
		malformed(r, "attribute '%s' is no SHA-256", name);
	return digest;
}

static enum rc_direction attr_direction(struct record_reader *r)
{
	enum rc_direction d = rc_direction_find(attr_text(r, "direction"));

	if (d == RC_DIR_COUNT)
		malformed(r, "no such direction");
	return d == RC_DIR_COUNT ? RC_DIR_UNKNOWN : d;
}

/* n whole numbers and no more; false (and zeros) otherwise. */
static bool attr_ints(struct record_reader *r, const char *name, int32_t *to, size_t n, int64_t low, int64_t high)
{
	const char *list = attr_text(r, name);

	for (size_t i = 0; i < n; i++) {
		int64_t value;

		if (!record_next_int(&list, low, high, &value)) {
			malformed(r, "attribute '%s' is not %zu whole numbers in range", name, n);
			memset(to, 0, n * sizeof *to);
			return false;
		}
		to[i] = (int32_t)value;
	}
	if (!record_list_end(list))
		malformed(r, "attribute '%s' is not %zu whole numbers", name, n);
	return true;
}

static void check_inside(struct record_reader *r, struct rc_box b)
{
	const struct rc_page *page = &r->page.page;
	char actual[64], expected[64];

	if (page->width == 0 || (b.x <= page->width - b.w && b.y <= page->height - b.h))
		return;
	snprintf(actual, sizeof actual, "%" PRId32 " %" PRId32 " %" PRId32 " %" PRId32, b.x, b.y, b.w, b.h);
	snprintf(expected, sizeof expected, "inside %" PRId32 " by %" PRId32, page->width, page->height);
	broken(r, RULE_BOX_OUTSIDE, actual, expected, "a box reaches outside its frame");
}

static struct rc_box attr_box(struct record_reader *r)
{
	int32_t v[4] = { 0 };

	attr_ints(r, "box", v, RC_COUNT(v), 0, RC_MAX_SIDE);
	struct rc_box box = { v[0], v[1], v[2], v[3] };

	check_inside(r, box);
	return box;
}

static struct rc_affine attr_map(struct record_reader *r, const char *name)
{
	static const double most = 1e6;
	const char *list = attr_text(r, name);
	double v[6] = { 1, 0, 0, 0, 1, 0 };
	struct rc_affine inverse;

	for (size_t i = 0; i < RC_COUNT(v); i++) {
		if (!record_next_real(&list, -most, most, &v[i])) {
			malformed(r, "attribute '%s' is not six numbers", name);
			return RC_AFFINE_IDENTITY;
		}
	}
	if (!record_list_end(list))
		malformed(r, "attribute '%s' is not six numbers", name);
	struct rc_affine m = { v[0], v[1], v[2], v[3], v[4], v[5] };

	if (!rc_affine_invert(m, &inverse))
		broken(r, RULE_TRANSFORM, attr_text(r, name), "a map that can be inverted", "the map to the clean page cannot be inverted");
	return m;
}

/* ---- before the pages --------------------------------------------------------------------------------- */

/* Keeps the text of the first element of its kind. */
static void head_text(struct record_reader *r, const char **to)
{
	const char *text = keep_text(r, &r->head_strings);

	if (!**to)
		*to = text;
}

static void read_identity(struct record_reader *r)
{
	while (next_child(r)) {
		if (is(r, "reference"))
			head_text(r, &r->head.reference);
		else if (is(r, "part"))
			skip_element(r);
		else
			unexpected(r);
	}
}

static void read_description(struct record_reader *r)
{
	while (next_child(r)) {
		if (is(r, "title")) {
			head_text(r, &r->head.title);
		} else if (is(r, "language")) {
			head_text(r, &r->head.language);
		} else if (is(r, "date")) {
			if (!*r->head.date)
				r->head.date_edtf = keep(&r->head_strings, attr_or(r, "edtf", ""));
			head_text(r, &r->head.date);
		} else {
			skip_element(r);        /* terms that nothing after normalize asks for */
		}
	}
}

/* "http:", "urn:": a letter, then letters, digits, "+", "-" or "." (RFC 3986, 3.1). */
static bool is_absolute_uri(const char *uri)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t first = strspn(uri, letters);
	size_t scheme = first + strspn(uri + first, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return first > 0 && uri[scheme] == ':' && uri[scheme + 1];
}

static void read_rights(struct record_reader *r)
{
	r->head.training = keep(&r->head_strings, attr_text(r, "training"));
	if (strcmp(r->head.training, "allowed") != 0 && strcmp(r->head.training, "denied") != 0 &&
	    strcmp(r->head.training, "unknown") != 0)
		malformed(r, "training is not 'allowed', 'denied' or 'unknown'");
	while (next_child(r)) {
		if (is(r, "statement")) {
			head_text(r, &r->head.rights_statement);
			if (!is_absolute_uri(r->head.rights_statement))
				advise(r, RULE_RIGHTS, r->head.rights_statement, "an absolute URI",
				       "the rights statement is no absolute URI");
		} else if (is(r, "license")) {
			head_text(r, &r->head.rights_license);
		} else if (is(r, "holder")) {
			head_text(r, &r->head.rights_holder);
		} else {
			unexpected(r);
		}
	}
}

static void read_item_quality(struct record_reader *r)
{
	r->head.n_pages = attr_int(r, "pages", 0, INT32_MAX);
	r->head.n_read = attr_int(r, "read", 0, INT32_MAX);
	r->head_lines = attr_int(r, "lines", 0, INT64_MAX / 16);
	r->head_characters = attr_int(r, "characters", 0, INT64_MAX / 16);
	end_element(r);
}

/* The file of the item 'a' is 'a.xml'. */
static void check_file_name(struct record_reader *r)
{
	const char *slash = strrchr(r->path, '/'), *file = slash ? slash + 1 : r->path;
	size_t len = strlen(r->head.id);

	if (strncmp(file, r->head.id, len) != 0 || strcmp(file + len, ".xml") != 0)
		advise(r, RULE_ID_FILE_NAME, r->head.id, file, "the record is not in a file named after its id");
}

static void read_root(struct record_reader *r)
{
	enum xml_event event = next(r);

	if (failed(r))
		return;
	if (event != XML_EVENT_START || !is(r, "record") || strcmp(xml_namespace(r->xml), RECORD_NS) != 0) {
		r->status = xml_bad(r->xml, r->err, "not a record of namespace " RECORD_NS);
		return;
	}
	r->head.id = keep(&r->head_strings, attr_text(r, "id"));
	if (strlen(r->head.id) > RC_MAX_ITEM_ID)
		broken(r, RULE_LIMIT, r->head.id, "200 bytes", "the id is longer than the limit");
	check_file_name(r);
}

/* To the start of <pages>, or to the end of a record without it. */
static void read_head(struct record_reader *r)
{
	bool quality = false;

	read_root(r);
	while (next_child(r)) {
		if (is(r, "identity")) {
			read_identity(r);
		} else if (is(r, "description")) {
			read_description(r);
		} else if (is(r, "rights")) {
			read_rights(r);
		} else if (is(r, "processing")) {
			skip_element(r);
		} else if (is(r, "quality")) {
			read_item_quality(r);
			quality = true;
		} else if (is(r, "pages")) {
			if (!quality || !*r->head.training)
				malformed(r, "<quality> and <rights> must stand before <pages>");
			return;
		} else {
			unexpected(r);
		}
	}
	malformed(r, "the record has no <pages>");
	r->ended = true;
}

/* ---- lines -------------------------------------------------------------------------------------------- */

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
		advise(r, RULE_TEXT_CHARACTER, actual, "", "a control or other character that is no text");
		break;
	}
	rc_text_join_cjk(joined);
	if (strcmp(joined, text) != 0)
		advise(r, RULE_TEXT_SPACE, text, joined, "a space between characters that are set without");
	else if (*text == ' ' || (*text && text[strlen(text) - 1] == ' '))
		advise(r, RULE_TEXT_SPACE, text, "", "a space at the start or end of a line");
	if (!nfc_is(text))
		advise(r, RULE_TEXT_FORM, text, "", "not in Unicode normalization form C");
}

/* One <text>; `layers` has a bit for each that was there. */
static void read_text(struct record_reader *r, struct rc_line *line, unsigned *layers)
{
	static const char *const names[] = { "printed", "normalized", "simplified" };
	const char *layer = attr_text(r, "layer");
	RC_OWN_BUF text = RC_BUF(RC_MAX_LINE_BYTES);
	unsigned i = 0;

	while (i < RC_COUNT(names) && strcmp(names[i], layer) != 0)
		i++;
	if (i == RC_COUNT(names))
		malformed(r, "no such layer");
	else if (*layers & 1u << i || (i > 0 && !*layers))
		broken(r, RULE_LAYERS, layer, "the printed layer first, each once", "layers of text repeated or out of order");
	*layers |= 1u << i;
	take_text(r, &text);
	if (i != 0)
		return;
	int64_t before = r->findings;

	if (r->on_finding)
		check_text(r, text.data);
	r->text_findings = r->findings - before;
	free(line->text);
	line->text = rc_strdup(text.data);
}

/* Are the lists of the glyphs as long as each other and, without spans, as the text? */
static bool check_counts(struct record_reader *r, const struct rc_line *line, size_t *ret)
{
	size_t boxes = record_list_count(attr_text(r, "boxes")), confidences = record_list_count(attr_text(r, "confidences"));
	const char *spans = xml_get(r->xml, "spans");
	size_t wanted = spans ? record_list_count(spans) : 2 * rc_utf8_count(line->text);
	char actual[96];

	*ret = boxes / 4;
	if (boxes == 4 * confidences && wanted == 2 * confidences)
		return true;
	if (r->text_findings && !spans)
		return false;           /* the text is wrong, and that was told */
	snprintf(actual, sizeof actual, "%zu numbers, %zu confidences, %zu %s", boxes, confidences, wanted / (spans ? 1 : 2),
	         spans ? "span numbers" : "characters");
	broken(r, RULE_GLYPH_COUNT, actual, "four numbers and one confidence for each",
	       spans ? "the lists of glyphs differ in length" : "glyphs and characters differ in number");
	return false;
}

struct walk {                   /* through the text of a line */
	const char *at;
	int64_t count;          /* code points before `at` */
};

/* The bytes of the next span of the list; false when it is behind the walk, or ends after the text. */
static bool next_span(struct walk *walk, const char *text, const char **spans, struct rc_glyph *g)
{
	int64_t start = walk->count, len = 1;

	if (*spans && (!record_next_int(spans, 0, RC_MAX_LINE_BYTES, &start) || !record_next_int(spans, 1, RC_MAX_LINE_BYTES, &len)))
		return false;
	if (start < walk->count)
		return false;
	for (; walk->count < start; walk->count++)
		if (rc_utf8_next(&walk->at) == 0)
			return false;
	g->start = (uint32_t)(walk->at - text);
	for (; walk->count < start + len; walk->count++)
		if (rc_utf8_next(&walk->at) == 0)
			return false;
	g->len = (uint32_t)(walk->at - text) - g->start;
	return true;
}

static bool next_box(const char **boxes, struct rc_box *ret)
{
	int64_t v[4];

	for (size_t i = 0; i < RC_COUNT(v); i++)
		if (!record_next_int(boxes, 0, RC_MAX_SIDE, &v[i]))
			return false;
	*ret = (struct rc_box){ (int32_t)v[0], (int32_t)v[1], (int32_t)v[2], (int32_t)v[3] };
	return true;
}

static void add_glyphs(struct record_reader *r, struct rc_line *line, size_t n)
{
	const char *boxes = attr_text(r, "boxes"), *confidences = attr_text(r, "confidences"), *spans = xml_get(r->xml, "spans");
	struct walk walk = { line->text, 0 };

	for (size_t i = 0; i < n && !failed(r); i++) {
		struct rc_glyph *g = rc_line_add_glyph(line);
		int64_t percent;

		if (!g) {
			malformed(r, "not enough memory");
		} else if (!next_box(&boxes, &g->box) || !record_next_int(&confidences, 0, 100, &percent)) {
			malformed(r, "glyph %zu has no box or confidence in range", i + 1);
		} else if (!next_span(&walk, line->text, &spans, g)) {
			broken(r, RULE_GLYPH_SPAN, spans ? spans : "", "spans in order and inside the text", "a glyph's span does not fit the text");
			return;
		} else {
			g->confidence = (float)percent / 100;
			check_inside(r, g->box);
		}
	}
}

/* "index text confidence ...": each belongs to a glyph, and no glyph has more than there is room for. */
static void add_others(struct record_reader *r, struct rc_line *line)
{
	const char *list = xml_get(r->xml, "others");

	while (list && !record_list_end(list)) {
		struct rc_other other;
		int64_t glyph, percent;
		size_t k = 0;

		if (!record_next_int(&list, 0, (int64_t)line->n_glyphs - 1, &glyph) || !record_next_word(&list, other.text, sizeof other.text) ||
		    !record_next_int(&list, 0, 100, &percent)) {
			malformed(r, "attribute 'others' is not a list of glyph, text and confidence");
			return;
		}
		while (k < RC_GLYPH_OTHERS && line->glyphs[glyph].others[k].text[0])
			k++;
		other.confidence = (float)percent / 100;
		if (k < RC_GLYPH_OTHERS)
			line->glyphs[glyph].others[k] = other;
	}
}

static void read_glyphs(struct record_reader *r, struct rc_line *line)
{
	size_t n;

	if (!line->text) {
		malformed(r, "<glyphs> before <text>");
	} else if (line->n_glyphs) {
		malformed(r, "<glyphs> twice");
	} else if (check_counts(r, line, &n)) {
		r->page_glyphs += n;
		if (r->page_glyphs > RC_MAX_GLYPHS)
			broken(r, RULE_LIMIT, "more", "200000", "a page has more glyphs than the limit");
		else
			add_glyphs(r, line, n);
		add_others(r, line);
	}
	end_element(r);
}

static void read_line(struct record_reader *r, struct rc_line *line)
{
	unsigned layers = 0;

	line->box = attr_box(r);
	if (xml_get(r->xml, "polygon"))
		attr_ints(r, "polygon", line->polygon, RC_COUNT(line->polygon), -RC_MAX_SIDE, 2 * RC_MAX_SIDE);
	line->direction = attr_direction(r);
	line->confidence = attr_real(r, "confidence", 0, 1);
	if (xml_get(r->xml, "estimated-error"))
		line->estimated_error = attr_real(r, "estimated-error", 0, 1);
	line->read_twice = xml_get(r->xml, "agreement") != NULL;
	if (line->read_twice)
		line->agreement = attr_real(r, "agreement", 0, 1);
	while (next_child(r)) {
		if (is(r, "text")) {
			read_text(r, line, &layers);
		} else if (is(r, "glyphs")) {
			read_glyphs(r, line);
		} else if (is(r, "not-read")) {
			line->not_read = true;
			end_element(r);
		} else {
			unexpected(r);
		}
	}
	if (!line->text && !line->not_read)
		malformed(r, "a line has neither <text> nor <not-read>");
	if (line->not_read && line->text && *line->text)
		malformed(r, "a line that was not read has text");
	if (!line->text)
		line->text = rc_strdup("");
	r->lines++;
	r->characters += (int64_t)rc_utf8_count(line->text);
}

static void read_region(struct record_reader *r)
{
	struct rc_region *region = rc_page_add_region(&r->page.page);

	if (!region) {
		broken(r, RULE_LIMIT, "more", "10000", "a page has more regions than the limit");
		skip_element(r);
		return;
	}
	region->type = rc_region_type_find(attr_text(r, "type"));
	if (region->type == RC_REGION_TYPE_COUNT) {
		malformed(r, "no such type of region");
		region->type = RC_REGION_NOISE;
	}
	region->box = attr_box(r);
	region->direction = attr_direction(r);
	while (next_child(r)) {
		struct rc_line *line = is(r, "line") && r->page_lines < RC_MAX_LINES ? rc_region_add_line(region) : NULL;

		if (line) {
			r->page_lines++;
			read_line(r, line);
		} else if (is(r, "line")) {
			broken(r, RULE_LIMIT, "more", "20000", "a page has more lines than the limit");
			skip_element(r);
		} else {
			unexpected(r);
		}
	}
}

/* ---- pages -------------------------------------------------------------------------------------------- */

/* Names that lead out of what was given as a source. */
static void check_name(struct record_reader *r, const char *name)
{
	bool up = false;

	for (const char *at = name; at; at = strchr(at, '/')) {
		at += *at == '/';
		up |= strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0');
	}
	if (*name == '/' || up)
		broken(r, RULE_SOURCE_PATH, name, "a path below the source", "a source or member name leads outside");
}

static void read_scan(struct record_reader *r)
{
	struct record_page *page = &r->page;

	page->source = keep(&r->page_strings, attr_text(r, "source"));
	page->member = keep(&r->page_strings, attr_or(r, "member", ""));
	page->media = keep(&r->page_strings, attr_text(r, "media"));
	page->page.media = rc_media_find(page->media);
	page->frame = page->page.frame = (int32_t)attr_int(r, "frame", 0, INT32_MAX);
	page->scan = attr_digest(r, "digest");
	if (xml_get(r->xml, "source-digest"))
		page->source_digest = attr_digest(r, "source-digest");
	check_name(r, page->source);
	check_name(r, page->member);
	end_element(r);
}

static void read_leaf(struct record_reader *r)
{
	struct rc_page *page = &r->page.page;
	int32_t v[4] = { 0 };

	if (page->n_leaves == RC_MAX_LEAVES) {
		malformed(r, "more than %d leaves", RC_MAX_LEAVES);
	} else {
		struct rc_leaf *leaf = &page->leaves[page->n_leaves++];

		attr_ints(r, "box", v, RC_COUNT(v), 0, RC_MAX_SIDE);
		leaf->box = (struct rc_box){ v[0], v[1], v[2], v[3] };
		if (v[0] > page->clean_width - v[2] || v[1] > page->clean_height - v[3])
			malformed(r, "a leaf reaches outside the clean page");
		leaf->to_clean = attr_map(r, "to-clean");
		leaf->skew = attr_real(r, "skew", -360, 360);
		leaf->curved = strcmp(attr_or(r, "curved", "false"), "true") == 0;
	}
	end_element(r);
}

static void read_frame(struct record_reader *r)
{
	struct rc_page *page = &r->page.page;

	page->width = (int32_t)attr_int(r, "width", 1, RC_MAX_SIDE);
	page->height = (int32_t)attr_int(r, "height", 1, RC_MAX_SIDE);
	if ((int64_t)page->width * page->height > RC_MAX_PIXELS)
		broken(r, RULE_LIMIT, "more", "419430400", "a frame has more pixels than the limit");
	page->declared_dpi = (int32_t)attr_int(r, "declared-dpi", 0, RC_MAX_SIDE);
	page->orientation = (int32_t)attr_int(r, "orientation", 1, 8);
	page->clean_width = (int32_t)attr_int(r, "clean-width", 0, RC_MAX_SIDE);
	page->clean_height = (int32_t)attr_int(r, "clean-height", 0, RC_MAX_SIDE);
	page->to_clean = attr_map(r, "to-clean");
	if (r->doubt)
		page->width = page->height = 0;         /* nothing can be said about boxes */
	while (next_child(r)) {
		if (is(r, "leaf"))
			read_leaf(r);
		else
			unexpected(r);
	}
}

static void copy_word(struct record_reader *r, const char *attribute, char *to, size_t size)
{
	if (snprintf(to, size, "%s", attr_or(r, attribute, "")) >= (int)size)
		malformed(r, "attribute '%s' is too long", attribute);
}

static void read_reading(struct record_reader *r)
{
	copy_word(r, "script", r->page.page.script, sizeof r->page.page.script);
	copy_word(r, "models", r->page.page.models, sizeof r->page.page.models);
	r->page.page.direction = attr_direction(r);
	end_element(r);
}

static void read_signs(struct record_reader *r)
{
	for (int i = 0; i < RC_SIGN_COUNT; i++)
		if (xml_get(r->xml, rc_sign_name((enum rc_sign)i)))
			r->page.page.quality.signs[i] = attr_real(r, rc_sign_name((enum rc_sign)i), 0, 1);
	end_element(r);
}

static void read_quality(struct record_reader *r)
{
	struct rc_quality *q = &r->page.page.quality;

	q->page_class = rc_page_class_find(attr_text(r, "class"));
	if (q->page_class == RC_PAGE_CLASS_COUNT) {
		malformed(r, "no such class of page");
		q->page_class = RC_PAGE_UNREADABLE;
	}
	q->confidence = attr_real(r, "confidence", 0, 1);
	q->ink = attr_real(r, "ink", 0, 1);
	q->skew = attr_real(r, "skew", -360, 360);
	q->dpi = (int32_t)attr_int(r, "dpi", 0, RC_MAX_SIDE);
	if (xml_get(r->xml, "estimated-error"))
		q->estimated_error = attr_real(r, "estimated-error", 0, 1);
	while (next_child(r)) {
		if (is(r, "signs"))
			read_signs(r);
		else
			unexpected(r);
	}
}

static void read_unread(struct record_reader *r)
{
	r->page.not_read = true;
	r->page.reason = keep(&r->page_strings, attr_text(r, "reason"));
	if (rc_reason_find(r->page.reason) == RC_REASON_COUNT)
		advise(r, RULE_REASON, r->page.reason, "a reason that `redcorpus status` knows", "an unknown reason");
	r->page.message = keep_text(r, &r->page_strings);
}

static void clear_page(struct record_reader *r)
{
	rc_page_clear(&r->page.page);
	free_strings(&r->page_strings);
	r->page = (struct record_page){
		.number = "", .media = "", .source = "", .member = "", .reason = "", .message = "", .page = RC_PAGE_INIT,
	};
	r->page_lines = r->page_glyphs = 0;
}

enum { HAS_SCAN = 1, HAS_FRAME = 2, HAS_READING = 4, HAS_QUALITY = 8, HAS_UNREAD = 16 };

/* One child of <page>; returns which. */
static unsigned read_part(struct record_reader *r)
{
	static const struct {
		const char *name;
		void (*read)(struct record_reader *r);
		unsigned has;
	} parts[] = {
		{ "region", read_region, 0 },
		{ "scan", read_scan, HAS_SCAN }, { "frame", read_frame, HAS_FRAME },
		{ "reading", read_reading, HAS_READING }, { "quality", read_quality, HAS_QUALITY },
		{ "not-read", read_unread, HAS_UNREAD },
	};

	for (size_t i = 0; i < RC_COUNT(parts); i++) {
		if (is(r, parts[i].name)) {
			parts[i].read(r);
			return parts[i].has;
		}
	}
	unexpected(r);
	return 0;
}

static void read_page(struct record_reader *r)
{
	unsigned has = 0;

	int64_t expected = r->last_order + 1;

	clear_page(r);
	r->page.order = (int32_t)attr_int(r, "order", 1, INT32_MAX);
	r->last_order = r->doubt ? expected : r->page.order;
	r->page.number = keep(&r->page_strings, attr_or(r, "number", ""));
	r->pages++;
	/* One wrong number is one finding, and so is one missing page. */
	if (r->page.order != r->pages)
		broken_count(r, RULE_PAGE_ORDER, r->page.order, expected, "pages are not numbered 1 2 3 ...");
	while (next_child(r)) {
		if (is(r, "region") && !(has & HAS_FRAME))
			malformed(r, "<region> before <frame>");
		has |= read_part(r);
	}
	if (has != (HAS_SCAN | HAS_UNREAD) && has != (HAS_SCAN | HAS_FRAME | HAS_READING | HAS_QUALITY))
		malformed(r, "a page lacks a part, or is read and not read");
	r->read += !r->page.not_read;
}

/* After the last page. */
static void check_totals(struct record_reader *r)
{
	const struct {
		int64_t said, seen;
		const char *message;
	} totals[] = {
		{ r->head.n_pages, r->pages, "the number of pages in <quality> is wrong" },
		{ r->head.n_read, r->read, "the number of read pages in <quality> is wrong" },
		{ r->head_lines, r->lines, "the number of lines in <quality> is wrong" },
		{ r->head_characters, r->characters, "the number of characters in <quality> is wrong" },
	};

	for (size_t i = 0; i < RC_COUNT(totals) && r->findings == 0; i++)
		broken_count(r, RULE_TOTALS, totals[i].said, totals[i].seen, totals[i].message);
}

static void read_tail(struct record_reader *r)
{
	r->ended = true;
	end_element(r);                 /* of <record> */
	if (!failed(r) && next(r) != XML_EVENT_DONE)
		malformed(r, "something after the end");
	check_totals(r);
}

/* ---- the interface ------------------------------------------------------------------------------------ */

static void on_invalid(void *ctx, int64_t line, const char *message)
{
	struct record_reader *r = ctx;

	const char *end = strstr(message, "': ");
	size_t place = end ? (size_t)(end - message) : strlen(message);

	/* libxml2 complains of a list's word, then of the list. */
	if (line == r->schema_line && strncmp(message, r->schema_place, place) == 0 && r->schema_place[place] == '\0' &&
	    strstr(message, "attribute"))
		return;
	r->schema_line = line;
	snprintf(r->schema_place, sizeof r->schema_place, "%.*s", (int)place, message);
	r->findings++;
	r->on_finding(r->ctx, line, RULE_SCHEMA, "", "", message);
}

static enum rc_status attach_schema(struct record_reader *r, struct rc_err *err)
{
	enum rc_status status = xml_schema_load(&r->schema, schemas_record, (size_t)(schemas_record_end - schemas_record),
	                                        "record.xsd", err);

	return rc_good(status) ? xml_reader_check(r->xml, r->schema, on_invalid, r, err) : status;
}

static enum rc_status open_record(struct record_reader **ret, const char *path, record_finding_fn *on_finding, void *ctx,
                                  struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *r = rc_alloc(sizeof *r);

	r->path = rc_strdup(path);
	r->on_finding = on_finding;
	r->ctx = ctx;
	r->err = err;
	r->head = (struct record_head){ "", "", "", "", "", "", "", "", "", "", 0, 0 };
	clear_page(r);
	r->status = xml_reader_open(&r->xml, path, path, err);
	if (!failed(r) && on_finding)
		r->status = attach_schema(r, err);
	if (!failed(r))
		read_head(r);
	if (failed(r))
		return r->status;
	*ret = rc_steal(r);
	return RC_OK;
}

enum rc_status record_open(struct record_reader **ret, const char *path, struct rc_err *err)
{
	return open_record(ret, path, NULL, NULL, err);
}

enum rc_status record_open_checked(struct record_reader **ret, const char *path, record_finding_fn *on_finding, void *ctx,
                                   struct rc_err *err)
{
	return open_record(ret, path, on_finding, ctx, err);
}

const struct record_head *record_head(const struct record_reader *r)
{
	return &r->head;
}

enum rc_status record_next(struct record_reader *r, struct record_page **ret, struct rc_err *err)
{
	r->err = err;
	while (!r->ended && !failed(r)) {
		if (!next_child(r)) {
			if (!failed(r))
				read_tail(r);
			break;
		}
		if (!is(r, "page")) {
			unexpected(r);
			continue;
		}
		read_page(r);
		if (failed(r))
			break;
		*ret = &r->page;
		return RC_OK;
	}
	return failed(r) ? r->status : RC_SKIP;
}

void record_close(struct record_reader **r)
{
	if (!*r)
		return;
	clear_page(*r);
	free_strings(&(*r)->head_strings);
	xml_reader_close(&(*r)->xml);
	xml_schema_free(&(*r)->schema);
	free((*r)->path);
	free(*r);
	*r = NULL;
}
