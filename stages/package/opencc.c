/* opencc.c -- the door to OpenCC: traditional characters become simplified ones, none more and none fewer. */
#include <opencc/opencc.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "package/layers.h"

#define PIECE (1 << 16)         /* bytes of a paragraph that OpenCC gets at once */

struct simplifier {
	opencc_t table;
};

enum rc_status simplifier_new(struct simplifier **ret, struct rc_err *err)
{
	struct simplifier *s = malloc(sizeof *s);

	if (!s)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot simplify: out of memory");
	s->table = opencc_open("t2s.json");
	if (s->table == (opencc_t)-1) {
		free(s);
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot simplify (package.simplified): OpenCC cannot use 't2s.json': %s", opencc_error());
	}
	*ret = s;
	return RC_OK;
}

void simplifier_free(struct simplifier **s)
{
	if (*s)
		(void)opencc_close((*s)->table);
	free(*s);
	*s = NULL;
}

/* Appends the piece converted when that has as many code points; else false. */
static bool convert(struct simplifier *s, const char *piece, size_t len, struct rc_buf *out)
{
	RC_OWN_STR before = strndup(piece, len);
	char *after = opencc_convert_utf8(s->table, piece, len);
	bool equal = before && after && rc_utf8_count(after) == rc_utf8_count(before);

	if (equal)
		rc_buf_adds(out, after);
	if (after)
		opencc_convert_utf8_free(after);
	return equal;
}

static void convert_each(struct simplifier *s, const char *piece, const char *end, struct rc_buf *out)
{
	while (piece < end) {
		const char *next = piece;

		(void)rc_utf8_next(&next);
		if (!convert(s, piece, (size_t)(next - piece), out))
			rc_buf_add(out, piece, (size_t)(next - piece));
		piece = next;
	}
}

/* The end of the piece that starts here: of the paragraph with its line feed, or of so many bytes as OpenCC should get. */
static const char *end_of_piece(const char *text)
{
	const char *feed = strchr(text, '\n'), *end = feed ? feed + 1 : text + strlen(text);

	if (end - text <= PIECE)
		return end;
	for (end = text + PIECE; ((unsigned char)*end & 0xc0) == 0x80; end--)
		;
	return end;
}

void simplify(struct simplifier *s, const char *text, struct rc_buf *out)
{
	for (const char *end; *text; text = end) {
		end = end_of_piece(text);
		if (!convert(s, text, (size_t)(end - text), out))
			convert_each(s, text, end, out);
	}
}
