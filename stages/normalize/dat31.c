/* dat31.c -- do the scans keep to DA/T 31-2017?
 *
 *   dat31_look()    one page: resolution, format, name
 *   dat31_write()   one pass to find the usual format, one to write
 *
 * What is looked at is what files declare. Whether a page is colour, as pages with red heads and seals must be, is not looked at
 * yet; nor whether the declared resolution is true. */
#include "normalize/dat31.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/outfile.h"
#include "core/text.h"

enum { LEAST_DPI = 200, ADVISED_DPI = 300, MAX_PATH_BYTES = 1 << 16, MAX_LINE = 1 << 16 };

static const char counts_note[] = "dat31.counts";
static const char *const codes[] = {
#define FINDING(symbol, code, meaning) code,
#include "normalize/dat31_findings.def"
#undef FINDING
};

const char *dat31_code(enum dat31_finding f)
{
	return codes[f];
}

/* ---- a page ------------------------------------------------------------------------------------------- */

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool dat31_name_is_good(const char *name)
{
	const char *base = base_of(name), *dot = strrchr(base, '.');
	size_t len = dot && dot > base ? (size_t)(dot - base) : strlen(base), serial = 0, parts = 1, part = 0;

	for (size_t i = 0; i < len; i++) {
		if (base[i] == '-') {
			if (part == 0)
				return false;
			parts++;
			part = serial = 0;
			continue;
		}
		part++;
		serial += base[i] >= '0' && base[i] <= '9';
	}
	/* At least two parts of a number before the serial one, which is all digits. */
	return parts >= 3 && part > 0 && serial == part;
}

static const char *name_of(const struct rc_page_row *page)
{
	return *page->entry.member ? page->entry.member : *page->source_path ? page->source_path : page->root_path;
}

unsigned dat31_look(const struct rc_page_row *page, enum rc_media usual)
{
	const struct rc_page_entry *e = &page->entry;
	unsigned found = 0;

	if (e->dpi == 0)
		found |= 1u << DAT31_NO_DPI;
	else if (e->dpi < LEAST_DPI)
		found |= 1u << DAT31_LOW_DPI;
	else if (e->dpi < ADVISED_DPI)
		found |= 1u << DAT31_FAIR_DPI;
	if (e->media != RC_MEDIA_TIFF && e->media != RC_MEDIA_JPEG && e->media != RC_MEDIA_JP2)
		found |= 1u << DAT31_FORMAT;
	if (e->media != usual)
		found |= 1u << DAT31_MIXED;
	if (e->frame > 0)
		found |= 1u << DAT31_MANY;
	else if (!*e->number && !dat31_name_is_good(name_of(page)))
		found |= 1u << DAT31_NAME;
	return found;
}

/* ---- all pages ---------------------------------------------------------------------------------------- */

struct listing {
	struct rc_books *books;
	rc_page_fn *on_page;
	int64_t media[RC_MEDIA_COUNT];
	enum rc_media usual;
	struct rc_outfile *file;        /* owned */
	struct rc_buf line;             /* owned */
	int64_t pages, good, found[DAT31_COUNT];
};

static void listing_end(struct listing *l)
{
	rc_outfile_abort(&l->file);
	rc_buf_free(&l->line);
}

static enum rc_status on_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct listing *l = ctx;
	enum rc_status status = rc_books_each_page(l->books, item->id, l->on_page, l, err);

	return rc_good(status) ? rc_books_pump(l->books, err) : status;
}

static enum rc_status count_media(void *ctx, const struct rc_page_row *page, struct rc_err *err)
{
	struct listing *l = ctx;

	l->media[page->entry.media]++;
	return RC_OK;
}

static enum rc_media most_of(const int64_t media[RC_MEDIA_COUNT])
{
	int most = 0;

	for (int m = 1; m < RC_MEDIA_COUNT; m++)
		if (media[m] > media[most])
			most = m;
	return (enum rc_media)most;
}

static enum rc_status add_page(void *ctx, const struct rc_page_row *page, struct rc_err *err)
{
	struct listing *l = ctx;
	unsigned found = dat31_look(page, l->usual);
	bool any = false;

	l->pages++;
	l->good += found == 0;
	rc_buf_clear(&l->line);
	rc_text_escape(&l->line, page->entry.item);
	rc_buf_addf(&l->line, "\t%" PRId32 "\t", page->place_in_item);
	rc_text_escape(&l->line, base_of(name_of(page)));
	rc_buf_addf(&l->line, "\t%s\t%" PRId32 "\t%" PRId32 "\t%" PRId32 "\t", rc_media_name(page->entry.media), page->entry.width,
	            page->entry.height, page->entry.dpi);
	for (int f = 0; f < DAT31_COUNT; f++)
		if (found & 1u << f) {
			rc_buf_addf(&l->line, "%s%s", any ? " " : "", codes[f]);
			any = true;
			l->found[f]++;
		}
	rc_buf_addc(&l->line, '\n');
	return rc_outfile_write(l->file, l->line.data, l->line.len, err);
}

static enum rc_status note_counts(const struct listing *l, struct rc_err *err)
{
	RC_OWN_JSON counts = json_object();
	RC_OWN_BUF text = RC_BUF(MAX_LINE);
	json_t *findings = json_object();

	for (int f = 0; f < DAT31_COUNT; f++)
		json_object_set_new(findings, codes[f], json_integer((json_int_t)l->found[f]));
	json_object_set_new(counts, "pages", json_integer((json_int_t)l->pages));
	json_object_set_new(counts, "without_findings", json_integer((json_int_t)l->good));
	json_object_set_new(counts, "findings", findings);
	rc_json_print(&text, counts);
	return rc_books_set_note(l->books, counts_note, text.data, err);
}

static enum rc_status write_list(struct rc_books *books, const char *path, struct rc_err *err)
{
	static const char head[] = "item\tpage\tfile\tmedia\twidth\theight\tdeclared_dpi\tfindings\n";
	RC_CLEANUP(listing_end) struct listing l = { .books = books, .line = RC_BUF(MAX_LINE), .on_page = count_media };
	enum rc_status status = rc_books_each_item(books, RC_ITEMS_READY, on_item, &l, err);

	l.usual = most_of(l.media);
	l.on_page = add_page;
	if (rc_good(status))
		status = rc_outfile_open(&l.file, path, err);
	if (rc_good(status))
		status = rc_outfile_write(l.file, head, strlen(head), err);
	if (rc_good(status))
		status = rc_books_each_item(books, RC_ITEMS_READY, on_item, &l, err);
	if (rc_good(status))
		status = rc_outfile_commit(&l.file, err);
	return rc_good(status) ? note_counts(&l, err) : status;
}

enum rc_status dat31_write(struct rc_books *books, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_STR before = rc_books_note(books, counts_note);

	rc_buf_addf(&path, "%s/report/dat31.tsv", rc_books_dir(books));
	if (rc_books_config(books)->ingest_profile == RC_PROFILE_DAT31)
		return write_list(books, path.data, err);
	if (!before || !*before)
		return RC_OK;
	if (unlink(path.data) != 0 && errno != ENOENT)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot remove '%s'", path.data);
	return rc_books_set_note(books, counts_note, "", err);
}
