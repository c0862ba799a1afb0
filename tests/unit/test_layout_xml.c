/* test_layout_xml.c -- lines from ALTO and PAGE, whoever wrote them. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "common/layout_xml.h"
#include "core/outfile.h"

static enum rc_status read_text(const char *xml, struct layout_xml *ret, struct rc_err *err)
{
	check_int(rc_file_put("x.xml", xml, strlen(xml), err), RC_OK);
	return layout_xml_read(ret, "x.xml", "x.xml", err);
}

/* "text/text/..." in reading order; "-" for a line without text. */
static void check_lines(const struct layout_xml *layout, const char *want)
{
	RC_OWN_BUF all = RC_BUF(1 << 16);

	for (size_t i = 0; i < layout->n_lines; i++)
		rc_buf_addf(&all, "%s%s", i ? "/" : "", layout->lines[i].text ? layout->lines[i].text : "-");
	check_str(all.data, want);
}

TEST(alto_of_version_2_with_margins_hyphens_and_blocks_in_blocks)
{
	RC_CLEANUP(layout_xml_free) struct layout_xml layout = { 0 };
	struct rc_err err = { 0 };

	check_int(read_text("<alto xmlns='http://www.loc.gov/standards/alto/ns-v2#'><Description><MeasurementUnit>mm10</MeasurementUnit>"
	                    "<sourceImageInformation><fileName>p1.tif</fileName></sourceImageInformation></Description>"
	                    "<Layout><Page ID='P' PHYSICAL_IMG_NR='1' WIDTH='2100.5' HEIGHT='2970'>"
	                    "<TopMargin><TextBlock ID='a'><TextLine><String CONTENT='12'/></TextLine></TextBlock></TopMargin>"
	                    "<PrintSpace><ComposedBlock ID='c'><TextBlock ID='b'>"
	                    "<TextLine HPOS='10' VPOS='20' WIDTH='30' HEIGHT='5'><String CONTENT='two'/><SP/><String CONTENT='wo' SUBS_TYPE='HypPart1'/>"
	                    "<HYP CONTENT='-'/></TextLine>"
	                    "<TextLine><String CONTENT='rds' HPOS='1' VPOS='2' WIDTH='3' HEIGHT='4'/><SP/><String CONTENT='x' HPOS='5' VPOS='1' WIDTH='3' HEIGHT='4'/></TextLine>"
	                    "</TextBlock></ComposedBlock></PrintSpace></Page></Layout></alto>", &layout, &err), RC_OK);
	check_int(layout.kind, LAYOUT_ALTO);
	check_str(layout.image, "p1.tif");
	check_near(layout.width, 2100.5, 1e-9);
	check_lines(&layout, "12/two wo-/rds x");
	check_near(layout.lines[1].right, 40, 1e-9);
	check_near(layout.lines[2].left, 1, 1e-9);      /* around its words */
	check_near(layout.lines[2].top, 1, 1e-9);
	check_near(layout.lines[2].right, 8, 1e-9);
	check_int(layout.lines[1].region, layout.lines[2].region);
	check(layout.lines[0].region != layout.lines[1].region);
}

TEST(alto_blocks_come_in_reading_order)
{
	RC_CLEANUP(layout_xml_free) struct layout_xml layout = { 0 };
	struct rc_err err = { 0 };

	check_int(read_text("<alto xmlns='http://www.loc.gov/standards/alto/ns-v4#'><ReadingOrder><OrderedGroup ID='g'>"
	                    "<ElementRef ID='e1' REF='b'/><OrderedGroup ID='h'><ElementRef ID='e2' REF='a'/></OrderedGroup></OrderedGroup></ReadingOrder>"
	                    "<Layout><Page ID='P' PHYSICAL_IMG_NR='1'><PrintSpace>"
	                    "<TextBlock ID='c'><TextLine><String CONTENT='3'/></TextLine></TextBlock>"
	                    "<TextBlock ID='a' BASEDIRECTION='ttb'><TextLine><String CONTENT='2'/></TextLine>"
	                    "<TextLine BASEDIRECTION='ltr'><String CONTENT=''/></TextLine></TextBlock>"
	                    "<TextBlock ID='b'><TextLine><Shape><Polygon POINTS='1 2 11 4 10 9 0 7'/></Shape><String CONTENT='1'/></TextLine></TextBlock>"
	                    "</PrintSpace></Page></Layout></alto>", &layout, &err), RC_OK);
	check_lines(&layout, "1/2//3");
	check(layout.lines[0].turned);
	check_near(layout.lines[0].corners[3], 4, 1e-9);
	check_near(layout.lines[0].bottom, 9, 1e-9);
	check_int(layout.lines[1].direction, RC_DIR_VERTICAL);
	check_int(layout.lines[2].direction, RC_DIR_HORIZONTAL);
	check_int(layout.lines[3].direction, RC_DIR_UNKNOWN);
}

TEST(page_takes_the_first_text_by_index_and_else_that_of_words)
{
	RC_CLEANUP(layout_xml_free) struct layout_xml layout = { 0 };
	struct rc_err err = { 0 };

	check_int(read_text("<PcGts xmlns='http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15'>"
	                    "<Metadata><MetadataItem name='scan' value='sha256:x'/></Metadata>"
	                    "<Page imageFilename='p.png' imageWidth='100' imageHeight='200' custom='other'>"
	                    "<ReadingOrder><OrderedGroup id='o'><RegionRefIndexed index='0' regionRef='r2'/></OrderedGroup></ReadingOrder>"
	                    "<TextRegion id='r1'><Coords points='0,0 9,0 9,9'/>"
	                    "<TextLine id='l1'><Coords points='0,0 9,0 9,3 0,3'/><Word id='w'><Coords points='0,0 1,1'/><TextEquiv><Unicode>word</Unicode></TextEquiv></Word>"
	                    "<TextEquiv index='1'><Unicode>worse</Unicode></TextEquiv><TextEquiv index='0'><PlainText>?</PlainText><Unicode>better</Unicode></TextEquiv></TextLine>"
	                    "<TextRegion id='r3'><Coords points='0,0 9,0'/><TextLine id='l3'><Coords><Point x='1' y='2'/><Point x='5' y='9'/></Coords>"
	                    "<Word id='w2'><TextEquiv><Unicode>two</Unicode></TextEquiv></Word><Word id='w3'><TextEquiv><Unicode>words</Unicode></TextEquiv></Word></TextLine></TextRegion>"
	                    "<TextLine id='l4'><Coords points='0,0 9,0'/></TextLine>"
	                    "<TextEquiv><Unicode>better and more</Unicode></TextEquiv></TextRegion>"
	                    "<TableRegion id='t'><Coords points='0,0 9,0'/><TextRegion id='r2' readingDirection='top-to-bottom'><TextLine id='l2'><Coords points='0,0 9,0'/>"
	                    "<TextEquiv><Unicode></Unicode></TextEquiv></TextLine></TextRegion></TableRegion></Page></PcGts>", &layout, &err), RC_OK);
	check_int(layout.kind, LAYOUT_PAGE);
	check_str(layout.scan, "sha256:x");
	check_str(layout.lines[0].id, "l2");
	check_int(layout.lines[0].direction, RC_DIR_VERTICAL);
	check_lines(&layout, "/better/-/two words");
	check_near(layout.lines[3].bottom, 9, 1e-9);
	check(!layout.lines[1].turned);
}

/* l1: in a blank; l2: in a word; l3: one of the words has glyphs only; l4: words alone. */
TEST(page_tells_where_words_say_something_else_than_their_line)
{
#define WORD(text) "<Word><TextEquiv><Unicode>" text "</Unicode></TextEquiv></Word>"
#define OWN(text) "<TextEquiv><Unicode>" text "</Unicode></TextEquiv>"
	RC_CLEANUP(layout_xml_free) struct layout_xml layout = { 0 };
	struct rc_err err = { 0 };

	check_int(read_text("<PcGts><Page imageFilename='p.png'><TextRegion id='r'>"
	                    "<TextLine id='l1'>" WORD("布") WORD("告") OWN("布告") "</TextLine>"
	                    "<TextLine id='l2' custom='corrected'>" WORD("佈") WORD("告") OWN("布告") "</TextLine>"
	                    "<TextLine id='l3'>" WORD("佈") "<Word><Glyph>" OWN("告") "</Glyph></Word>" OWN("布告") "</TextLine>"
	                    "<TextLine id='l4'>" WORD("布告") "</TextLine>"
	                    "</TextRegion></Page></PcGts>", &layout, &err), RC_OK);
	check_lines(&layout, "布告/布告/布告/布告");
	for (size_t i = 0; i < layout.n_lines; i++) {
		check_int(layout.lines[i].words_differ, i == 1);
		check_int(layout.lines[i].corrected, i == 1);
	}
}

TEST(what_is_neither_says_so)
{
	struct layout_xml layout = { 0 };
	struct rc_err err = { 0 };

	check_int(read_text("<html/>", &layout, &err), RC_PAGE_FAILED);
	check_str(err.text, "cannot read 'x.xml': line 1: neither ALTO nor PAGE XML: its root is 'html'");
	check_int(layout_xml_read(&layout, "absent.xml", "absent.xml", &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_MISSING);
}

TEST(entities_and_half_files_are_refused)
{
	struct layout_xml layout = { 0 };
	struct rc_err err = { 0 };

	check_int(read_text("<!DOCTYPE alto [<!ENTITY a 'b'>]><alto><Description>&a;</Description></alto>", &layout, &err), RC_PAGE_FAILED);
	check_int(read_text("<alto><Layout><Page><PrintSpace><TextBlock><TextLine><String CONTENT='x'/>", &layout, &err), RC_PAGE_FAILED);
	check_int(err.reason, RC_WHY_FORMAT);
	check_int(read_text("", &layout, &err), RC_PAGE_FAILED);
}

TEST(more_lines_than_a_page_may_have_are_refused)
{
	RC_OWN_BUF xml = RC_BUF(16 << 20);
	struct layout_xml layout = { 0 };
	struct rc_err err = { 0 };

	rc_buf_adds(&xml, "<alto><Layout><Page><PrintSpace><TextBlock>");
	for (int i = 0; i <= RC_MAX_LINES; i++)
		rc_buf_adds(&xml, "<TextLine><String CONTENT='x'/></TextLine>");
	rc_buf_adds(&xml, "</TextBlock></PrintSpace></Page></Layout></alto>");
	check_int(read_text(xml.data, &layout, &err), RC_PAGE_FAILED);
	check_int(err.reason, RC_WHY_BYTES);
}

TEST(files_of_others_are_read)
{
	static const char *const files[] = {
		"mets/data/kant_aufklaerung_1784/data/OCR-D-GT-PAGE/PAGE_0017_PAGE.xml", "mets/data/kant_aufklaerung_1784/data/OCR-D-GT-ALTO/PAGE_0017_ALTO.xml",
	};
	bool any = false;

	for (size_t i = 0; i < RC_COUNT(files); i++) {
		RC_CLEANUP(layout_xml_free) struct layout_xml layout = { 0 };
		const char *path = check_shared(files[i]);
		struct rc_err err = { 0 };

		if (!path || access(path, R_OK) != 0)
			continue;
		any = true;
		check_int(layout_xml_read(&layout, path, "x", &err), RC_OK);
		check(layout.n_lines > 10);
		for (size_t k = 0; k < layout.n_lines; k++)
			check(layout.lines[k].right > layout.lines[k].left);
	}
	if (!any)
		check_skip("../shared has no such files");
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
