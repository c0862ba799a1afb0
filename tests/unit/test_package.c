/* test_package.c -- the corpus on disk: same bytes every time, old or new but never half, and nothing written twice. */
#include "small_corpora.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "common/manifest.h"
#include "core/outfile.h"
#include "curate/curate.h"
#include "package/package.h"
#include "package/sample.h"

TEST(two_batches_with_other_orders_and_folders_have_equal_corpora)
{
	make_images();
	for (int turn = 0; turn < 2; turn++) {
		struct rc_books *b = books_of(here(turn ? "one" : "another"), 100, turn);

		check_int(make(b), RC_OK);
		fake_books_free(b);
	}
	check_int(run("diff -r one another"), 0);
	free_images();
}

TEST(packaging_again_does_nothing_and_a_lost_shard_is_made_again)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 20, false);

	check_int(make(b), RC_OK);
	check_int(package_stage.run(b, NULL), RC_SKIP);
	check_int(run("cp -r batch copy && rm batch/corpus/text/train-*"), 0);
	check_int(package_stage.run(b, NULL), RC_OK);
	check_int(run("diff -r batch copy"), 0);
	fake_books_free(b);
	free_images();
}

TEST(sha256sum_agrees_and_zstd_and_tar_read_the_shards)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 50, false);

	check_int(make(b), RC_OK);
	check_int(run("cd batch/corpus && sha256sum --quiet -c SHA256SUMS"), 0);
	check_int(run("cd batch/corpus && [ $(zstd -dqc text/*.zst | wc -l) = 50 ]"), 0);
	check_int(run("cd batch/corpus && [ $(cat pages/*.tar | tar tif - | wc -l) = 300 ]"), 0);
	check_int(run("cd batch/corpus && for t in pages/*.tar; do tar tvf $t; done | grep -qv '^-r--r--r-- 0/0 .* 1970-01-01'"), 256);
	check_int(run("cd batch/corpus && tar tf $(ls pages/train*.tar) | awk -F. 'NF != 2 { exit 1 }'"), 0);
	check_int(run("cd batch/corpus && cmp manifest.json versions/1.0.0/manifest.json && cmp README.md versions/1.0.0/README.md"), 0);
	fake_books_free(b);
	free_images();
}

TEST(a_corpus_without_samples_still_has_a_manifest)
{
	struct rc_books *b = fake_books_new(here("batch"));
	RC_CLEANUP(manifest_free) struct manifest *m = NULL;

	fake_add_page(fake_add_item(b, "a", "unknown"), "s", "字\n", 0.96f);
	check_int(make(b), RC_OK);
	check_int(manifest_load("batch/corpus/manifest.json", &m, NULL), RC_OK);
	check_int(m->n_files, 3);       /* README.md, croissant.json, SHA256SUMS */
	check_int(rc_json_int(json_object_get(json_object_get(m->json, "counts"), "items_left_out"), "rights-unknown", 0), 1);
	fake_books_free(b);
}

/* Somebody wrote "denied" into a record since: curate's decision is not to be trusted more than the record. */
TEST(a_right_withdrawn_after_curation_keeps_the_item_out)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 6, false);
	struct rc_err err = { 0 };

	check_int(curate_stage.run(b, &err), RC_OK);
	b->items[2].training = "denied";
	check_int(package_stage.run(b, &err), RC_WARN);
	check_contains(b->last_warning, "training right");
	check_int(run("cd batch/corpus && [ $(zstd -dqc text/*.zst | wc -l) = 5 ] && ! zstd -dqc text/*.zst | grep -q denied && ! grep -rq denied pages"), 0);
	fake_books_free(b);
	free_images();
}

TEST(pages_that_do_not_count_have_an_empty_text_in_the_page_shards_only)
{
	make_images();
	struct rc_books *b = fake_books_new(here("batch"));
	struct fake_item *it = fake_add_item(b, "a.b", "allowed");

	add_image(fake_add_page(it, "s1", "好的文字\n", 0.96f), 0);
	add_image(fake_add_page(it, "s2", "垃圾\n", 0.1f), 1);
	check_int(make(b), RC_OK);
	check_int(run("cd batch/corpus && ! zstd -dqc text/*.zst | grep -q 垃圾 && ! grep -rq 垃圾 pages"), 0);
	check_int(run("cd batch/corpus && mkdir x && tar xf pages/*.tar -C x && [ $(ls x | wc -l) = 6 ] && [ $(find x -name '*.txt' -empty | wc -l) = 1 ]"), 0);
	check_int(run("cd batch/corpus && ls x | grep -q '^a%2Eb-[0-9a-f]*.jpg$'"), 0);
	fake_books_free(b);
	free_images();
}

/* A box more: what was published before stays as it is, but for the shards around the new one. */
TEST(a_box_more_leaves_nearly_all_shards_alone)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 1600, false);
	struct rc_books *more;
	int before, kept;

	rc_config_set(b->cfg, "package.shard_bytes=65536", NULL);
	check_int(make(b), RC_OK);
	check_int(run("cd batch/corpus && find text pages -type f | sort > ../../before"), 0);
	fake_books_free(b);
	more = books_of(here("batch"), 1616, false);
	rc_config_set(more->cfg, "package.shard_bytes=65536", NULL);
	check_int(make(more), RC_OK);
	check_int(run("cd batch/corpus && find text pages -type f | sort > ../../after"), 0);
	before = WEXITSTATUS(run("exit $(wc -l < before)"));
	kept = WEXITSTATUS(run("exit $(comm -12 before after | wc -l)"));
	printf("%d shards before, %d of them still there\n", before, kept);
	check(before > 20);
	check(before - kept <= before / 10 + 4);
	fake_books_free(more);
	free_images();
}

TEST(a_version_replaced_or_given_up_takes_its_shards_along_and_a_named_one_keeps_them)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 30, false);

	check_int(make(b), RC_OK);
	check_int(run("cd batch/corpus && find text -type f | wc -l > ../../n"), 0);
	b->items[3].pages[0].text = "改正了的文字，蘇維埃政府布告各級政府一體遵照辦理此令中央執行委員會主席\n";
	check_int(make(b), RC_OK);
	check_int(run("cd batch/corpus && ls versions | grep -qx 1.0.0 && [ $(find text -type f | wc -l) = $(cat ../../n) ]"), 0);

	rc_config_set(b->cfg, "corpus.version=1.1.0", NULL);
	b->items[3].pages[0].text = "又改正了的文字，蘇維埃政府布告各級政府一體遵照辦理此令中央執行委員會主席\n";
	check_int(make(b), RC_OK);
	check_int(run("cd batch/corpus && [ $(ls versions | wc -l) = 2 ] && [ $(find text -type f | wc -l) -gt $(cat ../../n) ]"), 0);
	check_int(run("cd batch/corpus && sha256sum --quiet -c SHA256SUMS"), 0);
	fake_books_free(b);
	free_images();
}

TEST(only_a_draft_that_nobody_named_gives_way)
{
	static const char *const versions[] = { "corpus.version=", "corpus.version=draft-2", "corpus.version=1.0.0" };
	make_images();
	struct rc_books *b = books_of(here("batch"), 10, false);

	for (size_t i = 0; i < RC_COUNT(versions); i++) {
		check_int(rc_config_set(b->cfg, versions[i], NULL), RC_OK);
		check_int(make(b), RC_OK);
	}
	check_int(run("[ \"$(ls batch/corpus/versions | tr '\\n' ' ')\" = '1.0.0 draft-2 ' ]"), 0);
	fake_books_free(b);
	free_images();
}

TEST(items_keep_the_split_they_were_published_with)
{
	make_images();
	struct rc_books *b = books_of(here("first"), 60, false), *next;
	char set[5000];
	int moved = 0;

	check_int(make(b), RC_OK);
	next = books_of(here("second"), 80, false);
	rc_config_set(next->cfg, "curate.test_share=0.4", NULL);
	snprintf(set, sizeof set, "package.base=%s", here("first/corpus/versions/1.0.0/manifest.json"));
	check_int(rc_config_set(next->cfg, set, NULL), RC_OK);
	check_int(make(next), RC_OK);
	for (int i = 0; i < 80; i++) {
		const char *now = rc_json_str(next->items[i].decision, "split", "");

		if (i < 60)
			check_str(now, rc_json_str(b->items[i].decision, "split", ""));
		else
			moved += strcmp(now, "test") == 0;
	}
	check(moved > 2);
	fake_books_free(b);
	fake_books_free(next);
	free_images();
}

/* A shard cannot be written half-way: the old corpus is whole, and the reason is the disk. */
TEST(a_full_disk_leaves_the_old_corpus_valid)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 30, false);
	struct rc_err err;

	check_int(make(b), RC_OK);
	if (run("mkdir small && mount -t tmpfs -o size=64k tmpfs small 2>/dev/null") != 0)
		check_skip("no right to mount a tmpfs");
	check_int(run("mkdir small/batch && mount --bind small/batch small/batch 2>/dev/null; true"), 0);
	snprintf(b->dir, sizeof b->dir, "%s", here("small/batch"));
	b->n_notes = 0;
	curate_stage.run(b, &err);
	check_int(package_stage.run(b, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_DISK);
	check_int(run("umount small/batch 2>/dev/null; [ ! -e small/batch/corpus/manifest.json ]"), 0);
	check_int(run("umount small"), 0);
	check_int(run("cd batch/corpus && sha256sum --quiet -c SHA256SUMS"), 0);
	fake_books_free(b);
	free_images();
}

/* ---- reading and checking ---------------------------------------------------------------------------------- */

TEST(a_fresh_corpus_has_nothing_to_find)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 50, false);
	struct corpus_check_result result;
	struct findings all = { 0 };

	check_int(make(b), RC_OK);
	check_int(corpus_check("batch/corpus", keep_finding, &all, &result, NULL), RC_OK);
	check_int(all.n, 0);
	check_int(result.warnings, 0);
	check_int(result.samples, 50 + 100);
	fake_books_free(b);
	free_images();
}

/* A byte is wrong in one file after another: that file is named, and its samples are counted. */
TEST(a_flipped_byte_in_any_file_is_found_and_named)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 30, false);
	FILE *list;
	char path[400];

	check_int(make(b), RC_OK);
	check_int(run("cd batch/corpus && find . -type f | cut -c3- > ../../list"), 0);
	list = fopen("list", "r");
	for (int n = 0; fgets(path, sizeof path, list); n++) {
		RC_OWN_BUF whole = RC_BUF(1 << 26);
		char full[500];
		struct findings all;

		path[strcspn(path, "\n")] = 0;
		snprintf(full, sizeof full, "batch/corpus/%s", path);
		check_int(rc_buf_read_file(&whole, full, NULL), RC_OK);
		whole.data[whole.len * (size_t)(n % 7 + 1) / 9] ^= 4;
		check_int(rc_file_put(full, whole.data, whole.len, NULL), RC_OK);
		all = findings_of("batch/corpus");
		check(all.n > 0);
		if (strcmp(path, "manifest.json") != 0)
			check_str(all.first, path);
		if (!strstr(path, "README.md") && !strstr(path, ".idx") && (strncmp(path, "text/", 5) == 0 || strncmp(path, "pages/", 6) == 0))
			check(all.samples > 0);
		whole.data[whole.len * (size_t)(n % 7 + 1) / 9] ^= 4;
		check_int(rc_file_put(full, whole.data, whole.len, NULL), RC_OK);
	}
	fclose(list);
	check_int(findings_of("batch/corpus").n, 0);
	fake_books_free(b);
	free_images();
}

TEST(a_missing_or_short_shard_is_found_and_a_file_too_many_is_a_warning)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 30, false);
	struct corpus_check_result result;
	struct findings all = { 0 };

	check_int(make(b), RC_OK);
	check_int(run("cp -r batch/corpus a && rm a/text/train-*; cp -r batch/corpus b && truncate -s -1 b/pages/train-*; touch batch/corpus/text/other"), 0);
	check_str(findings_of("a").rule, "missing");
	check_str(findings_of("b").rule, "size");
	check_int(corpus_check("batch/corpus", keep_finding, &all, &result, NULL), RC_OK);
	check_int(result.errors, 0);
	check_int(result.warnings, 1);
	fake_books_free(b);
	free_images();
}

struct taken {
	int n;
	char ids[FAKE_ITEMS * 2][100];
};

static enum rc_status take_sample(void *ctx, const char *json, size_t len, struct rc_err *err)
{
	struct taken *t = ctx;
	RC_OWN_JSON sample = NULL;

	check_int(rc_json_parse(json, len, "sample", &sample, err), RC_OK);
	snprintf(t->ids[t->n++], sizeof t->ids[0], "%s", rc_json_str(sample, "id", ""));
	return RC_OK;
}

/* Every sample has the number and the id it has in the whole, in text and in pages, over several shards and frames. */
TEST(samples_are_found_by_number_and_by_id)
{
	static struct taken all, one;
	make_images();
	struct rc_books *b = books_of(here("batch"), 1500, false);
	RC_CLEANUP(corpus_folder_close) struct corpus_folder *folder = NULL;
	RC_CLEANUP(manifest_free) struct manifest *m = NULL;
	RC_CLEANUP(corpus_reader_close) struct corpus_reader *r = NULL;

	rc_config_set(b->cfg, "package.shard_bytes=600000", NULL);
	check_int(make(b), RC_OK);
	check_int(corpus_folder_open(&folder, "batch/corpus", NULL), RC_OK);
	struct corpus_source source = corpus_folder_source(folder);

	check_int(manifest_fetch(&source, &m, NULL), RC_OK);
	check_int(corpus_reader_open(&r, &source, m, NULL), RC_OK);
	for (enum manifest_kind kind = MANIFEST_TEXT; kind <= MANIFEST_PAGES; kind++) {
		all.n = 0;
		check_int(corpus_reader_each(r, kind, -1, take_sample, &all, NULL), RC_OK);
		check_int(all.n, m->n_samples[kind]);
		for (int i = 0; i < all.n; i += 97) {
			one.n = 0;
			check_int(corpus_reader_at(r, kind, -1, i, take_sample, &one, NULL), RC_OK);
			check_str(one.ids[0], all.ids[i]);
			check_int(corpus_reader_id(r, kind, all.ids[i], take_sample, &one, NULL), RC_OK);
			check_str(one.ids[1], all.ids[i]);
		}
		check_int(corpus_reader_at(r, kind, -1, all.n, take_sample, &one, NULL), RC_RUN_FAILED);
		check_int(corpus_reader_id(r, kind, "nowhere-0123456789ab", take_sample, &one, NULL), RC_RUN_FAILED);
	}
	fake_books_free(b);
	free_images();
}

TEST(a_long_item_id_gives_a_short_key_that_leads_back)
{
	static struct taken one;
	make_images();
	struct rc_books *b = fake_books_new(here("batch"));
	const char *id = "中央革命根據地歷史資料文庫%2F第三十二卷%2F臨時中央政府文告.tif";
	RC_CLEANUP(corpus_folder_close) struct corpus_folder *folder = NULL;
	RC_CLEANUP(manifest_free) struct manifest *m = NULL;
	RC_CLEANUP(corpus_reader_close) struct corpus_reader *r = NULL;
	RC_OWN_BUF item = RC_BUF(1000);

	add_image(fake_add_page(fake_add_item(b, id, "allowed"), "s", "字\n", 0.96f), 3);
	check_int(make(b), RC_OK);
	check_int(run("cd batch/corpus/pages && tar --quoting-style=literal -tf *.tar | LC_ALL=C awk 'length > 100 || NR > 3 { exit 1 }'"), 0);
	check_int(run("ls batch/corpus/pages | grep -q '^[a-z]*-png-'"), 0);
	check_int(corpus_folder_open(&folder, "batch/corpus", NULL), RC_OK);
	struct corpus_source source = corpus_folder_source(folder);

	check_int(manifest_fetch(&source, &m, NULL), RC_OK);
	check_int(corpus_reader_open(&r, &source, m, NULL), RC_OK);
	one.n = 0;
	check_int(corpus_reader_at(r, MANIFEST_PAGES, -1, 0, take_sample, &one, NULL), RC_OK);
	check_int(corpus_reader_item_of_key(r, one.ids[0], &item, NULL), RC_OK);
	check_str(item.data, id);
	check_int(findings_of("batch/corpus").n, 0);
	fake_books_free(b);
	free_images();
}

TEST(attributes_lie_beside_each_text_shard_and_point_into_its_texts)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 1200, false);
	struct fake_item *it = fake_add_item(b, "fonds-box000-tel", "allowed");

	fake_add_page(it, "tel", "蘇維埃政府布告電話13812345678各級政府一體遵照辦理此布\n", 0.96f);
	rc_config_set(b->cfg, "package.shard_bytes=65536", NULL);
	check_int(make(b), RC_OK);
	check_int(run("cd batch/corpus && [ $(ls attributes | wc -l) = $(ls text | wc -l) ] && [ $(ls attributes | wc -l) -gt 3 ]"), 0);
	check_int(run("cd batch/corpus && [ $(zstd -dqc attributes/*.zst | wc -l) = 1201 ]"), 0);
	/* 蘇維埃政府布告電話: the number stands from character 9 to 20. */
	check_int(run("cd batch/corpus && zstd -dqc attributes/*.zst | grep 'box000-tel' | grep -q '\"redcorpus__personal__phone\":\\[\\[9,20,1.0\\]\\]'"), 0);
	check_int(findings_of("batch/corpus").n, 0);
	/* Files of two shards that changed places have the wrong ids. */
	check_int(run("cd batch/corpus && python3 - <<'E'\n"
	              "import json\n"
	              "m = json.load(open('manifest.json'))\n"
	              "a = [i for i, f in enumerate(m['files']) if f['kind'] == 'attributes' and f['split'] == 'train'][:2]\n"
	              "m['files'][a[0]], m['files'][a[1]] = m['files'][a[1]], m['files'][a[0]]\n"
	              "json.dump(m, open('manifest.json', 'w'))\n"
	              "E"), 0);
	check(findings_of("batch/corpus").n >= 2);
	fake_books_free(b);
	free_images();
}

TEST(personal_data_stand_in_no_shard_unless_somebody_wants_them)
{
	make_images();
	struct rc_books *b = fake_books_new(here("batch"));

	add_image(fake_add_page(fake_add_item(b, "a", "allowed"), "s", "蘇維埃政府布告電話13812345678\n", 0.96f), 0);
	check_int(rc_config_set(b->cfg, "package.shards=text,pages,mds", NULL), RC_OK);
	for (int keep = 0; keep < 2; keep++) {
		check_int(make(b), RC_OK);
		check_int(run("cd batch/corpus && { for f in text/*.zst mds/*/*.zstd; do zstd -dqc $f; done; cat pages/*.tar; } > ../../all"), 0);
		check_int(run("[ $(grep -ao 13812345678 all | wc -l) = $(cat wanted 2>/dev/null || echo 0) ]"), 0);
		check_int(run("grep -qa '電話■■■■■■■■■■■' all") == 0, keep == 0);
		check_int(rc_config_set(b->cfg, "package.personal=keep", NULL), RC_OK);
		check_int(rc_config_set(b->cfg, "corpus.version=2", NULL), RC_OK);
		check_int(run("echo 6 > wanted; rm -r batch"), 0);     /* text and mds, two layers each, and of the page its text and its line */
	}
	fake_books_free(b);
	free_images();
}

/* mds: one more form of the same texts; a table of offsets beside each tar. Both are checked, and damage is found. */
/* ---- lines -------------------------------------------------------------------------------------------------- */

static struct rc_books *books_with_scans(const char *dir)
{
	struct rc_books *b = fake_books_new(dir);

	b->job = package_stage.job;
	for (int i = 0; i < 2; i++) {
		static const char *const texts[2] = { "第一行蘇維埃政府布告\n第二行各級政府\n電話13812345678\n", "另一頁的第一行\n以及第二行\n" };
		struct fake_page *page = fake_add_page(fake_add_item(b, i ? "box-b.tif" : "box-a.tif", "allowed"), i ? "s1" : "s0", texts[i], 0.96f);

		add_image(page, 2 + i);
		page->width = 64;
		page->height = 128;
	}
	rc_config_set(b->cfg, "package.shards=lines", NULL);
	rc_config_set(b->cfg, "corpus.version=1.0.0", NULL);
	return b;
}

TEST(lines_that_were_read_are_samples_with_their_image_and_those_with_personal_data_are_not)
{
	make_images();
	struct rc_books *b = books_with_scans(here("batch"));

	check_int(make(b), RC_OK);
	check_int(run("cd batch/corpus/lines && mkdir ../../x && for f in *.tar; do tar -xf $f -C ../../x; done"), 0);
	check_int(run("[ $(ls batch/x/*.png | wc -l) = 4 ] && [ $(ls batch/x | wc -l) = 12 ] && ! grep -rq 138123 batch/x"), 0);
	check_int(run("ls batch/x | grep -q '^box-a%2Etif-[0-9a-f]\\{12\\}-52_4_10_120.png$'"), 0);
	check_int(run("[ \"$(cat batch/x/box-a*-40_4_10_120.txt)\" = 第二行各級政府 ]"), 0);
	check_int(run("grep -q '\"width\":10,' batch/x/box-a*-40_4_10_120.json"), 0);
	check_int(findings_of("batch/corpus").n, 0);
	check_int(make(b), RC_SKIP);
	check_int(rc_config_set(b->cfg, "package.personal=keep", NULL), RC_OK);
	check_int(make(b), RC_OK);
	check_int(run("cat batch/corpus/lines/*.tar | grep -aq 13812345678"), 0);
	fake_books_free(b);
	free_images();
}

TEST(a_worker_that_dies_while_it_cuts_lines_changes_no_byte)
{
	make_images();
	struct rc_books *b = books_with_scans(here("one")), *other = books_with_scans(here("two"));

	check_int(make(b), RC_OK);
	other->crash_after = 2;
	check_int(make(other), RC_OK);
	check_int(other->crash_after, 0);
	check_int(run("diff -r one/corpus two/corpus"), 0);
	fake_books_free(b);
	fake_books_free(other);
	free_images();
}

TEST(a_scan_that_is_gone_costs_its_lines_until_it_is_there_again)
{
	make_images();
	struct rc_books *b = books_with_scans(here("batch"));

	b->items[1].pages[0].width = 0;
	check_int(make(b), RC_WARN);
	check_contains(b->last_warning, "no lines of page 1 of 'box-b.tif'");
	check_int(run("tar -tf batch/corpus/lines/*.tar | grep -c png > n; [ $(cat n) = 2 ]"), 0);
	b->items[1].pages[0].width = 64;
	check_int(make(b), RC_OK);
	check_int(run("for f in batch/corpus/lines/*.tar; do tar -tf $f; done | grep -c png > n; [ $(cat n) = 4 ]"), 0);
	check_int(findings_of("batch/corpus").n, 0);
	fake_books_free(b);
	free_images();
}

TEST(texts_can_be_had_as_mds_and_tars_have_tables_of_offsets)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 40, false);

	check_int(rc_config_set(b->cfg, "package.shards=text,pages,mds", NULL), RC_OK);
	check_int(make(b), RC_OK);
	check_int(findings_of("batch/corpus").n, 0);
	check_int(run("cd batch/corpus/mds/train && [ $(zstd -dqc shard.*.mds.zstd | od -An -tu4 -N4) = $(zstd -dqc ../../text/train-*.zst | wc -l) ]"), 0);
	check_int(run("cd batch/corpus && for t in pages/*.tar; do"
	              " [ $(($(stat -c %s $t.idx) / 8)) = $(($(tar -tf $t | grep -c json) + 1)) ] || exit 1;"
	              " at=$(od -An -tu8 -j8 -N8 $t.idx); tail -c +$((at + 1)) $t | head -c 512 | grep -qa 'jpg\\|json' || exit 1; done"), 0);
	check_int(run("cd batch/corpus/mds/train && for f in shard.*; do zstd -dqc $f | head -c -9 | zstd -qf -o x && cat x > $f; done; rm x"), 0);
	check(findings_of("batch/corpus").n >= 1);
	check_int(run("cd batch/corpus/pages && for t in *.tar.idx; do printf '\\1' | dd of=$t bs=1 count=1 conv=notrunc status=none; done"), 0);
	check(findings_of("batch/corpus").n >= 3);
	fake_books_free(b);
	free_images();
}

TEST(a_corpus_of_mds_alone_has_items_and_loses_its_other_shards)
{
	struct rc_books *b = books_of(here("batch"), 8, false);
	RC_CLEANUP(manifest_free) struct manifest *m = NULL;

	check_int(make(b), RC_OK);
	check_int(rc_config_set(b->cfg, "package.shards=mds", NULL), RC_OK);
	check_int(rc_config_set(b->cfg, "corpus.version=1.1.0", NULL), RC_OK);
	check_int(make(b), RC_OK);
	check_int(manifest_load("batch/corpus/manifest.json", &m, NULL), RC_OK);
	check_int(m->n_samples[MANIFEST_MDS], 8);
	check_int(m->n_samples[MANIFEST_TEXT], 0);
	check_int(rc_json_int(json_object_get(m->json, "counts"), "items_in_corpus", 0), 8);
	check_int(findings_of("batch/corpus").n, 0);
	fake_books_free(b);
}

TEST(a_hostile_manifest_is_refused)
{
	static const struct { const char *files, *says; } bad[] = {
		{ "[{\"path\":\"../x\",\"kind\":\"text\",\"split\":\"train\",\"bytes\":1,\"sha256\":\"%s\"}]", "../x" },
		{ "[{\"path\":\"/etc/passwd\",\"kind\":\"text\",\"split\":\"train\",\"bytes\":1,\"sha256\":\"%s\"}]", "passwd" },
		{ "[{\"path\":\"text/../../x\",\"kind\":\"text\",\"split\":\"train\",\"bytes\":1,\"sha256\":\"%s\"}]", "path" },
		{ "[{\"path\":\"manifest.json\",\"kind\":\"text\",\"split\":\"train\",\"bytes\":1,\"sha256\":\"%s\"}]", "belongs" },
		{ "[{\"path\":\"text/.rc-tmp-x\",\"kind\":\"text\",\"split\":\"train\",\"bytes\":1,\"sha256\":\"%s\"}]", "path" },
		{ "[{\"path\":\"text/x\",\"kind\":\"text\",\"split\":\"train\",\"bytes\":-1,\"sha256\":\"%s\"}]", "size" },
		{ "[{\"path\":\"text/x\",\"kind\":\"text\",\"split\":\"train\",\"bytes\":9000000000000000000,\"sha256\":\"%s\"}]", "size" },
		{ "[{\"path\":\"text/x\",\"kind\":\"text\",\"split\":\"train\",\"bytes\":1,\"samples\":5,\"sha256\":\"%s\"}]", "size" },
		{ "[{\"path\":\"text/x\",\"kind\":\"text\",\"split\":\"../..\",\"bytes\":1,\"sha256\":\"%s\"}]", "split" },
		{ "[{\"path\":\"text/x\",\"kind\":\"text\",\"split\":\"train\",\"bytes\":1,\"sha256\":\"12\"}]", "SHA-256" },
		{ "[{\"path\":\"text/x\",\"kind\":\"text\",\"split\":\"train\",\"bytes\":1,\"sha256\":\"%s\"},"
		  "{\"path\":\"text/x\",\"kind\":\"text\",\"split\":\"train\",\"bytes\":1,\"sha256\":\"%s\"}]", "twice" },
		{ "7", "files" },
	};
	char hex[RC_DIGEST_HEX];
	struct rc_digest d = rc_digest_of("", 0);

	rc_digest_hex(&d, hex);
	for (size_t i = 0; i < RC_COUNT(bad); i++) {
		RC_OWN_BUF text = RC_BUF(1 << 16);
		struct manifest *m = NULL;
		struct rc_err err;

		rc_buf_adds(&text, "{\"schema\":{\"name\":\"urn:redcorpus:manifest\",\"version\":1},\"name\":\"x\",\"version\":\"1.0.0\",\"files\":");
		for (const char *c = bad[i].files; *c; c++)
			if (c[0] == '%' && c[1] == 's') {
				rc_buf_adds(&text, hex);
				c++;
			} else {
				rc_buf_addc(&text, *c);
			}
		rc_buf_addc(&text, '}');
		check_int(manifest_parse(text.data, text.len, "manifest.json", &m, &err), RC_PAGE_FAILED);
		check_contains(err.text, bad[i].says);
	}
}

TEST(a_text_beyond_the_limit_is_told_and_never_printed_short)
{
	struct text_sample sample;
	struct record_page page = { .order = 1, .number = "", .media = "", .source = "a", .member = "", .page = RC_PAGE_INIT };
	struct rc_err err = { 0 };

	rc_region_add_line(rc_page_add_region(&page.page))->text = rc_strdup("twelve bytes");
	check_int(text_sample_init(&sample, &err), RC_OK);
	sample.text.max = 20;
	check_int(text_sample_add(&sample, &page, &(struct sample_choice){ true, "", 1, false }, &err), RC_OK);
	check_int(text_sample_check(&sample, "large", &err), RC_OK);
	check_int(text_sample_add(&sample, &page, &(struct sample_choice){ true, "", 1, false }, &err), RC_OK);
	check_int(text_sample_check(&sample, "large", &err), RC_PAGE_FAILED);
	check_contains(err.text, "cannot make a text sample of 'large': its text is larger than 20 bytes");
	text_sample_free(&sample);
	rc_page_clear(&page.page);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
