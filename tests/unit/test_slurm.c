/* test_slurm.c -- what passes between a coordinator and its tasks: plans, answers, and the rows that are in flight. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "core/outfile.h"
#include "run/answers.h"
#include "run/plan.h"
#include "run/rowset.h"

static int open_answers(void)
{
	int fd = open("0.0.answers", O_RDWR | O_CREAT | O_APPEND, 0600);

	check(fd >= 0);
	return fd;
}

/* A worker's answer: page JSON "{}" and an image of four bytes in a spool. */
static struct rc_task_result good_answer(int *spool)
{
	*spool = open("spool", O_RDWR | O_CREAT | O_TRUNC, 0600);
	check(rc_write_all(*spool, "{}\x89PNG", 6));
	return (struct rc_task_result){
		.status = RC_OK, .last_words = "", .spool_fd = *spool, .read_len = 2, .image_len = 4, .image_media = RC_MEDIA_PNG, .wall_seconds = 1.5,
	};
}

TEST(what_a_task_answers_is_read_back_with_its_bytes)
{
	RC_OWN_FD fd = open_answers();
	RC_OWN_FD spool = -1;
	struct rc_task_result good = good_answer(&spool), bad = { .status = RC_PAGE_FAILED, .last_words = "oops\\n", .spool_fd = -1 };
	struct rc_answer_frame f;
	char bytes[7] = "";
	int64_t at = 0;

	(void)rc_fail(&bad.err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode 'p07.tif'");
	check_int(rc_answers_begin(fd, 3, NULL), RC_OK);
	check_int(rc_answers_add(fd, 3, &good, NULL), RC_OK);
	check_int(rc_answers_add(fd, 4, &bad, NULL), RC_OK);

	check_int(rc_answers_next(fd, &at, &f, NULL), RC_OK);
	check(f.begun && f.page == 3);
	check_int(rc_answers_next(fd, &at, &f, NULL), RC_OK);
	check(!f.begun && f.page == 3 && f.result.status == RC_OK);
	check_int(f.result.read_len, 2);
	check_int(f.result.image_len, 4);
	check_int(f.result.image_media, RC_MEDIA_PNG);
	check(f.result.wall_seconds == 1.5);
	check(rc_read_all(f.result.spool_fd, bytes, 6, f.result.spool_at));
	check_str(bytes, "{}\x89PNG");
	check_int(rc_answers_next(fd, &at, &f, NULL), RC_OK);
	check_int(f.result.status, RC_PAGE_FAILED);
	check_int(f.result.err.reason, RC_WHY_DECODE);
	check_str(f.result.err.text, "cannot decode 'p07.tif'");
	check_str(f.result.last_words, "oops\\n");
	check_int(rc_answers_next(fd, &at, &f, NULL), RC_SKIP);
}

TEST(half_a_frame_is_no_answer_until_the_rest_is_there)
{
	RC_OWN_FD fd = open_answers();
	RC_OWN_FD spool = -1;
	struct rc_task_result good = good_answer(&spool);
	struct rc_answer_frame f;
	char whole[4096];
	ssize_t len;
	int64_t at = 0;

	check_int(rc_answers_add(fd, 0, &good, NULL), RC_OK);
	len = pread(fd, whole, sizeof whole, 0);
	check(len > 64);
	for (ssize_t there = 0; there < len; there++) {
		check_int(ftruncate(fd, 0), 0);
		check(rc_write_all(fd, whole, (size_t)there));
		check_int(rc_answers_next(fd, &at, &f, NULL), RC_SKIP);
		check_int(at, 0);
	}
	check(rc_write_all(fd, whole + len - 1, 1));
	check_int(rc_answers_next(fd, &at, &f, NULL), RC_OK);
}

TEST(a_changed_byte_anywhere_makes_a_frame_untrue)
{
	RC_OWN_FD fd = open_answers();
	RC_OWN_FD spool = -1;
	RC_OWN_FD changed = open("changed", O_RDWR | O_CREAT, 0600);
	struct rc_task_result good = good_answer(&spool);
	char whole[4096];
	ssize_t len;

	check_int(rc_answers_add(fd, 0, &good, NULL), RC_OK);
	len = pread(fd, whole, sizeof whole, 0);
	for (ssize_t i = 0; i < len; i++) {
		struct rc_answer_frame f;
		int64_t at = 0;

		if (i >= 12 && i < 16)
			continue;               /* the four bytes that mean nothing */
		whole[i] ^= 1;
		check(pwrite(changed, whole, (size_t)len, 0) == len);
		whole[i] ^= 1;
		check(rc_answers_next(changed, &at, &f, NULL) != RC_OK);
	}
}

static struct rc_plan_page a_page(int64_t row)
{
	return (struct rc_plan_page){
		.page = row, .read = row + 1, .image = row + 2, .want_read = true, .scan = rc_digest_of(&row, sizeof row), .name = (char *)"箱/第1頁 \xff.tif",
		.path = (char *)"/srv/箱/第1頁.tif", .offset = 72, .len = 1000 * row, .file_size = -1, .media = RC_MEDIA_TIFF, .frame = 2,
	};
}

TEST(a_plan_is_read_back_page_by_page)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_plan_pages_clear) struct rc_plan_pages got = { 0 };
	struct rc_plan_page first[] = { a_page(1), a_page(5), a_page(9) }, second[] = { a_page(13) };
	const struct rc_plan_pages lists[] = { { first, 3 }, { second, 1 } };
	struct rc_plan plan = { .reading = rc_digest_of("r", 1), .tasks = 2, .alone = true }, read_back;
	struct rc_err err = { 0 };

	check_int(rc_plan_write("plan", &plan, cfg, lists, &err), RC_OK);
	check_int(rc_plan_read("plan", &read_back, &err), RC_OK);
	check(rc_digest_equal(&read_back.reading, &plan.reading) && read_back.tasks == 2 && read_back.alone);
	check_int(rc_plan_read_pages("plan", 0, &got, &err), RC_OK);
	check_int(got.n, 3);
	check_int(got.v[1].page, 5);
	check_int(got.v[1].read, 6);
	check_int(got.v[1].image, 7);
	check(got.v[1].want_read && !got.v[1].want_image);
	check_str(got.v[1].path, first[1].path);
	check_int(got.v[1].len, 5000);
	check_int(got.v[1].file_size, -1);
	check_int(got.v[1].media, RC_MEDIA_TIFF);
	check(rc_digest_equal(&got.v[1].scan, &first[1].scan));
	rc_plan_pages_clear(&got);
	check_int(rc_plan_read_pages("plan", 7, &got, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_MISSING);
}

TEST(what_is_no_plan_is_refused)
{
	struct rc_plan plan;
	RC_CLEANUP(rc_plan_pages_clear) struct rc_plan_pages got = { 0 };
	struct rc_err err = { 0 };

	check_int(rc_make_dirs("plan", NULL), RC_OK);
	check_int(rc_file_put("plan/plan.json", "{\"reading\": \"00\", \"tasks\": 1}", 30, NULL), RC_OK);
	check_int(rc_plan_read("plan", &plan, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_FORMAT);
	check_int(rc_file_put("plan/0.pages", "{\"page\": 1, \"path\": \"relative\"}\n", 32, NULL), RC_OK);
	check_int(rc_plan_read_pages("plan", 0, &got, &err), RC_RUN_FAILED);
	check(strstr(err.text, "line 1 is no page of a plan"));
}

TEST(a_set_of_rows_knows_exactly_those_that_were_added_and_not_removed)
{
	RC_CLEANUP(rc_rowset_free) struct rc_rowset set = { 0 };

	check(!rc_rowset_has(&set, 1));
	for (int64_t row = 1; row <= 3000; row++)
		rc_rowset_add(&set, row * row);
	rc_rowset_add(&set, 4);                                 /* twice is once */
	check_int(set.n, 3000);
	for (int64_t row = 1; row <= 3000; row += 3)
		rc_rowset_remove(&set, row * row);
	rc_rowset_remove(&set, 2);                              /* never was there */
	check_int(set.n, 2000);
	for (int64_t row = 1; row <= 3000; row++)
		check(rc_rowset_has(&set, row * row) == (row % 3 != 1));
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
