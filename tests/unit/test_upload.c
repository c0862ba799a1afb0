/* test_upload.c -- a corpus on its way: whole at the other end, or plainly not there yet. */
#include "fake_corpus_books.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "core/outfile.h"
#include "curate/curate.h"
#include "package/package.h"
#include "upload/upload.h"

static int run(const char *command)
{
	fflush(stdout);
	return system(command);
}

static char *here(const char *name)
{
	static char path[2][4200];
	static int turn;
	char cwd[2048];

	turn ^= 1;
	snprintf(path[turn], sizeof path[0], "%s/%s", getcwd(cwd, sizeof cwd), name);
	return path[turn];
}

static char *url_of(const char *name)
{
	static char url[4300];

	snprintf(url, sizeof url, "file://%s", here(name));
	return url;
}

/* A corpus of n items in `dir`, in many small shards. */
static struct rc_books *make_corpus(const char *dir, int n, const char *version)
{
	static char texts[FAKE_ITEMS][3000];
	struct rc_books *b = fake_books_new(here(dir));
	struct rc_err err = { 0 };
	char set[100];

	snprintf(set, sizeof set, "corpus.version=%s", version);
	rc_config_set(b->cfg, set, NULL);
	rc_config_set(b->cfg, "package.shard_bytes=65536", NULL);
	rc_config_set(b->cfg, "curate.test_share=0.2", NULL);
	for (int i = 0; i < n; i++) {
		char id[60];
		size_t len = 0;
		struct fake_item *it;

		snprintf(id, sizeof id, "fonds-box%d-%d", i / 10, i);
		it = fake_add_item(b, id, "allowed");
		for (int l = 0; l < 40; l++)
			len += (size_t)snprintf(texts[i] + len, sizeof texts[i] - len, "第%d件第%d行各級政府一體遵照\n", i, l * i);
		fake_add_page(it, it->id, texts[i], 0.96f);
	}
	check(rc_good(curate_stage.run(b, &err)));
	check(rc_good(package_stage.run(b, &err)));
	return b;
}

static int n_troubles;
static char last_trouble[1000];

static void note_trouble(void *ctx, const struct rc_err *what)
{
	n_troubles++;
	snprintf(last_trouble, sizeof last_trouble, "%s", what->text);
}

static const struct transfer_watch noting = { .trouble = note_trouble };

static void no_finding(void *ctx, const struct corpus_finding *f)
{
	if (!f->warning)
		printf("%s: %s: %s\n", f->file, f->rule, f->message);
}

static int64_t errors_in(const char *folder)
{
	struct corpus_check_result result = { 0 };

	check_int(corpus_check(folder, no_finding, NULL, &result, NULL), RC_OK);
	return result.errors;
}

TEST(what_is_pulled_is_what_was_published)
{
	struct rc_books *b = make_corpus("batch", 300, "1.0.0");
	struct transfer_result r;
	struct rc_err err = { 0 };

	check_int(upload_publish("batch/corpus", url_of("remote"), NULL, NULL, &r, &err), RC_OK);
	check_int(r.files_sent, r.files);
	check_int(run("diff -r batch/corpus remote"), 0);
	check_int(upload_publish("batch/corpus", url_of("remote"), NULL, NULL, &r, &err), RC_OK);
	check_int(r.files_sent, 0);
	check_int(upload_pull(url_of("remote"), "there", &PULL_ALL, NULL, NULL, &r, &err), RC_OK);
	check_int(run("diff -r batch/corpus there"), 0);
	check_int(errors_in("there"), 0);
	check_int(upload_pull(url_of("remote"), "there", &PULL_ALL, NULL, NULL, &r, &err), RC_OK);
	check_int(r.files_sent, 0);
	fake_books_free(b);
}

TEST(a_share_a_split_and_a_kind_can_be_pulled_and_are_valid_by_themselves)
{
	struct rc_books *b = make_corpus("batch", 600, "1.0.0");
	struct transfer_result r;

	check_int(upload_publish("batch/corpus", url_of("remote"), NULL, NULL, &r, NULL), RC_OK);
	for (int i = 0; i < 3; i++) {
		struct pull_choice choice = { .split = -1, .kind = -1, .part = i, .of = 3 };

		check_int(upload_pull(url_of("remote"), (const char *[]){ "n0", "n1", "n2" }[i], &choice, NULL, NULL, &r, NULL), RC_OK);
	}
	check_int(errors_in("n1"), 0);
	check_int(run("[ $(ls n0/text n1/text n2/text | grep -c zst) = $(ls remote/text | wc -l) ]"), 0);
	check_int(upload_pull(url_of("remote"), "test", &(struct pull_choice){ .split = SPLIT_TEST, .kind = -1 }, NULL, NULL, &r, NULL), RC_OK);
	check_int(run("ls test/text | grep -q '^test-' && ! ls test/text | grep -q '^train-'"), 0);
	check_int(errors_in("test"), 0);
	fake_books_free(b);
}

TEST(a_broken_shard_is_named_and_the_rest_comes_without_a_manifest)
{
	struct rc_books *b = make_corpus("batch", 600, "1.0.0");
	static const char *const damage[] = {
		"f=$(ls remote/text/train-* | head -1); printf x | dd of=$f bs=1 seek=60 conv=notrunc 2>/dev/null",
		"f=$(ls remote/text/train-* | head -1); truncate -s -7 $f",
		"f=$(ls remote/text/train-* | head -1); rm $f",
	};
	struct transfer_result r;
	struct rc_err err = { 0 };

	for (size_t i = 0; i < RC_COUNT(damage); i++) {
		check_int(run("rm -rf remote there"), 0);
		check_int(upload_publish("batch/corpus", url_of("remote"), NULL, NULL, &r, NULL), RC_OK);
		check_int(run(damage[i]), 0);
		n_troubles = 0;
		check_int(upload_pull(url_of("remote"), "there", &PULL_ALL, NULL, &noting, &r, &err), RC_PAGE_FAILED);
		check_int(n_troubles, 1);
		check_int(r.broken, 1);
		check_contains(last_trouble, "text/train-");
		check_int(run("[ ! -e there/manifest.json ] && [ $(ls there/text | wc -l) = $(($(ls batch/corpus/text | wc -l) - 1)) ]"), 0);
		/* Put right, the pull goes on where it was. */
		check_int(upload_publish("batch/corpus", url_of("remote"), NULL, NULL, &r, &err), RC_OK);
		check_int(r.files_sent, 1);
		check_int(upload_pull(url_of("remote"), "there", &PULL_ALL, NULL, NULL, &r, NULL), RC_OK);
		check_int(r.files_sent, 1);
		check_int(errors_in("there"), 0);
	}
	fake_books_free(b);
}

TEST(a_damaged_corpus_is_not_published)
{
	struct rc_books *b = make_corpus("batch", 100, "1.0.0");
	struct transfer_result r;
	struct rc_err err = { 0 };

	check_int(run("f=$(ls batch/corpus/text/train-* | head -1); printf x | dd of=$f bs=1 seek=60 conv=notrunc 2>/dev/null"), 0);
	check_int(upload_publish("batch/corpus", url_of("remote"), NULL, NULL, &r, &err), RC_PAGE_FAILED);
	check_contains(err.text, "text/train-");
	check_int(run("[ ! -e remote/manifest.json ]"), 0);
	fake_books_free(b);
}

TEST(a_published_version_cannot_get_another_content)
{
	struct rc_books *b = make_corpus("batch", 50, "1.0.0"), *other;
	struct transfer_result r;
	struct rc_err err = { 0 };

	check_int(upload_publish("batch/corpus", url_of("remote"), NULL, NULL, &r, NULL), RC_OK);
	check_int(run("cp -r remote before"), 0);
	other = make_corpus("other", 60, "1.0.0");
	check_int(upload_publish("other/corpus", url_of("remote"), NULL, NULL, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_SETTING);
	check_contains(err.text, "1.0.0");
	check_int(run("diff -r before remote"), 0);
	fake_books_free(other);

	/* Under a version of its own it lies beside the old one. */
	other = make_corpus("other", 60, "1.1.0");
	check_int(upload_publish("other/corpus", url_of("remote"), NULL, NULL, &r, &err), RC_OK);
	check_int(errors_in("remote"), 0);
	check_int(run("[ -e remote/versions/1.0.0/manifest.json ] && [ -e remote/versions/1.1.0/manifest.json ]"), 0);
	check_int(run("cmp remote/manifest.json other/corpus/manifest.json"), 0);
	fake_books_free(b);
	fake_books_free(other);
}

/* A URL and a folder are one corpus's: another one leaves both as they are. */
TEST(another_corpus_replaces_nothing)
{
	struct rc_books *b = make_corpus("batch", 30, "1.0.0"), *other = make_corpus("other", 40, "2.0.0");
	struct transfer_result r;
	struct rc_err err = { 0 };

	check_int(upload_publish("batch/corpus", url_of("remote"), NULL, NULL, &r, NULL), RC_OK);
	check_int(upload_pull(url_of("remote"), "there", &PULL_ALL, NULL, NULL, &r, NULL), RC_OK);
	rc_config_set(other->cfg, "corpus.name=leaflets", NULL);
	check(rc_good(package_stage.run(other, NULL)));
	check_int(upload_publish("other/corpus", url_of("remote"), NULL, NULL, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_SETTING);
	check_contains(err.text, "'leaflets'");
	check_contains(err.text, "'box12'");
	check_int(run("diff -r batch/corpus remote"), 0);

	check_int(upload_publish("other/corpus", url_of("second"), NULL, NULL, &r, NULL), RC_OK);
	check_int(upload_pull(url_of("second"), "there", &PULL_ALL, NULL, NULL, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_USAGE);
	check_contains(err.text, "'box12'");
	check_int(run("diff -r batch/corpus there"), 0);

	/* Nor is a manifest that is nobody's we know overwritten. */
	check_int(run("mkdir web && echo '{\"name\": \"app\"}' > web/manifest.json"), 0);
	check_int(upload_publish("batch/corpus", url_of("web"), NULL, NULL, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_SETTING);
	check_int(run("[ \"$(ls web)\" = manifest.json ] && grep -q app web/manifest.json"), 0);
	fake_books_free(b);
	fake_books_free(other);
}

/* A folder of scans looks as a corpus does, by its names: it gets no shard, and nothing in it changes. */
TEST(a_folder_with_other_things_is_no_place_for_a_corpus)
{
	struct rc_books *b = make_corpus("batch", 30, "1.0.0");
	struct transfer_result r;
	struct rc_err err = { 0 };

	check_int(upload_publish("batch/corpus", url_of("remote"), NULL, NULL, &r, NULL), RC_OK);
	check_int(run("mkdir -p scans/pages && echo scan > scans/pages/1.tif && echo mine > scans/README.md && cp -a scans before"), 0);
	check_int(upload_pull(url_of("remote"), "scans", &PULL_ALL, NULL, NULL, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_USAGE);
	check_str(err.text, "cannot pull into 'scans': it holds other things; name a new folder");
	check_int(run("diff -r scans before"), 0);
	check_int(run("mkdir web && echo '{\"name\": \"app\"}' > web/manifest.json"), 0);
	check_int(upload_pull(url_of("remote"), "web", &PULL_ALL, NULL, NULL, &r, &err), RC_RUN_FAILED);
	check_int(run("grep -q app web/manifest.json"), 0);

	/* An empty one is a place, and so is one with a corpus and notes of its reader's, or with a damaged manifest. */
	check_int(run("mkdir -p there/lost+found"), 0);
	check_int(upload_pull(url_of("remote"), "there", &PULL_ALL, NULL, NULL, &r, &err), RC_OK);
	check_int(run("echo notes > there/notes.txt && truncate -s 300 there/manifest.json"), 0);
	check_int(upload_pull(url_of("remote"), "there", &PULL_ALL, NULL, NULL, &r, &err), RC_OK);
	check_int(run("cmp there/manifest.json remote/manifest.json && [ $(ls -A there | grep -c '^[.]') = 0 ]"), 0);
	fake_books_free(b);
}

/* What broke off is a pull's own folder. */
TEST(a_pull_that_broke_off_goes_on_in_its_folder)
{
	struct rc_books *b = make_corpus("batch", 30, "1.0.0");
	struct transfer_result r;
	struct rc_err err = { 0 };

	check_int(upload_publish("batch/corpus", url_of("remote"), NULL, NULL, &r, NULL), RC_OK);
	check_int(run("mv remote/text hidden && mkdir remote/text"), 0);
	check(!rc_good(upload_pull(url_of("remote"), "there", &PULL_ALL, NULL, NULL, &r, &err)));
	check_int(run("[ -d there/index ] && [ ! -e there/manifest.json ]"), 0);
	check_int(run("rmdir remote/text && mv hidden remote/text"), 0);
	check_int(upload_pull(url_of("remote"), "there", &PULL_ALL, NULL, NULL, &r, &err), RC_OK);
	check_int(run("diff -r batch/corpus there"), 0);
	fake_books_free(b);
}

TEST(a_choice_that_nothing_fits_is_said)
{
	struct rc_books *b = make_corpus("batch", 30, "1.0.0");
	struct pull_choice lines = { .split = -1, .kind = MANIFEST_LINES }, validation = { .split = SPLIT_VALIDATION, .kind = -1 };
	struct transfer_result r;

	check_int(upload_publish("batch/corpus", url_of("remote"), NULL, NULL, &r, NULL), RC_OK);
	check_int(upload_pull(url_of("remote"), "a", &lines, NULL, NULL, &r, NULL), RC_OK);
	check_contains(r.nothing.text, "no shards of kind 'lines' (there are: text");
	check_int(upload_pull(url_of("remote"), "b", &validation, NULL, NULL, &r, NULL), RC_OK);
	check_str(r.nothing.text, "no samples in split 'validation'");
	check_int(upload_pull(url_of("remote"), "c", &PULL_ALL, NULL, NULL, &r, NULL), RC_OK);
	check_str(r.nothing.text, "");
	fake_books_free(b);
}

/* kill -9 at many moments, of a publisher and of a puller: what is there is the old corpus or the new one, and going on ends well. */
TEST(killed_anywhere_a_transfer_leaves_the_old_or_the_new_and_goes_on)
{
	struct rc_books *b = make_corpus("old", 300, "1.0.0"), *n = make_corpus("new", 330, "1.1.0");
	struct transfer_result r;
	int killed = 0;

	check_int(upload_publish("old/corpus", url_of("remote"), NULL, NULL, &r, NULL), RC_OK);
	for (int i = 0; i < 40; i++) {
		pid_t child = fork();
		int how;

		if (child == 0) {
			upload_publish("new/corpus", url_of("remote"), NULL, NULL, &r, NULL);
			upload_pull(url_of("remote"), "there", &PULL_ALL, NULL, NULL, &r, NULL);
			_exit(0);
		}
		usleep((useconds_t)(500 + i * 2500));
		kill(child, SIGKILL);
		waitpid(child, &how, 0);
		killed += WIFSIGNALED(how);
		check(run("cmp -s remote/manifest.json old/corpus/manifest.json") == 0 || run("cmp -s remote/manifest.json new/corpus/manifest.json") == 0);
		check_int(errors_in("remote"), 0);
		if (access("there/manifest.json", F_OK) == 0)
			check_int(errors_in("there"), 0);
	}
	printf("killed %d times\n", killed);
	check(killed >= 3);
	check_int(upload_publish("new/corpus", url_of("remote"), NULL, NULL, &r, NULL), RC_OK);
	check_int(upload_pull(url_of("remote"), "there", &PULL_ALL, NULL, NULL, &r, NULL), RC_OK);
	check_int(run("diff -r new/corpus there"), 0);
	check_int(run("! find remote there -name '.rc-tmp-*' | grep -q ."), 0);
	fake_books_free(b);
	fake_books_free(n);
}

TEST(a_full_disk_at_the_puller_keeps_what_is_whole)
{
	struct rc_books *b = make_corpus("batch", 600, "1.0.0");
	struct transfer_result r;
	struct rc_err err = { 0 };

	check_int(upload_publish("batch/corpus", url_of("remote"), NULL, NULL, &r, NULL), RC_OK);
	if (run("mkdir small && mount -t tmpfs -o size=150k tmpfs small 2>/dev/null") != 0)
		check_skip("no right to mount a tmpfs");
	check_int(upload_pull(url_of("remote"), "small/there", &PULL_ALL, NULL, NULL, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_DISK);
	check_int(run("[ ! -e small/there/manifest.json ] && ! find small -name '.rc-tmp-*' | grep -q ."), 0);
	check_int(run("mount -o remount,size=20m small"), 0);
	check_int(upload_pull(url_of("remote"), "small/there", &PULL_ALL, NULL, NULL, &r, &err), RC_OK);
	check(r.files_sent < r.files);
	check_int(errors_in("small/there"), 0);
	check_int(run("umount small"), 0);
	fake_books_free(b);
}

TEST(a_hostile_remote_is_refused)
{
	struct transfer_result r;
	struct rc_err err = { 0 };

	check_int(run("mkdir -p remote && printf '%s' '{\"schema\":{\"name\":\"urn:redcorpus:manifest\",\"version\":1},\"name\":\"x\","
	              "\"version\":\"1\",\"files\":[{\"path\":\"text/../../evil\",\"kind\":\"text\",\"split\":\"train\",\"bytes\":0,"
	              "\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}]}' > remote/manifest.json"), 0);
	check_int(upload_pull(url_of("remote"), "there", &PULL_ALL, NULL, NULL, &r, &err), RC_PAGE_FAILED);
	check_contains(err.text, "evil");
	check_int(run("[ ! -e there ] && [ ! -e evil ]"), 0);
	check_int(upload_pull("s3://bucket/../x", "there", &PULL_ALL, NULL, NULL, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_USAGE);
	check_int(upload_pull("https://me:secret@host/x", "there", &PULL_ALL, NULL, NULL, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_USAGE);
	check(!strstr(err.text, "secret"));
	check_int(upload_pull("file://relative/x", "there", &PULL_ALL, NULL, NULL, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_USAGE);
	check_int(upload_pull("gopher:x", "there", &PULL_ALL, NULL, NULL, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_USAGE);
}

TEST(the_stage_publishes_once_and_then_has_nothing_to_do)
{
	struct rc_books *b = make_corpus("batch", 20, "1.0.0");
	char set[4400];

	check_int(upload_stage.run(b, NULL), RC_SKIP);
	snprintf(set, sizeof set, "upload.to=%s", url_of("中文 remote"));
	for (char *c = set; *c; c++)
		if (*c == ' ')
			memmove(c + 3, c + 1, strlen(c + 1) + 1), memcpy(c, "%20", 3);
	check_int(rc_config_set(b->cfg, set, NULL), RC_OK);
	check_int(upload_stage.run(b, NULL), RC_OK);
	check_int(run("cmp batch/corpus/manifest.json '中文 remote/manifest.json'"), 0);
	check_int(upload_stage.run(b, NULL), RC_SKIP);
	fake_books_free(b);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
