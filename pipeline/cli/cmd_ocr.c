/* cmd_ocr.c -- `redcorpus ocr FILE...`: reads single images, without a batch.
 *
 *   rc_cmd_ocr()     options, then every file
 *   read_file()      what the file is, and how many frames it has (a worker counts them)
 *   read_frame()     hands one frame to the pool, as soon as there is room
 *   on_result()      keeps an answer until all before it are printed
 *   print_ready()    prints, in the order of the command line
 *
 * Everything foreign is parsed in workers. At most WINDOW pages are in flight or waiting to be printed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/ocr_export.h"
#include "cli/ocr_record.h"
#include "common/image.h"
#include "core/limits.h"
#include "core/outfile.h"
#include "core/text.h"
#include "run/pool.h"

#define WINDOW 64
#define HEAD_BYTES 4096

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_RECORD, FORMAT_EXPORT };

struct slot {                   /* a page from being handed out to being printed */
	char *name;             /* the file, as on the command line; owned */
	int32_t frame, frames;  /* frames 0: nothing is known of the file but that it cannot be read */
	enum rc_media media;
	struct rc_digest scan;  /* of the file; for records */
	bool ready;
	char *text;             /* what to print; NULL: failed; owned */
	struct rc_err err;
};

struct reading {
	struct rc_cli *cli;
	struct rc_pool *pool;
	enum format format;
	struct ocr_record *record;      /* for FORMAT_RECORD and FORMAT_EXPORT: the file that is being printed */
	const struct export_format *export_format;
	struct ocr_export *export;      /* for FORMAT_EXPORT */
	const char *debug_dir, *out_dir;
	bool one_file;
	struct slot slots[WINDOW];
	int64_t handed, printed;        /* pages ever; slot of page n is n % WINDOW */
	bool failed;                    /* something could not be read: exit 1 */
	bool missing;                   /* a file is not there: exit 3 */
};

/* ---- answers ------------------------------------------------------------------------------------------------- */

static enum rc_status page_of(const struct rc_task_result *result, const char *name, json_t **ret_json, struct rc_page *page, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_RESULT_BYTES);
	char *room = rc_buf_grow(&bytes, (size_t)result->read_len);
	enum rc_status status;

	if (!room || !rc_read_all(result->spool_fd, room, (size_t)result->read_len, 0))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "cannot read '%s': the worker's answer is not whole", name);
	status = rc_json_parse(bytes.data, bytes.len, name, ret_json, err);
	return rc_good(status) ? rc_page_from_json(*ret_json, page, err) : status;
}

static char *page_text(const struct rc_page *page)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_RESULT_BYTES);

	rc_page_text(page, &text);
	return rc_buf_take(&text);
}

static char *json_text(const json_t *page)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_RESULT_BYTES);

	rc_json_print(&text, page);
	return rc_buf_take(&text);
}

static char *json_line(const struct slot *slot, const json_t *page)
{
	RC_OWN_JSON line = json_object();
	RC_OWN_BUF out = RC_BUF(RC_MAX_RESULT_BYTES + 65536);
	RC_OWN_BUF source = RC_BUF(4 * RC_MAX_NAME);

	if (rc_utf8_valid(slot->name, strlen(slot->name)))
		rc_buf_adds(&source, slot->name);
	else
		rc_text_escape(&source, slot->name);
	json_object_set_new(line, "source", json_string(source.data));
	json_object_set_new(line, "frame", json_integer(slot->frame));
	json_object_update(line, (json_t *)(uintptr_t)page);
	rc_json_print(&out, line);
	rc_buf_addc(&out, '\n');
	return rc_buf_take(&out);
}

static char *output_of(const struct reading *r, const struct slot *slot, const struct rc_task_result *result, struct rc_err *err)
{
	struct rc_page page = RC_PAGE_INIT;
	RC_OWN_JSON json = NULL;
	char *out = NULL;

	if (rc_good(page_of(result, slot->name, &json, &page, err))) {
		out = r->format == FORMAT_TEXT ? page_text(&page) : r->format == FORMAT_JSON ? json_line(slot, json) : json_text(json);
		if (!out)
			rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot print '%s': not enough memory", slot->name);
	}
	rc_page_clear(&page);
	return out;
}

static enum rc_status on_result(void *ctx, const struct rc_task_result *result, struct rc_err *err)
{
	struct reading *r = ctx;
	struct slot *slot = &r->slots[result->id % WINDOW];

	slot->ready = true;
	if (rc_good(result->status))
		slot->text = output_of(r, slot, result, &slot->err);
	else
		slot->err = result->err;
	return RC_OK;
}

/* ---- printing ------------------------------------------------------------------------------------------------- */

/* NAME.txt, NAME.2.txt for the second frame. */
static enum rc_status write_out(const struct reading *r, const struct slot *slot, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(2 * RC_MAX_NAME);

	rc_buf_addf(&path, "%s/", r->out_dir);
	ocr_safe_name(slot->name, &path);
	if (slot->frame > 0)
		rc_buf_addf(&path, ".%d", slot->frame + 1);
	rc_buf_adds(&path, r->format == FORMAT_JSON ? ".json" : ".txt");
	return rc_file_put(path.data, slot->text, strlen(slot->text), err);
}

static void slot_clear(struct slot *slot)
{
	free(slot->name);
	free(slot->text);
	*slot = (struct slot){ 0 };
}

/* What cannot be written of one file costs that file. */
static enum rc_status export_record(struct reading *r, const struct slot *slot, struct rc_err *err)
{
	enum rc_status status = ocr_export_write(r->export, r->record, slot->name, &slot->scan, slot->media, err);

	if (status != RC_PAGE_FAILED)
		return status;
	(void)rc_cli_fail(r->cli, status, err);
	r->failed = true;
	return RC_OK;
}

/* NAME.xml when the last frame has come; a frame that failed stands in it as not read. */
static enum rc_status add_to_record(struct reading *r, const struct slot *slot, struct rc_err *err)
{
	enum rc_status status = ocr_record_add(r->record, slot->text, slot->name, &slot->err, err);

	if (!rc_good(status) || slot->frame + 1 < slot->frames)
		return status;
	if (r->export)
		return export_record(r, slot, err);
	return ocr_record_write(r->record, r->out_dir, slot->name, &slot->scan, slot->media, err);
}

static enum rc_status print_slot(struct reading *r, struct slot *slot, struct rc_err *err)
{
	if (!slot->text) {
		(void)rc_cli_fail(r->cli, RC_PAGE_FAILED, &slot->err);
		r->failed = true;
		r->missing |= slot->err.reason == RC_WHY_MISSING;
	}
	if (r->record && slot->frames > 0)
		return add_to_record(r, slot, err);
	if (!slot->text)
		return RC_OK;
	if (r->out_dir)
		return write_out(r, slot, err);
	if (r->format == FORMAT_TEXT && r->printed > 0)
		putchar('\f');
	fputs(slot->text, stdout);
	fflush(stdout);
	return RC_OK;
}

static enum rc_status print_ready(struct reading *r, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	while (status == RC_OK && r->printed < r->handed && r->slots[r->printed % WINDOW].ready) {
		status = print_slot(r, &r->slots[r->printed % WINDOW], err);
		slot_clear(&r->slots[r->printed % WINDOW]);
		r->printed++;
	}
	return status;
}

static enum rc_status wait_once(struct reading *r, struct rc_err *err)
{
	enum rc_status status = rc_pool_wait(r->pool, -1, on_result, r, err);

	return rc_good(status) ? print_ready(r, err) : status;
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

/* Puts a failure where the page's text would have been, so that messages come in order too. */
static void hand_failure(struct reading *r, const char *name, const struct rc_err *why)
{
	struct slot *slot = &r->slots[r->handed++ % WINDOW];

	*slot = (struct slot){ .name = strdup(name), .ready = true, .err = *why };
}

static enum rc_status make_room(struct reading *r, struct rc_err *err)
{
	enum rc_status status = print_ready(r, err);

	while (rc_good(status) && r->handed - r->printed >= WINDOW)
		status = wait_once(r, err);
	return status;
}

/* The folder for a page's debug pictures: the one asked for, or one in it when there may be several pages. */
static enum rc_status debug_folder(const struct reading *r, const char *name, int32_t frame, bool only, struct rc_buf *path, struct rc_err *err)
{
	rc_buf_adds(path, r->debug_dir);
	if (!only) {
		rc_buf_addc(path, '/');
		ocr_safe_name(name, path);
		if (frame > 0)
			rc_buf_addf(path, ".%d", frame + 1);
	}
	return rc_make_dirs(path->data, err);
}

static enum rc_status submit(struct reading *r, struct rc_task *task, int fd, struct rc_err *err)
{
	enum rc_status status;

	do {
		task->scan_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (task->scan_fd < 0)
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot open '%s' again", task->name);
		status = rc_pool_submit(r->pool, task, err);
		if (status == RC_SKIP) {
			rc_close(&task->scan_fd);
			if (!rc_good(wait_once(r, err)))
				return RC_RUN_FAILED;
		}
	} while (status == RC_SKIP);
	return status;
}

/* like: the slot of any frame of the file; its name is borrowed here. */
static enum rc_status read_frame(struct reading *r, const struct slot *like, int fd, int64_t len, int32_t frame, struct rc_err *err)
{
	RC_OWN_BUF debug = RC_BUF(2 * RC_MAX_NAME);
	struct rc_task task = { .name = like->name, .len = len, .media = like->media, .frame = frame, .want_read = true };
	struct slot *slot;
	enum rc_status status = make_room(r, err);

	if (rc_good(status) && r->debug_dir)
		status = debug_folder(r, like->name, frame, like->frames == 1 && r->one_file, &debug, err);
	if (!rc_good(status))
		return status;
	task.debug_dir = r->debug_dir ? debug.data : NULL;
	task.id = r->handed++;
	slot = &r->slots[task.id % WINDOW];
	*slot = *like;
	slot->name = strdup(like->name);
	slot->frame = frame;
	return submit(r, &task, fd, err);
}

struct counting {
	bool done;
	enum rc_status status;
	struct rc_err err;
	int64_t frames;
};

static enum rc_status on_part(void *ctx, const json_t *part, int spool_fd, int64_t len, struct rc_err *err)
{
	struct counting *c = ctx;
	const char *why = rc_json_str(part, "why", NULL);

	c->frames = rc_json_int(part, "frames", 0);
	if (why && c->frames <= 0)
		return rc_fail(err, RC_PAGE_FAILED, rc_reason_find(why), "%s", rc_json_str(part, "text", why));
	return RC_OK;
}

static void on_counted(void *ctx, enum rc_status status, const struct rc_err *err)
{
	struct counting *c = ctx;

	c->done = true;
	c->status = status;
	c->err = *err;
}

/* Only TIFF and PDF can have more than one frame. */
static enum rc_status count_frames(struct reading *r, const char *name, int fd, enum rc_media media, int64_t *ret, struct rc_err *err)
{
	RC_OWN_JSON args = json_object();
	struct counting c = { 0 };
	enum rc_status status;

	*ret = 1;
	if (media != RC_MEDIA_TIFF && media != RC_MEDIA_PDF)
		return RC_OK;
	json_object_set_new(args, "name", json_string(rc_utf8_valid(name, strlen(name)) ? name : "file"));
	json_object_set_new(args, "media", json_string(rc_media_name(media)));
	status = rc_pool_start_job(r->pool, "ingest", args, fd, on_part, on_counted, &c, err);
	while (rc_good(status) && !c.done)
		status = wait_once(r, err);
	if (!rc_good(status))
		return status;
	if (!rc_good(c.status)) {
		*err = c.err;
		return c.status;
	}
	if (c.frames < 1 || c.frames > RC_MAX_FRAMES)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_EMPTY, "cannot read '%s': there is no page in it", name);
	*ret = c.frames;
	return RC_OK;
}

/* What the file is, by its content. */
static enum rc_status open_file(const char *name, int *ret_fd, int64_t *ret_len, enum rc_media *ret_media, struct rc_err *err)
{
	RC_OWN_FD fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char head[HEAD_BYTES];
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return rc_fail_errno(err, RC_PAGE_FAILED, errno == ENOENT ? RC_WHY_MISSING : RC_WHY_UNREADABLE, "cannot open '%s'", name);
	if (!S_ISREG(st.st_mode))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_NOT_IMAGE, "cannot read '%s': not a file", name);
	n = pread(fd, head, sizeof head, 0);
	if (n < 0)
		return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", name);
	if (n == 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_EMPTY, "cannot read '%s': the file is empty", name);
	*ret_media = image_sniff(head, (size_t)n);
	if (*ret_media == RC_MEDIA_ARCHIVE)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_UNSUPPORTED, "cannot read '%s': an archive; 'redcorpus run' reads those", name);
	if (*ret_media == RC_MEDIA_UNKNOWN)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_NOT_IMAGE, "cannot read '%s': not an image", name);
	*ret_len = st.st_size;
	*ret_fd = fd;
	fd = -1;
	return RC_OK;
}

/* A file that cannot be read costs that file. */
static enum rc_status read_file(struct reading *r, const char *name, struct rc_err *err)
{
	RC_OWN_FD fd = -1;
	struct rc_err why = { 0 };
	enum rc_media media = RC_MEDIA_UNKNOWN;
	struct slot like = { .name = (char *)(uintptr_t)name };
	int64_t len = 0, frames = 0;
	enum rc_status status = open_file(name, &fd, &len, &media, &why);

	if (rc_good(status))
		status = count_frames(r, name, fd, media, &frames, &why);
	if (rc_good(status) && r->record)
		status = rc_digest_fd(fd, 0, len, name, &like.scan, NULL, &why);
	if (status == RC_RUN_FAILED) {
		*err = why;
		return status;
	}
	if (!rc_good(status)) {
		status = make_room(r, err);
		if (rc_good(status))
			hand_failure(r, name, &why);
		return status;
	}
	like.media = media;
	like.frames = (int32_t)frames;
	for (int32_t frame = 0; rc_good(status) && frame < frames; frame++)
		status = read_frame(r, &like, fd, len, frame, err);
	return status;
}

static enum rc_status read_files(struct reading *r, const struct rc_args *args, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (int i = 0; rc_good(status) && i < args->n; i++)
		status = read_file(r, args->v[i], err);
	while (rc_good(status) && r->printed < r->handed) {
		status = print_ready(r, err);
		if (rc_good(status) && r->printed < r->handed)
			status = wait_once(r, err);
	}
	return status;
}

/* ---- the command ------------------------------------------------------------------------------------------------ */

/* false: the format is none that works; *ret_exit says how the command ends. */
static bool choose_format(struct reading *r, const char *word, int *ret_exit)
{
	static const char *const works[] = { [FORMAT_TEXT] = "text", [FORMAT_JSON] = "json", [FORMAT_RECORD] = "record" };
	RC_OWN_BUF names = RC_BUF(RC_MAX_NAME);

	for (size_t i = 0; i < RC_COUNT(works); i++)
		if (strcmp(word, works[i]) == 0) {
			r->format = (enum format)i;
			return true;
		}
	r->format = FORMAT_EXPORT;
	r->export_format = export_format_find(word);
	if (r->export_format && ocr_export_works(r->export_format))
		return true;
	for (const struct export_format *f = export_formats; f->name; f++)
		if (ocr_export_works(f) && strcmp(f->name, works[FORMAT_TEXT]) != 0)
			rc_buf_addf(&names, ", %s", f->name);
	if (r->export_format)
		*ret_exit = rc_cli_usage(r->cli, "'--format %s' needs a batch; 'redcorpus export' writes it", word);
	else
		*ret_exit = rc_cli_usage(r->cli, "unknown format '%s' (there are: text, json, record%s)", word, names.data);
	return false;
}

struct out_name {
	char *safe;             /* owned */
	const char *file;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct out_name *)a)->safe, ((const struct out_name *)b)->safe);
}

/* Two files of one name would share one file of --out, and one of them would be lost. */
static int refuse_equal_names(const struct rc_cli *cli, const struct rc_args *args)
{
	struct out_name *names = calloc((size_t)args->n, sizeof *names);
	int code = names ? RC_EXIT_OK : RC_EXIT_STOPPED;

	for (int i = 0; code == RC_EXIT_OK && i < args->n; i++) {
		RC_OWN_BUF safe = RC_BUF(RC_MAX_NAME);

		ocr_safe_name(args->v[i], &safe);
		names[i] = (struct out_name){ rc_buf_take(&safe), args->v[i] };
		if (!names[i].safe)
			code = RC_EXIT_STOPPED;
	}
	if (code == RC_EXIT_OK)
		qsort(names, (size_t)args->n, sizeof *names, by_name);
	for (int i = 1; code == RC_EXIT_OK && i < args->n; i++)
		if (strcmp(names[i - 1].safe, names[i].safe) == 0)
			code = rc_cli_usage(cli, "--out: '%s' and '%s' would be written to the same file", names[i - 1].file, names[i].file);
	for (int i = 0; names && i < args->n; i++)
		free(names[i].safe);
	free(names);
	return code;
}

static void config_free(struct rc_config **cfg)
{
	rc_config_free(cfg);
}

static int read_all(struct reading *r, const struct rc_args *args, const struct rc_words *settings, int64_t jobs)
{
	RC_CLEANUP(config_free) struct rc_config *cfg = rc_config_new();
	struct rc_err err = { 0 };
	enum rc_status status = RC_OK;

	for (size_t i = 0; rc_good(status) && i < settings->n; i++)
		status = rc_config_set(cfg, settings->v[i], &err);
	if (rc_good(status) && (r->format == FORMAT_RECORD || r->format == FORMAT_EXPORT))
		status = ocr_record_new(cfg, r->cli->stages, &r->record, &err);
	if (rc_good(status) && r->format == FORMAT_EXPORT)
		status = ocr_export_new(r->export_format, r->out_dir, &r->export, &err);
	if (rc_good(status) && r->out_dir)
		status = rc_make_dirs(r->out_dir, &err);
	if (rc_good(status))
		status = rc_pool_new(cfg, r->cli->stages, (int)(jobs ? jobs : cfg->run_jobs), &r->pool, &err);
	if (rc_good(status))
		status = read_files(r, args, &err);
	rc_pool_free(&r->pool);
	ocr_record_free(&r->record);
	ocr_export_free(&r->export);
	for (size_t i = 0; i < WINDOW; i++)
		slot_clear(&r->slots[i]);
	if (!rc_good(status))
		return rc_cli_fail(r->cli, status, &err);
	return r->missing ? RC_EXIT_MISSING : r->failed ? RC_EXIT_FAILED : RC_EXIT_OK;
}

int rc_cmd_ocr(struct rc_cli *cli, int argc, char **argv)
{
	struct reading reading = { .cli = cli };
	RC_OWN_WORDS settings = { 0 };
	const char *format = "text";
	int64_t jobs = 0;
	const struct rc_option options[] = {
		{ .name = "format", .arg = "F", .word = &format, .help = "text (default), json, record (XML; needs --out), or alto, page, ... (see 'redcorpus export --help')" },
		{ .name = "out", .arg = "DIR", .word = &reading.out_dir, .help = "files there, not stdout: one per page, one record or PDF per FILE" },
		{ .name = "debug-dir", .arg = "DIR", .word = &reading.debug_dir, .help = "pictures of every step" },
		{ .name = "set", .arg = "KEY=VALUE", .words = &settings, .help = "a setting (see 'redcorpus run --help')" },
		{ .name = "jobs", .letter = 'j', .arg = "N", .number = &jobs, .low = 0, .high = RC_MAX_WORKERS, .help = "workers; 0: one per core" },
		{ 0 }
	};
	struct rc_args args;
	int end;

	if (!rc_cli_parse(cli, options, 1, -1, argc, argv, &args))
		return args.exit;
	if (!choose_format(&reading, format, &end))
		return end;
	if (reading.format == FORMAT_RECORD && !reading.out_dir)
		return rc_cli_usage(cli, "--format record needs --out DIR");
	if (reading.format == FORMAT_EXPORT && !reading.out_dir && args.n > 1)
		return rc_cli_usage(cli, "--format %s of several files needs --out DIR", format);
	end = reading.out_dir ? refuse_equal_names(cli, &args) : RC_EXIT_OK;
	if (end != RC_EXIT_OK)
		return end;
	reading.one_file = args.n == 1;
	return read_all(&reading, &args, &settings, jobs);
}
