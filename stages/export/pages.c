/* pages.c -- one file per page: names, and the walk over a record.
 *
 *   export_pages()       the walk
 *   export_page_name()   named after the image, as people look for them */
#include "export/pages.h"

#include <stdio.h>
#include <string.h>

#include "common/record_values.h"
#include "core/outfile.h"
#include "core/text.h"

/* ---- names ---------------------------------------------------------------------------------------------- */

struct name {
	struct name *next;
	char text[];
};

enum { SLOTS = 1 << 14 };               /* an item of 10,000 pages finds a name at once */

struct export_names {
	struct name *slots[SLOTS];
};

struct export_names *export_names_new(void)
{
	return rc_alloc(sizeof(struct export_names));
}

void export_names_free(struct export_names **names)
{
	for (size_t i = 0; *names && i < SLOTS; i++)
		for (struct name *n = (*names)->slots[i], *next; n; n = next) {
			next = n->next;
			free(n);
		}
	free(*names);
	*names = NULL;
}

/* false: it is taken. */
static bool take_name(struct export_names *names, const char *text)
{
	struct rc_digest d = rc_digest_of(text, strlen(text));
	struct name **slot = &names->slots[(d.bytes[0] | d.bytes[1] << 8) % SLOTS];

	for (const struct name *n = *slot; n; n = n->next)
		if (strcmp(n->text, text) == 0)
			return false;
	struct name *n = rc_alloc(sizeof *n + strlen(text) + 1);

	memcpy(n->text, text, strlen(text) + 1);
	n->next = *slot;
	*slot = n;
	return true;
}

const char *export_image_name(const struct record_page *page)
{
	const char *path = *page->member ? page->member : page->source;
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *export_scan_name(char out[EXPORT_SCAN], const struct record_page *page)
{
	char digest[RECORD_DIGEST];

	snprintf(out, EXPORT_SCAN, "%s#frame=%d", record_put_digest(digest, &page->scan), page->frame);
	return out;
}

/* The image's name without its ending, and what tells it from names that are taken. */
static void add_name(struct export_names *names, const struct record_page *page, int32_t frame, const char *ending, struct rc_buf *out)
{
	RC_OWN_BUF stem = RC_BUF(4 * RC_MAX_NAME);
	RC_OWN_BUF name = RC_BUF(8 * RC_MAX_NAME);
	const char *image = export_image_name(page), *dot = strrchr(image, '.');

	rc_buf_add(&stem, image, dot && dot > image ? (size_t)(dot - image) : strlen(image));
	rc_safe_name(&name, stem.data);
	if (frame > 0)
		rc_buf_addf(&name, ".%d", frame + 1);
	size_t len = name.len;

	rc_buf_adds(&name, ending);
	if (!take_name(names, name.data)) {
		rc_buf_add(out, name.data, len);
		rc_buf_addf(out, ".%08d%s", page->order, ending);
		return;
	}
	rc_buf_add(out, name.data, name.len);
}

void export_page_name(struct export_names *names, const struct record_page *page, struct rc_buf *out)
{
	add_name(names, page, page->frame, "", out);
}

void export_scan_file_name(struct export_names *names, const struct record_page *page, struct rc_buf *out)
{
	RC_OWN_BUF ending = RC_BUF(4 * RC_MAX_NAME);
	const char *image = export_image_name(page), *dot = strrchr(image, '.');

	if (dot && dot > image) {
		rc_buf_addc(&ending, '.');
		rc_safe_name(&ending, dot + 1);
	}
	add_name(names, page, 0, ending.data, out);
}

void export_href(const char *path, struct rc_buf *out)
{
	for (; *path; path++) {
		if ((unsigned char)*path <= ' ' || strchr("%#?<>\"{}|\\^`[]:", *path))
			rc_buf_addf(out, "%%%02X", (unsigned char)*path);
		else
			rc_buf_addc(out, *path);
	}
}

/* ---- the walk ------------------------------------------------------------------------------------------- */

enum rc_status export_page_file(const struct export_item *item, const char *path, export_page_fn *write, const struct record_head *head,
                                const struct record_page *page, struct rc_digest *ret_digest, int64_t *ret_size, struct rc_err *err)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *file = NULL;
	RC_CLEANUP(xml_writer_free) struct xml_writer *xml = NULL;
	enum rc_status status = rc_outfile_open(&file, path, err);

	if (!rc_good(status))
		return status;
	xml = xml_writer_new(xml_to_file, file);
	write(xml, item, head, page);
	status = xml_writer_finish(xml, err);
	if (!rc_good(status))
		return status;
	if (ret_digest)
		*ret_digest = rc_outfile_digest(file);
	if (ret_size)
		*ret_size = rc_outfile_size(file);
	return rc_outfile_commit(&file, err);
}

/* Where the pages' files go. */
struct naming {
	const char *folder;             /* FOLDER/NAME.xml, by their images' names; or NULL: */
	const char *stem;               /* STEM.xml, STEM.2.xml */
	struct export_names *names;     /* with folder */
};

static void add_path(const struct naming *n, const struct record_page *page, struct rc_buf *path)
{
	if (n->folder) {
		rc_buf_addf(path, "%s/", n->folder);
		export_page_name(n->names, page, path);
	} else {
		rc_buf_adds(path, n->stem);
		if (page->frame > 0)
			rc_buf_addf(path, ".%d", page->frame + 1);
	}
	rc_buf_adds(path, ".xml");
}

static enum rc_status each_page(struct export_item *item, const struct naming *naming, export_page_fn *write, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *record = NULL;
	struct record_page *page;
	enum rc_status status = record_open(&record, item->record, err);

	while (rc_good(status) && (status = record_next(record, &page, err)) == RC_OK) {
		RC_OWN_BUF path = RC_BUF(8 * RC_MAX_NAME);

		item->pages++;
		item->not_read += page->not_read;
		add_path(naming, page, &path);
		status = rc_buf_check(&path, "a path", err);
		if (rc_good(status) && !page->not_read)
			status = export_page_file(item, path.data, write, record_head(record), page, NULL, NULL, err);
		if (rc_good(status) && item->page_done)
			status = item->page_done(item->ctx, err);
	}
	return status == RC_SKIP ? RC_OK : status;
}

enum rc_status export_pages(struct export_item *item, const char *to, export_page_fn *write, struct rc_err *err)
{
	RC_CLEANUP(export_names_free) struct export_names *names = export_names_new();
	const struct naming naming = { .folder = to, .names = names };

	return each_page(item, &naming, write, err);
}

enum rc_status export_pages_beside(struct export_item *item, const char *stem, export_page_fn *write, struct rc_err *err)
{
	const struct naming naming = { .stem = stem };

	return each_page(item, &naming, write, err);
}
