/* one_page.h -- one scan through page stages, as a worker takes it. Include it in one .c of a test.
 *
 *     struct one_page p;
 *     check_int(one_page_open(&p, check_root("samples/box/notice/notice-0001.jpg"), RC_MEDIA_JPEG, 0), RC_OK);
 *     check_int(one_page_run(&p, &prepare_stage), RC_OK);      ... p.page ...
 *     one_page_close(&p); */
#ifndef ONE_PAGE_H
#define ONE_PAGE_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/stage.h"

struct one_page {
	struct rc_config *cfg;          /* change it before the first stage runs */
	struct rc_page page;
	struct rc_err err;
	int fd;
	const struct rc_page_stage *stages[4];
	void *states[4];
	int n_stages;
};

static enum rc_status one_page_open(struct one_page *p, const char *path, enum rc_media media, int32_t frame)
{
	struct stat st;

	*p = (struct one_page){ .cfg = rc_config_new(), .page = RC_PAGE_INIT, .fd = open(path, O_RDONLY | O_CLOEXEC) };
	if (p->fd < 0 || fstat(p->fd, &st) != 0)
		return RC_RUN_FAILED;
	p->page.name = path;
	p->page.scan_fd = p->fd;
	p->page.scan_len = st.st_size;
	p->page.media = media;
	p->page.frame = frame;
	p->page.want_read = true;
	return RC_OK;
}

static enum rc_status one_page_run(struct one_page *p, const struct rc_page_stage *stage)
{
	int n = p->n_stages;
	enum rc_status status = stage->open ? stage->open(p->cfg, &p->states[n], &p->err) : RC_OK;

	if (!rc_good(status))
		return status;
	p->stages[n] = stage;
	p->n_stages++;
	return stage->run(p->states[n], &p->page, &p->err);
}

/* Through both stages, and again from the start when one of them wants it, as a worker does. */
__attribute__((unused))
static enum rc_status one_page_read(struct one_page *p, const struct rc_page_stage *first, const struct rc_page_stage *second)
{
	enum rc_status status = one_page_run(p, first);

	if (rc_good(status))
		status = one_page_run(p, second);
	for (int rounds = 0; rc_good(status) && p->page.again && rounds < 2; rounds++) {
		if (first->drop)
			first->drop(p->states[0], &p->page);
		rc_page_start_over(&p->page);
		status = first->run(p->states[0], &p->page, &p->err);
		if (rc_good(status))
			status = second->run(p->states[1], &p->page, &p->err);
	}
	return status;
}

static void one_page_close(struct one_page *p)
{
	while (p->n_stages-- > 0) {
		const struct rc_page_stage *stage = p->stages[p->n_stages];

		if (stage->drop)
			stage->drop(p->states[p->n_stages], &p->page);
		if (stage->close)
			stage->close(p->states[p->n_stages]);
	}
	rc_page_clear(&p->page);
	rc_config_free(&p->cfg);
	(void)close(p->fd);
}

#endif
