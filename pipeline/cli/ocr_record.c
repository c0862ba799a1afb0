/* ocr_record.c -- the record of a file that is in no batch.
 *
 *   ocr_record_add()     keeps a page in a spool: what stands first in a record needs all pages
 *   ocr_record_write()   hands them to normalize, which asks for each with load()
 *
 * Memory is bounded by one page and a few words for each other. */
#include "cli/ocr_record.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/outfile.h"
#include "core/text.h"
#include "normalize/normalize.h"
#include "run/keys.h"

struct kept {
	int64_t at, len;                /* of its JSON in the spool */
	const char *reason;
	char *message;                  /* NULL: it was read; owned */
};

struct ocr_record {
	const struct rc_config *cfg;
	json_t *processing;             /* what makes the pages; owned */
	FILE *spool;                    /* no name; only its descriptor is used */
	int64_t spooled;
	struct kept *pages;             /* owned */
	int32_t n, room;
	/* while a record is written */
	const char *source;
	struct rc_digest scan;
	enum rc_media media;
};

enum rc_status ocr_record_new(const struct rc_config *cfg, const struct rc_stages *stages, struct ocr_record **ret, struct rc_err *err)
{
	RC_CLEANUP(ocr_record_free) struct ocr_record *r = calloc(1, sizeof *r);
	RC_CLEANUP(rc_keys_clear) struct rc_keys keys = { 0 };
	enum rc_status status = rc_keys_make(cfg, stages, &keys, err);

	if (!r)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot make records: not enough memory");
	r->cfg = cfg;
	r->spool = tmpfile();
	if (rc_good(status) && !r->spool)
		status = rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot make a temporary file");
	if (rc_good(status))
		status = rc_json_parse(keys.identity, strlen(keys.identity), "identity", &r->processing, err);
	if (!rc_good(status))
		return status;
	*ret = rc_steal(r);
	return RC_OK;
}

static void forget_pages(struct ocr_record *r)
{
	for (int32_t i = 0; i < r->n; i++)
		free(r->pages[i].message);
	r->n = 0;
	r->spooled = 0;
}

void ocr_record_free(struct ocr_record **record)
{
	struct ocr_record *r = *record;

	if (!r)
		return;
	forget_pages(r);
	free(r->pages);
	if (r->spool)
		fclose(r->spool);
	json_decref(r->processing);
	free(r);
	*record = NULL;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Names of file systems need not be UTF-8. */
static void add_utf8(struct rc_buf *out, const char *text)
{
	if (rc_utf8_valid(text, strlen(text)))
		rc_buf_adds(out, text);
	else
		rc_text_escape(out, text);
}

void ocr_safe_name(const char *path, struct rc_buf *out)
{
	RC_OWN_BUF name = RC_BUF(4 * RC_MAX_NAME);

	add_utf8(&name, last_part(path));
	rc_safe_name(out, name.data ? name.data : "");
}

/* The message without the folder that the file happens to lie in. */
static char *without_folder(const char *text, const char *name)
{
	RC_OWN_BUF out = RC_BUF(8 * sizeof ((struct rc_err *)0)->text);
	RC_OWN_BUF safe = RC_BUF(16 * sizeof ((struct rc_err *)0)->text);
	const char *hit = strstr(text, name);

	if (hit)
		rc_buf_add(&out, text, (size_t)(hit - text));
	rc_buf_adds(&out, hit ? last_part(name) : text);
	if (hit)
		rc_buf_adds(&out, hit + strlen(name));
	add_utf8(&safe, out.data ? out.data : "");
	return rc_buf_take(&safe);
}

static bool make_room(struct ocr_record *r)
{
	int32_t room = r->room ? 2 * r->room : 16;
	struct kept *pages = r->n < r->room ? r->pages : realloc(r->pages, (size_t)room * sizeof *pages);

	if (!pages)
		return false;
	r->room = r->n < r->room ? r->room : room;
	r->pages = pages;
	return true;
}

enum rc_status ocr_record_add(struct ocr_record *r, const char *json, const char *name, const struct rc_err *why, struct rc_err *err)
{
	struct kept kept = { .at = r->spooled, .len = json ? (int64_t)strlen(json) : 0, .reason = json ? "" : rc_reason_name(why->reason) };
	int fd = fileno(r->spool);

	if (!make_room(r) || (!json && !(kept.message = without_folder(why->text, name))))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot keep a page of '%s': not enough memory", name);
	if (json && (lseek(fd, kept.at, SEEK_SET) < 0 || !rc_write_all(fd, json, (size_t)kept.len)))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot keep a page of '%s'", name);
	r->spooled += kept.len;
	r->pages[r->n++] = kept;
	return RC_OK;
}

static enum rc_status load(void *ctx, int32_t order, struct record_page *ret, struct rc_err *err)
{
	struct ocr_record *r = ctx;
	const struct kept *kept = &r->pages[order - 1];
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_RESULT_BYTES + 1);
	RC_OWN_JSON json = NULL;
	char *room;
	enum rc_status status;

	*ret = (struct record_page){
		.order = order, .number = "", .scan = r->scan, .frame = order - 1, .media = rc_media_name(r->media), .source = r->source,
		.member = "", .source_digest = r->scan, .not_read = kept->message, .reason = kept->reason,
		.message = kept->message ? kept->message : "", .page = RC_PAGE_INIT,
	};
	if (kept->message)
		return RC_OK;
	room = rc_buf_grow(&bytes, (size_t)kept->len);
	if (!room || !rc_read_all(fileno(r->spool), room, (size_t)kept->len, kept->at))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot read a page of '%s' again", r->source);
	status = rc_json_parse(bytes.data, bytes.len, r->source, &json, err);
	return rc_good(status) ? rc_page_from_json(json, &ret->page, err) : status;
}

enum rc_status ocr_record_write(struct ocr_record *r, const char *dir, const char *name, const struct rc_digest *scan,
                                enum rc_media media, struct rc_err *err)
{
	const struct normalize_pages pages = { r->n, load, r };
	RC_OWN_BUF source = RC_BUF(4 * RC_MAX_NAME);
	RC_OWN_BUF id = RC_BUF(RC_MAX_NAME);
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);
	enum rc_status status;

	add_utf8(&source, last_part(name));
	ocr_safe_name(name, &id);
	rc_buf_addf(&path, "%s/%s.xml", dir, id.data);
	status = rc_buf_check(&path, name, err);
	r->source = source.data;
	r->scan = *scan;
	r->media = media;
	if (rc_good(status))
		status = normalize_file(path.data, id.data, &pages, r->cfg, r->processing, err);
	forget_pages(r);
	return status;
}
