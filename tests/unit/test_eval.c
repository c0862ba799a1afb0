/* test_eval.c -- which truth belongs to which page, in which form, and what an estimate is worth. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "cli/eval_pages.h"
#include "cli/eval_score.h"
#include "core/outfile.h"

static void put(const char *path)
{
	check_int(rc_file_put(path, "x", 1, NULL), RC_OK);
}

/* The path of the truth found; "none", or "error". */
static const char *found(struct eval_truths *truths, const char *name, int frame)
{
	struct eval_truth *truth = NULL;
	enum rc_status status = eval_truth_find(truths, &(struct eval_page){ .name = (char *)(uintptr_t)name, .frame = frame }, &truth, NULL);

	return status == RC_OK ? truth->path : status == RC_SKIP ? "none" : "error";
}

TEST(a_page_and_its_truth_have_one_name_whatever_the_folders)
{
	RC_CLEANUP(eval_truths_free) struct eval_truths truths = { 0 };

	put("truth/p1.gt.txt");
	put("truth/p11.gt.txt");
	put("truth/notes.txt");
	check_int(eval_truths_open("truth", &truths, NULL), RC_OK);
	check_int(truths.n, 2);
	check_str(found(&truths, "somewhere/else/p1", 0), "truth/p1.gt.txt");
	check_str(found(&truths, "p11", 0), "truth/p11.gt.txt");
	check_str(found(&truths, "p1/1", 0), "none");
	check_str(found(&truths, "xp1", 0), "none");
	check_str(found(&truths, "notes", 0), "none");
}

TEST(of_equal_names_the_one_in_the_likeliest_folder_is_taken)
{
	RC_CLEANUP(eval_truths_free) struct eval_truths truths = { 0 };

	put("truth/box1/a/p1.gt.txt");
	put("truth/box2/a/p1.gt.txt");
	check_int(eval_truths_open("truth/", &truths, NULL), RC_OK);
	check_str(found(&truths, "scans/box2/a/p1", 0), "truth/box2/a/p1.gt.txt");
	check_str(found(&truths, "scans/box1/a/p1", 0), "truth/box1/a/p1.gt.txt");
	/* To guess would be to lie about the error rate. */
	check_str(found(&truths, "scans/box3/a/p1", 0), "error");
}

TEST(frames_have_numbers_and_the_first_may_go_without)
{
	RC_CLEANUP(eval_truths_free) struct eval_truths truths = { 0 };

	put("truth/minutes.1.gt.txt");
	put("truth/minutes.2.gt.txt");
	put("truth/single.gt.txt");
	check_int(eval_truths_open("truth", &truths, NULL), RC_OK);
	check_str(found(&truths, "minutes", 0), "truth/minutes.1.gt.txt");
	check_str(found(&truths, "minutes", 1), "truth/minutes.2.gt.txt");
	check_str(found(&truths, "minutes", 2), "none");
	check_str(found(&truths, "single", 0), "truth/single.gt.txt");
	check_str(found(&truths, "single", 1), "none");
	/* A text file's name says all. */
	check_str(found(&truths, "minutes.2", -1), "truth/minutes.2.gt.txt");
}

TEST(a_folder_of_plain_texts_is_a_truth_too)
{
	RC_CLEANUP(eval_truths_free) struct eval_truths truths = { 0 };
	struct rc_err err;

	put("truth/p1.txt");
	put("empty/readme.md");
	check_int(eval_truths_open("truth", &truths, NULL), RC_OK);
	check_str(found(&truths, "p1", 0), "truth/p1.txt");
	eval_truths_free(&truths);
	check_int(eval_truths_open("empty", &truths, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_MISSING);
	check_int(eval_truths_open("nowhere", &truths, &err), RC_RUN_FAILED);
	check_contains(err.text, "'nowhere'");
}

static enum rc_status note(void *ctx, struct eval_page *page, struct rc_err *err)
{
	eval_page_name(page, ctx);
	rc_buf_addf(ctx, "=%s;", page->text.n ? page->text.lines[0].text : "");
	return RC_OK;
}

TEST(pages_come_in_natural_order_and_truths_are_no_pages)
{
	RC_OWN_BUF seen = RC_BUF(1 << 16);

	put("got/p10.txt");
	put("got/p2.txt");
	put("got/p2.gt.txt");
	put("got/deep/p1.txt");
	check_int(eval_each_page("got", note, &seen, NULL), RC_OK);
	check_str(seen.data, "got/deep/p1=x;got/p2=x;got/p10=x;");
}

TEST(a_text_may_keep_the_ending_of_its_scan)
{
	RC_OWN_BUF seen = RC_BUF(1 << 16);

	put("got/news.v2.jpg.txt");
	put("got/minutes.tif.2.txt");
	put("got/minutes.tif.txt");
	put("got/rules.1.txt");
	put("got/jpg.txt");
	check_int(eval_each_page("got", note, &seen, NULL), RC_OK);
	check_str(seen.data, "got/jpg=x;got/minutes.2=x;got/minutes=x;got/news.v2=x;got/rules.1=x;");
}

/* Lines and their regions: "0 a;0 b;1 c;". */
static const char *shown(const struct eval_text *text, struct rc_buf *out)
{
	rc_buf_clear(out);
	for (size_t i = 0; i < text->n; i++)
		rc_buf_addf(out, "%d %s;", text->lines[i].region, text->lines[i].text);
	return out->data;
}

static enum rc_status truth_in(const char *path, bool by_leaf, struct rc_buf *out, struct rc_err *err)
{
	RC_CLEANUP(eval_truths_free) struct eval_truths truths = { 0 };
	OWN_EVAL_TEXT text = { 0 };
	enum rc_status status = eval_truths_open(path, &truths, err);

	if (rc_good(status))
		status = eval_truth_read(&truths.v[0], by_leaf, &text, err);
	shown(&text, out);
	return status;
}

static void put_text(const char *path, const char *text)
{
	check_int(rc_file_put(path, text, strlen(text), NULL), RC_OK);
}

TEST(an_empty_line_and_another_number_begin_another_region)
{
	RC_OWN_BUF out = RC_BUF(1 << 16);
	struct rc_err err;

	put_text("p.gt.txt", "a\nb\n\nc\r\nd");
	check_int(truth_in("p.gt.txt", false, &out, NULL), RC_OK);
	check_str(out.data, "0 a;0 b;1 c;1 d;");
	put_text("p.gt.tsv", "page\tregion\ttype\ttext\n1\t4\tarticle\ta\n1\t4\tarticle\tb\n1\t7\tadvert\tc\n1\t4\tarticle\td\n");
	check_int(truth_in("p.gt.tsv", false, &out, NULL), RC_OK);
	check_str(out.data, "0 a;0 b;1 c;2 d;");
	put_text("q.gt.tsv", "text\na\nb\n");
	check_int(truth_in("q.gt.tsv", false, &out, NULL), RC_OK);
	check_str(out.data, "0 a;0 b;");
	put_text("r.gt.tsv", "a\nb\n");
	check_int(truth_in("r.gt.tsv", false, &out, &err), RC_RUN_FAILED);
	check_contains(err.text, "no column 'text'");
	put_text("s.gt.txt", "\xFF");
	check_int(truth_in("s.gt.txt", false, &out, &err), RC_RUN_FAILED);
	check_contains(err.text, "not UTF-8");
}

TEST(another_engines_lines_come_as_listed_or_leaf_by_leaf)
{
	static const char spread[] = "{\"ocr_results\": ["
		"{\"text\": \"left 1\", \"box\": [[100, 10], [900, 10], [900, 50], [100, 50]]},"
		"{\"text\": \"right 1\", \"box\": [[1100, 12], [1900, 12], [1900, 50], [1100, 50]]},"
		"{\"text\": \"left 2\", \"box\": [[100, 60], [950, 60], [950, 90], [100, 90]]},"
		"{\"text\": \"right 2\", \"box\": [[1050, 62], [1700, 62], [1700, 90], [1050, 90]]}]}";
	static const char page[] = "{\"ocr_results\": ["
		"{\"text\": \"one\", \"box\": [[100, 10], [500, 10], [500, 50], [100, 50]]},"
		"{\"text\": \"two\", \"box\": [[600, 10], [900, 10], [900, 50], [600, 50]]},"
		"{\"text\": \"three\", \"box\": [[100, 60], [900, 60], [900, 90], [100, 90]]}]}";
	RC_OWN_BUF out = RC_BUF(1 << 16);
	struct rc_err err;

	put_text("p.silver.json", spread);
	check_int(truth_in("p.silver.json", false, &out, NULL), RC_OK);
	check_str(out.data, "0 left 1;0 right 1;0 left 2;0 right 2;");
	check_int(truth_in("p.silver.json", true, &out, NULL), RC_OK);
	check_str(out.data, "0 left 1;0 left 2;1 right 1;1 right 2;");
	put_text("q.silver.json", page);
	check_int(truth_in("q.silver.json", true, &out, NULL), RC_OK);
	check_str(out.data, "0 one;0 two;0 three;");
	put_text("r.silver.json", "{\"ocr_results\": 5}");
	check_int(truth_in("r.silver.json", true, &out, &err), RC_RUN_FAILED);
	check_contains(err.text, "'ocr_results'");
}

TEST(page_xml_gives_lines_in_reading_order)
{
	static const char xml[] = "<PcGts xmlns=\"http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15\"><Page>"
		"<ReadingOrder><OrderedGroup id=\"o\"><RegionRefIndexed index=\"0\" regionRef=\"b\"/>"
		"<RegionRefIndexed index=\"1\" regionRef=\"a\"/></OrderedGroup></ReadingOrder>"
		"<TextRegion id=\"c\"><TextLine id=\"1\"><TextEquiv><Unicode>last</Unicode></TextEquiv></TextLine></TextRegion>"
		"<TextRegion id=\"a\"><TextLine id=\"2\"><Word id=\"w\"><TextEquiv><Unicode>word</Unicode></TextEquiv></Word>"
		"<TextEquiv><Unicode>second &amp; third</Unicode><PlainText>no</PlainText></TextEquiv>"
		"<TextEquiv index=\"1\"><Unicode>other</Unicode></TextEquiv></TextLine><TextLine id=\"3\"/>"
		"<TextEquiv><Unicode>all of the region</Unicode></TextEquiv></TextRegion>"
		"<TextRegion id=\"b\"><TextLine id=\"4\"><TextEquiv><Unicode>first</Unicode></TextEquiv></TextLine></TextRegion>"
		"</Page></PcGts>";
	RC_OWN_BUF out = RC_BUF(1 << 16);
	struct rc_err err;

	put_text("p.xml", xml);
	check_int(truth_in("p.xml", false, &out, NULL), RC_OK);
	check_str(out.data, "0 first;1 second & third;1 ;4096 last;");
	put_text("q.xml", "<record/>");
	check(!rc_good(truth_in("q.xml", false, &out, &err)));
	check_contains(err.text, "neither ALTO nor PAGE XML");
}

TEST(of_two_forms_of_one_truth_the_one_with_regions_counts)
{
	RC_CLEANUP(eval_truths_free) struct eval_truths truths = { 0 };

	put("truth/p.gt.txt");
	put("truth/p.gt.tsv");
	put("truth/p.silver.json");
	put("truth/q.silver.json");
	check_int(eval_truths_open("truth", &truths, NULL), RC_OK);
	check_int(truths.n, 2);
	check_str(found(&truths, "p", 0), "truth/p.gt.tsv");
	check_str(found(&truths, "q", 0), "truth/q.silver.json");
	check(!truths.v[0].silver);
	check(truths.v[1].silver);
}

/* ---- estimates ----------------------------------------------------------------------------------------- */

TEST(rank_correlation_is_spearmans)
{
	static const double up[] = { 0.1, 0.2, 0.9, 1.7 }, down[] = { 4, 3, 2, 1 }, tied[] = { 1, 2, 2, 3 }, flat[] = { 5, 5, 5, 5 };
	double r;

	check(eval_spearman(up, up, 4, &r));
	check_near(r, 1, 1e-12);
	check(eval_spearman(up, down, 4, &r));
	check_near(r, -1, 1e-12);
	/* Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5). */
	check(eval_spearman(tied, up, 4, &r));
	check_near(r, 0.9486832980505138, 1e-12);
	check(!eval_spearman(up, flat, 4, &r));
	check(!eval_spearman(up, down, 2, &r));
}

TEST(a_bin_weighs_its_pages_by_their_length)
{
	RC_CLEANUP(eval_quality_free) struct eval_quality q = { 0 };
	struct score sum;

	/* 0.2 begins a bin; 300 characters estimated at 0.2 and 100 at 0.28. */
	eval_quality_add(&q, 0.2, &(struct score){ .edits = 30, .truth = 300, .got = 300, .bag = 0.1 });
	eval_quality_add(&q, 0.28, &(struct score){ .edits = 50, .truth = 100, .got = 100, .bag = 0.5 });
	eval_quality_add(&q, 1, &(struct score){ .edits = 90, .truth = 100, .got = 100, .bag = 0.9 });
	check_int(q.bins[4].pages, 2);
	check_near(eval_bin_edges[4], 0.2, 1e-12);
	check_near(eval_bin_estimate(&q.bins[4]), 0.22, 1e-12);
	sum = score_sum_total(&q.bins[4].sum);
	check_near(score_cer(&sum), 0.2, 1e-12);
	check_near(sum.bag, 0.2, 1e-12);
	check_int(q.bins[EVAL_BINS - 1].pages, 1);
}

TEST(totals_add_counts_and_not_shares)
{
	RC_CLEANUP(score_variants_free) struct score_variants *variants = score_variants_new();
	OWN_EVAL_TEXT truth = { 0 };
	OWN_EVAL_TEXT got = { 0 };
	struct eval_total total = { 0 };
	struct eval_numbers n;

	eval_text_plain(&truth, "西河上的木橋，\n今年夏間。", strlen("西河上的木橋，\n今年夏間。"));
	eval_text_plain(&got, "西河土的木橋。", strlen("西河土的木橋。"));
	check_int(eval_numbers_of(variants, &truth, &got, &n, NULL), RC_OK);
	check_int(n.score.edits, 5);
	/* 12 characters with their punctuation; wrong are one of the first line, its comma, and all but the full stop. */
	check_int(n.punctuation.truth, 12);
	check_int(n.punctuation.edits, 6);
	check_near(eval_lost(&n), 0.4, 1e-12);
	check_near(eval_invented(&n), 0, 1e-12);
	check_near(eval_misread(&n), 1 / 6.0, 1e-12);
	check_near(eval_neighbours(&n), 0, 1e-12);
	check(eval_neighbours_found(&n) < 0);
	check(eval_region_order(&n) < 0);
	eval_total_add(&total, &n);
	eval_text_free(&got);
	eval_text_plain(&got, "西河上的木橋今年夏間", strlen("西河上的木橋今年夏間"));
	check_int(eval_numbers_of(variants, &truth, &got, &n, NULL), RC_OK);
	eval_total_add(&total, &n);
	n = eval_total_numbers(&total);
	check_near(score_cer(&n.score), 5 / 20.0, 1e-12);
	check_near(eval_lost(&n), 4 / 20.0, 1e-12);
	check_near(eval_misread(&n), 1 / 16.0, 1e-12);
	check_near(eval_neighbours(&n), 0.5, 1e-12);
	check_near(eval_neighbours_found(&n), 1, 1e-12);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
