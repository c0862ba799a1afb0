/* facts.c -- gathers facts, from decisions where they still hold and from records where they do not.
 *
 *   facts_add()     one item
 *   from_decision() what an earlier run wrote down
 *   from_record()   reads the XML
 *   fold()          text as compared: Han, letters and digits alone */
#include "curate/facts.h"

#include <string.h>

#include "common/paragraphs.h"
#include "common/personal.h"
#include "common/record.h"
#include "core/text.h"
#include "curate/contamination.h"

/* Shorter texts ("page 2", a date) are equal by chance. Characters after folding. */
#define MIN_FOLDED 32

/* Forgets the pages from number n on. */
static void drop_pages(struct facts *facts, size_t n)
{
	for (size_t i = n; i < facts->n_pages; i++)
		json_decref(facts->pages[i].contamination);
	facts->n_pages = n;
}

void facts_free(struct facts *facts)
{
	drop_pages(facts, 0);
	lists_free(&facts->lists);
	charsets_free(&facts->charsets);
	for (size_t i = 0; i < facts->n_items; i++)
		free(facts->items[i].id);
	free(facts->pages);
	free(facts->items);
	free(facts->signatures);
	minhash_free(&facts->minhash);
	*facts = (struct facts){ 0 };
}

static void *grow(void *array, size_t n, size_t *cap, size_t size)
{
	size_t want = *cap ? *cap * 2 : 1024;
	void *bigger;

	if (n < *cap)
		return array;
	bigger = realloc(array, want * size);
	if (bigger)
		*cap = want;
	return bigger;
}

static enum rc_status no_memory(struct rc_err *err)
{
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot curate: out of memory");
}

static struct page_fact *add_page(struct facts *facts)
{
	struct page_fact *pages = grow(facts->pages, facts->n_pages, &facts->cap_pages, sizeof *pages);
	struct page_fact *p;

	if (!pages)
		return NULL;
	facts->pages = pages;
	p = &pages[facts->n_pages++];
	*p = (struct page_fact){ .item = (uint32_t)facts->n_items, .signature = FACT_NO_SIGNATURE, .keeper = (uint32_t)facts->n_pages - 1, .copies = 1 };
	facts->items[facts->n_items].n++;
	return p;
}

/* Room for one more signature, which the page then has; NULL without memory. */
static uint8_t *add_signature(struct facts *facts, struct page_fact *p)
{
	uint8_t (*signatures)[MINHASH_BYTES] = grow(facts->signatures, facts->n_signatures, &facts->cap_signatures, sizeof *signatures);

	if (!signatures)
		return NULL;
	facts->signatures = signatures;
	p->signature = (uint32_t)facts->n_signatures;
	return signatures[facts->n_signatures++];
}

struct rc_digest facts_key(const struct facts *facts, const struct rc_item_row *item, unsigned version)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();

	rc_hasher_add_str(h, "curate-facts");
	rc_hasher_add_int(h, version);
	rc_hasher_add(h, &item->record, sizeof item->record);
	rc_hasher_add(h, &facts->lists.digest, sizeof facts->lists.digest);
	return rc_hasher_end(h);
}

bool facts_page_is_good(const struct page_fact *page, const struct fact_limits *limits)
{
	return page->confidence >= limits->min_confidence && (page->error == FACT_NO_ERROR || page->error <= limits->max_error) &&
	       !(statistics_tags(&page->statistics) & limits->leave_out);
}

/* ---- from the decision ------------------------------------------------------------------------------- */

static bool half_digest(const char *hex, uint8_t ret[16])
{
	char whole[RC_DIGEST_HEX] = { 0 };
	struct rc_digest d;

	if (strlen(hex) != 32)
		return false;
	memset(whole, '0', 64);
	memcpy(whole, hex, 32);
	if (!rc_digest_parse(whole, &d))
		return false;
	memcpy(ret, d.bytes, 16);
	return true;
}

/* Two digits a byte, as decisions keep it. */
static bool parse_bytes(const char *hex, uint8_t *ret, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	if (strlen(hex) != 2 * n || strspn(hex, digits) != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++)
		ret[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) << 4 | (strchr(digits, hex[2 * i + 1]) - digits));
	return true;
}

static int find_class(const char *name)
{
	int c = 0;

	while (c < RC_PAGE_CLASS_COUNT && strcmp(rc_page_class_name((enum rc_page_class)c), name) != 0)
		c++;
	return c;
}

static int find_training(const char *name)
{
	return strcmp(name, "allowed") == 0 ? RC_TRAINING_ALLOWED :
	       strcmp(name, "denied") == 0 ? RC_TRAINING_DENIED : RC_TRAINING_UNKNOWN;
}

/* RC_SKIP when the decision is of other facts, or damaged. */
static enum rc_status from_decision(struct facts *facts, const json_t *decision, const struct rc_digest *key, struct rc_err *err)
{
	char hex[RC_DIGEST_HEX];
	size_t i;
	json_t *page;

	if (!decision || strcmp(rc_json_str(decision, "key", ""), rc_digest_hex(key, hex)) != 0)
		return RC_SKIP;
	facts->items[facts->n_items].training = (uint8_t)find_training(rc_json_str(decision, "training", ""));
	json_array_foreach(json_object_get(decision, "pages"), i, page) {
		const char *fold = rc_json_str(page, "fold", "");
		uint8_t *signature;
		struct page_fact *p = add_page(facts);
		int page_class = find_class(rc_json_str(page, "class", ""));

		if (!p)
			return no_memory(err);
		p->not_read = strcmp(rc_json_str(page, "class", ""), "not-read") == 0;
		if (!half_digest(rc_json_str(page, "scan", ""), p->scan) || (page_class == RC_PAGE_CLASS_COUNT && !p->not_read))
			return RC_SKIP;
		p->page_class = p->not_read ? RC_PAGE_UNREADABLE : (uint8_t)page_class;
		p->has_fold = half_digest(fold, p->fold);
		signature = p->has_fold ? add_signature(facts, p) : NULL;
		if (p->has_fold && !signature)
			return no_memory(err);
		if (signature && !parse_bytes(rc_json_str(page, "signature", ""), signature, MINHASH_BYTES))
			return RC_SKIP;
		(void)half_digest(rc_json_str(page, "pixels", ""), p->pixels);
		(void)rc_look_parse(rc_json_str(page, "look", ""), &p->look);
		p->personal = rc_json_bool(page, "personal", false);
		p->order = (int32_t)rc_json_int(page, "order", 0);
		p->frame = (int32_t)rc_json_int(page, "frame", 0);
		p->chars = (uint32_t)rc_json_int(page, "chars", 0);
		p->confidence = (uint16_t)rc_json_int(page, "confidence", 0);
		p->error = (uint16_t)rc_json_int(page, "error", FACT_NO_ERROR);
		statistics_from_json(json_object_get(page, "statistics"), &p->statistics);
		p->contamination = json_incref(json_object_get(page, "contamination"));
	}
	return RC_OK;
}

/* ---- from the record --------------------------------------------------------------------------------- */

/* Adds the text as it is compared. Punctuation and spaces are what OCR gets wrong first. Returns the characters added. */
static size_t fold(const char *text, struct rc_hasher *h, struct minhash *m)
{
	size_t n = 0;

	for (uint32_t cp; (cp = rc_utf8_next(&text)) != 0;) {
		bool letter = (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9');

		if (cp >= 'A' && cp <= 'Z') {
			cp += 'a' - 'A';
			letter = true;
		}
		if (cp == RC_BAD_CP || (!letter && !rc_is_han(cp)))
			continue;
		rc_hasher_add(h, &(uint8_t[4]){ cp & 0xff, cp >> 8 & 0xff, cp >> 16 & 0xff, 0 }, 4);
		minhash_add(m, cp);
		n++;
	}
	return n;
}

static bool is_personal(const char *text)
{
	struct personal_span span;
	size_t at = 0;
	int64_t cp = 0;

	return personal_next(text, &at, &cp, &span);
}

/* Measures the text as it would stand in a sample. */
static enum rc_status text_facts(struct facts *facts, const struct rc_page *page, struct page_fact *p, struct rc_err *err)
{
	RC_CLEANUP(paragraphs_free) struct paragraphs text = { .text = RC_BUF(0) };
	enum rc_status status = facts->charsets ? RC_OK : charsets_new(&facts->charsets, err);

	if (rc_good(status))
		status = paragraphs_make(page, &text, err);
	return rc_good(status) ? statistics_measure(text.text.data, facts->charsets, &p->statistics, err) : status;
}

static enum rc_status page_facts(struct facts *facts, const struct record_page *page, struct page_fact *p, struct rc_hasher *h,
                                 struct rc_err *err)
{
	uint8_t signature[MINHASH_BYTES], *kept;
	struct rc_digest digest;
	size_t folded = 0;

	memcpy(p->scan, page->scan.bytes, sizeof p->scan);
	memcpy(p->pixels, page->page.pixels.bytes, sizeof p->pixels);
	p->look = page->page.look;
	p->order = page->order;
	p->frame = page->frame;
	p->not_read = page->not_read;
	p->page_class = page->not_read ? RC_PAGE_UNREADABLE : (uint8_t)page->page.quality.page_class;
	p->confidence = (uint16_t)(page->page.quality.confidence * 10000.0f + 0.5f);
	p->error = page->page.quality.estimated_error < 0 ? FACT_NO_ERROR : (uint16_t)(page->page.quality.estimated_error * 10000.0f + 0.5f);
	for (size_t r = 0; r < page->page.n_regions; r++)
		for (size_t l = 0; l < page->page.regions[r].n_lines; l++) {
			const char *text = page->page.regions[r].lines[l].text;

			folded += text ? fold(text, h, facts->minhash) : 0;
			p->personal |= text && is_personal(text);
			p->chars += text ? (uint32_t)rc_utf8_count(text) : 0;
		}
	p->contamination = contamination_find(&facts->lists, &page->page);
	digest = rc_hasher_end(h);
	p->has_fold = minhash_end(facts->minhash, signature) && folded >= MIN_FOLDED;
	if (!p->has_fold)
		return RC_OK;
	memcpy(p->fold, digest.bytes, sizeof p->fold);
	kept = add_signature(facts, p);
	if (!kept)
		return no_memory(err);
	memcpy(kept, signature, sizeof signature);
	return RC_OK;
}

static enum rc_status from_record(struct facts *facts, const char *path, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *reader = NULL;
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	struct record_page *page = NULL;
	enum rc_status status = record_open(&reader, path, err);

	if (!rc_good(status))
		return status;
	if (!facts->minhash && !(facts->minhash = minhash_new()))
		return no_memory(err);
	facts->items[facts->n_items].training = (uint8_t)find_training(record_head(reader)->training);
	while ((status = record_next(reader, &page, err)) == RC_OK) {
		struct page_fact *p = add_page(facts);

		status = p ? page_facts(facts, page, p, h, err) : no_memory(err);
		if (rc_good(status) && p->chars > 0)
			status = text_facts(facts, &page->page, p, err);
		if (!rc_good(status))
			return status;
	}
	return rc_good(status) ? RC_OK : status;
}

/* Forgets what was added of the item so far. */
static void start_item(struct facts *facts, size_t n_pages, size_t n_signatures)
{
	drop_pages(facts, n_pages);
	facts->n_signatures = n_signatures;
	facts->items[facts->n_items] = (struct item_fact){ .first = n_pages };
	if (facts->minhash)
		(void)minhash_end(facts->minhash, (uint8_t[MINHASH_BYTES]){ 0 });
}

enum rc_status facts_add(struct facts *facts, struct rc_books *books, const struct rc_item_row *item,
                         const struct rc_digest *key, struct rc_err *err)
{
	struct item_fact *items = grow(facts->items, facts->n_items, &facts->cap_items, sizeof *items);
	RC_OWN_BUF path = RC_BUF(1 << 16);
	size_t n_pages = facts->n_pages, n_signatures = facts->n_signatures;
	RC_OWN_STR id = strdup(item->id);
	enum rc_status status;

	if (!items || !id)
		return no_memory(err);
	facts->items = items;
	start_item(facts, n_pages, n_signatures);
	status = from_decision(facts, item->decision, key, err);
	if (status == RC_SKIP) {
		start_item(facts, n_pages, n_signatures);
		rc_books_record_path(books, item->id, &path);
		status = from_record(facts, path.data, err);
	}
	if (status == RC_PAGE_FAILED) {
		start_item(facts, n_pages, n_signatures);
		items[facts->n_items].unreadable = true;
		status = RC_WARN;
	}
	if (rc_good(status))
		items[facts->n_items++].id = rc_steal(id);
	return status;
}
