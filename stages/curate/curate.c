/* curate.c -- decides over all records. It tags, it never deletes.
 *
 *   curate_stage     the descriptor
 *   curate_run()     is there anything new? gather facts, find duplicates, decide
 *   decide_item()    one decision and its rank
 *   find_box()       which box an item is of
 *
 * Three passes over the items: the first only adds up what decisions depend on, and ends the run when that is what it
 * was; the second gathers facts into memory; the third writes the decisions that changed. */
#include "curate/curate.h"

#include <string.h>

#include "common/manifest.h"
#include "common/page_key.h"
#include "common/salt.h"
#include "common/withdrawn.h"
#include "core/version.h"
#include "curate/base.h"
#include "curate/duplicates.h"
#include "curate/facts.h"

#define CURATE_VERSION 7
#define NOTE "curate.key"
#define RANK_BYTES 24

struct curating {
	struct rc_books *books;
	const struct rc_config *cfg;
	struct base *base;
	struct withdrawn withdrawn;
	struct facts facts;
	struct rc_hasher *all;          /* first pass */
	size_t at;                      /* third pass: which item comes next */
	bool warned;
};

/* ---- first pass: is there anything new? ------------------------------------------------------------ */

static enum rc_status add_to_key(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct curating *c = ctx;

	rc_hasher_add_str(c->all, item->id);
	rc_hasher_add(c->all, &item->record, sizeof item->record);
	rc_hasher_add_int(c->all, item->decision != NULL);
	return RC_OK;
}

static enum rc_status whole_key(struct curating *c, const struct rc_digest *base, char hex[RC_DIGEST_HEX], struct rc_err *err)
{
	struct rc_digest d;
	enum rc_status status;

	rc_hasher_add_str(c->all, "curate");
	rc_hasher_add_int(c->all, CURATE_VERSION);
	rc_config_hash(c->cfg, RC_KEY_CURATE, c->all);
	rc_hasher_add(c->all, base, sizeof *base);
	rc_hasher_add(c->all, &c->withdrawn.digest, sizeof c->withdrawn.digest);
	rc_hasher_add(c->all, &c->facts.lists.digest, sizeof c->facts.lists.digest);
	status = rc_books_each_item(c->books, RC_ITEMS_RECORDED, add_to_key, c, err);
	d = rc_hasher_end(c->all);
	rc_digest_hex(&d, hex);
	return status;
}

/* ---- second pass: facts ------------------------------------------------------------------------------ */

static int split_of(const struct curating *c, uint64_t split_hash)
{
	double at = (double)(split_hash >> 11) / (double)(UINT64_C(1) << 53);

	return at < c->cfg->curate_test_share ? SPLIT_TEST :
	       at < c->cfg->curate_test_share + c->cfg->curate_validation_share ? SPLIT_VALIDATION : SPLIT_TRAIN;
}

/* Was the page itself taken back? */
static bool page_is_withdrawn(const struct curating *c, const struct page_fact *p)
{
	RC_OWN_BUF key = RC_BUF(1 << 12);
	struct rc_digest scan = { 0 };

	memcpy(scan.bytes, p->scan, sizeof p->scan);
	page_key(c->facts.items[p->item].id, &scan, p->frame, &key);
	return withdrawn_find(&c->withdrawn, key.data);
}

static enum rc_status gather(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct curating *c = ctx;
	struct rc_digest key = facts_key(&c->facts, item, CURATE_VERSION);
	enum rc_status status;
	struct item_fact *it;
	int kept;

	if (rc_books_stopping(c->books))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped while curating");
	status = facts_add(&c->facts, c->books, item, &key, err);
	if (status == RC_WARN) {
		rc_books_warn(c->books, err);
		c->warned = true;
	}
	if (!rc_good(status))
		return status;
	it = &c->facts.items[c->facts.n_items - 1];
	it->order_hash = salt_hash(c->cfg, "order", item->id, NULL);
	it->split_hash = salt_hash(c->cfg, "split", item->id, NULL);
	kept = base_split(c->base, item->id);
	it->published = kept >= 0;
	it->split = it->published ? kept : split_of(c, it->split_hash);
	it->eligible = !withdrawn_find(&c->withdrawn, item->id) &&
	               (it->training == RC_TRAINING_ALLOWED || (it->training == RC_TRAINING_UNKNOWN && c->cfg->rights_allow_unknown));
	for (size_t i = 0; c->withdrawn.n > 0 && i < it->n; i++)
		c->facts.pages[it->first + i].withdrawn = page_is_withdrawn(c, &c->facts.pages[it->first + i]);
	rc_books_progress(c->books, "curating", (int64_t)c->facts.n_items, 0);
	return rc_books_pump(c->books, err);
}

/* ---- third pass: decisions --------------------------------------------------------------------------- */

/* An item's box: the first two parts of its id where it has three or more, else the first; parts end at "%2F" (a folder
 * in a source), or, in ids that a pattern made, at '-'. Returns the length of the box's name. */
static size_t find_box(const char *id)
{
	const char *sep = strstr(id, "%2F") ? "%2F" : "-";
	const char *first = strstr(id, sep);
	const char *second = first ? strstr(first + strlen(sep), sep) : NULL;

	return second ? (size_t)(second - id) : first ? (size_t)(first - id) : strlen(id);
}

/* Order of the corpus: all of a box together, boxes and their items each in salted order. */
static void make_rank(const struct rc_config *cfg, const char *box, const char *item, uint8_t rank[RANK_BYTES])
{
	struct rc_digest d;

	salt_hash(cfg, "box", box, &d);
	memcpy(rank, d.bytes, 8);
	salt_hash(cfg, "order", item, &d);
	memcpy(rank + 8, d.bytes, RANK_BYTES - 8);
}

static void to_hex(const uint8_t *bytes, size_t n, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * n] = 0;
}

static void tag(json_t *tags, bool yes, const char *name)
{
	if (yes)
		json_array_append_new(tags, json_string(name));
}

static struct fact_limits limits_of(const struct rc_config *cfg)
{
	return (struct fact_limits){ (int)(cfg->curate_min_confidence * 10000 + 0.5), (int)(cfg->curate_max_error * 10000 + 0.5),
	                             cfg->curate_leave_out };
}

/* "A" to "E"; "" without an estimate. */
static void grade_of(const struct page_fact *p, char ret[2])
{
	ret[0] = p->error == FACT_NO_ERROR ? '\0' : rc_grade((float)p->error / 10000);
	ret[1] = '\0';
}

/* Which page stays for it, and how many it stays for. */
static void tell_cluster(const struct facts *facts, const struct page_fact *p, json_t *page)
{
	const struct page_fact *keeper = &facts->pages[p->keeper];
	json_t *of;

	json_object_set_new(page, "copies", json_integer(p->copies));
	if (keeper == p)
		return;
	of = json_object();
	json_object_set_new(of, "item", json_string(facts->items[keeper->item].id));
	json_object_set_new(of, "order", json_integer(keeper->order));
	json_object_set_new(page, "duplicate_of", of);
}

/* What it is known by besides its bytes, where there is that. */
static void add_look(const struct page_fact *p, json_t *page)
{
	static const uint8_t unknown[sizeof p->pixels];
	char hex[RC_LOOK_HEX];

	if (memcmp(p->pixels, unknown, sizeof unknown) != 0) {
		to_hex(p->pixels, sizeof p->pixels, hex);
		json_object_set_new(page, "pixels", json_string(hex));
	}
	if (rc_look_is_known(&p->look))
		json_object_set_new(page, "look", json_string(rc_look_hex(&p->look, hex)));
}

/* What is measured in its text, what that says, and which of it keeps the text out. */
static void tell_text(const struct page_fact *p, unsigned leave_out, json_t *page, json_t *tags)
{
	unsigned bits = statistics_tags(&p->statistics);
	json_t *left_out = json_array();

	for (int i = 0; i < STATISTICS_TAGS; i++) {
		tag(tags, bits >> i & 1, statistics_tag_names[i]);
		tag(left_out, bits & leave_out & 1u << i, statistics_tag_names[i]);
	}
	json_object_set_new(page, "statistics", statistics_to_json(&p->statistics));
	json_object_set_new(page, "style", json_string(statistics_style(&p->statistics)));
	json_object_set_new(page, "script", json_string(statistics_script(&p->statistics)));
	json_object_set_new(page, "left_out", left_out);
}

/* Has it too much in common with what models will be tested with, and does that keep it out? */
static bool is_contaminated(const struct curating *c, const struct page_fact *p, bool *out)
{
	bool contaminated = rc_json_int(p->contamination, "ngrams", 0) >= c->cfg->curate_contaminated_from;
	bool train = c->facts.items[p->item].split == SPLIT_TRAIN;

	*out = contaminated && (c->cfg->curate_contaminated == RC_CONTAMINATED_ALL || (c->cfg->curate_contaminated == RC_CONTAMINATED_TRAIN && train));
	return contaminated;
}

/* Adds the page to `pages`; returns whether its text and its image may enter shards. */
static void decide_page(const struct curating *c, const struct page_fact *p, json_t *pages, bool *text, bool *image)
{
	struct fact_limits limits = limits_of(c->cfg);
	bool has_text = !p->not_read && p->chars > 0, good = facts_page_is_good(p, &limits);
	bool same_image = p->duplicate & (FACT_DUPLICATE_SCAN | FACT_DUPLICATE_PIXELS | FACT_RESCAN), same_text = p->duplicate & FACT_DUPLICATE_TEXT;
	json_t *page = json_object(), *tags = json_array();
	bool near_text = p->duplicate & FACT_NEAR_DUPLICATE, out = p->withdrawn, contaminated_out, contaminated = is_contaminated(c, p, &contaminated_out);
	char hex[33], signature[2 * MINHASH_BYTES + 1] = "", grade[2];

	tag(tags, p->not_read, "not-read");
	tag(tags, !p->not_read && p->page_class != RC_PAGE_TEXT, rc_page_class_name((enum rc_page_class)p->page_class));
	tag(tags, !p->not_read && p->page_class == RC_PAGE_TEXT && p->chars == 0, "no-text");
	tag(tags, has_text && p->confidence < limits.min_confidence, "low-confidence");
	tag(tags, has_text && p->error != FACT_NO_ERROR && p->error > limits.max_error, "high-error");
	tag(tags, p->duplicate & FACT_DUPLICATE_SCAN, "duplicate-scan");
	tag(tags, p->duplicate & FACT_DUPLICATE_PIXELS, "duplicate-pixels");
	tag(tags, p->duplicate & FACT_RESCAN, "rescan");
	tag(tags, same_text, "duplicate-text");
	tag(tags, near_text, "near-duplicate");
	tag(tags, p->personal, "personal-data");
	tag(tags, contaminated, "contaminated");
	tag(tags, p->withdrawn, "withdrawn");
	if (has_text)
		tell_text(p, limits.leave_out, page, tags);
	out |= contaminated_out;
	*image = !p->not_read && !same_image && !out;
	*text = has_text && good && !out && !p->duplicate && p->page_class == RC_PAGE_TEXT;
	grade_of(p, grade);
	to_hex(p->scan, sizeof p->scan, hex);
	json_object_set_new(page, "order", json_integer(p->order));
	json_object_set_new(page, "scan", json_string(hex));
	json_object_set_new(page, "frame", json_integer(p->frame));
	to_hex(p->fold, sizeof p->fold, hex);
	json_object_set_new(page, "fold", json_string(p->has_fold ? hex : ""));
	if (p->signature != FACT_NO_SIGNATURE)
		to_hex(c->facts.signatures[p->signature], MINHASH_BYTES, signature);
	json_object_set_new(page, "signature", json_string(signature));
	add_look(p, page);
	tell_cluster(&c->facts, p, page);
	json_object_set_new(page, "personal", json_boolean(p->personal));
	if (p->contamination)
		json_object_set(page, "contamination", p->contamination);
	json_object_set_new(page, "chars", json_integer(p->chars));
	json_object_set_new(page, "confidence", json_integer(p->confidence));
	if (p->error != FACT_NO_ERROR)
		json_object_set_new(page, "error", json_integer(p->error));
	json_object_set_new(page, "grade", json_string(p->not_read ? "" : grade));
	json_object_set_new(page, "class", json_string(p->not_read ? "not-read" : rc_page_class_name((enum rc_page_class)p->page_class)));
	json_object_set_new(page, "text", json_boolean(*text));
	json_object_set_new(page, "image", json_boolean(*image));
	json_object_set_new(page, "tags", tags);
	json_array_append_new(pages, page);
}

static const char *training_name(int training)
{
	return training == RC_TRAINING_ALLOWED ? "allowed" : training == RC_TRAINING_DENIED ? "denied" : "unknown";
}

static json_t *decision_of(const struct curating *c, const struct rc_item_row *item, const struct item_fact *it,
                            const char *box, const uint8_t rank[RANK_BYTES], bool *placed)
{
	struct rc_digest key = facts_key(&c->facts, item, CURATE_VERSION);
	json_t *d = json_object(), *reasons = json_array(), *pages = json_array();
	bool any_text = false, any_image = false;
	char hex[RC_DIGEST_HEX];

	for (size_t i = 0; i < it->n; i++) {
		bool text, image;

		decide_page(c, &c->facts.pages[it->first + i], pages, &text, &image);
		any_text |= text;
		any_image |= image;
	}
	tag(reasons, it->unreadable, "record-unreadable");
	tag(reasons, withdrawn_find(&c->withdrawn, it->id), "withdrawn");
	tag(reasons, !it->unreadable && it->training == RC_TRAINING_DENIED, "rights-denied");
	tag(reasons, !it->unreadable && it->training == RC_TRAINING_UNKNOWN && !it->eligible, "rights-unknown");
	tag(reasons, !it->unreadable && !any_text && !any_image, "no-pages");
	*placed = json_array_size(reasons) == 0;
	json_object_set_new(d, "key", json_string(it->unreadable ? "" : rc_digest_hex(&key, hex)));
	json_object_set_new(d, "split", json_string(manifest_splits[it->split]));
	json_object_set_new(d, "box", json_string(box));
	to_hex(rank, RANK_BYTES, hex);
	json_object_set_new(d, "rank", json_string(*placed ? hex : ""));
	json_object_set_new(d, "text", json_boolean(*placed && any_text));
	json_object_set_new(d, "reasons", reasons);
	json_object_set_new(d, "training", json_string(training_name(it->training)));
	json_object_set_new(d, "pages", pages);
	return d;
}

static enum rc_status decide_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct curating *c = ctx;
	const struct item_fact *it = &c->facts.items[c->at];
	RC_OWN_JSON decision = NULL;
	RC_OWN_STR box = strndup(item->id, find_box(item->id));
	uint8_t rank[RANK_BYTES];
	bool placed;

	if (!box || c->at++ >= c->facts.n_items)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot curate '%s': the items changed meanwhile", item->id);
	make_rank(c->cfg, box, item->id, rank);
	decision = decision_of(c, item, it, box, rank, &placed);
	if (json_equal(decision, item->decision))
		return RC_OK;
	return rc_books_decide(c->books, item->id, decision, placed ? rank : NULL, placed ? sizeof rank : 0, err);
}

/* ---- the stage --------------------------------------------------------------------------------------- */

static void curating_end(struct curating *c)
{
	facts_free(&c->facts);
	base_free(&c->base);
	withdrawn_free(&c->withdrawn);
	rc_hasher_free(&c->all);
}

static enum rc_status curate_run(struct rc_books *books, struct rc_err *err)
{
	RC_CLEANUP(curating_end) struct curating c = { .books = books, .cfg = rc_books_config(books), .all = rc_hasher_new() };
	RC_OWN_STR before = rc_books_note(books, NOTE);
	struct fact_limits limits = limits_of(rc_books_config(books));
	struct rc_digest base;
	char key[RC_DIGEST_HEX];
	enum rc_status status = base_load(&c.base, c.cfg->package_base, &base, err);

	if (rc_good(status))
		status = withdrawn_load(rc_books_dir(books), &c.withdrawn, err);
	if (rc_good(status))
		status = lists_load(&c.facts.lists, c.cfg->curate_contamination_lists, err);
	if (rc_good(status))
		status = whole_key(&c, &base, key, err);
	if (!rc_good(status))
		return status;
	if (before && strcmp(before, key) == 0)
		return RC_SKIP;
	status = rc_books_each_item(books, RC_ITEMS_RECORDED, gather, &c, err);
	if (rc_good(status))
		status = duplicates_mark(&c.facts, &limits, c.cfg->curate_near_duplicate, c.cfg->curate_rescans, err);
	if (rc_good(status))
		status = duplicates_join_splits(&c.facts, err);
	if (rc_good(status))
		status = rc_books_each_item(books, RC_ITEMS_RECORDED, decide_item, &c, err);
	/* What was decided changes what the key adds up: every item has a decision now. */
	if (rc_good(status))
		status = whole_key(&c, &base, key, err);
	if (rc_good(status))
		status = rc_books_set_note(books, NOTE, key, err);
	return rc_good(status) && c.warned ? RC_WARN : status;
}

const struct rc_batch_stage curate_stage = {
	.name = "curate",
	.summary = "decides what enters the corpus: duplicates, quality, rights, split",
	.version = CURATE_VERSION,
	.run = curate_run,
};
