/* record_page.c -- one page of a record: where its scan is, how it was prepared and read, how good it is. */
#include "common/record_parts.h"

#include <stdio.h>
#include <string.h>

/* Names that lead out of what was given as a source. */
static void check_name(struct record_reader *r, const char *name)
{
	bool up = false;

	for (const char *at = name; at; at = strchr(at, '/')) {
		at += *at == '/';
		up |= strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0');
	}
	if (*name == '/' || up)
		record_broken(r, RULE_SOURCE_PATH, name, "a path below the source", "a source or member name leads outside");
}

static void read_scan(struct record_reader *r)
{
	struct record_page *page = &r->page;

	page->source = record_keep(&r->page_strings, record_attr(r, "source"));
	page->member = record_keep(&r->page_strings, record_attr_or(r, "member", ""));
	page->media = record_keep(&r->page_strings, record_attr(r, "media"));
	page->page.media = rc_media_find(page->media);
	page->frame = page->page.frame = (int32_t)record_attr_int(r, "frame", 0, INT32_MAX);
	page->scan = record_attr_digest(r, "digest");
	if (xml_get(r->xml, "source-digest"))
		page->source_digest = record_attr_digest(r, "source-digest");
	check_name(r, page->source);
	check_name(r, page->member);
	record_end(r);
}

static void read_leaf(struct record_reader *r)
{
	struct rc_page *page = &r->page.page;
	int32_t v[4] = { 0 };

	if (page->n_leaves == RC_MAX_LEAVES) {
		record_malformed(r, "more than %d leaves", RC_MAX_LEAVES);
	} else {
		struct rc_leaf *leaf = &page->leaves[page->n_leaves++];

		record_attr_ints(r, "box", v, RC_COUNT(v), 0, RC_MAX_SIDE);
		leaf->box = (struct rc_box){ v[0], v[1], v[2], v[3] };
		if (v[0] > page->clean_width - v[2] || v[1] > page->clean_height - v[3])
			record_malformed(r, "a leaf reaches outside the clean page");
		leaf->to_clean = record_attr_map(r, "to-clean");
		leaf->skew = record_attr_real(r, "skew", -360, 360);
		leaf->curved = strcmp(record_attr_or(r, "curved", "false"), "true") == 0;
	}
	record_end(r);
}

static void read_frame(struct record_reader *r)
{
	struct rc_page *page = &r->page.page;

	page->width = (int32_t)record_attr_int(r, "width", 1, RC_MAX_SIDE);
	page->height = (int32_t)record_attr_int(r, "height", 1, RC_MAX_SIDE);
	if ((int64_t)page->width * page->height > RC_MAX_PIXELS)
		record_broken(r, RULE_LIMIT, "more", "419430400", "a frame has more pixels than the limit");
	page->declared_dpi = (int32_t)record_attr_int(r, "declared-dpi", 0, RC_MAX_SIDE);
	page->orientation = (int32_t)record_attr_int(r, "orientation", 1, 8);
	if (xml_get(r->xml, "pixels"))
		page->pixels = record_attr_digest(r, "pixels");
	if (xml_get(r->xml, "look") && !rc_look_parse(record_attr(r, "look"), &page->look))
		record_malformed(r, "attribute 'look' is not 32 hexadecimal digits");
	if (xml_get(r->xml, "turned"))
		page->turned = (int32_t)record_attr_int(r, "turned", 90, 270) / 90;
	page->clean_width = (int32_t)record_attr_int(r, "clean-width", 0, RC_MAX_SIDE);
	page->clean_height = (int32_t)record_attr_int(r, "clean-height", 0, RC_MAX_SIDE);
	page->to_clean = record_attr_map(r, "to-clean");
	if (r->doubt)
		page->width = page->height = 0;         /* nothing can be said about boxes */
	while (record_child(r)) {
		if (record_is(r, "leaf"))
			read_leaf(r);
		else
			record_unexpected(r);
	}
}

static void copy_word(struct record_reader *r, const char *attribute, char *to, size_t size)
{
	if (snprintf(to, size, "%s", record_attr_or(r, attribute, "")) >= (int)size)
		record_malformed(r, "attribute '%s' is too long", attribute);
}

static void read_reading(struct record_reader *r)
{
	copy_word(r, "script", r->page.page.script, sizeof r->page.page.script);
	copy_word(r, "models", r->page.page.models, sizeof r->page.page.models);
	r->page.page.direction = record_attr_direction(r);
	record_end(r);
}

static void read_signs(struct record_reader *r)
{
	for (int i = 0; i < RC_SIGN_COUNT; i++)
		if (xml_get(r->xml, rc_sign_name((enum rc_sign)i)))
			r->page.page.quality.signs[i] = record_attr_real(r, rc_sign_name((enum rc_sign)i), 0, 1);
	record_end(r);
}

static void read_quality(struct record_reader *r)
{
	struct rc_quality *q = &r->page.page.quality;

	q->page_class = rc_page_class_find(record_attr(r, "class"));
	if (q->page_class == RC_PAGE_CLASS_COUNT) {
		record_malformed(r, "no such class of page");
		q->page_class = RC_PAGE_UNREADABLE;
	}
	q->confidence = record_attr_real(r, "confidence", 0, 1);
	q->ink = record_attr_real(r, "ink", 0, 1);
	q->skew = record_attr_real(r, "skew", -360, 360);
	q->dpi = (int32_t)record_attr_int(r, "dpi", 0, RC_MAX_SIDE);
	if (xml_get(r->xml, "estimated-error"))
		q->estimated_error = record_attr_real(r, "estimated-error", 0, 1);
	while (record_child(r)) {
		if (record_is(r, "signs"))
			read_signs(r);
		else
			record_unexpected(r);
	}
}

static void read_unread(struct record_reader *r)
{
	r->page.not_read = true;
	r->page.reason = record_keep(&r->page_strings, record_attr(r, "reason"));
	if (rc_reason_find(r->page.reason) == RC_REASON_COUNT)
		record_advise(r, RULE_REASON, r->page.reason, "a reason that `redcorpus status` knows", "an unknown reason");
	r->page.message = record_keep_text(r, &r->page_strings);
}

void record_clear_page(struct record_reader *r)
{
	rc_page_clear(&r->page.page);
	record_free_strings(&r->page_strings);
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
		{ "region", record_read_region, 0 },
		{ "scan", read_scan, HAS_SCAN }, { "frame", read_frame, HAS_FRAME },
		{ "reading", read_reading, HAS_READING }, { "quality", read_quality, HAS_QUALITY },
		{ "not-read", read_unread, HAS_UNREAD },
	};

	for (size_t i = 0; i < RC_COUNT(parts); i++) {
		if (record_is(r, parts[i].name)) {
			parts[i].read(r);
			return parts[i].has;
		}
	}
	record_unexpected(r);
	return 0;
}

void record_read_page(struct record_reader *r)
{
	unsigned has = 0;
	int64_t expected = r->last_order + 1;

	record_clear_page(r);
	r->page.order = (int32_t)record_attr_int(r, "order", 1, INT32_MAX);
	r->last_order = r->doubt ? expected : r->page.order;
	r->page.number = record_keep(&r->page_strings, record_attr_or(r, "number", ""));
	r->pages++;
	/* One wrong number is one finding, and so is one missing page. */
	if (r->page.order != r->pages)
		record_broken_count(r, RULE_PAGE_ORDER, r->page.order, expected, "pages are not numbered 1 2 3 ...");
	while (record_child(r)) {
		if (record_is(r, "region") && !(has & HAS_FRAME))
			record_malformed(r, "<region> before <frame>");
		has |= read_part(r);
	}
	if (has != (HAS_SCAN | HAS_UNREAD) && has != (HAS_SCAN | HAS_FRAME | HAS_READING | HAS_QUALITY))
		record_malformed(r, "a page lacks a part, or is read and not read");
	r->read += !r->page.not_read;
}
