/* test_eval.c -- which truth belongs to which page. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "cli/eval_pages.h"
#include "core/outfile.h"

static void put(const char *path)
{
	check_int(rc_file_put(path, "x", 1, NULL), RC_OK);
}

/* The path of the truth found; "none", or "error". */
static const char *found(struct eval_truths *truths, const char *name, int frame)
{
	struct eval_truth *truth = NULL;
	enum rc_status status = eval_truth_find(truths, &(struct eval_page){ .name = name, .frame = frame }, &truth, NULL);

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

static enum rc_status note(void *ctx, const struct eval_page *page, struct rc_err *err)
{
	rc_buf_addf(ctx, "%s=%.*s;", page->name, (int)page->len, page->text);
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

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
