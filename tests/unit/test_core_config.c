/* test_core_config.c -- settings: defaults, batch.yaml, --set, and what people read when they are wrong. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "core/config.h"
#include "core/limits.h"

#define OWN_CONFIG RC_CLEANUP(rc_config_free) struct rc_config *

static enum rc_status parse(struct rc_config *cfg, const char *yaml, struct rc_err *err)
{
	return rc_config_parse(cfg, yaml, strlen(yaml), "batch.yaml", err);
}

TEST(no_settings_at_all_are_the_defaults)
{
	static const char *const nothing[] = { "", "\n", "# only a comment\n", "---\n", "run:\n", "run: ~\nocr:\n", "{}\n", "run: {}\n" };
	OWN_CONFIG cfg = rc_config_new();
	struct rc_err err = { 0 };

	for (size_t i = 0; i < RC_COUNT(nothing); i++)
		if (!check(rc_good(parse(cfg, nothing[i], &err))))
			check_str(err.text, nothing[i]);
	check_int(cfg->ocr_script, RC_SCRIPT_AUTO);
	check_int(cfg->ocr_effort, RC_EFFORT_NORMAL);
	check_int(cfg->rights_training, RC_TRAINING_UNKNOWN);
	check_int(cfg->package_shards, RC_SHARDS_TEXT | RC_SHARDS_PAGES);
	check_int(cfg->run_page_seconds, 300);
	check_near(cfg->run_max_failed, 0.1, 0);
	check(cfg->prepare_deskew && !cfg->rights_allow_unknown);
	check_str(cfg->package_salt, "redcorpus");
	check_str(cfg->upload_to, "");
	check_str(rc_config_word(cfg, "ocr.script"), "auto");
	check_str(rc_config_word(cfg, "run.jobs"), "");
}

TEST(every_kind_of_value_is_read)
{
	OWN_CONFIG cfg = rc_config_new();
	struct rc_err err = { 0 };

	check_int(parse(cfg, "ocr:\n  script: hant\n  direction: 'vertical'\n"
	                     "run:\n  jobs: 4\n  max_failed: 1\n  confine: false\n"
	                     "package:\n  shards: [lines, \"mds\"]\n  shard_bytes: 4294967296\n  salt: \"a \\\"b\\\" 紅\"\n"
	                     "corpus:\n  version: 1.0\n  date: 2026-11-24\n"
	                     "curate: {test_share: 2.5e-1}\n", &err), RC_OK);
	check_str(err.text, "");
	check_int(cfg->ocr_script, RC_SCRIPT_HANT);
	check_int(cfg->ocr_direction, RC_TEXT_VERTICAL);
	check_int(cfg->run_jobs, 4);
	check_near(cfg->run_max_failed, 1, 0);
	check(!cfg->run_confine);
	check_int(cfg->package_shards, RC_SHARDS_LINES | RC_SHARDS_MDS);
	check_int(cfg->package_shard_bytes, 4294967296);
	check_str(cfg->package_salt, "a \"b\" 紅");
	check_str(cfg->corpus_version, "1.0");
	check_str(cfg->corpus_date, "2026-11-24");
	check_near(cfg->curate_test_share, 0.25, 0);
	check_int(parse(cfg, "package:\n  shards: text, lines\n", &err), RC_OK);
	check_int(cfg->package_shards, RC_SHARDS_TEXT | RC_SHARDS_LINES);
	check_int(cfg->run_jobs, 4);            /* over what was there */
	check_int(parse(cfg, "package:\n  shards: []\n", &err), RC_OK);
	check_int(cfg->package_shards, 0);
}

static const struct {
	const char *yaml, *message;
} wrong[] = {
	{ "run:\n  page_seconds: 60\n  jobs: 9000\n", "batch.yaml:3: run.jobs: 9000 is outside 0 to 1024" },
	{ "\nocr:\n  scirpt: hant\n", "batch.yaml:3: unknown setting 'ocr.scirpt' (did you mean 'ocr.script'?)" },
	{ "run:\n  script: hant\n", "batch.yaml:2: unknown setting 'run.script' (did you mean 'ocr.script'?)" },
	{ "run:\n  qqqqqqqqqqqqq: 1\n", "batch.yaml:2: unknown setting 'run.qqqqqqqqqqqqq'" },
	{ "orc:\n  script: hant\n", "batch.yaml:1: unknown section 'orc' (did you mean 'ocr'?)" },
	{ "weather:\n  rain: 1\n", "batch.yaml:1: unknown section 'weather'" },
	{ "run.jobs: 4\n", "batch.yaml:1: 'run.jobs' is written as 'run:' and, indented below it, 'jobs:'" },
	{ "run:\n  jobs: 1\n  jobs: 2\n", "batch.yaml:3: run.jobs is given twice, first in line 2" },
	{ "run:\n  jobs: 1\nocr:\nrun:\n  page_seconds: 2\n", "batch.yaml:4: section 'run' is given twice, first in line 1" },
	{ "run:\n  jobs: four\n", "batch.yaml:2: run.jobs: 'four' is not a whole number" },
	{ "run:\n  jobs: 4.5\n", "batch.yaml:2: run.jobs: '4.5' is not a whole number" },
	{ "run:\n  jobs: 0x10\n", "batch.yaml:2: run.jobs: '0x10' is not a whole number" },
	{ "run:\n  jobs: -1\n", "batch.yaml:2: run.jobs: -1 is outside 0 to 1024" },
	{ "run:\n  jobs: 99999999999999999999\n", "batch.yaml:2: run.jobs: 99999999999999999999 is outside 0 to 1024" },
	{ "run:\n  jobs: '4'\n", "batch.yaml:2: run.jobs: '4' is text; leave out the quotes" },
	{ "run:\n  jobs:\n", "batch.yaml:2: run.jobs: there is no value" },
	{ "run:\n  jobs: [4]\n", "batch.yaml:2: run.jobs: one value is wanted here, not a list" },
	{ "run:\n  jobs: {a: 4}\n", "batch.yaml:2: run.jobs: one value is wanted here, not a mapping" },
	{ "run:\n  max_failed: nan\n", "batch.yaml:2: run.max_failed: 'nan' is not a number" },
	{ "run:\n  max_failed: 1.5\n", "batch.yaml:2: run.max_failed: 1.5 is outside 0 to 1" },
	{ "run:\n  max_failed: 0,5\n", "batch.yaml:2: run.max_failed: '0,5' is not a number" },
	{ "run:\n  confine: yes\n", "batch.yaml:2: run.confine: 'yes' is neither true nor false" },
	{ "ocr:\n  script: Hant\n", "batch.yaml:2: ocr.script: 'Hant' is none of auto, hans, hant" },
	{ "package:\n  shards: [text, parquet]\n", "batch.yaml:2: package.shards: 'parquet' is none of text, pages, lines, mds" },
	{ "package:\n  shards: text,\n", "batch.yaml:2: package.shards: '' is none of text, pages, lines, mds" },
	{ "package:\n  shards: [[text]]\n", "batch.yaml:2: package.shards: not a list of words" },
	{ "package:\n  salt: [a, b]\n", "batch.yaml:2: package.salt: one value is wanted here, not a list" },
	{ "package:\n  salt: \"a\\0b\"\n", "batch.yaml:2: package.salt: there is a zero byte in the text" },
	{ "package:\n  salt: \"a\\nb\"\n", "batch.yaml:2: package.salt: there is a control character in the text" },
	{ "run: &x\n  jobs: 1\n", "batch.yaml:1: anchors, aliases and tags are not allowed in settings" },
	{ "run:\n  jobs: !!int 3\n", "batch.yaml:2: anchors, aliases and tags are not allowed in settings" },
	{ "a: &a [x, x]\nb: [*a, *a]\n", "batch.yaml:1: unknown section 'a'" },
	{ "run:\n  jobs: *x\n", "batch.yaml:2: anchors, aliases and tags are not allowed in settings" },
	{ "run:\n  - jobs\n", "batch.yaml:2: run: settings are wanted here, as '  name: value'" },
	{ "run: 4\n", "batch.yaml:1: run: settings are wanted here, as '  name: value'" },
	{ "- run\n", "batch.yaml:1: sections are wanted here, as 'run:'" },
	{ "just words\n", "batch.yaml:1: sections are wanted here, as 'run:'" },
	{ "run:\n  jobs: 1\n---\nrun:\n  jobs: 2\n", "batch.yaml:3: there is a second document" },
	{ "? [a]\n: b\n", "batch.yaml:1: the name of a section is wanted here" },
};

TEST(a_wrong_setting_is_answered_with_its_place_itself_and_its_range)
{
	for (size_t i = 0; i < RC_COUNT(wrong); i++) {
		OWN_CONFIG cfg = rc_config_new();
		struct rc_err err = { 0 };

		check_int(parse(cfg, wrong[i].yaml, &err), RC_RUN_FAILED);
		check_int(err.reason, RC_WHY_SETTING);
		check_str(err.text, wrong[i].message);
	}
}

TEST(broken_yaml_names_its_line)
{
	static const char *const broken[] = { "run:\n  jobs: [1\n", "run:\n\tjobs: 1\n", "run:\n  jobs: \"1\n", "}\n", "run: jobs: 1\n" };

	for (size_t i = 0; i < RC_COUNT(broken); i++) {
		OWN_CONFIG cfg = rc_config_new();
		struct rc_err err = { 0 };

		check_int(parse(cfg, broken[i], &err), RC_RUN_FAILED);
		check_int(err.reason, RC_WHY_SETTING);
		check_contains(err.text, "batch.yaml:");
	}
	OWN_CONFIG cfg = rc_config_new();
	struct rc_err err = { 0 };

	check_int(parse(cfg, "package:\n  salt: \xBA\xEC\n", &err), RC_RUN_FAILED);      /* GBK */
	check_contains(err.text, "UTF-8");
	check_int(parse(cfg, "package:\n  salt: \xBA\xEC\n", NULL), RC_RUN_FAILED);
}

TEST(an_error_changes_nothing)
{
	OWN_CONFIG cfg = rc_config_new();
	struct rc_err err;

	check_int(parse(cfg, "run:\n  jobs: 7\npackage:\n  salt: new\nocr:\n  script: x\n", &err), RC_RUN_FAILED);
	check_int(cfg->run_jobs, 0);
	check_str(cfg->package_salt, "redcorpus");
}

TEST(nesting_without_end_is_refused)
{
	OWN_CONFIG cfg = rc_config_new();
	RC_OWN_BUF deep = RC_BUF(1 << 20);
	struct rc_err err;

	rc_buf_adds(&deep, "run: ");
	for (int i = 0; i < 500000; i++)
		rc_buf_adds(&deep, "[");
	check_int(rc_config_parse(cfg, deep.data, deep.len, "batch.yaml", &err), RC_RUN_FAILED);
	rc_buf_clear(&deep);
	while (deep.len + 2 < 1 << 20)
		rc_buf_adds(&deep, "# ");
	rc_buf_addc(&deep, '\n');
	check_int(rc_config_parse(cfg, deep.data, deep.len, "batch.yaml", &err), RC_OK);
	check_int(rc_config_parse(cfg, deep.data, RC_MAX_SETTINGS_BYTES + 1, "batch.yaml", &err), RC_RUN_FAILED);
	check_contains(err.text, "larger than 1048576 bytes");
}

TEST(set_takes_the_same_values_and_gives_the_same_answers)
{
	OWN_CONFIG cfg = rc_config_new();
	struct rc_err err;

	check_int(rc_config_set(cfg, "ocr.script=hans", &err), RC_OK);
	check_int(cfg->ocr_script, RC_SCRIPT_HANS);
	check_int(rc_config_set(cfg, "package.shards=pages,mds", &err), RC_OK);
	check_int(cfg->package_shards, RC_SHARDS_PAGES | RC_SHARDS_MDS);
	check_int(rc_config_set(cfg, "upload.to=file:///srv/a=b", &err), RC_OK);
	check_str(cfg->upload_to, "file:///srv/a=b");
	check_int(rc_config_set(cfg, "upload.to=", &err), RC_OK);
	check_str(cfg->upload_to, "");
	check_int(rc_config_set(cfg, "run.jobs=9000", &err), RC_RUN_FAILED);
	check_str(err.text, "--set: run.jobs: 9000 is outside 0 to 1024");
	check_int(rc_config_set(cfg, "run.job=1", &err), RC_RUN_FAILED);
	check_str(err.text, "--set: unknown setting 'run.job' (did you mean 'run.jobs'?)");
	check_int(rc_config_set(cfg, "jobs=1", &err), RC_RUN_FAILED);
	check_str(err.text, "--set: unknown setting 'jobs' (did you mean 'run.jobs'?)");
	check_int(rc_config_set(cfg, "run.jobs", &err), RC_RUN_FAILED);
	check_str(err.text, "--set: 'run.jobs' is not KEY=VALUE");
	check_int(rc_config_set(cfg, "=1", &err), RC_RUN_FAILED);
	check_int(rc_config_set(cfg, "run.jobs=", &err), RC_RUN_FAILED);
	check_int(rc_config_set(cfg, "corpus.name=\xBA\xEC", &err), RC_RUN_FAILED);
	check_str(err.text, "--set: corpus.name: the text is not UTF-8");
	check_int(err.reason, RC_WHY_SETTING);
}

/* Every line of text within 79 columns? */
static bool fits(const char *text)
{
	for (size_t len; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len > 79)
			return false;
	}
	return true;
}

TEST(what_is_printed_reads_back_the_same)
{
	OWN_CONFIG cfg = rc_config_new();
	OWN_CONFIG back = rc_config_new();
	RC_OWN_BUF first = RC_BUF(100000), second = RC_BUF(100000);
	struct rc_err err = { 0 };

	rc_config_print(cfg, &first);
	check(fits(first.data));
	check_contains(first.data, "\nocr:\n  # simplified or traditional characters (one of auto, hans, hant)\n  script: auto\n");
	check_int(rc_config_set(cfg, "package.salt=\"quo\\ted\" # : 'x' 紅\xE2\x80\xA8\xC2\x85\xEF\xBB\xBF", &err), RC_OK);
	check_int(rc_config_set(cfg, "run.max_failed=0.123456789012345678", &err), RC_OK);
	check_int(rc_config_set(cfg, "curate.test_share=1e-300", &err), RC_OK);
	check_int(rc_config_set(cfg, "package.shards=", &err), RC_OK);
	check_int(rc_config_set(cfg, "corpus.name=~", &err), RC_OK);
	check_int(rc_config_set(cfg, "run.confine=false", &err), RC_OK);
	rc_buf_clear(&first);
	rc_config_print(cfg, &first);
	if (!check_int(rc_config_parse(back, first.data, first.len, "printed", &err), RC_OK))
		check_str(err.text, "");
	check_str(back->package_salt, cfg->package_salt);
	check_str(back->corpus_name, "~");
	check_near(back->run_max_failed, cfg->run_max_failed, 0);
	check_near(back->curate_test_share, 1e-300, 0);
	check_int(back->package_shards, 0);
	rc_config_print(back, &second);
	check_str(second.data, first.data);
}

TEST(help_fits_a_terminal_and_names_every_setting)
{
	RC_OWN_BUF help = RC_BUF(100000);

	rc_config_help(&help);
	check(fits(help.data));
	check_contains(help.data, "  run.jobs                 0  (0 to 1024)\n      workers; 0: one per core\n");
	check_contains(help.data, "curate.validation_share");
	check_contains(help.data, "[text, pages]  (some of text, pages, lines, mds)");
}

static struct rc_digest key(const struct rc_config *cfg, enum rc_setting_key k)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();

	rc_config_hash(cfg, k, h);
	return rc_hasher_end(h);
}

TEST(a_setting_enters_its_own_key_and_no_other)
{
	OWN_CONFIG cfg = rc_config_new();
	struct rc_digest read = key(cfg, RC_KEY_READ), package = key(cfg, RC_KEY_PACKAGE), now;

	rc_config_set(cfg, "run.jobs=7", NULL);
	now = key(cfg, RC_KEY_READ);
	check(rc_digest_equal(&now, &read));
	rc_config_set(cfg, "ocr.script=hant", NULL);
	now = key(cfg, RC_KEY_READ);
	check(!rc_digest_equal(&now, &read));
	now = key(cfg, RC_KEY_PACKAGE);
	check(rc_digest_equal(&now, &package));
	rc_config_set(cfg, "ocr.script=auto", NULL);
	now = key(cfg, RC_KEY_READ);
	check(rc_digest_equal(&now, &read));
}

TEST(a_settings_file_that_is_not_there_is_named)
{
	OWN_CONFIG cfg = rc_config_new();
	struct rc_err err;

	check_int(rc_config_load(cfg, "no/batch.yaml", &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_MISSING);
	check_str(err.text, "cannot open 'no/batch.yaml': No such file or directory");
	check_int(rc_config_load(cfg, ".", &err), RC_RUN_FAILED);
	FILE *f = fopen("batch.yaml", "w");

	fputs("run:\n  jobs: 3\n", f);
	fclose(f);
	check_int(rc_config_load(cfg, "batch.yaml", &err), RC_OK);
	check_int(cfg->run_jobs, 3);
}

TEST(long_texts_of_odd_characters_still_have_keys_of_their_own)
{
	RC_CLEANUP(rc_config_free) struct rc_config *a = rc_config_new();
	RC_CLEANUP(rc_config_free) struct rc_config *b = rc_config_new();
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	RC_OWN_BUF set = RC_BUF(10000);
	struct rc_digest first, second;

	rc_buf_adds(&set, "rights.holder=");
	for (int i = 0; i < 2048; i++)
		rc_buf_add_cp(&set, 0x85);
	check_int(rc_config_set(a, set.data, NULL), RC_OK);
	set.data[set.len - 1] = (char)0x86;
	check_int(rc_config_set(b, set.data, NULL), RC_OK);
	rc_config_hash(a, RC_KEY_RECORD, h);
	first = rc_hasher_end(h);
	rc_config_hash(b, RC_KEY_RECORD, h);
	second = rc_hasher_end(h);
	check(!rc_digest_equal(&first, &second));
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
