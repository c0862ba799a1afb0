/* test_formats.c -- ALTO, PAGE and METS of others: each planted defect is found by its rule and in its line, with a schema and without. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "common/formats.h"
#include "common/schema_set.h"
#include "core/outfile.h"

static const char alto[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<alto xmlns=\"http://www.loc.gov/standards/alto/ns-v4#\">\n"
	" <Description><MeasurementUnit>pixel</MeasurementUnit><Processing ID=\"ocr\"><processingSoftware>"
	"<softwareName>someprogram</softwareName></processingSoftware></Processing></Description>\n"
	" <Tags><OtherTag ID=\"unread\" LABEL=\"not read\"/></Tags>\n"
	" <ReadingOrder><OrderedGroup ID=\"order\"><ElementRef ID=\"o1\" REF=\"b1\"/><ElementRef ID=\"o2\" REF=\"b2\"/></OrderedGroup></ReadingOrder>\n"
	" <Layout><Page ID=\"p\" PHYSICAL_IMG_NR=\"1\" WIDTH=\"100\" HEIGHT=\"200\" PC=\"0.9\"><PrintSpace>\n"
	"  <TextBlock ID=\"b1\" HPOS=\"0\" VPOS=\"0\" WIDTH=\"100\" HEIGHT=\"90\" PROCESSINGREFS=\"ocr\">\n"
	"   <TextLine ID=\"l1\" HPOS=\"80\" VPOS=\"0\" WIDTH=\"20\" HEIGHT=\"90\">\n"
	"    <String ID=\"s1\" CONTENT=\"布告\" HPOS=\"80\" VPOS=\"0\" WIDTH=\"20\" HEIGHT=\"90\" WC=\"0.95\" CC=\"01\"/>\n"
	"   </TextLine>\n"
	"   <TextLine ID=\"l2\" HPOS=\"60\" VPOS=\"0\" WIDTH=\"20\" HEIGHT=\"90\" TAGREFS=\"unread\"><String CONTENT=\"\"/></TextLine>\n"
	"  </TextBlock>\n"
	"  <TextBlock ID=\"b2\" HPOS=\"0\" VPOS=\"100\" WIDTH=\"100\" HEIGHT=\"100\"/>\n"
	" </PrintSpace></Page></Layout>\n"
	"</alto>\n";

static const char page[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<PcGts xmlns=\"http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15\">\n"
	" <Metadata><Creator>x</Creator><Created>2020-01-01T00:00:00</Created><LastChange>2020-01-01T00:00:00</LastChange></Metadata>\n"
	" <Page imageFilename=\"p.png\" imageWidth=\"100\" imageHeight=\"200\">\n"
	"  <ReadingOrder><OrderedGroup id=\"g\"><RegionRefIndexed index=\"0\" regionRef=\"r1\"/></OrderedGroup></ReadingOrder>\n"
	"  <TextRegion id=\"r1\"><Coords points=\"0,0 99,0 99,99 0,99\"/>\n"
	"   <TextLine id=\"l1\"><Coords points=\"0,0 20,0 20,99\" conf=\"0.5\"/><Baseline points=\"10,0 10,99\"/>\n"
	"    <TextEquiv conf=\"0.9\"><Unicode>布告</Unicode></TextEquiv>\n"
	"   </TextLine>\n"
	"  </TextRegion>\n"
	" </Page>\n"
	"</PcGts>\n";

/* The digest is that of "scan\n". */
static const char mets[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<mets xmlns=\"http://www.loc.gov/METS/\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n"
	" <fileSec><fileGrp>\n"
	"  <file ID=\"f1\" SIZE=\"5\" CHECKSUM=\"a0d5b1d283deb3666314daff4bcc72968cbb13cf3f23434b633f936f78977879\" CHECKSUMTYPE=\"SHA-256\">\n"
	"   <FLocat LOCTYPE=\"URL\" xlink:href=\"scans/p%201.tif\"/>\n"
	"  </file>\n"
	"  <file ID=\"f2\"><FLocat LOCTYPE=\"URL\" xlink:href=\"https://example.org/p1.tif\"/></file>\n"
	" </fileGrp></fileSec>\n"
	" <structMap><div ID=\"d1\"><fptr FILEID=\"f1\"/></div></structMap>\n"
	"</mets>\n";

struct seen {
	char rules[1000];           /* "CODE:LINE ", '?' after the code of a warning; sorted by what the checker met */
};

static void on_finding(void *ctx, const struct format_finding *f)
{
	struct seen *s = ctx;
	size_t len = strlen(s->rules);

	snprintf(s->rules + len, sizeof s->rules - len, "%s%s:%lld ", rule_code(f->rule), f->warning ? "?" : "", (long long)f->line);
}

/* The document with the first `from` as `to` ("" and "": as it is), checked. */
static const char *check_changed(const char *document, const char *from, const char *to, const struct xml_schema *schema)
{
	static struct seen seen;
	RC_OWN_BUF out = RC_BUF(1 << 20);
	const char *at = strstr(document, from);
	enum format format = document == alto ? FORMAT_ALTO : document == page ? FORMAT_PAGE : FORMAT_METS;
	struct rc_err err = { 0 };

	seen = (struct seen){ "" };
	if (!check(at != NULL))
		return "";
	rc_buf_add(&out, document, (size_t)(at - document));
	rc_buf_adds(&out, to);
	rc_buf_adds(&out, at + strlen(from));
	check_int(rc_file_put("x.xml", out.data, out.len, &err), RC_OK);
	check_int(format_check("x.xml", format, schema, on_finding, &seen, &err), RC_OK);
	return seen.rules;
}

TEST(formats_are_known_by_their_root)
{
	check_int(format_find("http://www.loc.gov/standards/alto/ns-v3#", "alto"), FORMAT_ALTO);
	check_int(format_find("", "alto"), FORMAT_ALTO);
	check_int(format_find("http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15", "PcGts"), FORMAT_PAGE);
	check_int(format_find("http://www.loc.gov/METS/", "mets"), FORMAT_METS);
	check_int(format_find("http://www.w3.org/1999/xhtml", "html"), FORMAT_OTHER);
}

TEST(alto_by_our_rules)
{
	const struct { const char *from, *to, *rules; } cases[] = {
		{ "", "", "" },
		{ "WC=\"0.95\"", "WC=\"95\"", "confidence:9 " },
		{ "CC=\"01\"", "CC=\"0\"", "confidence:9 " },
		{ "CC=\"01\"", "CC=\"0x\"", "confidence:9 " },
		{ "CC=\"01\"", "CC=\"0 1\"", "" },
		{ "CC=\"01\"", "CC=\"99\"", "confidence-sense?:9 " },
		{ "PC=\"0.9\"", "PC=\"-1\"", "confidence:6 " },
		{ "CONTENT=\"布告\"", "CONTENT=\" \" ", "confidence:9 line-empty?:8 " },
		{ " TAGREFS=\"unread\"", "", "line-empty?:11 " },
		{ "TAGREFS=\"unread\"", "TAGREFS=\"unknown\"", "id-reference:11 " },
		{ "ID=\"l2\"", "ID=\"l1\"", "id-duplicate:11 " },
		{ "HPOS=\"80\" VPOS=\"0\" WIDTH=\"20\" HEIGHT=\"90\">", "HPOS=\"80\" VPOS=\"0\" WIDTH=\"21\" HEIGHT=\"90\">", "box-outside:8 " },
		{ "HPOS=\"80\"", "HPOS=\"-3\"", "number:8 " },
		{ "HPOS=\"80\"", "HPOS=\"left\"", "number:8 " },
		{ "REF=\"b2\"", "REF=\"b3\"", "reading-order:5 " },
		{ "REF=\"b2\"", "REF=\"b1\"", "reading-order:5 " },
	};

	for (size_t i = 0; i < RC_COUNT(cases); i++)
		check_str(check_changed(alto, cases[i].from, cases[i].to, NULL), cases[i].rules);
}

TEST(the_confidences_that_tesseract_writes_are_told)
{
	RC_OWN_BUF document = RC_BUF(1 << 20);
	struct seen seen = { "" };
	struct rc_err err;

	rc_buf_adds(&document, "<alto xmlns=\"http://www.loc.gov/standards/alto/ns-v3#\"><Description><OCRProcessing ID=\"o\"><ocrProcessingStep>"
		"<processingSoftware><softwareName>tesseract 5.3.0</softwareName></processingSoftware></ocrProcessingStep></OCRProcessing>"
		"</Description><Layout><Page ID=\"p\" WIDTH=\"9\" HEIGHT=\"9\"><TextLine><String CONTENT=\"a\" WC=\"0.100\"/>"
		"<String CONTENT=\"b\" WC=\"0.5\"/></TextLine></Page></Layout></alto>");
	check_int(rc_file_put("t.xml", document.data, document.len, &err), RC_OK);
	check_int(format_check("t.xml", FORMAT_ALTO, NULL, on_finding, &seen, &err), RC_OK);
	check_str(seen.rules, "confidence-sense?:1 ");
}

TEST(page_by_our_rules)
{
	const struct { const char *from, *to, *rules; } cases[] = {
		{ "", "", "" },
		{ "99,99 0,99", "99,99 0,201", "box-outside:6 " },
		{ "20,0 20,99", "20,0 -2,99", "box-outside:7 " },
		{ "20,0 20,99", "20,0", "number:7 " },
		{ "20,0 20,99", "20;0 20,99", "number:7 " },
		{ "10,0 10,99", "10,0", "number:7 " },
		{ "conf=\"0.9\"", "conf=\"9\"", "confidence:8 " },
		{ "布告", "  ", "line-empty?:7 " },
		{ "id=\"l1\"", "id=\"r1\"", "id-duplicate:7 " },
		{ "regionRef=\"r1\"", "regionRef=\"r2\"", "reading-order:5 " },
		{ "regionRef=\"r1\"", "regionRef=\"l1\"", "reading-order:5 " },
	};

	for (size_t i = 0; i < RC_COUNT(cases); i++)
		check_str(check_changed(page, cases[i].from, cases[i].to, NULL), cases[i].rules);
	check_str(check_changed(page, "<TextEquiv conf=\"0.9\"><Unicode>布告</Unicode></TextEquiv>",
		"<Word id=\"w\"><Coords points=\"0,0 1,0 1,1\"/><TextEquiv><Unicode>布告</Unicode></TextEquiv></Word>", NULL), "");
}

TEST(mets_by_our_rules)
{
	const struct { const char *from, *to, *rules; } cases[] = {
		{ "", "", "" },
		{ "SIZE=\"5\"", "SIZE=\"6\"", "mets-size:5 " },
		{ "CHECKSUM=\"a0", "CHECKSUM=\"00", "mets-checksum:5 " },
		{ "SHA-256", "TIGER", "mets-checksum?:5 " },
		{ "scans/p%201.tif", "scans/p2.tif", "mets-file:5 " },
		{ "scans/p%201.tif", "scans", "mets-file:5 " },
		{ "scans/p%201.tif", "scans/%2E%2E/../x.xml", "mets-path:5 " },
		{ "scans/p%201.tif", "file:///etc/passwd", "mets-path:5 " },
		{ "scans/p%201.tif", "out/passwd", "mets-path:5 " },
		/* A file that was read for another name of it. */
		{ "<file ID=\"f2\"><FLocat LOCTYPE=\"URL\" xlink:href=\"https://example.org/p1.tif\"/>",
		  "<file ID=\"f2\" CHECKSUM=\"00\" CHECKSUMTYPE=\"SHA-256\"><FLocat LOCTYPE=\"URL\" xlink:href=\"scans/p%201.tif\"/>", "mets-checksum:7 " },
		{ "FILEID=\"f1\"", "FILEID=\"f9\"", "mets-structure:9 " },
		{ "FILEID=\"f1\"", "FILEID=\"d1\"", "mets-structure:9 " },
		{ "ID=\"f2\"", "ID=\"f1\"", "id-duplicate:7 " },
		{ "<structMap><div ID=\"d1\"><fptr FILEID=\"f1\"/></div></structMap>", "", "mets-structure:11 " },
	};
	struct rc_err err;

	check_int(mkdir("scans", 0777), 0);
	check_int(symlink("/etc", "out"), 0);
	check_int(rc_file_put("scans/p 1.tif", "scan\n", 5, &err), RC_OK);
	for (size_t i = 0; i < RC_COUNT(cases); i++)
		check_str(check_changed(mets, cases[i].from, cases[i].to, NULL), cases[i].rules);
}

/* The set of the folder ../shared/data/standards, or of a catalogue that leads there. */
static struct schema_set *standards(bool by_catalog)
{
	struct schema_set *set = NULL;
	RC_OWN_BUF catalog = RC_BUF(1 << 16);
	const char *folder = check_shared("standards");
	struct rc_err err = { 0 };

	if (!folder)
		return NULL;
	rc_buf_addf(&catalog, "<catalog xmlns=\"urn:oasis:names:tc:entity:xmlns:xml:catalog\">"
		"<uri name=\"http://www.loc.gov/standards/alto/ns-v4#\" uri=\"file://%s/alto-4-4.xsd\"/>"
		"<system systemId=\"http://www.loc.gov/standards/xlink/xlink.xsd\" uri=\"file://%s/xlink.xsd\"/>"
		"<nextCatalog catalog=\"http://127.0.0.1:1/nothing.xml\"/></catalog>", folder, folder);
	check_int(rc_file_put("catalog.xml", catalog.data, catalog.len, &err), RC_OK);
	check_int(schema_set_open(&set, by_catalog ? "catalog.xml" : folder, &err), RC_OK);
	return set;
}

TEST(schemas_of_a_folder_are_used)
{
	RC_CLEANUP(schema_set_free) struct schema_set *set = standards(false);
	const struct xml_schema *schema = NULL;
	struct rc_err err = { 0 };

	if (!set)
		return;
	check_int(schema_set_find(set, "http://www.loc.gov/standards/alto/ns-v4#", "", &schema, &err), RC_OK);
	check_str(check_changed(alto, "", "", schema), "");
	/* One defect, one finding: what the schema tells is not told again. */
	check_str(check_changed(alto, "WC=\"0.95\"", "WC=\"95\"", schema), "schema:9 ");
	check_str(check_changed(alto, "HPOS=\"80\"", "HPOS=\"left\"", schema), "schema:8 ");
	check_str(check_changed(alto, "<PrintSpace>", "<PrintSpace><Nothing/>", schema), "schema:6 ");
	check_int(schema_set_find(set, "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15", "", &schema, &err), RC_OK);
	check_str(check_changed(page, "", "", schema), "");
	check_str(check_changed(page, "imageWidth=\"100\"", "", schema), "schema:4 ");
	check_int(schema_set_find(set, "http://www.loc.gov/METS/", "", &schema, &err), RC_OK);
	check_str(check_changed(mets, "LOCTYPE=\"URL\"", "", schema), "schema:5 mets-file:5 ");
	check_int(schema_set_find(set, "urn:nobody", "", &schema, &err), RC_SKIP);
}

TEST(schemas_of_a_catalogue_are_used)
{
	RC_CLEANUP(schema_set_free) struct schema_set *set = standards(true);
	const struct xml_schema *schema = NULL;
	struct rc_err err = { 0 };

	if (!set)
		return;
	check_int(schema_set_find(set, "http://www.loc.gov/standards/alto/ns-v4#", "", &schema, &err), RC_OK);
	check_str(check_changed(alto, "<PrintSpace>", "<PrintSpace><Nothing/>", schema), "schema:6 ");
	check_int(schema_set_find(set, "http://www.loc.gov/METS/", "", &schema, &err), RC_SKIP);
}

TEST(what_is_no_schema_is_said)
{
	RC_CLEANUP(schema_set_free) struct schema_set *set = NULL;
	const struct xml_schema *schema = NULL;
	struct rc_err err = { 0 };
	static const char broken[] = "<schema xmlns=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"urn:b\"><element type=\"x\"/></schema>";

	check_int(schema_set_open(&set, "nowhere", &err), RC_RUN_FAILED);
	check_contains(err.text, "cannot read XML catalogue 'nowhere'");
	check_int(mkdir("empty", 0777), 0);
	check_int(schema_set_open(&set, "empty", &err), RC_RUN_FAILED);
	check_contains(err.text, "cannot find a schema");
	check_int(rc_file_put("text.xml", "text", 4, &err), RC_OK);
	check_int(schema_set_open(&set, "text.xml", &err), RC_RUN_FAILED);
	check_int(mkdir("broken", 0777), 0);
	check_int(rc_file_put("broken/b.xsd", broken, strlen(broken), &err), RC_OK);
	check_int(schema_set_open(&set, "broken", &err), RC_OK);
	check_int(schema_set_find(set, "urn:b", "", &schema, &err), RC_RUN_FAILED);
	check_contains(err.text, "cannot use schema 'broken/b.xsd'");
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
