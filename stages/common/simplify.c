/* simplify.c -- one transliteration of all ideographs of the basic plane, kept as a table. */
#include "common/simplify.h"

#include <stdlib.h>
#include <unicode/utrans.h>

enum { FIRST = 0x3400, LAST = 0x9fff, N = LAST - FIRST + 1 };

struct simplify {
	UChar to[N];
};

/* The ideographs stand apart by line ends, so that no rule for a phrase sees two of them. */
static enum rc_status fill(struct simplify *s, UTransliterator *pairs, struct rc_err *err)
{
	RC_CLEANUP(rc_free) UChar *text = malloc(3 * N * sizeof *text);
	int32_t len = 2 * N, limit = 2 * N;
	UErrorCode code = U_ZERO_ERROR;
	size_t at = 0;

	if (!text)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot simplify characters: out of memory");
	for (size_t i = 0; i < N; i++) {
		text[2 * i] = (UChar)(FIRST + i);
		text[2 * i + 1] = '\n';
	}
	utrans_transUChars(pairs, text, &len, 3 * N, 0, &limit, &code);
	if (U_FAILURE(code))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot simplify characters: %s", u_errorName(code));
	for (int32_t i = 0; i < limit && at < N; at++) {
		int32_t end = i;

		while (end < limit && text[end] != '\n')
			end++;
		s->to[at] = end == i + 1 ? text[i] : (UChar)(FIRST + at);
		i = end + 1;
	}
	return at == N ? RC_OK : rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot simplify characters: ICU's table is not what it was");
}

enum rc_status simplify_new(struct simplify **ret, struct rc_err *err)
{
	static const UChar name[] = u"Hant-Hans";
	RC_CLEANUP(simplify_free) struct simplify *s = calloc(1, sizeof *s);
	UErrorCode code = U_ZERO_ERROR;
	UTransliterator *pairs = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
	enum rc_status status;

	if (!s || U_FAILURE(code)) {
		utrans_close(pairs);
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot simplify characters: %s", s ? u_errorName(code) : "out of memory");
	}
	status = fill(s, pairs, err);
	utrans_close(pairs);
	if (rc_good(status))
		*ret = rc_steal(s);
	return status;
}

uint32_t simplify_cp(const struct simplify *s, uint32_t cp)
{
	return cp >= FIRST && cp <= LAST ? s->to[cp - FIRST] : cp;
}

void simplify_free(struct simplify **s)
{
	free(*s);
	*s = NULL;
}
