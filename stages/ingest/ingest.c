/* ingest.c -- sources -> pages: the stage, and the walk over its roots.
 *
 *   ingest_stage     the descriptor
 *   ingest_run       settings, names for new roots, then one root after the other
 *
 * The rest of the folder, in reading order:
 *   identity.h       which item a page belongs to (the rules), with pattern.h for ingest.item_pattern
 *   walk.h           files in natural order
 *   source.h         one file: known? else hashed, sniffed, and given to a worker
 *   job.h, parts.h   what the worker does and answers
 *   reader.h         the door to libarchive
 *   names.h          names of members: encoding, path tricks */
#include "ingest.h"

#include <string.h>

#include "identity.h"
#include "job.h"
#include "pattern.h"
#include "source.h"

/* The rules that pages were named by; a change of them names all pages anew. */
#define NOTE_RULES "ingest.rules"

struct roots {
	struct rc_root *at;             /* path and name are owned */
	size_t n;
};

static void roots_free(struct roots *roots)
{
	for (size_t i = 0; i < roots->n; i++) {
		free((char *)roots->at[i].path);
		free((char *)roots->at[i].name);
	}
	free(roots->at);
}

static enum rc_status add_root(void *ctx, const struct rc_root *root, struct rc_err *err)
{
	struct roots *roots = ctx;
	struct rc_root *at = reallocarray(roots->at, roots->n + 1, sizeof *at);

	if (!at)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot list the sources: out of memory");
	roots->at = at;
	at[roots->n++] = (struct rc_root){ .id = root->id, .path = strdup(root->path), .name = strdup(root->name) };
	return RC_OK;
}

/* Gives names to the roots that have none yet, in the order they were first named by the user. */
static enum rc_status name_roots(struct rc_books *books, struct roots *all, struct rc_err *err)
{
	RC_CLEANUP(rc_free) const char **taken = calloc(all->n + 1, sizeof *taken);
	enum rc_status status = RC_OK;

	if (!taken)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot name the sources: out of memory");
	for (size_t i = 0; i < all->n; i++)
		taken[i] = all->at[i].name;
	for (size_t i = 0; rc_good(status) && i < all->n; i++) {
		RC_OWN_BUF name = RC_BUF(4 * RC_MAX_NAME);

		if (*all->at[i].name)
			continue;
		ingest_root_name(&name, all->at[i].path, taken, all->n);
		free((char *)all->at[i].name);
		all->at[i].name = taken[i] = rc_buf_take(&name);
		if (!taken[i])
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_PATH, "cannot name source '%s': its path is too long", all->at[i].path);
		status = rc_books_name_root(books, all->at[i].id, taken[i], err);
	}
	return status;
}

static const struct rc_root *find_root(const struct roots *all, int64_t id)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->at[i].id == id)
			return &all->at[i];
	return NULL;
}

static enum rc_status visit(void *ctx, const struct ingest_entry *entry, struct rc_err *err)
{
	struct ingest_walker *walker = ctx;
	struct rc_err warning;
	enum rc_status status;

	if (rc_books_stopping(walker->books))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped");
	if (entry->kind == INGEST_ENTRY_BATCH && !*entry->path) {
		rc_fail(&warning, RC_WARN, RC_WHY_UNSUPPORTED, "source '%s' is itself a batch, skipping", walker->root->path);
		rc_books_warn(walker->books, &warning);
	}
	status = ingest_source(walker, entry, err);
	if (!rc_good(status))
		return status;
	walker->n_files += entry->kind == INGEST_ENTRY_FILE;
	rc_books_progress(walker->books, "ingesting", walker->n_files, 0);
	return rc_books_pump(walker->books, err);
}

static enum rc_status walk_root(struct ingest_walker *walker, struct rc_err *err)
{
	struct rc_err warning = { 0 };
	enum rc_status status = ingest_walk(walker->root->path, visit, walker, err);

	if (status == RC_PAGE_FAILED && err->reason == RC_WHY_GONE) {
		rc_books_warn(walker->books, err);
		status = RC_OK;
	}
	if (!rc_good(status))
		return status;
	if (walker->n_links > 0) {
		rc_fail(&warning, RC_WARN, RC_WHY_LINK, "source '%s' has %lld links; links are not followed", walker->root->path,
		        (long long)walker->n_links);
		rc_books_warn(walker->books, &warning);
	}
	return rc_books_root_done(walker->books, walker->root->id, err);
}

/* Digits that change when the rules for naming pages do. */
static void hash_rules(const struct rc_config *cfg, char hex[RC_DIGEST_HEX])
{
	struct rc_hasher *h = rc_hasher_new();
	struct rc_digest digest;

	rc_config_hash(cfg, RC_KEY_INGEST, h);
	digest = rc_hasher_end(h);
	rc_hasher_free(&h);
	rc_digest_hex(&digest, hex);
}

static enum rc_status ingest_run(struct rc_books *books, struct rc_err *err)
{
	const struct rc_config *cfg = rc_books_config(books);
	RC_CLEANUP(ingest_pattern_free) struct ingest_pattern *pattern = NULL;
	RC_CLEANUP(roots_free) struct roots all = { 0 }, todo = { 0 };
	RC_OWN_STR rules_before = rc_books_note(books, NOTE_RULES);
	char rules[RC_DIGEST_HEX];
	enum rc_status status = ingest_pattern_new(&pattern, cfg->ingest_item_pattern, err);
	bool anew;

	hash_rules(cfg, rules);
	anew = rules_before && strcmp(rules_before, rules) != 0;
	if (rc_good(status) && !rules_before)
		status = rc_books_set_note(books, NOTE_RULES, rules, err);
	if (rc_good(status))
		status = rc_books_all_roots(books, add_root, &all, err);
	if (rc_good(status))
		status = name_roots(books, &all, err);
	if (rc_good(status))
		status = anew ? rc_books_all_roots(books, add_root, &todo, err) : rc_books_each_root(books, add_root, &todo, err);
	for (size_t i = 0; rc_good(status) && i < todo.n; i++) {
		struct ingest_walker walker = { .books = books, .pattern = pattern, .anew = anew };

		walker.root = find_root(&all, todo.at[i].id);
		if (walker.root)
			status = walk_root(&walker, err);
	}
	if (rc_good(status) && anew)
		status = rc_books_set_note(books, NOTE_RULES, rules, err);
	return rc_good(status) && todo.n == 0 ? RC_SKIP : status;
}

static enum rc_status ingest_check(const struct rc_config *cfg, struct rc_err *err)
{
	RC_CLEANUP(ingest_pattern_free) struct ingest_pattern *pattern = NULL;

	return ingest_pattern_new(&pattern, cfg->ingest_item_pattern, err);
}

const struct rc_batch_stage ingest_stage = {
	.name = "ingest",
	.summary = "finds the pages in images, PDFs, folders and archives",
	.version = 2,
	.check = ingest_check,
	.run = ingest_run,
	.job = ingest_job,
};
