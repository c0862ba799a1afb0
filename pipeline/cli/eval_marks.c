/* eval_marks.c -- marks what differs between truth and reading.
 *
 *   eval_marks()    both sides; write_lines() one of them
 *   write_line()    a run of characters of one state after the other
 */
#include "cli/eval_marks.h"

#include <string.h>

#include "common/xml.h"
#include "core/text.h"

void eval_html_text(struct rc_buf *out, const char *text)
{
	RC_OWN_BUF clean = RC_BUF(RC_MAX_RESULT_BYTES);

	xml_clean(&clean, text);
	for (const char *s = clean.data; *s; s++) {
		switch (*s) {
		case '<': rc_buf_adds(out, "&lt;"); break;
		case '>': rc_buf_adds(out, "&gt;"); break;
		case '&': rc_buf_adds(out, "&amp;"); break;
		case '"': rc_buf_adds(out, "&quot;"); break;
		case '\'': rc_buf_adds(out, "&#39;"); break;
		default: rc_buf_addc(out, *s);
		}
	}
	out->failed |= clean.failed;
}

void eval_html_name(struct rc_buf *out, const char *name)
{
	RC_OWN_BUF safe = RC_BUF(64 * RC_MAX_NAME);

	rc_text_escape(&safe, name);
	eval_html_text(out, safe.data);
	out->failed |= safe.failed;
}

struct side {                   /* one of the two texts */
	const struct eval_text *text;
	const struct score_lines *lines;
	const struct score_text *others;    /* the other side's characters */
	const int32_t *partners;        /* into them */
	const struct score_variants *variants;
	const char *alone;              /* class of a character without a counterpart */
};

enum state { SAME, MISREAD, ALONE };

/* What is to be said of n folded characters from `at` on: the worst of them. */
static enum state state_of(const struct side *side, size_t at, size_t n)
{
	enum state worst = SAME;

	for (size_t i = at; i < at + n; i++) {
		int32_t partner = side->partners ? side->partners[i] : -1;
		enum state state = partner < 0 ? ALONE : side->lines->text.chars[i] == side->others->chars[partner] ? SAME : MISREAD;

		worst = state > worst ? state : worst;
	}
	return worst;
}

static size_t folded_length(const struct side *side, const char *bytes, size_t len)
{
	OWN_SCORE_TEXT folded = { 0 };

	return rc_good(score_fold(side->variants, bytes, len, &folded, NULL)) ? folded.n : 0;
}

static void close_mark(struct rc_buf *out, enum state state)
{
	if (state != SAME)
		rc_buf_adds(out, "</i>");
}

static void open_mark(const struct side *side, struct rc_buf *out, enum state state)
{
	if (state != SAME)
		rc_buf_addf(out, "<i class=\"%s\">", state == MISREAD ? "w" : side->alone);
}

/* The line's folded characters begin at `at`. A character that folds to none (a comma) has its neighbour's mark. */
static void write_line(const struct side *side, const char *line, size_t at, struct rc_buf *out)
{
	enum state state = SAME;

	while (*line) {
		const char *start = line;
		char one[8] = { 0 };
		enum state next;
		size_t n;

		(void)rc_utf8_next(&line);
		memcpy(one, start, (size_t)(line - start));
		n = folded_length(side, one, (size_t)(line - start));
		if (at + n > side->lines->text.n)
			n = 0;
		next = n ? state_of(side, at, n) : state;
		if (next != state) {
			close_mark(out, state);
			open_mark(side, out, next);
			state = next;
		}
		eval_html_text(out, one);
		at += n;
	}
	close_mark(out, state);
}

/* The number, from 1, of the other side's line that most of the line's counterparts are in; 0: none. Lines of the other side
 * are counted as they are shown: owner says which line each of its characters is of. */
static size_t belongs_to(const struct side *side, size_t at, size_t n, const uint32_t *owner)
{
	size_t best = 0, most = 0, count = 0, last = 0;

	for (size_t i = at; i < at + n; i++) {
		int32_t partner = side->partners ? side->partners[i] : -1;

		if (partner < 0)
			continue;
		count = owner[partner] == last ? count + 1 : 1;
		last = owner[partner];
		if (count > most) {
			most = count;
			best = last;
		}
	}
	return best;
}

/* Which line, from 1, each folded character of a text is of. lengths: of each line, folded; owned by the caller. */
static uint32_t *owners(const struct side *side, size_t *lengths)
{
	uint32_t *owner = rc_alloc((side->lines->text.n + 1) * sizeof *owner);
	size_t at = 0;

	for (size_t i = 0; i < side->text->n; i++) {
		const char *line = side->text->lines[i].text;

		lengths[i] = folded_length(side, line, strlen(line));
		for (size_t k = 0; k < lengths[i] && at < side->lines->text.n; k++)
			owner[at++] = (uint32_t)i + 1;
	}
	return owner;
}

/* Which lines, from 1, have a counterpart anywhere. The caller frees. */
static bool *lines_found(const struct side *side, const size_t *lengths)
{
	bool *found = rc_alloc((side->text->n + 1) * sizeof *found);
	size_t at = 0;

	for (size_t i = 0; i < side->text->n; i++)
		for (size_t k = 0; k < lengths[i]; k++, at++)
			found[i + 1] |= side->partners && side->partners[at] >= 0;
	return found;
}

/* Is line b not what should come after line a? Lost lines may be passed over. */
static bool jumps(size_t a, size_t b, const bool *found)
{
	if (b < a)
		return true;
	for (size_t i = a + 1; i < b; i++)
		if (found[i])
			return true;
	return false;
}

/* others_owner, others_found: of the other side; NULL: no numbers in the margin. */
static void write_lines(const struct side *side, const size_t *lengths, const uint32_t *others_owner, const bool *others_found,
                        const char *class_name, struct rc_buf *out)
{
	size_t at = 0, before = 0;

	rc_buf_addf(out, "<ol class=\"%s\">", class_name);
	for (size_t i = 0; i < side->text->n; i++) {
		const struct eval_line *line = &side->text->lines[i];
		bool first = i && line->region != line[-1].region;
		size_t other = others_owner ? belongs_to(side, at, lengths[i], others_owner) : 0;

		rc_buf_addf(out, "<li%s>", first ? " class=\"g\"" : "");
		if (other)
			rc_buf_addf(out, "<b%s>%zu</b>", jumps(before, other, others_found) ? " class=\"j\"" : "", other);
		before = other ? other : before;
		if (line->not_read)
			rc_buf_adds(out, "<i class=\"u\">not read</i>");
		write_line(side, line->text, at, out);
		rc_buf_adds(out, "</li>\n");
		at += lengths[i];
	}
	rc_buf_adds(out, "</ol>\n");
}

enum rc_status eval_marks(const struct score_variants *variants, const struct eval_row *row, struct rc_buf *out, struct rc_err *err)
{
	OWN_SCORE_LINES truth = { 0 };
	OWN_SCORE_LINES got = { 0 };
	OWN_SCORE_PAIRS pairs = { 0 };
	RC_CLEANUP(rc_free) size_t *truth_lengths = rc_alloc((row->truth_text.n + 1) * sizeof *truth_lengths);
	RC_CLEANUP(rc_free) size_t *got_lengths = rc_alloc((row->page.text.n + 1) * sizeof *got_lengths);
	RC_CLEANUP(rc_free) uint32_t *truth_owner = NULL;
	RC_CLEANUP(rc_free) uint32_t *got_owner = NULL;
	RC_CLEANUP(rc_free) bool *found = NULL;
	enum rc_status status = eval_text_fold(&row->truth_text, variants, &truth, err);
	struct side left = { .text = &row->truth_text, .lines = &truth, .others = &got.text, .variants = variants, .alone = "l" };
	struct side right = { .text = &row->page.text, .lines = &got, .others = &truth.text, .variants = variants, .alone = "n" };

	if (rc_good(status))
		status = eval_text_fold(&row->page.text, variants, &got, err);
	if (!rc_good(status))
		return status;
	if (row->numbers.matched) {
		score_pair(&truth, &got.text, &pairs);
		left.partners = pairs.of_truth;
		right.partners = pairs.of_got;
	}
	truth_owner = owners(&left, truth_lengths);
	got_owner = owners(&right, got_lengths);
	found = lines_found(&left, truth_lengths);
	write_lines(&left, truth_lengths, NULL, NULL, "t", out);
	write_lines(&right, got_lengths, truth_owner, found, "r", out);
	return rc_buf_check(out, row->name, err);
}
