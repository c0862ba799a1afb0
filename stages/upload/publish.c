/* publish.c -- a corpus to a remote.
 *
 *   upload_publish()    the order: shards, versions/V, card and sums, manifest
 *   check_version()     nobody publishes two contents under one version
 *   check_corpus()      nobody replaces another corpus
 *   send_files()        those that are not there */
#include <stdio.h>
#include <string.h>

#include "upload/watch.h"

struct publishing {
	struct flow flow;
	struct corpus_source source;
	struct remote *remote;
	struct rc_buf manifest_bytes;
	struct manifest *manifest;
	bool look_only;
};

/* Files of one round, all of them before the next round begins. folder: "", or below which card and sums lie once more. */
static enum rc_status send_files(struct publishing *p, bool root_copies, const char *folder, struct rc_err *err)
{
	RC_CLEANUP(rc_free) struct remote_item *items = rc_alloc((p->manifest->n_files + 1) * sizeof *items);
	RC_CLEANUP(rc_free) char (*to)[MANIFEST_MAX_PATH + 100] = rc_alloc((p->manifest->n_files + 1) * (root_copies ? sizeof *to : 1));
	struct remote_sending sending = { .source = &p->source, .items = items, .look_only = p->look_only };
	enum rc_status status;

	for (size_t i = 0; i < p->manifest->n_files; i++) {
		const struct manifest_file *f = &p->manifest->files[i];

		if (manifest_is_root_copy(f) != root_copies)
			continue;
		if (root_copies)
			snprintf(to[sending.n], sizeof *to, "%s%s", folder, f->path);
		items[sending.n] = (struct remote_item){ f->path, root_copies ? to[sending.n] : f->path, f->bytes, f->digest, false };
		sending.n++;
	}
	status = remote_send(p->remote, &sending, err);
	for (size_t i = 0; rc_good(status) && i < sending.n; i++)
		if (items[i].sent) {
			p->flow.result.files_sent++;
			p->flow.result.bytes_sent += items[i].bytes;
		}
	return status;
}

/* Card and sums below a folder ("" or "versions/V/"), then the manifest. */
static enum rc_status send_texts(struct publishing *p, const char *folder, struct rc_err *err)
{
	RC_OWN_BUF to = RC_BUF(1 << 12);
	struct rc_digest digest = rc_digest_of(p->manifest_bytes.data, p->manifest_bytes.len);
	enum rc_status status = send_files(p, true, folder, err);
	bool there = false;

	rc_buf_addf(&to, "%s" MANIFEST_FILE, folder);
	if (rc_good(status))
		status = remote_has(p->remote, to.data, (int64_t)p->manifest_bytes.len, &digest, &there, err);
	if (!rc_good(status) || there)
		return status;
	p->flow.result.files_sent++;
	p->flow.result.bytes_sent += (int64_t)p->manifest_bytes.len;
	return p->look_only ? RC_OK : remote_put_bytes(p->remote, to.data, p->manifest_bytes.data, p->manifest_bytes.len, err);
}

/* Something else than ours was read under our version. So grave a word is said after a second look only, and of a manifest that is of
 * this version at all: an answer that comes twice is taken for that to the next question. */
static enum rc_status look_again(struct publishing *p, const char *path, const char *url, struct rc_err *err)
{
	RC_CLEANUP(manifest_free) struct manifest *other = NULL;
	struct rc_digest digest = rc_digest_of(p->manifest_bytes.data, p->manifest_bytes.len);
	struct corpus_source there = remote_source(p->remote);
	int64_t size = -1;
	bool same = false;
	enum rc_status status;

	remote_forget(p->remote);
	status = there.size(there.ctx, path, &size, err);
	if (rc_good(status) && size >= 0)
		status = manifest_fetch_version(&there, p->manifest->version, &other, err);
	if (status == RC_RUN_FAILED)
		return status;
	if (size < 0 || (rc_good(status) && strcmp(other->version, p->manifest->version) != 0))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_NETWORK, "cannot tell what is published as version '%s' at '%s': the answers contradict each other; run it again",
		               p->manifest->version, url);
	status = remote_has(p->remote, path, (int64_t)p->manifest_bytes.len, &digest, &same, err);
	if (!rc_good(status) || same)
		return status;
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "version '%s' is published at '%s' with another content: set corpus.version to a new one",
	               p->manifest->version, url);
}

static enum rc_status check_version(struct publishing *p, const char *folder, const char *url, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(1 << 12);
	struct rc_digest digest = rc_digest_of(p->manifest_bytes.data, p->manifest_bytes.len);
	struct corpus_source there = remote_source(p->remote);
	int64_t size = -1;
	bool same = false;
	enum rc_status status;

	rc_buf_addf(&path, "%s" MANIFEST_FILE, folder);
	status = there.size(there.ctx, path.data, &size, err);
	if (!rc_good(status) || size < 0)
		return status;
	status = remote_has(p->remote, path.data, (int64_t)p->manifest_bytes.len, &digest, &same, err);
	if (!rc_good(status) || same)
		return status;
	return look_again(p, path.data, url, err);
}

/* A URL is one corpus's: under it, versions follow each other. What is there and is no manifest we know is somebody else's, too. */
static enum rc_status check_corpus(struct publishing *p, const char *url, struct rc_err *err)
{
	RC_CLEANUP(manifest_free) struct manifest *there = NULL;
	struct corpus_source source = remote_source(p->remote);
	struct rc_err why;
	int64_t size = -1;
	enum rc_status status = source.size(source.ctx, MANIFEST_FILE, &size, err);

	if (!rc_good(status) || size < 0)
		return status;
	status = manifest_fetch(&source, &there, &why);
	if (status == RC_PAGE_FAILED)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "cannot publish at '%s': what is there is not a corpus: %s", url, why.text);
	if (!rc_good(status)) {
		*err = why;
		return status;
	}
	if (strcmp(there->name, p->manifest->name) == 0)
		return RC_OK;
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING,
	               "cannot publish corpus '%s' at '%s': corpus '%s' is there (choose another URL; if it is the same corpus, set corpus.name to that name)",
	               p->manifest->name, url, there->name);
}

static void publishing_end(struct publishing *p)
{
	rc_buf_free(&p->manifest_bytes);
	manifest_free(&p->manifest);
	remote_close(&p->remote);
}

static enum rc_status load_manifest(struct publishing *p, struct rc_err *err)
{
	enum rc_status status = corpus_read_all(&p->source, MANIFEST_FILE, MANIFEST_MAX_BYTES, &p->manifest_bytes, err);

	if (rc_good(status))
		status = manifest_parse(p->manifest_bytes.data, p->manifest_bytes.len, MANIFEST_FILE, &p->manifest, err);
	if (!rc_good(status))
		return status;
	if (json_object_get(p->manifest->json, "subset"))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot publish '%s': it is a part of a corpus", p->source.name);
	/* Card, sums and manifest go to two places. */
	p->flow.result.files = 2;
	p->flow.result.bytes = 2 * (int64_t)p->manifest_bytes.len;
	for (size_t i = 0; i < p->manifest->n_files; i++) {
		int copies = manifest_is_root_copy(&p->manifest->files[i]) ? 2 : 1;

		p->flow.result.files += copies;
		p->flow.result.bytes += p->manifest->files[i].bytes * copies;
	}
	p->flow.result.samples = manifest_samples(p->manifest);
	snprintf(p->flow.result.version, sizeof p->flow.result.version, "%s", p->manifest->version);
	return RC_OK;
}

/* Would a publish to a folder that is not there send all? So a look at one needs nothing. */
static bool is_new_folder(const char *url, enum rc_status status, const struct rc_err *err)
{
	return !rc_good(status) && err->reason == RC_WHY_MISSING && strncmp(url, "file://", 7) == 0;
}

static enum rc_status send_all(struct publishing *p, const char *url, struct rc_err *err)
{
	char version[100];
	enum rc_status status;

	snprintf(version, sizeof version, "versions/%s/", p->manifest->version);
	status = check_corpus(p, url, err);
	if (rc_good(status))
		status = check_version(p, version, url, err);
	if (rc_good(status))
		status = send_files(p, false, "", err);
	if (rc_good(status))
		status = send_texts(p, version, err);
	if (rc_good(status))
		status = send_texts(p, "", err);
	if (rc_good(status) && !p->look_only)
		status = remote_clean(p->remote, err);
	return status;
}

enum rc_status upload_publish(const char *corpus, const char *url, const struct publish_options *options, const struct transfer_watch *watch,
                              struct transfer_result *ret, struct rc_err *err)
{
	RC_CLEANUP(corpus_folder_close) struct corpus_folder *folder = NULL;
	RC_CLEANUP(publishing_end) struct publishing p = { .flow.watch = watch, .manifest_bytes = RC_BUF(MANIFEST_MAX_BYTES) };
	struct remote_watch bytes = flow_watch(&p.flow);
	enum rc_status status = corpus_folder_open(&folder, corpus, err);

	if (!rc_good(status))
		return status;
	p.look_only = options && options->look_only;
	p.source = corpus_folder_source(folder);
	status = load_manifest(&p, err);
	if (rc_good(status))
		status = remote_open(&p.remote, url, !p.look_only, options ? options->cfg : NULL, err);
	if (p.look_only && is_new_folder(url, status, err)) {
		p.flow.result.files_sent = p.flow.result.files;
		p.flow.result.bytes_sent = p.flow.result.bytes;
		*ret = p.flow.result;
		return RC_OK;
	}
	if (!rc_good(status))
		return status;
	remote_watch_by(p.remote, &bytes);
	status = send_all(&p, url, err);
	*ret = p.flow.result;
	return status;
}
