/* dat31.c -- does a scan keep to DA/T 31-2017?
 *
 *   dat31_page()   what is declared and what was measured
 *   dat31_look()   resolution, colour, format, name
 *
 * What files declare is held against what was measured on the page. Two things cannot be seen: red in a scan without colour,
 * unless it is a seal that came out as a cloud of specks; and scans missing at the end of an item. */
#include "normalize/dat31.h"

#include <math.h>
#include <string.h>

#include "core/text.h"
#include "normalize/catalogue_values.h"

enum { LEAST_DPI = 200, ADVISED_DPI = 300 };
/* A pixel in ten thousand is a red mark of 30 by 30 on a scan of 9 million; what compression adds to grey has none. */
static const float least_colour = 0.0001f;
/* Edges of glyphs alone, in a scan with tones, have several percent. */
static const float least_tones = 0.01f;
/* A Han glyph of body text is 10.5 points high. A resolution is doubted when glyphs would be further from it than this; prepare does
 * not believe it then, either. */
static const double body_mm = 3.7, smallest_mm = 1.5, largest_mm = 12, mm_per_inch = 25.4;
/* Fewer glyphs than this may be a title. Larger sides are counted as this many pixels. */
enum { ENOUGH_GLYPHS = 50, LARGEST_GLYPH = 2000 };

static const char *const codes[] = {
#define FINDING(symbol, code, meaning) code,
#include "normalize/dat31_findings.def"
#undef FINDING
};

const char *dat31_code(enum dat31_finding f)
{
	return codes[f];
}

const char *dat31_mode_name(enum dat31_mode mode)
{
	static const char *const names[] = { "", "bw", "grey", "colour" };

	return names[mode];
}

/* ---- names -------------------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* -1 when it is not all digits, or too many. */
static int64_t serial_of(const char *digits, size_t len)
{
	int64_t value = 0;

	if (len == 0 || len > 15)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (!is_digit(digits[i]))
			return -1;
		value = 10 * value + (digits[i] - '0');
	}
	return value;
}

bool dat31_name_is_good(const char *name, struct dat31_name *ret)
{
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name, *dot = strrchr(base, '.');
	size_t len = dot && dot > base ? (size_t)(dot - base) : strlen(base), parts = 1, start = 0;

	for (size_t i = 0; i < len; i++)
		if (base[i] == '-') {
			if (i == start)
				return false;
			parts++;
			start = i + 1;
		}
	int64_t serial = serial_of(base + start, len - start);

	/* At least two parts of a number before the serial one. */
	if (parts < 3 || serial < 0)
		return false;
	if (ret)
		*ret = (struct dat31_name){ base, start - 1, serial };
	return true;
}

static struct dat31_name name_of(const struct rc_page_row *row)
{
	const char *name = *row->entry.member ? row->entry.member : *row->source_path ? row->source_path : row->root_path;
	struct dat31_name ret;

	if (dat31_name_is_good(name, &ret))
		return ret;
	return (struct dat31_name){ "", 0, serial_of(row->entry.number, strlen(row->entry.number)) };
}

/* Is the number, or one above it, `reference`? "3-1-12-2" lies in "3-1-12". */
static bool lies_in(const char *number, const char *reference)
{
	size_t len = strlen(reference);

	return strncmp(number, reference, len) == 0 && (number[len] == '\0' || number[len] == '-');
}

/* As the catalogue compares numbers: zeros in front of a part may be lost. */
static bool names_the_row(const struct dat31_name *name, const char *reference)
{
	RC_OWN_BUF raw = RC_BUF(RC_MAX_NAME), number = RC_BUF(4 * RC_MAX_NAME), row = RC_BUF(4 * RC_MAX_NAME);
	RC_OWN_BUF short_number = RC_BUF(4 * RC_MAX_NAME), short_row = RC_BUF(4 * RC_MAX_NAME);

	rc_buf_add(&raw, name->number, name->number_len);
	catalogue_add_number(&number, raw.data);
	catalogue_add_number(&row, reference);
	catalogue_add_short_number(&short_number, number.data);
	catalogue_add_short_number(&short_row, row.data);
	return lies_in(short_number.data, short_row.data);
}

static bool same_number(const struct dat31_name *a, const struct dat31_name *b)
{
	return a->number_len == b->number_len && memcmp(a->number, b->number, a->number_len) == 0;
}

static unsigned look_at_name(const struct dat31_page *page, const struct dat31_around *around)
{
	const struct dat31_name *name = &page->name, *before = around->before;
	unsigned found = 0;

	if (page->row->entry.frame > 0)
		return 1u << DAT31_MANY;
	if (name->number_len == 0 && !*page->row->entry.number)
		found |= 1u << DAT31_NAME;
	if (name->number_len > 0 && *around->reference && !names_the_row(name, around->reference))
		found |= 1u << DAT31_OTHER_NAME;
	if (page->row->place_in_item == 1 && name->serial > 1)
		found |= 1u << DAT31_LATE_SERIAL;
	if (before && before->serial >= 0 && name->serial >= 0 && same_number(name, before) && name->serial != before->serial + 1)
		found |= 1u << DAT31_SERIAL_GAP;
	return found;
}

/* ---- colour ------------------------------------------------------------------------------------------- */

enum dat31_mode dat31_declared_mode(const struct rc_scan *scan)
{
	if (scan->bits == 0)
		return DAT31_MODE_UNKNOWN;
	if (scan->channels >= 3)
		return DAT31_COLOUR;
	return scan->bits == 1 ? DAT31_BLACK_AND_WHITE : DAT31_GREY;
}

enum dat31_mode dat31_measured_mode(const struct rc_scan *scan)
{
	if (scan->bits == 0)
		return DAT31_MODE_UNKNOWN;
	if (scan->colour >= least_colour)
		return DAT31_COLOUR;
	return scan->tones >= least_tones ? DAT31_GREY : DAT31_BLACK_AND_WHITE;
}

static unsigned look_at_colour(const struct dat31_page *page)
{
	enum dat31_mode declared = dat31_declared_mode(&page->scan), measured = dat31_measured_mode(&page->scan);
	unsigned found = 0;

	if (declared == DAT31_MODE_UNKNOWN)
		return 0;
	if (declared != DAT31_COLOUR)
		found |= 1u << DAT31_NO_COLOUR;
	else if (measured != DAT31_COLOUR)
		found |= 1u << DAT31_FALSE_COLOUR;
	if (found && page->seals > 0)
		found |= 1u << DAT31_COLOUR_WANTED;
	return found;
}

/* ---- resolution --------------------------------------------------------------------------------------- */

int32_t dat31_measured_dpi(const struct dat31_page *page)
{
	return (int32_t)lround(page->glyph * mm_per_inch / body_mm);
}

static unsigned look_at_resolution(const struct dat31_page *page)
{
	int32_t dpi = page->row->entry.dpi;
	double mm = dpi > 0 ? page->glyph * mm_per_inch / dpi : 0;
	unsigned found = 0;

	if (dpi == 0)
		found |= 1u << DAT31_NO_DPI;
	else if (dpi < LEAST_DPI)
		found |= 1u << DAT31_LOW_DPI;
	else if (dpi < ADVISED_DPI)
		found |= 1u << DAT31_FAIR_DPI;
	if (mm > 0 && (mm < smallest_mm || mm > largest_mm))
		found |= 1u << DAT31_FALSE_DPI;
	return found;
}

/* ---- a page ------------------------------------------------------------------------------------------- */

/* How many Han glyphs are so many pixels long along their line. Across it, boxes may be as wide as the column. */
struct sides {
	uint32_t count[LARGEST_GLYPH + 1];
	int64_t n;
};

static void add_glyphs(struct sides *s, const struct rc_line *line)
{
	for (size_t i = 0; i < line->n_glyphs; i++) {
		const struct rc_glyph *g = &line->glyphs[i];
		const char *text = line->text + g->start;
		int32_t side = line->direction == RC_DIR_VERTICAL ? g->box.h : g->box.w;

		if (!rc_is_han(rc_utf8_next(&text)))
			continue;
		s->count[side < LARGEST_GLYPH ? side : LARGEST_GLYPH]++;
		s->n++;
	}
}

static int32_t middle_of(const struct sides *s)
{
	int64_t below = 0;
	int32_t side = 0;

	while (side < LARGEST_GLYPH && (below += s->count[side]) * 2 < s->n)
		side++;
	return side;
}

struct dat31_page dat31_page(const struct rc_page_row *row, const struct rc_page *result)
{
	struct dat31_page ret = { .row = row, .name = name_of(row) };
	struct sides sides = { 0 };

	if (!result)
		return ret;
	ret.scan = result->scan;
	for (size_t i = 0; i < result->n_regions; i++) {
		ret.seals += result->regions[i].type == RC_REGION_SEAL;
		for (size_t k = 0; k < result->regions[i].n_lines; k++)
			if (result->regions[i].lines[k].text)
				add_glyphs(&sides, &result->regions[i].lines[k]);
	}
	ret.glyph = sides.n >= ENOUGH_GLYPHS ? middle_of(&sides) : 0;
	return ret;
}

unsigned dat31_look(const struct dat31_page *page, const struct dat31_around *around)
{
	enum rc_media media = page->row->entry.media;
	unsigned found = look_at_resolution(page) | look_at_colour(page) | look_at_name(page, around);

	if (media != RC_MEDIA_TIFF && media != RC_MEDIA_JPEG && media != RC_MEDIA_JP2)
		found |= 1u << DAT31_FORMAT;
	if (media != around->usual)
		found |= 1u << DAT31_MIXED;
	return found;
}
