/* page.c -- a page in memory: names, geometry, growth, its text.
 *
 * page_json.c has its serial form, leaf.c the way from the clean page back to the frame. */
#include "core/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "core/text.h"

/* ---- names ----------------------------------------------------------------------------------------- */

static const char *const media_names[RC_MEDIA_COUNT] = {
	[RC_MEDIA_UNKNOWN] = "application/octet-stream",
	[RC_MEDIA_TIFF] = "image/tiff", [RC_MEDIA_JPEG] = "image/jpeg", [RC_MEDIA_PNG] = "image/png",
	[RC_MEDIA_JP2] = "image/jp2", [RC_MEDIA_WEBP] = "image/webp", [RC_MEDIA_BMP] = "image/bmp",
	[RC_MEDIA_GIF] = "image/gif", [RC_MEDIA_PNM] = "image/x-portable-anymap",
	[RC_MEDIA_PDF] = "application/pdf",
	[RC_MEDIA_ARCHIVE] = "application/x-archive",
};

const char *rc_media_name(enum rc_media media)
{
	return media_names[(unsigned)media < RC_MEDIA_COUNT ? media : RC_MEDIA_UNKNOWN];
}

enum rc_media rc_media_find(const char *name)
{
	for (unsigned i = 0; i < RC_MEDIA_COUNT; i++)
		if (strcmp(media_names[i], name) == 0)
			return i;
	return RC_MEDIA_UNKNOWN;
}

static const char *const direction_names[RC_DIR_COUNT] = { "unknown", "horizontal", "vertical" };
static const char *const region_names[RC_REGION_TYPE_COUNT] = {
	"text", "heading", "table", "image", "separator", "seal", "noise",
};
static const char *const class_names[RC_PAGE_CLASS_COUNT] = { "text", "blank", "picture", "handwriting", "unreadable" };

static const char *const sign_names[RC_SIGN_COUNT] = {
	"doubt", "weak", "rare", "form", "stray", "wordless", "differ", "missed", "empty", "loop", "marks", "pitch", "size",
	"uneven", "alone", "order",
};

static unsigned find(const char *const names[], unsigned count, const char *name)
{
	unsigned i = 0;

	while (i < count && strcmp(names[i], name) != 0)
		i++;
	return i;
}

const char *rc_direction_name(enum rc_direction d)
{
	return direction_names[(unsigned)d < RC_DIR_COUNT ? d : RC_DIR_UNKNOWN];
}

enum rc_direction rc_direction_find(const char *name)
{
	return find(direction_names, RC_DIR_COUNT, name);
}

const char *rc_region_type_name(enum rc_region_type t)
{
	return region_names[(unsigned)t < RC_REGION_TYPE_COUNT ? t : RC_REGION_NOISE];
}

enum rc_region_type rc_region_type_find(const char *name)
{
	return find(region_names, RC_REGION_TYPE_COUNT, name);
}

const char *rc_page_class_name(enum rc_page_class c)
{
	return class_names[(unsigned)c < RC_PAGE_CLASS_COUNT ? c : RC_PAGE_UNREADABLE];
}

enum rc_page_class rc_page_class_find(const char *name)
{
	return find(class_names, RC_PAGE_CLASS_COUNT, name);
}

const char *rc_sign_name(enum rc_sign s)
{
	return sign_names[(unsigned)s < RC_SIGN_COUNT ? s : 0];
}

char rc_grade(float estimated_error)
{
	static const struct { float most; char grade; } steps[] = { { 0.02f, 'A' }, { 0.05f, 'B' }, { 0.15f, 'C' }, { 0.40f, 'D' } };
	size_t i = 0;

	if (!(estimated_error >= 0))
		return '\0';
	while (i < RC_COUNT(steps) && estimated_error > steps[i].most)
		i++;
	return i < RC_COUNT(steps) ? steps[i].grade : 'E';
}

/* ---- geometry -------------------------------------------------------------------------------------- */

struct rc_affine rc_affine_mul(struct rc_affine after, struct rc_affine before)
{
	return (struct rc_affine){
		.a = after.a * before.a + after.b * before.d,
		.b = after.a * before.b + after.b * before.e,
		.c = after.a * before.c + after.b * before.f + after.c,
		.d = after.d * before.a + after.e * before.d,
		.e = after.d * before.b + after.e * before.e,
		.f = after.d * before.c + after.e * before.f + after.f,
	};
}

bool rc_affine_invert(struct rc_affine m, struct rc_affine *ret)
{
	/* A map of pixels to pixels that shrinks areas a million times is no map any more. */
	static const double smallest = 1e-6;
	double det = m.a * m.e - m.b * m.d;

	if (!isfinite(det) || !isfinite(m.c) || !isfinite(m.f) || fabs(det) < smallest)
		return false;
	*ret = (struct rc_affine){
		.a = m.e / det, .b = -m.b / det, .c = (m.b * m.f - m.e * m.c) / det,
		.d = -m.d / det, .e = m.a / det, .f = (m.d * m.c - m.a * m.f) / det,
	};
	return true;
}

void rc_affine_corners(struct rc_affine m, struct rc_box box, double corners[8])
{
	const double right = (double)box.x + box.w, bottom = (double)box.y + box.h;
	const double at[4][2] = { { box.x, box.y }, { right, box.y }, { right, bottom }, { box.x, bottom } };

	for (int i = 0; i < 4; i++) {
		corners[2 * i] = m.a * at[i][0] + m.b * at[i][1] + m.c;
		corners[2 * i + 1] = m.d * at[i][0] + m.e * at[i][1] + m.f;
	}
}

static double cut(double value, double low, double high)
{
	return value > low ? (value < high ? value : high) : low;      /* NaN becomes low */
}

struct rc_affine rc_affine_to_image(int32_t width, int32_t height, int32_t orientation, int32_t image_width, int32_t image_height)
{
	double w = width, h = height;
	bool turned = orientation >= 5 && orientation <= 8;
	struct rc_affine upright[9] = {
		[2] = { -1, 0, w, 0, 1, 0 },
		[3] = { -1, 0, w, 0, -1, h },
		[4] = { 1, 0, 0, 0, -1, h },
		[5] = { 0, 1, 0, 1, 0, 0 },
		[6] = { 0, -1, h, 1, 0, 0 },
		[7] = { 0, -1, h, -1, 0, w },
		[8] = { 0, 1, 0, -1, 0, w },
	};
	struct rc_affine turn = orientation >= 2 && orientation <= 8 ? upright[orientation] : RC_AFFINE_IDENTITY;
	struct rc_affine scale = { .a = image_width / (turned ? h : w), .e = image_height / (turned ? w : h) };

	return width > 0 && height > 0 ? rc_affine_mul(scale, turn) : RC_AFFINE_IDENTITY;
}

struct rc_box rc_box_around(const double low[2], const double high[2], int width, int height)
{
	/* Rounding noise of the map must not cost a pixel on each side. */
	static const double noise = 1e-6;
	struct rc_box ret = { (int32_t)cut(floor(low[0] + noise), 0, width), (int32_t)cut(floor(low[1] + noise), 0, height), 0, 0 };

	ret.w = (int32_t)cut(ceil(high[0] - noise), ret.x, width) - ret.x;
	ret.h = (int32_t)cut(ceil(high[1] - noise), ret.y, height) - ret.y;
	return ret;
}

struct rc_box rc_affine_box(struct rc_affine m, struct rc_box box, int width, int height)
{
	double corners[8], low[2], high[2];

	rc_affine_corners(m, box, corners);
	for (int axis = 0; axis < 2; axis++) {
		low[axis] = high[axis] = corners[axis];
		for (int i = 2 + axis; i < 8; i += 2) {
			low[axis] = fmin(low[axis], corners[i]);
			high[axis] = fmax(high[axis], corners[i]);
		}
	}
	return rc_box_around(low, high, width, height);
}

/* ---- growth ---------------------------------------------------------------------------------------- */

/* Room for one more element, zeroed, after the n that *array has; NULL without memory. The capacity is the
 * next power of two of n and so needs no field: it is full exactly when n is a power of two (or 0). */
static void *grow(void *array, size_t n, size_t size)
{
	char **elements = array;

	if ((n & (n - 1)) == 0) {
		char *moved = realloc(*elements, (n ? 2 * n : 1) * size);

		if (!moved)
			return NULL;
		*elements = moved;
	}
	return memset(*elements + n * size, 0, size);
}

struct rc_region *rc_page_add_region(struct rc_page *page)
{
	if (page->n_regions >= RC_MAX_REGIONS)
		return NULL;
	struct rc_region *region = grow(&page->regions, page->n_regions, sizeof *region);

	if (region)
		page->n_regions++;
	return region;
}

struct rc_line *rc_region_add_line(struct rc_region *region)
{
	if (region->n_lines >= RC_MAX_LINES)
		return NULL;
	struct rc_line *line = grow(&region->lines, region->n_lines, sizeof *line);

	if (!line)
		return NULL;
	line->estimated_error = -1;
	region->n_lines++;
	return line;
}

struct rc_glyph *rc_line_add_glyph(struct rc_line *line)
{
	if (line->n_glyphs >= RC_MAX_GLYPHS)
		return NULL;
	struct rc_glyph *glyph = grow(&line->glyphs, line->n_glyphs, sizeof *glyph);

	if (glyph)
		line->n_glyphs++;
	return glyph;
}

static void clear_region(struct rc_region *region)
{
	for (size_t i = 0; i < region->n_lines; i++) {
		free(region->lines[i].text);
		free(region->lines[i].glyphs);
	}
	free(region->lines);
}

void rc_page_clear(struct rc_page *page)
{
	for (size_t i = 0; i < page->n_regions; i++)
		clear_region(&page->regions[i]);
	free(page->regions);
	page->regions = NULL;
	page->n_regions = 0;
	rc_page_drop_leaves(page);
	rc_buf_free(&page->image);
}

void rc_page_start_over(struct rc_page *page)
{
	struct rc_page fresh = RC_PAGE_INIT;

	rc_page_clear(page);
	fresh.name = page->name;
	fresh.scan_fd = page->scan_fd;
	fresh.scan_offset = page->scan_offset;
	fresh.scan_len = page->scan_len;
	fresh.media = page->media;
	fresh.frame = page->frame;
	fresh.want_read = page->want_read;
	fresh.want_image = page->want_image;
	fresh.debug_dir = page->debug_dir;
	fresh.turned = page->turned;
	*page = fresh;
}

/* ---- looks ----------------------------------------------------------------------------------------- */

bool rc_look_is_known(const struct rc_look *look)
{
	return rc_look_distance(look, &(struct rc_look){ 0 }) > 0;
}

char *rc_look_hex(const struct rc_look *look, char hex[RC_LOOK_HEX])
{
	for (size_t i = 0; i < sizeof look->bits; i++)
		snprintf(hex + 2 * i, 3, "%02x", look->bits[i]);
	return hex;
}

bool rc_look_parse(const char *hex, struct rc_look *ret)
{
	struct rc_look look;

	if (strlen(hex) != RC_LOOK_HEX - 1)
		return false;
	for (size_t i = 0; i < sizeof look.bits; i++) {
		int high = rc_hex_digit(hex[2 * i]), low = rc_hex_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		look.bits[i] = (uint8_t)(high << 4 | low);
	}
	*ret = look;
	return true;
}

int rc_look_distance(const struct rc_look *a, const struct rc_look *b)
{
	int bits = 0;

	for (size_t i = 0; i < sizeof a->bits; i++)
		bits += __builtin_popcount(a->bits[i] ^ b->bits[i]);
	return bits;
}

/* ---- text ------------------------------------------------------------------------------------------ */

void rc_page_text(const struct rc_page *page, struct rc_buf *out)
{
	bool written = false;

	for (size_t i = 0; i < page->n_regions; i++) {
		const struct rc_region *region = &page->regions[i];
		bool apart = written;

		for (size_t k = 0; k < region->n_lines; k++) {
			const char *text = region->lines[k].text;

			if (!text || !*text)
				continue;
			if (apart)
				rc_buf_addc(out, '\n');
			apart = false;
			written = true;
			rc_buf_adds(out, text);
			rc_buf_addc(out, '\n');
		}
	}
}
