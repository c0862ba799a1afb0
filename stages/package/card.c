/* card.c -- README.md of a corpus: YAML that `load_dataset` needs, then tables for people.
 *
 *   front_matter()  licence, language, size, and one config per kind with its files by split
 *   tables()        what is inside, what is left out and why */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "package/corpus.h"

/* Licence names that the Hugging Face hub knows, among those an archive may choose. Others become "other". */
static const char *const hub_licenses[] = {
	"cc0-1.0", "cc-by-2.0", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0",
	"cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cc-by-nc-nd-3.0",
	"cc-by-nc-nd-4.0", "pddl", "odbl", "odc-by", "apache-2.0", "mit", "gpl-3.0",
};

/* A JSON string is a YAML string too. */
static void add_quoted(struct rc_buf *out, const char *text)
{
	RC_OWN_JSON string = json_string(text);

	rc_json_print(out, string);
}

static void add_license(struct rc_buf *out, const char *license)
{
	char lower[64] = "";

	for (size_t i = 0; license[i] && i + 1 < sizeof lower; i++)
		lower[i] = (char)tolower((unsigned char)license[i]);
	for (size_t i = 0; i < RC_COUNT(hub_licenses); i++)
		if (strcmp(hub_licenses[i], lower) == 0) {
			rc_buf_addf(out, "license: %s\n", lower);
			return;
		}
	rc_buf_adds(out, "license: other\nlicense_name: ");
	add_quoted(out, *license ? license : "unspecified");
	rc_buf_addc(out, '\n');
	if (strncmp(license, "http://", 7) == 0 || strncmp(license, "https://", 8) == 0) {
		rc_buf_adds(out, "license_link: ");
		add_quoted(out, license);
		rc_buf_addc(out, '\n');
	}
}

static int64_t samples_of(const struct shard *const *files, size_t n, enum manifest_kind kind, int split)
{
	int64_t samples = 0;

	for (size_t i = 0; i < n; i++)
		if (files[i]->kind == kind && (split < 0 || files[i]->split == split))
			samples += files[i]->samples;
	return samples;
}

static int64_t bytes_of(const struct shard *const *files, size_t n, enum manifest_kind kind, int split)
{
	int64_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		if (files[i]->kind == kind && files[i]->split == split)
			bytes += files[i]->bytes;
	return bytes;
}

static void add_size(struct rc_buf *out, int64_t samples)
{
	static const struct { int64_t below; const char *name; } sizes[] = {
		{ 1000, "n<1K" }, { 10000, "1K<n<10K" }, { 100000, "10K<n<100K" }, { 1000000, "100K<n<1M" },
		{ 10000000, "1M<n<10M" }, { 100000000, "10M<n<100M" }, { INT64_MAX, "100M<n<1B" },
	};
	size_t i = 0;

	while (samples >= sizes[i].below && i + 1 < RC_COUNT(sizes))
		i++;
	rc_buf_addf(out, "size_categories:\n- %s\n", sizes[i].name);
}

/* One config, with paths from `below` on: the files of a kind (and image format) by split, named one by one, because older versions lie beside them. */
static void add_config(struct rc_buf *out, const char *name, const char *below, const struct shard *const *files, size_t n,
                       enum manifest_kind kind, bool png, bool first)
{
	rc_buf_addf(out, "- config_name: %s\n%s  data_files:\n", name, first ? "  default: true\n" : "");
	for (int split = 0; split < SPLIT_COUNT; split++) {
		bool started = false;

		for (size_t i = 0; i < n; i++) {
			if (files[i]->kind != kind || files[i]->split != split || files[i]->png != png)
				continue;
			if (!started)
				rc_buf_addf(out, "  - split: %s\n    path:\n", manifest_splits[split]);
			started = true;
			rc_buf_addf(out, "    - %s\n", files[i]->path + strlen(below));
		}
	}
}

static bool any_of(const struct shard *const *files, size_t n, enum manifest_kind kind, bool png)
{
	for (size_t i = 0; i < n; i++)
		if (files[i]->kind == kind && files[i]->png == png)
			return true;
	return false;
}

/* Of pages, or of their images. JPEG and PNG apart: a loader wants the same members in all samples. */
static void add_page_configs(struct rc_buf *out, enum manifest_kind kind, const char *below, const struct shard *const *files, size_t n)
{
	bool jpg = any_of(files, n, kind, false), png = any_of(files, n, kind, true);
	char name[40];

	if (jpg || png)
		rc_buf_adds(out, "configs:\n");
	if (jpg)
		add_config(out, manifest_kind_name(kind), below, files, n, kind, false, true);
	snprintf(name, sizeof name, "%s%s", manifest_kind_name(kind), jpg ? "_png" : "");
	if (png)
		add_config(out, name, below, files, n, kind, true, !jpg);
}

static void add_line_config(struct rc_buf *out, const char *below, const struct shard *const *files, size_t n)
{
	if (!any_of(files, n, MANIFEST_LINES, true))
		return;
	rc_buf_adds(out, "configs:\n");
	add_config(out, "lines", below, files, n, MANIFEST_LINES, true, true);
}

/* Of the first kind that there is. */
static void add_configs(struct rc_buf *out, const struct shard *const *files, size_t n)
{
	if (any_of(files, n, MANIFEST_TEXT, false)) {
		rc_buf_adds(out, "configs:\n");
		add_config(out, "text", "", files, n, MANIFEST_TEXT, false, true);
	} else if (any_of(files, n, MANIFEST_PAGES, false) || any_of(files, n, MANIFEST_PAGES, true)) {
		add_page_configs(out, MANIFEST_PAGES, "", files, n);
	} else {
		add_line_config(out, "", files, n);
	}
}

static void front_matter(struct rc_buf *out, const struct corpus_facts *facts, const struct shard *const *files, size_t n)
{
	const char *license = *facts->cfg->corpus_license ? facts->cfg->corpus_license : facts->cfg->rights_license;
	int64_t samples = samples_of(files, n, MANIFEST_TEXT, -1), pages = samples_of(files, n, MANIFEST_PAGES, -1);

	rc_buf_adds(out, "---\npretty_name: ");
	add_quoted(out, facts->name);
	rc_buf_adds(out, "\nlanguage:\n- zh\n");
	add_license(out, license);
	add_size(out, samples > pages ? samples : pages);
	rc_buf_adds(out, "task_categories:\n- text-generation\n- image-to-text\ntags:\n- ocr\n- archives\n- historical\n");
	add_configs(out, files, n);
	rc_buf_adds(out, "---\n\n");
}

static void add_escaped(struct rc_buf *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_{}[]<>|#", *text))
			rc_buf_addc(out, '\\');
		rc_buf_addc(out, *text == '\n' || *text == '\r' ? ' ' : *text);
	}
}

static void count_table(struct rc_buf *out, const char *title, const char *what, const json_t *counts)
{
	const char *name;
	json_t *n;

	if (json_object_size(counts) == 0)
		return;
	rc_buf_addf(out, "## %s\n\n| %s | number |\n|---|---:|\n", title, what);
	json_object_foreach((json_t *)(uintptr_t)counts, name, n)
		rc_buf_addf(out, "| %s | %lld |\n", name, (long long)json_integer_value(n));
	rc_buf_addc(out, '\n');
}

static void tables(struct rc_buf *out, const struct corpus_facts *facts, const struct shard *const *files, size_t n)
{
	const struct corpus_counts *c = facts->counts;

	rc_buf_adds(out, "## What is inside\n\n| kind | split | samples | bytes | characters |\n|---|---|---:|---:|---:|\n");
	for (enum manifest_kind kind = 0; manifest_is_shard(kind); kind++)
		for (int split = 0; split < SPLIT_COUNT; split++) {
			int64_t samples = samples_of(files, n, kind, split);

			if (samples == 0)
				continue;
			rc_buf_addf(out, "| %s | %s | %lld | %lld | ", manifest_kind_name(kind), manifest_splits[split],
			            (long long)samples, (long long)bytes_of(files, n, kind, split));
			if (kind == MANIFEST_TEXT)
				rc_buf_addf(out, "%lld |\n", (long long)c->chars[split]);
			else
				rc_buf_adds(out, "|\n");
		}
	rc_buf_addf(out, "\nOf %lld items with %lld pages, %lld items are in this corpus; %lld pages could not be read.\n\n",
	            (long long)c->items, (long long)c->pages, (long long)c->items_in, (long long)c->pages_not_read);
	count_table(out, "Items left out (an item may have several reasons)", "reason", c->excluded);
	count_table(out, "Pages by tag", "tag", c->tags);
	count_table(out, "Pages in text by script", "script", c->scripts);
}

static void add_line(struct rc_buf *out, const char *what, const char *value)
{
	if (!*value)
		return;
	rc_buf_addf(out, "* %s: ", what);
	add_escaped(out, value);
	rc_buf_addc(out, '\n');
}

void card_print_of(enum manifest_kind kind, const struct corpus_facts *facts, const struct shard *const *files, size_t n, struct rc_buf *out)
{
	const char *license = *facts->cfg->corpus_license ? facts->cfg->corpus_license : facts->cfg->rights_license;

	if (!any_of(files, n, kind, false) && !any_of(files, n, kind, true))
		return;
	rc_buf_adds(out, "---\npretty_name: ");
	add_quoted(out, facts->name);
	rc_buf_adds(out, "\nlanguage:\n- zh\n");
	add_license(out, license);
	if (kind == MANIFEST_LINES)
		add_line_config(out, "lines/", files, n);
	else
		add_page_configs(out, kind, kind == MANIFEST_PAGES ? "pages/" : "images/", files, n);
	rc_buf_addf(out, "---\n\nThe %s of the corpus one folder up, whose card says what they are.\n", kind == MANIFEST_LINES ? "line images" :
	            kind == MANIFEST_IMAGES ? "page images" : "pages");
}

void card_print(const struct corpus_facts *facts, const char *version, const struct shard *const *files, size_t n, struct rc_buf *out)
{
	const struct rc_config *cfg = facts->cfg;

	front_matter(out, facts, files, n);
	rc_buf_adds(out, "# ");
	add_escaped(out, facts->name);
	rc_buf_adds(out, "\n\nScanned archive pages and their text as read by optical character recognition, made by redcorpus.\n"
	                 "The text was read by machine and has errors: every sample carries an estimate of its quality,\n"
	                 "the digest of its scans, and its rights.\n\n");
	add_line(out, "Version", version);
	add_line(out, "Date", cfg->corpus_date);
	add_line(out, "Creator", cfg->corpus_creator);
	add_line(out, "Homepage", cfg->corpus_url);
	add_line(out, "Licence", *cfg->corpus_license ? cfg->corpus_license : cfg->rights_license);
	if (facts->mixed)
		add_line(out, "Results", "mixed: some pages were read by an older program or model");
	rc_buf_addc(out, '\n');
	tables(out, facts, files, n);
	rc_buf_adds(out, "## How to use it\n\n"
	                 "* `text`: JSON Lines in Zstandard (seekable), one sample per item: `id`, `text`, `source`, `metadata`.\n"
	                 "  `text` is as printed, lines joined to paragraphs; `metadata.layers` has it normalized (Unicode form C, ordinary\n"
	                 "  forms of characters) and, where somebody wanted it, in simplified characters. `metadata.pages` and `metadata.lines` say\n"
	                 "  for every page and printed line where it stands in the text, in Unicode code points, and in which box of the scan.\n"
	                 "* `attributes`: beside the n-th file of `text` lies the n-th of these, a line for each sample: quality, measures, style, script,\n"
	                 "  duplicates, tags and personal data as spans `[start, end, score]` of its text, as in Dolma.\n"
	                 "* `pages`: WebDataset tar files, one sample per page: image, `json` with the lines and their boxes in\n"
	                 "  pixels of that image, `txt`. Pages whose text does not count have an empty `txt` and `not_read` is true.\n"
	                 "  They have a card of their own: `load_dataset(\"CORPUS/pages\")` where `load_dataset(\"CORPUS\")` gives text.\n"
	                 "* `lines`, where there are any: WebDataset tar files, one sample per line that was read: `png` cut from the scan at its own\n"
	                 "  resolution, `json` with its place, direction and confidence, `txt`. `load_dataset(\"CORPUS/lines\")` gives them.\n"
	                 "* `*.tar.idx`: where the samples of a tar begin, for readers that jump (Megatron-Energon).\n"
	                 "* `mds/SPLIT/`, where there is one: the samples of `text` for MosaicML Streaming, `StreamingDataset(local=\"CORPUS/mds/train\")`.\n"
	                 "* `manifest.json` names every file with its size and SHA-256; `sha256sum -c SHA256SUMS` checks them.\n");
}
