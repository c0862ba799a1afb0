/* pdf_font.c -- a font that is never seen.
 *
 *   pdf_font_code()       characters get codes as they come
 *   make_truetype()       the font program: two squares
 *   make_to_unicode()     which character a code is
 *   pdf_font_write()      the five objects that make a composite font (ISO 32000-1, 9.7) */
#include "export/pdf_font.h"

#include <string.h>

enum { EM = 1000, MAX_CODES = 65000, PLANES = 0x110000, GLYPHS = 2 };

struct pdf_font {
	uint16_t *codes;                /* owned; of every code point; 0: none yet */
	uint32_t *chars;                /* owned; of every code, from 1 */
	uint32_t n;                     /* codes given */
	int32_t object;
};

struct pdf_font *pdf_font_new(struct pdf_file *f)
{
	struct pdf_font *font = rc_alloc(sizeof *font);

	font->codes = rc_alloc(PLANES * sizeof *font->codes);
	font->chars = rc_alloc((MAX_CODES + 2) * sizeof *font->chars);
	font->object = pdf_file_reserve(f);
	return font;
}

void pdf_font_free(struct pdf_font **font)
{
	if (!*font)
		return;
	free((*font)->codes);
	free((*font)->chars);
	free(*font);
	*font = NULL;
}

int32_t pdf_font_object(const struct pdf_font *font)
{
	return font->object;
}

uint16_t pdf_font_code(struct pdf_font *font, uint32_t cp)
{
	cp = cp < PLANES && cp != 0 ? cp : 0xFFFD;
	if (!font->codes[cp] && font->n >= MAX_CODES)
		cp = 0xFFFD;
	if (!font->codes[cp]) {
		font->codes[cp] = (uint16_t)++font->n;
		font->chars[font->n] = cp;
	}
	return font->codes[cp];
}

/* ---- the font program (OpenType 1.9: tables that a TrueType font in a PDF must have) ---------------------------- */

static void put16(struct rc_buf *out, unsigned v)
{
	rc_buf_addc(out, (char)(v >> 8 & 0xFF));
	rc_buf_addc(out, (char)(v & 0xFF));
}

static void put32(struct rc_buf *out, uint32_t v)
{
	put16(out, v >> 16);
	put16(out, v & 0xFFFF);
}

static void put_many16(struct rc_buf *out, const uint16_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put16(out, v[i]);
}
#define PUT16(out, ...) put_many16(out, (const uint16_t[]){ __VA_ARGS__ }, sizeof((const uint16_t[]){ __VA_ARGS__ }) / sizeof(uint16_t))

/* A square that fills the em: one contour of four points on it, no instructions. It is never painted (text rendering mode 3), but
 * PDFium takes no notice of text whose glyphs have no extent. */
enum { GLYPH_BYTES = 34, POINTS = 4 };
static void glyf(struct rc_buf *out)
{
	static const char on_curve[POINTS] = { 1, 1, 1, 1 };

	for (int i = 0; i < GLYPHS; i++) {
		PUT16(out, 1, 0, 0, EM, EM, POINTS - 1, 0);
		rc_buf_add(out, on_curve, sizeof on_curve);
		PUT16(out, 0, 0, EM, 0);                        /* x, from point to point */
		PUT16(out, 0, EM, 0, (uint16_t)-EM);            /* y */
	}
}

static void head(struct rc_buf *out)
{
	put32(out, 0x00010000);         /* version */
	put32(out, 0x00010000);         /* revision */
	put32(out, 0);                  /* checksum of the whole; patched by make_truetype() */
	put32(out, 0x5F0F3CF5);         /* magic */
	PUT16(out, 3, EM);              /* flags: baseline at 0, left bearing at 0; units per em */
	for (int i = 0; i < 4; i++)
		put32(out, 0);          /* made, changed: no clock */
	PUT16(out, 0, 0, EM, EM, 0, 8, 2, 0, 0);        /* box, style, smallest size, direction, short offsets, format */
}

static void hhea(struct rc_buf *out)
{
	put32(out, 0x00010000);
	PUT16(out, EM, 0, 0, EM, 0, 0, EM, 1, 0, 0, 0, 0, 0, 0, 0, 1);  /* ..., one width in hmtx */
}

static void hmtx(struct rc_buf *out)
{
	PUT16(out, EM, 0, 0);           /* both glyphs are 1 em wide */
}

static void loca(struct rc_buf *out)
{
	for (unsigned i = 0; i <= GLYPHS; i++)
		put16(out, i * GLYPH_BYTES / 2);
}

static void maxp(struct rc_buf *out)
{
	put32(out, 0x00010000);
	PUT16(out, GLYPHS, POINTS, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
}

static uint32_t sum32(const char *bytes, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += (uint32_t)(uint8_t)bytes[i] << (24 - 8 * (i % 4));
	return sum;
}

static void make_truetype(struct rc_buf *out)
{
	static const struct {
		char tag[5];
		void (*make)(struct rc_buf *);
	} tables[] = { { "glyf", glyf }, { "head", head }, { "hhea", hhea }, { "hmtx", hmtx }, { "loca", loca }, { "maxp", maxp } };
	enum { N = sizeof tables / sizeof *tables, DIRECTORY = 12 + 16 * N };
	RC_OWN_BUF body = RC_BUF(4096);
	size_t head_at = 0;

	put32(out, 0x00010000);
	PUT16(out, N, 64, 2, 16 * N - 64);      /* how to search a directory of six in halves */
	for (size_t i = 0; i < N; i++) {
		size_t start = body.len;

		tables[i].make(&body);
		size_t len = body.len - start;

		rc_buf_adds(out, tables[i].tag);
		put32(out, sum32(body.data + start, len));
		put32(out, (uint32_t)(DIRECTORY + start));
		put32(out, (uint32_t)len);
		if (tables[i].make == head)
			head_at = DIRECTORY + start;
		while (body.len % 4)
			rc_buf_addc(&body, 0);
	}
	rc_buf_add(out, body.data, body.len);
	uint32_t adjust = 0xB1B0AFBA - sum32(out->data, out->len);

	for (unsigned i = 0; i < 4; i++)
		out->data[head_at + 8 + i] = (char)(adjust >> (24 - 8 * i) & 0xFF);
}

/* ---- the rest ------------------------------------------------------------------------------------------- */

static void add_char(struct rc_buf *out, uint32_t cp)
{
	if (cp > 0xFFFF)
		rc_buf_addf(out, "<%04X%04X>\n", 0xD800 + ((cp - 0x10000) >> 10), 0xDC00 + ((cp - 0x10000) & 0x3FF));
	else
		rc_buf_addf(out, "<%04X>\n", cp);
}

/* At most 100 lines a block (9.10.3). */
static void make_to_unicode(const struct pdf_font *font, struct rc_buf *out)
{
	rc_buf_adds(out, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
	            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
	            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
	            "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
	for (uint32_t code = 1; code <= font->n; code++) {
		if (code % 100 == 1)
			rc_buf_addf(out, "%u beginbfchar\n", font->n - code + 1 < 100 ? font->n - code + 1 : 100);
		rc_buf_addf(out, "<%04X> ", code);
		add_char(out, font->chars[code]);
		if (code % 100 == 0 || code == font->n)
			rc_buf_adds(out, "endbfchar\n");
	}
	rc_buf_adds(out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
}

/* Every code shows glyph 1; glyph 0 means "missing" and must not be used. */
static void make_glyph_map(const struct pdf_font *font, struct rc_buf *out)
{
	put16(out, 0);
	for (uint32_t code = 1; code <= font->n; code++)
		put16(out, 1);
}

void pdf_font_write(struct pdf_font *font, struct pdf_file *f)
{
	enum { MAX = 8 << 20 };
	RC_OWN_BUF program = RC_BUF(MAX);
	RC_OWN_BUF unicode = RC_BUF(MAX);
	RC_OWN_BUF glyphs = RC_BUF(MAX);
	RC_OWN_BUF dict = RC_BUF(MAX);
	int32_t program_at = pdf_file_reserve(f), unicode_at = pdf_file_reserve(f), glyphs_at = pdf_file_reserve(f);
	int32_t descriptor = pdf_file_reserve(f), descendant = pdf_file_reserve(f);

	make_truetype(&program);
	make_to_unicode(font, &unicode);
	make_glyph_map(font, &glyphs);
	rc_buf_addf(&dict, "/Length1 %zu", program.len);
	pdf_file_packed(f, program_at, dict.data, program.data, program.len);
	pdf_file_packed(f, unicode_at, "", unicode.data, unicode.len);
	pdf_file_packed(f, glyphs_at, "", glyphs.data, glyphs.len);
	pdf_file_object(f, descriptor, "<< /Type /FontDescriptor /FontName /Invisible /Flags 4 /FontBBox [0 0 %d %d] /ItalicAngle 0 /Ascent %d"
	                " /Descent 0 /CapHeight %d /StemV 80 /FontFile2 %d 0 R >>", EM, EM, EM, EM, program_at);
	pdf_file_object(f, descendant, "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Invisible /CIDSystemInfo << /Registry (Adobe)"
	                " /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW %d /CIDToGIDMap %d 0 R >>", descriptor, EM, glyphs_at);
	pdf_file_object(f, font->object, "<< /Type /Font /Subtype /Type0 /BaseFont /Invisible /Encoding /Identity-H /DescendantFonts [%d 0 R]"
	                " /ToUnicode %d 0 R >>", descendant, unicode_at);
}
