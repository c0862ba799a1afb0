/* upload.c -- the stage: publishes the batch's corpus at the end of a run, where upload.to says. */
#include "upload/upload.h"

#include <string.h>

#define NOTE "upload.key"
#define UPLOAD_VERSION 1

static bool stopping(void *books)
{
	return rc_books_stopping(books);
}

static void progress(void *books, int64_t done, int64_t total)
{
	rc_books_progress(books, "uploading", done >> 20, total >> 20);
}

static void trouble(void *books, const struct rc_err *what)
{
	rc_books_warn(books, what);
}

/* What was sent where: the manifest's digest and the URL. */
static enum rc_status make_key(const char *corpus, const char *url, char hex[RC_DIGEST_HEX], struct rc_err *err)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	RC_OWN_BUF path = RC_BUF(1 << 16);
	RC_OWN_BUF bytes = RC_BUF(MANIFEST_MAX_BYTES);
	struct rc_digest d;
	enum rc_status status;

	rc_buf_addf(&path, "%s/" MANIFEST_FILE, corpus);
	status = rc_buf_read_file(&bytes, path.data, err);
	rc_hasher_add_str(h, url);
	rc_hasher_add(h, bytes.data, bytes.len);
	d = rc_hasher_end(h);
	rc_digest_hex(&d, hex);
	return status;
}

static enum rc_status upload_run(struct rc_books *books, struct rc_err *err)
{
	const struct transfer_watch watch = { stopping, progress, trouble, books };
	const char *url = rc_books_config(books)->upload_to;
	RC_OWN_STR before = rc_books_note(books, NOTE);
	RC_OWN_BUF corpus = RC_BUF(1 << 16);
	struct transfer_result result = { 0 };
	char key[RC_DIGEST_HEX];
	enum rc_status status;

	if (!*url)
		return RC_SKIP;
	rc_buf_addf(&corpus, "%s/corpus", rc_books_dir(books));
	status = make_key(corpus.data, url, key, err);
	if (!rc_good(status))
		return status;
	if (before && strcmp(before, key) == 0)
		return RC_SKIP;
	status = upload_publish(corpus.data, url, &(struct publish_options){ .cfg = rc_books_config(books) }, &watch, &result, err);
	return rc_good(status) ? rc_books_set_note(books, NOTE, key, err) : status;
}

static enum rc_status upload_check(const struct rc_config *cfg, struct rc_err *err)
{
	enum rc_status status = upload_check_settings(cfg, err);

	return rc_good(status) && *cfg->upload_to ? remote_check(cfg->upload_to, err) : status;
}

const struct rc_batch_stage upload_stage = {
	.name = "upload",
	.summary = "sends the corpus where upload.to says",
	.version = UPLOAD_VERSION,
	.check = upload_check,
	.run = upload_run,
};
