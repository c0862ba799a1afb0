/* plan.c -- plans on disk: written once by the coordinator, read by whoever does the work. */
#include "run/plan.h"

#include <string.h>

#include "core/json.h"
#include "core/limits.h"
#include "core/outfile.h"

enum { MAX_PATH_BYTES = 1 << 16, MAX_LINE = 1 << 20 };
#define MAX_PAGES_FILE ((size_t)1 << 30)

void rc_plan_page_clear(struct rc_plan_page *page)
{
	free(page->name);
	free(page->path);
	page->name = page->path = NULL;
}

void rc_plan_pages_clear(struct rc_plan_pages *pages)
{
	for (size_t i = 0; i < pages->n; i++)
		rc_plan_page_clear(&pages->v[i]);
	free(pages->v);
	*pages = (struct rc_plan_pages){ 0 };
}

struct rc_digest rc_plan_reading(const struct rc_keys *keys)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	struct rc_digest filing = rc_keys_filing(keys);

	rc_hasher_add(h, filing.bytes, sizeof filing.bytes);
	rc_hasher_add(h, keys->program.bytes, sizeof keys->program.bytes);
	return rc_hasher_end(h);
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

static void add_page(struct rc_buf *out, const struct rc_plan_page *p)
{
	char hex[RC_DIGEST_HEX];
	RC_OWN_JSON line = json_pack("{s:I, s:I, s:I, s:b, s:b, s:s, s:I, s:I, s:I, s:I, s:s, s:i}",
	                             "page", (json_int_t)p->page, "read", (json_int_t)p->read, "image", (json_int_t)p->image,
	                             "want_read", p->want_read, "want_image", p->want_image, "scan", rc_digest_hex(&p->scan, hex),
	                             "offset", (json_int_t)p->offset, "len", (json_int_t)p->len, "file_size", (json_int_t)p->file_size,
	                             "file_mtime_ns", (json_int_t)p->file_mtime_ns, "media", rc_media_name(p->media), "frame", (int)p->frame);

	json_object_set_new(line, "name", rc_json_text(p->name));
	json_object_set_new(line, "path", rc_json_text(p->path));
	rc_json_print(out, line);
	rc_buf_addc(out, '\n');
}

static enum rc_status write_pages(const char *dir, size_t task, const struct rc_plan_pages *pages, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF text = RC_BUF(MAX_PAGES_FILE);
	enum rc_status status;

	rc_buf_addf(&path, "%s/%zu.pages", dir, task);
	for (size_t i = 0; i < pages->n; i++)
		add_page(&text, &pages->v[i]);
	status = rc_buf_check(&text, "a task", err);
	return rc_good(status) ? rc_file_put(path.data, text.data, text.len, err) : status;
}

static enum rc_status write_settings(const char *dir, const struct rc_config *cfg, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF text = RC_BUF(RC_MAX_SETTINGS_BYTES);

	rc_buf_addf(&path, "%s/settings.yaml", dir);
	rc_config_print(cfg, &text);
	return rc_file_put(path.data, text.data, text.len, err);
}

enum rc_status rc_plan_write(const char *dir, const struct rc_plan *plan, const struct rc_config *cfg, const struct rc_plan_pages *pages,
                             struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF text = RC_BUF(MAX_LINE);
	char hex[RC_DIGEST_HEX];
	RC_OWN_JSON head = json_pack("{s:s, s:I, s:b}", "reading", rc_digest_hex(&plan->reading, hex), "tasks", (json_int_t)plan->tasks,
	                             "alone", plan->alone);
	enum rc_status status = rc_make_dirs(dir, err);

	if (rc_good(status))
		status = write_settings(dir, cfg, err);
	for (int64_t i = 0; rc_good(status) && i < plan->tasks; i++)
		status = write_pages(dir, (size_t)i, &pages[i], err);
	if (!rc_good(status))
		return status;
	rc_json_print_pretty(&text, head);
	rc_buf_addf(&path, "%s/plan.json", dir);
	return rc_file_put(path.data, text.data, text.len, err);
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

enum rc_status rc_plan_read(const char *dir, struct rc_plan *ret, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF text = RC_BUF(MAX_LINE);
	RC_OWN_JSON head = NULL;
	struct rc_plan plan = { 0 };
	enum rc_status status;

	rc_buf_addf(&path, "%s/plan.json", dir);
	status = rc_buf_read_file(&text, path.data, err);
	if (rc_good(status))
		status = rc_json_parse(text.data, text.len, path.data, &head, err);
	if (!rc_good(status))
		return status == RC_PAGE_FAILED ? RC_RUN_FAILED : status;
	plan.tasks = rc_json_int(head, "tasks", 0);
	plan.alone = rc_json_bool(head, "alone", false);
	if (!rc_digest_parse(rc_json_str(head, "reading", ""), &plan.reading) || plan.tasks < 1 || plan.tasks > RC_PLAN_MAX_TASKS)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_FORMAT, "cannot use '%s': not a plan", path.data);
	*ret = plan;
	return RC_OK;
}

/* Leaves name and path to the caller to free also when it says false. */
static bool page_from_json(const json_t *line, struct rc_plan_page *ret)
{
	struct rc_plan_page p = {
		.page = rc_json_int(line, "page", 0), .read = rc_json_int(line, "read", 0), .image = rc_json_int(line, "image", 0),
		.want_read = rc_json_bool(line, "want_read", false), .want_image = rc_json_bool(line, "want_image", false),
		.offset = rc_json_int(line, "offset", -1), .len = rc_json_int(line, "len", -1), .file_size = rc_json_int(line, "file_size", -2),
		.file_mtime_ns = rc_json_int(line, "file_mtime_ns", 0), .media = rc_media_find(rc_json_str(line, "media", "")),
		.frame = (int32_t)rc_json_int(line, "frame", -1),
		.name = rc_strdup(rc_json_str(line, "name", "")), .path = rc_strdup(rc_json_str(line, "path", "")),
	};

	*ret = p;
	return p.page > 0 && p.read > 0 && p.offset >= 0 && p.len >= 0 && p.file_size >= -1 && p.media != RC_MEDIA_UNKNOWN && p.frame >= 0
	       && p.path[0] == '/' && rc_digest_parse(rc_json_str(line, "scan", ""), &ret->scan);
}

static enum rc_status parse_pages(struct rc_buf *text, const char *path, struct rc_plan_pages *ret, struct rc_err *err)
{
	char *rest = text->data;

	for (char *line; (line = strsep(&rest, "\n")) && *line;) {
		RC_OWN_JSON json = NULL;
		enum rc_status status = rc_json_parse(line, strlen(line), path, &json, err);

		if (!rc_good(status))
			return RC_RUN_FAILED;
		if ((ret->n & (ret->n - 1)) == 0)
			ret->v = rc_realloc(ret->v, (ret->n ? 2 * ret->n : 1) * sizeof *ret->v);
		if (!page_from_json(json, &ret->v[ret->n++]) || ret->n > RC_PLAN_MAX_PAGES)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_FORMAT, "cannot use '%s': line %zu is no page of a plan", path, ret->n);
	}
	return RC_OK;
}

enum rc_status rc_plan_read_pages(const char *dir, int64_t task, struct rc_plan_pages *ret, struct rc_err *err)
{
	RC_CLEANUP(rc_plan_pages_clear) struct rc_plan_pages pages = { 0 };
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF text = RC_BUF(MAX_PAGES_FILE);
	enum rc_status status;

	rc_buf_addf(&path, "%s/%lld.pages", dir, (long long)task);
	status = rc_buf_read_file(&text, path.data, err);
	if (rc_good(status))
		status = parse_pages(&text, path.data, &pages, err);
	if (!rc_good(status))
		return status;
	*ret = pages;
	pages = (struct rc_plan_pages){ 0 };
	return RC_OK;
}
