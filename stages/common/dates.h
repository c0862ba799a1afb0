/* dates.h -- dates as papers write them -> Extended Date/Time Format (EDTF; ISO 8601-2:2019 annex A), levels 0 and 1. */
#ifndef COMMON_DATES_H
#define COMMON_DATES_H

#include "core/base.h"

enum dates_reason {
#define REASON(symbol, name, meaning) DATES_WHY_##symbol,
#include "common/dates_reasons.def"
#undef REASON
	DATES_WHY_COUNT
};
/* "era-unknown" */
const char *dates_reason_name(enum dates_reason r);
/* "there is no such month" */
const char *dates_reason_meaning(enum dates_reason r);

#define DATES_EDTF 48           /* bytes of the longest, with its zero byte: two days with marks */

struct dates_reading {
	enum dates_reason reason;       /* DATES_WHY_NONE: there is an edtf; else why not */
	char edtf[DATES_EDTF];          /* "" when there is none */
};
/* written: UTF-8, as it stands in a catalogue or on a paper. What is ambiguous has no edtf: nothing is guessed. */
struct dates_reading dates_read(const char *written);
/* Is the text EDTF of level 0 or 1, with days that exist? */
bool dates_is_edtf(const char *text);

#endif
