/* small_corpora.h -- batches of small items with pictures, corpora made of them, and what checking those finds. For tests of package. */
#ifndef SMALL_CORPORA_H
#define SMALL_CORPORA_H

#include "fake_corpus_books.h"

#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "common/image.h"
#include "curate/curate.h"
#include "package/check.h"
#include "package/package.h"

static struct rc_buf images[4];

/* Four small pictures: three JPEG and, the last, PNG. */
static inline void make_images(void)
{
	static uint32_t pixels[64 * 128];

	for (int i = 0; i < 4; i++) {
		struct rc_image *image = NULL;

		for (size_t p = 0; p < RC_COUNT(pixels); p++)
			pixels[p] = (uint32_t)((p * 2654435761u) >> (8 + i)) & 0xffffff;
		images[i] = RC_BUF(1 << 20);
		check_int(image_from_rgb(pixels, 64, 128, 64 * 4, 300, &image, NULL), RC_OK);
		check_int(image_encode(image, i == 3 ? RC_MEDIA_PNG : RC_MEDIA_JPEG, 80, &images[i], NULL), RC_OK);
		image_free(&image);
	}
}

static inline void free_images(void)
{
	for (int i = 0; i < 4; i++)
		rc_buf_free(&images[i]);
}

static inline void add_image(struct fake_page *page, int i)
{
	page->image = images[i].data;
	page->image_len = images[i].len;
}

/* n items of two pages each, with texts and scans of their own, in some boxes. */
static inline struct rc_books *books_of(const char *dir, int n, bool backwards)
{
	static char scans[FAKE_ITEMS][2][40], texts[FAKE_ITEMS][2][400];
	struct rc_books *b = fake_books_new(dir);

	rc_config_set(b->cfg, "corpus.version=1.0.0", NULL);
	rc_config_set(b->cfg, "curate.test_share=0.1", NULL);
	rc_config_set(b->cfg, "curate.near_duplicate=1", NULL);         /* they are all alike */
	for (int k = 0; k < n; k++) {
		int i = backwards ? n - 1 - k : k;
		char id[60];
		struct fake_item *it;

		snprintf(id, sizeof id, "fonds-box%03d-%d", i / 8, i);
		it = fake_add_item(b, id, "allowed");
		for (int p = 0; p < 2; p++) {
			size_t len = 0;

			snprintf(scans[i][p], sizeof scans[i][p], "scan %d %d", i, p);
			for (int l = 0; l < 3; l++)
				len += (size_t)snprintf(texts[i][p] + len, sizeof texts[i][p] - len, "第%d件第%d頁第%d行，蘇維埃政府布告，各級政府一體遵照辦理\n", i, p, l);
			add_image(fake_add_page(it, scans[i][p], texts[i][p], 0.96f), (i + p) % 3);
		}
	}
	return b;
}

static inline enum rc_status make(struct rc_books *b)
{
	struct rc_err err = { 0 };
	enum rc_status status = curate_stage.run(b, &err);

	if (rc_good(status))
		status = package_stage.run(b, &err);
	if (!rc_good(status))
		printf("%s\n", err.text);
	return status;
}

static inline char *here(const char *name)
{
	static char path[4096];
	char cwd[2048];

	snprintf(path, sizeof path, "%s/%s", getcwd(cwd, sizeof cwd), name);
	return path;
}

static inline int run(const char *command)
{
	fflush(stdout);
	return system(command);
}

struct findings {
	int n;
	char first[200], rule[40];
	int64_t samples;
};

static inline void keep_finding(void *ctx, const struct corpus_finding *f)
{
	struct findings *all = ctx;

	if (f->warning)
		return;
	if (all->n++ == 0) {
		snprintf(all->first, sizeof all->first, "%s", f->file);
		snprintf(all->rule, sizeof all->rule, "%s", f->rule);
		all->samples = f->samples;
	}
}

static inline struct findings findings_of(const char *folder)
{
	struct findings all = { 0 };
	struct corpus_check_result result;
	struct rc_err err;

	check_int(corpus_check(folder, keep_finding, &all, &result, &err), RC_OK);
	return all;
}

#endif
