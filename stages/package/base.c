/* base.c -- opens the version published before, and compares. */
#include "package/base.h"

#include "package/diff.h"
#include "package/semver.h"

void corpus_base_close(struct corpus_base *b)
{
	corpus_reader_close(&b->reader);
	manifest_free(&b->manifest);
	corpus_folder_close(&b->folder);
}

enum rc_status corpus_base_open(struct corpus_base *b, const char *path, struct rc_err *err)
{
	RC_OWN_STR root = NULL;
	enum rc_status status = manifest_load(path, &b->manifest, err);

	if (rc_good(status) && !(root = manifest_root(path, b->manifest)))
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot use '%s': out of memory", path);
	if (rc_good(status))
		status = corpus_folder_open(&b->folder, root, err);
	if (!rc_good(status))
		return status;
	b->source = corpus_folder_source(b->folder);
	return corpus_reader_open(&b->reader, &b->source, b->manifest, err);
}

enum rc_status corpus_base_step(const char *base, const char *path, struct rc_err *why)
{
	RC_CLEANUP(corpus_base_close) struct corpus_base from = { 0 };
	RC_CLEANUP(corpus_base_close) struct corpus_base to = { 0 };
	RC_OWN_JSON diff = NULL;
	struct semver version;
	enum rc_status status = corpus_base_open(&to, path, why);

	if (rc_good(status) && !semver_parse(to.manifest->version, &version))
		return rc_fail(why, RC_WARN, RC_WHY_SETTING, "corpus.version: '%s' is no semantic version, as 1.0.0", to.manifest->version);
	if (!rc_good(status) || !*base)
		return status;
	status = corpus_base_open(&from, base, why);
	if (rc_good(status))
		status = corpus_diff(&(struct corpus_side){ from.reader, from.manifest }, &(struct corpus_side){ to.reader, to.manifest }, NULL, &diff, why);
	if (!rc_good(status) || !json_is_false(json_object_get(diff, "versions_fit")))
		return status;
	return rc_fail(why, RC_WARN, RC_WHY_SETTING, "corpus.version: from '%s' to '%s' is a %s step by what changed, and its number does not say so",
	               from.manifest->version, to.manifest->version, rc_json_str(diff, "step", ""));
}
