/* eval_html.c -- the report to look at.
 *
 *   eval_write_html()   from top to bottom: head, summary, estimates, table of pages, pages
 *   write_plot()        estimate against error, as SVG
 *   write_page()        scan, truth, reading
 *
 * Sections are made in a buffer and written one by one. Whatever comes from outside goes through eval_html_text(),
 * eval_html_name() or base64. */
#include "cli/eval_html.h"

#include <string.h>

#include "cli/eval_marks.h"
#include "core/outfile.h"

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
	"script-src 'unsafe-inline'\"/>\n"
	"<meta name=\"viewport\" content=\"width=device-width\"/>\n"
	"<title>redcorpus eval</title>\n"
	"<style>\n"
	"body { font: 15px/1.45 sans-serif; margin: 1.5em; color: #222; max-width: 110em }\n"
	"h1 { font-size: 1.4em } h2 { font-size: 1.1em; border-top: 1px solid #bbb; padding-top: .8em; margin-top: 2em }\n"
	"table { border-collapse: collapse; margin: 1em 0 } th, td { padding: .15em .7em; text-align: right; border-bottom: 1px solid #ddd }\n"
	"td:nth-child(12), th:nth-child(12), tfoot td:last-child { text-align: left } thead th { cursor: pointer; background: #f2f2f2 }\n"
	"tfoot td { font-weight: bold } .two { display: flex; flex-wrap: wrap; gap: 2em; align-items: flex-start }\n"
	".page { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 4fr) minmax(0, 4fr); gap: 1em }\n"
	".page img { max-width: 100%; max-height: 60em; border: 1px solid #ccc } ol { margin: 0; padding-left: 3em } li { unicode-bidi: isolate }\n"
	"li::marker { color: #999; font-size: .75em } ol.r { list-style: none; padding-left: 3.2em } ol.r li { position: relative }\n"
	"ol.r b { position: absolute; left: -3.6em; width: 3em; text-align: right; color: #999; font-size: .75em; font-weight: normal }\n"
	"ol.r b.j { color: #b3261e; font-weight: bold } li.g { margin-top: .7em } i { font-style: normal }\n"
	"i.l { background: #ffd6d1; text-decoration: line-through } i.w { background: #ffe9a8 } i.n { background: #cfe3ff }\n"
	"i.u { background: #ddd; color: #555; padding: 0 .4em } .note { color: #777 } svg text { font-size: 11px; fill: #555 }\n"
	"</style></head><body>\n";

/* Sorts the table of pages by the column whose head was clicked; a second click turns the order. */
static const char script[] =
	"<script>\n"
	"document.querySelectorAll('thead th').forEach(function (th, column) {\n"
	"  var down = false;\n"
	"  th.addEventListener('click', function () {\n"
	"    var body = th.closest('table').tBodies[0], rows = Array.from(body.rows);\n"
	"    var key = function (row) { return row.cells[column].dataset.v; };\n"
	"    var numbers = rows.every(function (row) { return !isNaN(key(row)); });\n"
	"    down = !down;\n"
	"    rows.sort(function (a, b) {\n"
	"      var order = numbers ? key(a) - key(b) : key(a).localeCompare(key(b));\n"
	"      return down ? -order : order;\n"
	"    });\n"
	"    rows.forEach(function (row) { body.appendChild(row); });\n"
	"  });\n"
	"});\n"
	"</script>\n";

/* ---- pieces --------------------------------------------------------------------------------------------------- */

static void add_base64(struct rc_buf *out, const struct rc_buf *bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *b = (const uint8_t *)bytes->data;

	for (size_t i = 0; i < bytes->len; i += 3) {
		size_t n = bytes->len - i;
		uint32_t three = (uint32_t)b[i] << 16 | (n > 1 ? (uint32_t)b[i + 1] << 8 : 0) | (n > 2 ? b[i + 2] : 0);
		char four[4] = { digits[three >> 18], digits[three >> 12 & 63], n > 1 ? digits[three >> 6 & 63] : '=',
		                 n > 2 ? digits[three & 63] : '=' };

		rc_buf_add(out, four, sizeof four);
	}
}

/* A cell with a share or rate, in percent; what is none sorts first. */
static void add_rate(struct rc_buf *out, double value)
{
	if (value >= 0)
		rc_buf_addf(out, "<td data-v=\"%.6f\">%.1f</td>", value, 100 * value);
	else
		rc_buf_adds(out, "<td data-v=\"-1\">&#8211;</td>");
}

static void add_count(struct rc_buf *out, int64_t value)
{
	rc_buf_addf(out, "<td data-v=\"%lld\">%lld</td>", (long long)value, (long long)value);
}

static double estimate_of(const struct eval_row *row)
{
	return row->page.not_read ? -1 : row->page.estimate;
}

static void add_numbers(struct rc_buf *out, const struct eval_numbers *n, double estimate)
{
	add_rate(out, score_cer(&n->score));
	add_rate(out, n->score.bag);
	add_rate(out, score_cer(&n->punctuation));
	add_rate(out, eval_lost(n));
	add_rate(out, eval_invented(n));
	add_rate(out, eval_misread(n));
	add_rate(out, eval_neighbours_found(n));
	add_rate(out, eval_neighbours(n));
	add_rate(out, estimate);
	add_count(out, n->score.truth);
	add_count(out, n->score.got);
}

/* ---- sections -------------------------------------------------------------------------------------------------- */

static void write_summary(const struct eval_report *report, struct rc_buf *out)
{
	struct eval_numbers n = eval_total_numbers(&report->total);
	size_t silver = 0, not_read = 0;

	for (size_t i = 0; i < report->n; i++) {
		silver += report->rows[i].truth->silver;
		not_read += report->rows[i].page.not_read;
	}
	rc_buf_adds(out, "<h1>");
	eval_html_name(out, report->hypothesis);
	rc_buf_addf(out, "</h1>\n<p>Pages with a truth: %zu, without: %lld; %lld characters of truth, %lld read.",
	            report->n, (long long)(report->pages - (int64_t)report->n), (long long)n.score.truth, (long long)n.score.got);
	if (not_read)
		rc_buf_addf(out, " Quarantined pages count as empty: %zu.", not_read);
	if (silver)
		rc_buf_addf(out, " Silver, which is another engine's reading and not proofread, is the truth of %zu.", silver);
	rc_buf_addf(out, "</p>\n<p>Error rate <b>%.1f&#160;%%</b>, in any order <b>%.1f&#160;%%</b>.", 100 * score_cer(&n.score), 100 * n.score.bag);
	if (n.order.pairs)
		rc_buf_addf(out, " Of each two regions %.1f&#160;%% are in the truth's order.", 100 * eval_region_order(&n));
	rc_buf_adds(out, " Two people who key the same page differ by a percent or two: smaller differences mean nothing.</p>\n");
}

enum { SIDE = 300, LEFT = 40, TOP = 10 };

static double place(double share)
{
	return SIDE * (share < 0 ? 0 : share > 1 ? 1 : share);
}

static void write_plot(const struct eval_report *report, struct rc_buf *out)
{
	rc_buf_addf(out, "<svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"estimate against error\">\n", SIDE + LEFT + 20, SIDE + TOP + 40);
	for (int i = 0; i <= 4; i++) {
		int x = LEFT + SIDE * i / 4, y = TOP + SIDE - SIDE * i / 4;

		rc_buf_addf(out, "<path d=\"M%d %dV%dM%d %dH%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%d</text>"
		            "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d</text>\n", x, TOP, TOP + SIDE, LEFT, y, LEFT + SIDE,
		            x, TOP + SIDE + 15, 25 * i, LEFT - 5, y + 4, 25 * i);
	}
	rc_buf_addf(out, "<path d=\"M%d %dL%d %d\" stroke=\"#999\" stroke-dasharray=\"4\"/>\n", LEFT, TOP + SIDE, LEFT + SIDE, TOP);
	for (size_t i = 0; i < report->n; i++) {
		const struct eval_row *row = &report->rows[i];
		double estimate = estimate_of(row);

		if (estimate < 0)
			continue;
		rc_buf_addf(out, "<a href=\"#p%zu\"><circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#1a66c0\" fill-opacity=\".6\"><title>", i + 1,
		            LEFT + place(estimate), TOP + SIDE - place(score_cer(&row->numbers.score)));
		eval_html_name(out, row->name);
		rc_buf_adds(out, "</title></circle></a>\n");
	}
	rc_buf_addf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">estimated error, %%</text>"
	            "<text x=\"12\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 12 %d)\">true error, %% (100 and more on the edge)</text>"
	            "</svg>\n", LEFT + SIDE / 2, TOP + SIDE + 32, TOP + SIDE / 2, TOP + SIDE / 2);
}

static void write_correlation(struct rc_buf *out, const char *what, bool known, double value)
{
	if (known)
		rc_buf_addf(out, "<p>Rank correlation with %s: <b>%.3f</b></p>\n", what, value);
}

static void write_estimates(const struct eval_report *report, struct rc_buf *out)
{
	const struct eval_quality *q = &report->quality;
	double cer = 0, bag = 0;
	bool knows_cer = eval_quality_cer(q, &cer), knows_bag = eval_quality_bag(q, &bag);

	rc_buf_adds(out, "<h2>Estimated error against the true one</h2>\n");
	if (!q->n) {
		rc_buf_adds(out, "<p class=\"note\">The reading carries no estimates.</p>\n");
		return;
	}
	rc_buf_adds(out, "<div class=\"two\">");
	write_plot(report, out);
	rc_buf_adds(out, "<div>\n");
	write_correlation(out, "the error rate", knows_cer, cer);
	write_correlation(out, "the order-free error", knows_bag, bag);
	rc_buf_adds(out, "<table><tr><th>estimate, %</th><th>pages</th><th>mean</th><th>order-free error</th><th>error</th></tr>\n");
	for (int i = 0; i < EVAL_BINS; i++) {
		struct score sum = score_sum_total(&q->bins[i].sum);

		if (!q->bins[i].pages)
			continue;
		rc_buf_addf(out, "<tr><td>%.0f to %.0f</td><td>%lld</td>", 100 * eval_bin_edges[i], 100 * eval_bin_edges[i + 1],
		            (long long)q->bins[i].pages);
		add_rate(out, eval_bin_estimate(&q->bins[i]));
		add_rate(out, sum.bag);
		add_rate(out, score_cer(&sum));
		rc_buf_adds(out, "</tr>\n");
	}
	rc_buf_adds(out, "</table></div></div>\n");
}

static void write_table(const struct eval_report *report, struct rc_buf *out)
{
	static const char *const columns[] = { "error", "in any order", "with punctuation", "lost", "invented", "misread",
	                                       "neighbours found", "neighbours", "estimate", "truth", "read", "page" };
	struct eval_numbers total = eval_total_numbers(&report->total);

	rc_buf_adds(out, "<h2>Pages</h2>\n<table><thead><tr>");
	for (size_t i = 0; i < RC_COUNT(columns); i++)
		rc_buf_addf(out, "<th>%s</th>", columns[i]);
	rc_buf_adds(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < report->n; i++) {
		const struct eval_row *row = &report->rows[i];

		rc_buf_adds(out, "<tr>");
		add_numbers(out, &row->numbers, estimate_of(row));
		rc_buf_adds(out, "<td data-v=\"");
		eval_html_name(out, row->name);
		rc_buf_addf(out, "\"><a href=\"#p%zu\">", i + 1);
		eval_html_name(out, row->name);
		rc_buf_addf(out, "</a>%s</td></tr>\n", row->page.not_read ? " (not read)" : row->truth->silver ? " (silver)" : "");
	}
	rc_buf_adds(out, "</tbody><tfoot><tr>");
	add_numbers(out, &total, -1);
	rc_buf_adds(out, "<td>total</td></tr></tfoot></table>\n<p class=\"note\">Shares in percent; counts in characters. Lost and invented: "
	            "without a counterpart on the other side, whatever the order. Neighbours: lines of one region that follow each other in "
	            "both; \"found\" leaves lost lines out.</p>\n");
}

static void write_legend(struct rc_buf *out)
{
	rc_buf_adds(out, "<p>Truth in the middle, reading on the right. <i class=\"l\">lost</i> <i class=\"w\">misread</i> <i class=\"n\">invented</i> "
	            "<i class=\"u\">not read</i>. Beside a line read stands the number of the line it belongs to, in red where the order jumps.</p>\n");
}

/* ---- a page ------------------------------------------------------------------------------------------------------ */

static void write_picture(struct eval_scans *scans, const struct eval_row *row, size_t *used, struct rc_buf *out)
{
	RC_OWN_BUF jpeg = RC_BUF(RC_MAX_IMAGE_BYTES);
	const char *why = "left out: this file has enough pictures";

	if (*used >= EVAL_HTML_PICTURES || eval_scans_get(scans, row, &jpeg, &why) != RC_OK) {
		rc_buf_addf(out, "<p class=\"note\">No picture: %s.</p>\n", why);
		return;
	}
	*used += jpeg.len;
	rc_buf_adds(out, "<p><img alt=\"scan\" src=\"data:image/jpeg;base64,");
	add_base64(out, &jpeg);
	rc_buf_adds(out, "\"/></p>\n");
}

static void write_sentence(const struct eval_row *row, struct rc_buf *out)
{
	const struct eval_numbers *n = &row->numbers;

	rc_buf_addf(out, "<p>Error %.1f&#160;%%, in any order %.1f&#160;%%", 100 * score_cer(&n->score), 100 * n->score.bag);
	if (estimate_of(row) >= 0)
		rc_buf_addf(out, ", estimated %.1f&#160;%% (grade %c)", 100 * estimate_of(row), rc_grade((float)estimate_of(row)));
	if (row->page.page_class != RC_PAGE_TEXT)
		rc_buf_addf(out, "; taken for: %s", rc_page_class_name(row->page.page_class));
	if (!n->matched)
		rc_buf_adds(out, "; too long to be compared line by line");
	if (row->page.not_read)
		rc_buf_adds(out, "; could not be read");
	rc_buf_adds(out, row->truth->silver ? "; the truth is silver</p>\n" : "</p>\n");
}

static enum rc_status write_page(const struct eval_report *report, struct eval_scans *scans, size_t i, size_t *used, struct rc_buf *out,
                                 struct rc_err *err)
{
	const struct eval_row *row = &report->rows[i];
	enum rc_status status;

	rc_buf_addf(out, "<h2 id=\"p%zu\">", i + 1);
	eval_html_name(out, row->name);
	rc_buf_adds(out, "</h2>\n");
	write_sentence(row, out);
	rc_buf_adds(out, "<div class=\"page\"><div>");
	write_picture(scans, row, used, out);
	rc_buf_adds(out, "</div>\n");
	status = eval_marks(report->variants, row, out, err);
	rc_buf_adds(out, "</div>\n");
	return status;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static enum rc_status flush(struct rc_outfile *file, struct rc_buf *out, const char *path, struct rc_err *err)
{
	enum rc_status status = rc_buf_check(out, path, err);

	if (rc_good(status))
		status = rc_outfile_write(file, out->data, out->len, err);
	rc_buf_clear(out);
	return status;
}

enum rc_status eval_write_html(const struct eval_report *report, struct eval_scans *scans, const char *path, struct rc_err *err)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *file = NULL;
	RC_OWN_BUF out = RC_BUF(RC_MAX_RESULT_BYTES);
	size_t used = 0;
	enum rc_status status = rc_outfile_open(&file, path, err);

	rc_buf_adds(&out, head);
	write_summary(report, &out);
	write_estimates(report, &out);
	write_table(report, &out);
	write_legend(&out);
	for (size_t i = 0; rc_good(status) && i < report->n; i++) {
		status = write_page(report, scans, i, &used, &out, err);
		if (rc_good(status))
			status = flush(file, &out, path, err);
	}
	rc_buf_adds(&out, script);
	rc_buf_adds(&out, "</body></html>\n");
	if (rc_good(status))
		status = flush(file, &out, path, err);
	return rc_good(status) ? rc_outfile_commit(&file, err) : status;
}
