/* test_package_forms.c -- shards in the forms that some loaders want, and damage told by the names of samples. */
#include "small_corpora.h"

#include <string.h>

#include "core/outfile.h"
#include "package/read.h"

/* A corpus that is open. Must not move. */
struct open_corpus {
	struct corpus_folder *folder;
	struct corpus_source source;
	struct manifest *m;
	struct corpus_reader *r;
};

static void open_it(struct open_corpus *c, const char *path)
{
	*c = (struct open_corpus){ 0 };
	check_int(corpus_folder_open(&c->folder, path, NULL), RC_OK);
	c->source = corpus_folder_source(c->folder);
	check_int(manifest_fetch(&c->source, &c->m, NULL), RC_OK);
	check_int(corpus_reader_open(&c->r, &c->source, c->m, NULL), RC_OK);
}

static void close_it(struct open_corpus *c)
{
	corpus_reader_close(&c->r);
	manifest_free(&c->m);
	corpus_folder_close(&c->folder);
}

struct ids {
	int n;
	char of[FAKE_ITEMS * 2][100];
};

static enum rc_status take_id(void *ctx, const char *json, size_t len, struct rc_err *err)
{
	struct ids *ids = ctx;
	RC_OWN_JSON sample = NULL;

	check_int(rc_json_parse(json, len, "sample", &sample, err), RC_OK);
	snprintf(ids->of[ids->n++], sizeof ids->of[0], "%s", rc_json_str(sample, "id", ""));
	return RC_OK;
}

/* Every sample is found by its number and by its id. */
static void find_all(const char *corpus, enum manifest_kind kind, int step)
{
	static struct ids all, one;
	struct open_corpus c;

	open_it(&c, corpus);
	all.n = 0;
	check_int(corpus_reader_each(c.r, kind, -1, take_id, &all, NULL), RC_OK);
	check_int(all.n, c.m->n_samples[kind]);
	check(all.n > 0);
	for (int i = 0; i < all.n; i += step) {
		one.n = 0;
		check_int(corpus_reader_at(c.r, kind, -1, i, take_id, &one, NULL), RC_OK);
		check_int(corpus_reader_id(c.r, kind, all.of[i], take_id, &one, NULL), RC_OK);
		check_str(one.of[0], all.of[i]);
		check_str(one.of[1], all.of[i]);
	}
	close_it(&c);
}

static const char pair_keys[] =
	"cd batch/corpus && python3 -c '\n"
	"import json, tarfile\n"
	"files = json.load(open(\"manifest.json\"))[\"files\"]\n"
	"a, b = ([f for f in files if f[\"kind\"] == k] for k in (\"pages\", \"images\"))\n"
	"assert len(a) == len(b) > 3, (len(a), len(b))\n"
	"for x, y in zip(a, b):\n"
	"    x, y = (tarfile.open(f[\"path\"]).getnames() for f in (x, y))\n"
	"    assert [n.split(\".\")[0] for n in x][::2] == [n.split(\".\")[0] for n in y]\n"
	"    assert {n.split(\".\")[1] for n in x} == {\"json\", \"txt\"} and {n.split(\".\")[1] for n in y} <= {\"jpg\", \"png\"}\n"
	"'";

TEST(images_that_lie_apart_have_the_keys_of_their_pages_shard_by_shard)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 200, false);

	add_image(&b->items[7].pages[1], 3);
	rc_config_set(b->cfg, "package.pages_split=true", NULL);
	rc_config_set(b->cfg, "package.shard_bytes=65536", NULL);
	check_int(make(b), RC_OK);
	check_int(run(pair_keys), 0);
	check_int(run("ls batch/corpus/images/*.tar.idx batch/corpus/images/README.md > /dev/null"), 0);
	check_int(findings_of("batch/corpus").n, 0);
	find_all("batch/corpus", MANIFEST_PAGES, 37);
	fake_books_free(b);
	free_images();
}

TEST(a_corrected_text_resends_no_image_that_lies_apart)
{
	static const char corrected[] = "第三件第一頁第一行已由人改正，行數也不同了\n";

	make_images();
	struct rc_books *b = books_of(here("batch"), 100, false);

	rc_config_set(b->cfg, "package.pages_split=true", NULL);
	rc_config_set(b->cfg, "package.shard_bytes=65536", NULL);
	check_int(make(b), RC_OK);
	check_int(run("cp -r batch/corpus before"), 0);
	b->items[3].pages[0].text = corrected;
	b->n_notes = 0;
	check_int(make(b), RC_OK);
	check_int(run("diff -r before/images batch/corpus/images"), 0);
	check_int(run("diff -rq before/pages batch/corpus/pages > changed; [ $(grep -c 'Only in before/pages: .*tar$' changed) = 1 ]"), 0);
	fake_books_free(b);
	free_images();
}

TEST(a_withdrawn_item_names_its_shard_of_images_too)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 20, false);

	rc_config_set(b->cfg, "package.pages_split=true", NULL);
	check_int(make(b), RC_OK);
	check_int(run("cp -r batch/corpus before; printf 'id,reason,date\nfonds-box000-3,asked for,2026-11-24\n' > batch/withdraw.csv"), 0);
	rc_config_set(b->cfg, "package.base=before/manifest.json", NULL);
	rc_config_set(b->cfg, "corpus.version=2.0.0", NULL);
	b->n_notes = 0;
	check_int(make(b), RC_OK);
	check_int(run("grep -q '^ *\"images/train-jpg-[0-9a-f]*.tar\"' batch/corpus/manifest.json"), 0);
	fake_books_free(b);
	free_images();
}

/* What package.base had and the batch has no more is no mistake; what neither has was mistyped. */
TEST(a_withdrawn_id_that_names_nothing_is_told_with_its_line)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 20, false);

	check_int(make(b), RC_OK);
	check_int(run("cp -r batch/corpus before; printf 'id,reason,date\nfonds-box000-3,,\nfonds-box001-x,,\n' > batch/withdraw.csv"), 0);
	rc_config_set(b->cfg, "package.base=before/manifest.json", NULL);
	rc_config_set(b->cfg, "corpus.version=2.0.0", NULL);
	snprintf(b->items[3].id, sizeof b->items[3].id, "gone");
	b->n_notes = 0;
	b->n_warnings = 0;
	check_int(make(b), RC_OK);
	check_contains(b->last_warning, "withdraw.csv:3: no item or page 'fonds-box001-x'");
	fake_books_free(b);
	free_images();
}

TEST(a_version_that_gets_another_content_is_told)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 20, false);

	check_int(make(b), RC_OK);
	check(!strstr(b->last_warning, "another content"));
	b->items[3].training = "denied";
	b->n_notes = 0;
	check_int(make(b), RC_OK);
	check_contains(b->last_warning, "version '1.0.0' has another content now");
	fake_books_free(b);
	free_images();
}

/* `zstd -l` counts frames: one with samples, and one that readers skip, with the table. */
TEST(text_of_one_frame_a_file_is_read_by_whoever_stops_after_the_first)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 1500, false);

	rc_config_set(b->cfg, "package.shards=text", NULL);
	rc_config_set(b->cfg, "package.frames=single", NULL);
	check_int(make(b), RC_OK);
	check_int(run("zstd -l batch/corpus/text/*.zst | awk '/jsonl.zst$/ { n++; if ($1 - $2 != 1) exit 1 } END { exit n != 3 }'"), 0);
	check_int(run("[ $(zstd -dqc batch/corpus/text/*.zst | wc -l) = 1500 ]"), 0);
	check_int(findings_of("batch/corpus").n, 0);
	find_all("batch/corpus", MANIFEST_TEXT, 211);
	fake_books_free(b);
	free_images();
}

/* ---- damage ------------------------------------------------------------------------------------------------ */

struct story {
	const char *file;       /* findings of other files are not looked for */
	int n;
	int64_t samples;
	char text[4000];
};

static void keep_story(void *ctx, const struct corpus_finding *f)
{
	struct story *s = ctx;
	size_t len = strlen(s->text);

	if (f->warning || strcmp(f->file, s->file) != 0)
		return;
	s->n++;
	if (strcmp(f->rule, "digest") != 0)
		s->samples += f->samples;
	snprintf(s->text + len, sizeof s->text - len, "%s: %s\n", f->rule, f->message);
}

static struct story damage(const char *file, size_t at)
{
	RC_OWN_BUF whole = RC_BUF(1 << 26);
	struct story s = { .file = file };
	struct corpus_check_result result;
	char path[500];

	snprintf(path, sizeof path, "batch/corpus/%s", file);
	check_int(rc_buf_read_file(&whole, path, NULL), RC_OK);
	check(at < whole.len);
	whole.data[at] ^= 1;
	check_int(rc_file_put(path, whole.data, whole.len, NULL), RC_OK);
	check_int(corpus_check("batch/corpus", keep_story, &s, &result, NULL), RC_OK);
	whole.data[at] ^= 1;
	check_int(rc_file_put(path, whole.data, whole.len, NULL), RC_OK);
	return s;
}

static const struct manifest_file *first_of(const struct manifest *m, enum manifest_kind kind)
{
	for (size_t i = 0; i < m->n_files; i++)
		if (m->files[i].kind == kind && m->files[i].split == SPLIT_TRAIN)
			return &m->files[i];
	return NULL;
}

/* Offset of sample n of a tar, by its table. */
static size_t tar_offset(const char *tar, size_t n)
{
	RC_OWN_BUF table = RC_BUF(1 << 20);
	char path[500];
	size_t v = 0;

	snprintf(path, sizeof path, "batch/corpus/%s.idx", tar);
	check_int(rc_buf_read_file(&table, path, NULL), RC_OK);
	for (int byte = 7; byte >= 0; byte--)
		v = v << 8 | (uint8_t)table.data[8 * n + (size_t)byte];
	return v;
}

/* Whatever byte of a page's sample is wrong (header, image, JSON, text), that page is named and no other. */
static void damage_pages(struct open_corpus *c, enum manifest_kind kind)
{
	static struct ids all;
	const struct manifest_file *tar = first_of(c->m, kind);
	const char *key;
	char named[140];

	all.n = 0;
	check_int(corpus_reader_each(c->r, MANIFEST_PAGES, SPLIT_TRAIN, take_id, &all, NULL), RC_OK);
	key = all.of[5];
	snprintf(named, sizeof named, "sample '%s'", key);
	for (size_t at = tar_offset(tar->path, 5) + 512, end = tar_offset(tar->path, 6); at < end; at += 199) {
		struct story s = damage(tar->path, at);

		if (strstr(s.text, "the damage is between them"))
			continue;
		if (!strstr(s.text, named))
			printf("%zu: %s\n", at, s.text);
		check(strstr(s.text, named) != NULL);
		check_int(s.samples, 1);
	}
	check(strstr(damage(tar->path, tar_offset(tar->path, 5) + 130).text, "sample 6, a page of 'fonds-box") != NULL);
}

TEST(a_wrong_byte_in_a_tar_is_told_by_the_name_of_its_sample)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 20, false);
	struct open_corpus c;

	for (int apart = 0; apart < 2; apart++) {
		rc_config_set(b->cfg, apart ? "package.pages_split=true" : "package.pages_split=false", NULL);
		b->n_notes = 0;
		check_int(make(b), RC_OK);
		open_it(&c, "batch/corpus");
		damage_pages(&c, MANIFEST_PAGES);
		if (apart)
			damage_pages(&c, MANIFEST_IMAGES);
		close_it(&c);
	}
	fake_books_free(b);
	free_images();
}

TEST(a_wrong_byte_in_text_is_told_by_the_names_of_the_samples_in_its_frame)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 1500, false);
	const struct manifest_file *file;
	struct open_corpus c;
	struct story s;

	check_int(make(b), RC_OK);
	open_it(&c, "batch/corpus");
	file = first_of(c.m, MANIFEST_TEXT);
	s = damage(file->path, (size_t)file->bytes / 2);
	check(strstr(s.text, "samples touched: 'fonds-box") != NULL);
	check(strstr(s.text, " more") != NULL);
	check(s.samples > 0 && s.samples < 2 * file->samples);
	s = damage(file->path, (size_t)file->bytes - 3);
	check(strstr(s.text, "seek-table") != NULL);
	close_it(&c);
	fake_books_free(b);
	free_images();
}

TEST(a_wrong_byte_in_a_table_of_offsets_is_told_by_the_sample_it_loses)
{
	static struct ids all;
	make_images();
	struct rc_books *b = books_of(here("batch"), 20, false);
	struct open_corpus c;
	char named[140], table[300];
	struct story s;

	check_int(make(b), RC_OK);
	open_it(&c, "batch/corpus");
	all.n = 0;
	check_int(corpus_reader_each(c.r, MANIFEST_PAGES, SPLIT_TRAIN, take_id, &all, NULL), RC_OK);
	snprintf(named, sizeof named, "offset 4 is not where sample '%s' ", all.of[3]);
	snprintf(table, sizeof table, "%s.idx", first_of(c.m, MANIFEST_PAGES)->path);
	s = damage(table, 8 * 3 + 1);
	check(strstr(s.text, named) != NULL);
	close_it(&c);
	fake_books_free(b);
	free_images();
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
