/* pdf_about.c -- what a PDF/A says of itself: its colours and its metadata.
 *
 *   pdf_srgb_profile()    ICC.1:2004-10 (4.2), a display profile of matrices and one curve, made here
 *   pdf_xmp()             XMP: Dublin Core of the item, and the claim to be PDF/A-2b (ISO 19005-2, 6.6.4) */
#include <math.h>
#include <string.h>

#include "common/xml.h"
#include "core/version.h"
#include "export/pdf_parts.h"

/* ---- sRGB ----------------------------------------------------------------------------------------------- */

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

/* s15Fixed16Number */
static void put_fixed(struct rc_buf *out, double v)
{
	put32(out, (uint32_t)(int32_t)lround(v * 65536));
}

static void put_tag(struct rc_buf *out, const char type[5])
{
	rc_buf_adds(out, type);
	put32(out, 0);
}

/* multiLocalizedUnicodeType with one text of ASCII, in English. */
static void put_words(struct rc_buf *out, const char *ascii)
{
	put_tag(out, "mluc");
	put32(out, 1);
	put32(out, 12);
	rc_buf_adds(out, "enUS");
	put32(out, (uint32_t)(2 * strlen(ascii)));
	put32(out, 28);
	for (; *ascii; ascii++)
		put16(out, (unsigned char)*ascii);
}

static void put_xyz(struct rc_buf *out, double x, double y, double z)
{
	put_tag(out, "XYZ ");
	put_fixed(out, x);
	put_fixed(out, y);
	put_fixed(out, z);
}

static void put_description(struct rc_buf *out)
{
	put_words(out, "sRGB IEC61966-2.1");
}

static void put_copyright(struct rc_buf *out)
{
	put_words(out, "No copyright, use freely");
}

static void put_white(struct rc_buf *out)
{
	put_xyz(out, 0.9642, 1, 0.8249);        /* D50, to which the rest is adapted */
}

/* From D65 to D50 (Bradford), as IEC 61966-2-1 has it in its annex. */
static void put_adaptation(struct rc_buf *out)
{
	static const double bradford[] = { 1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168 };

	put_tag(out, "sf32");
	for (size_t i = 0; i < RC_COUNT(bradford); i++)
		put_fixed(out, bradford[i]);
}

static void put_red(struct rc_buf *out)
{
	put_xyz(out, 0.43607, 0.22249, 0.01392);
}

static void put_green(struct rc_buf *out)
{
	put_xyz(out, 0.38515, 0.71687, 0.09708);
}

static void put_blue(struct rc_buf *out)
{
	put_xyz(out, 0.14307, 0.06061, 0.71410);
}

/* parametricCurveType 3: ((a x + b) ^ g above d, else c x. */
static void put_curve(struct rc_buf *out)
{
	static const double curve[] = { 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045 };

	put_tag(out, "para");
	put16(out, 3);
	put16(out, 0);
	for (size_t i = 0; i < RC_COUNT(curve); i++)
		put_fixed(out, curve[i]);
}

static const struct {
	char name[5];
	void (*put)(struct rc_buf *);
} icc_tags[] = {
	{ "desc", put_description }, { "cprt", put_copyright }, { "wtpt", put_white }, { "chad", put_adaptation }, { "rXYZ", put_red },
	{ "gXYZ", put_green }, { "bXYZ", put_blue }, { "rTRC", put_curve }, { "gTRC", put_curve }, { "bTRC", put_curve },
};
enum { ICC_HEAD = 128, ICC_TAGS = sizeof icc_tags / sizeof *icc_tags, ICC_TABLE = 4 + 12 * ICC_TAGS };

static void put_head(struct rc_buf *out, uint32_t size)
{
	put32(out, size);
	put32(out, 0);                  /* no colour engine is preferred */
	put32(out, 0x04200000);
	rc_buf_adds(out, "mntrRGB XYZ ");
	put16(out, 2026);               /* a fixed date: the day this profile was written down */
	put16(out, 1);
	put16(out, 1);
	for (int i = 0; i < 3; i++)
		put16(out, 0);
	rc_buf_adds(out, "acsp");
	for (int i = 0; i < 7; i++)
		put32(out, 0);          /* platform, flags, maker, model, attributes (2), intent: perceptual */
	put_fixed(out, 0.9642);
	put_fixed(out, 1);
	put_fixed(out, 0.8249);
	while (out->len % ICC_HEAD)
		rc_buf_addc(out, 0);
}

void pdf_srgb_profile(struct rc_buf *out)
{
	RC_OWN_BUF table = RC_BUF(1000);
	RC_OWN_BUF data = RC_BUF(10000);

	put32(&table, ICC_TAGS);
	for (size_t i = 0; i < ICC_TAGS; i++) {
		size_t start = data.len;

		icc_tags[i].put(&data);
		rc_buf_adds(&table, icc_tags[i].name);
		put32(&table, (uint32_t)(ICC_HEAD + ICC_TABLE + start));
		put32(&table, (uint32_t)(data.len - start));
		while (data.len % 4)
			rc_buf_addc(&data, 0);
	}
	put_head(out, (uint32_t)(ICC_HEAD + ICC_TABLE + data.len));
	rc_buf_add(out, table.data, table.len);
	rc_buf_add(out, data.data, data.len);
}

/* ---- XMP ------------------------------------------------------------------------------------------------ */

/* XMP's dates are plain: "1931", "1931-11", "1931-11-07". */
static bool is_plain_date(const char *date)
{
	static const char pattern[] = "dddd-dd-dd";
	size_t len = strlen(date);

	if (len != 4 && len != 7 && len != 10)
		return false;
	for (size_t i = 0; i < len; i++)
		if (pattern[i] == '-' ? date[i] != '-' : date[i] < '0' || date[i] > '9')
			return false;
	return true;
}

static void put_alternative(struct xml_writer *xml, const char *name, const char *text)
{
	if (!*text)
		return;
	xml_start(xml, name);
	xml_start(xml, "rdf:Alt");
	xml_start(xml, "rdf:li");
	xml_attr(xml, "xml:lang", "x-default");
	xml_text(xml, text);
	xml_end(xml);
	xml_end(xml);
	xml_end(xml);
}

static void put_list(struct xml_writer *xml, const char *name, const char *kind, const char *text)
{
	if (!*text)
		return;
	xml_start(xml, name);
	xml_start(xml, kind);
	xml_element(xml, "rdf:li", text);
	xml_end(xml);
	xml_end(xml);
}

static void put_description_of(struct xml_writer *xml, const struct record_head *head, const char *created)
{
	xml_start(xml, "rdf:Description");
	xml_attr(xml, "rdf:about", "");
	xml_attr(xml, "xmlns:pdfaid", "http://www.aiim.org/pdfa/ns/id/");
	xml_attr(xml, "xmlns:dc", "http://purl.org/dc/elements/1.1/");
	xml_attr(xml, "xmlns:xmp", "http://ns.adobe.com/xap/1.0/");
	xml_attr(xml, "xmlns:pdf", "http://ns.adobe.com/pdf/1.3/");
	xml_element(xml, "pdfaid:part", "2");
	xml_element(xml, "pdfaid:conformance", "B");
	xml_element(xml, "dc:format", "application/pdf");
	xml_element(xml, "dc:identifier", *head->reference ? head->reference : head->id);
	put_alternative(xml, "dc:title", *head->title ? head->title : head->id);
	if (is_plain_date(head->date_edtf))
		put_list(xml, "dc:date", "rdf:Seq", head->date_edtf);
	put_list(xml, "dc:language", "rdf:Bag", head->language);
	put_alternative(xml, "dc:rights", *head->rights_statement ? head->rights_statement : head->rights_license);
	if (created) {
		xml_element(xml, "xmp:CreateDate", created);
		xml_element(xml, "xmp:ModifyDate", created);
	}
	xml_element(xml, "pdf:Producer", "redcorpus " RC_VERSION);
	xml_end(xml);
}

/* The writer's declaration is not part of a packet: what comes before the first line's end goes. */
static void add_packet(struct rc_buf *out, const char *xml)
{
	const char *body = strncmp(xml, "<?xml", 5) == 0 ? strchr(xml, '\n') : NULL;

	rc_buf_adds(out, "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n");
	rc_buf_adds(out, body ? body + 1 : xml);
	rc_buf_adds(out, "<?xpacket end=\"r\"?>\n");
}

enum rc_status pdf_xmp(const struct record_head *head, const char *created, struct rc_buf *out, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(1 << 20);
	RC_CLEANUP(xml_writer_free) struct xml_writer *xml = xml_writer_new(xml_to_buf, &text);

	xml_start(xml, "x:xmpmeta");
	xml_attr(xml, "xmlns:x", "adobe:ns:meta/");
	xml_start(xml, "rdf:RDF");
	xml_attr(xml, "xmlns:rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#");
	put_description_of(xml, head, created);
	enum rc_status status = xml_writer_finish(xml, err);

	if (rc_good(status))
		add_packet(out, text.data);
	return rc_good(status) ? rc_buf_check(out, "the metadata of a PDF", err) : status;
}
