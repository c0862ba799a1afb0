/* publish.c -- a corpus to a remote.
 *
 *   upload_publish()    the order: shards, versions/V, card and sums, manifest
 *   check_version()     nobody publishes two contents under one version
 *   check_corpus()      nobody replaces another corpus
 *   send_file()         unless it is there */
#include <stdio.h>
#include <string.h>

#include "upload/watch.h"

struct publishing {
	struct flow flow;
	struct corpus_source source;
	struct remote *remote;
	struct rc_buf manifest_bytes;
	struct manifest *manifest;
};

static enum rc_status send_file(struct publishing *p, const struct manifest_file *f, const char *to, struct rc_err *err)
{
	bool there = false;
	enum rc_status status = remote_has(p->remote, to, f->bytes, &f->digest, &there, err);

	if (!rc_good(status))
		return status;
	if (there)
		return flow_bytes(&p->flow, f->bytes, err);
	status = remote_copy(p->remote, to, &p->source, f->path, f->bytes, &f->digest, flow_bytes, &p->flow, err);
	if (!rc_good(status))
		return status;
	p->flow.result.files_sent++;
	p->flow.result.bytes_sent += f->bytes;
	return RC_OK;
}

static enum rc_status send_shards(struct publishing *p, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (size_t i = 0; rc_good(status) && i < p->manifest->n_files; i++)
		if (!manifest_is_root_copy(&p->manifest->files[i]))
			status = send_file(p, &p->manifest->files[i], p->manifest->files[i].path, err);
	return status;
}

/* Card and sums below a folder ("" or "versions/V/"), then the manifest. */
static enum rc_status send_texts(struct publishing *p, const char *folder, struct rc_err *err)
{
	RC_OWN_BUF to = RC_BUF(1 << 12);
	struct rc_digest digest = rc_digest_of(p->manifest_bytes.data, p->manifest_bytes.len);
	enum rc_status status = RC_OK;
	bool there = false;

	for (size_t i = 0; rc_good(status) && i < p->manifest->n_files; i++) {
		if (!manifest_is_root_copy(&p->manifest->files[i]))
			continue;
		rc_buf_clear(&to);
		rc_buf_addf(&to, "%s%s", folder, p->manifest->files[i].path);
		status = send_file(p, &p->manifest->files[i], to.data, err);
	}
	rc_buf_clear(&to);
	rc_buf_addf(&to, "%s" MANIFEST_FILE, folder);
	if (rc_good(status))
		status = remote_has(p->remote, to.data, (int64_t)p->manifest_bytes.len, &digest, &there, err);
	if (!rc_good(status) || there)
		return status;
	p->flow.result.files_sent++;
	p->flow.result.bytes_sent += (int64_t)p->manifest_bytes.len;
	return remote_put_bytes(p->remote, to.data, p->manifest_bytes.data, p->manifest_bytes.len, err);
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
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "version '%s' is published at '%s' with another content: set corpus.version to a new one",
	               p->manifest->version, url);
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

enum rc_status upload_publish(const char *corpus, const char *url, const struct transfer_watch *watch,
                              struct transfer_result *ret, struct rc_err *err)
{
	RC_CLEANUP(corpus_folder_close) struct corpus_folder *folder = NULL;
	RC_CLEANUP(publishing_end) struct publishing p = { .flow.watch = watch, .manifest_bytes = RC_BUF(MANIFEST_MAX_BYTES) };
	char version[100];
	enum rc_status status = corpus_folder_open(&folder, corpus, err);

	if (!rc_good(status))
		return status;
	p.source = corpus_folder_source(folder);
	status = load_manifest(&p, err);
	if (rc_good(status))
		status = remote_open(&p.remote, url, true, err);
	if (!rc_good(status))
		return status;
	snprintf(version, sizeof version, "versions/%s/", p.manifest->version);
	status = check_corpus(&p, url, err);
	if (rc_good(status))
		status = check_version(&p, version, url, err);
	if (rc_good(status))
		status = send_shards(&p, err);
	if (rc_good(status))
		status = send_texts(&p, version, err);
	if (rc_good(status))
		status = send_texts(&p, "", err);
	*ret = p.flow.result;
	return status;
}
