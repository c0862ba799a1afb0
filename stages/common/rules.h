/* rules.h -- the rules of `validate`: rules.def as code. */
#ifndef COMMON_RULES_H
#define COMMON_RULES_H

enum rule {
#define RULE(symbol, code, where, what) symbol,
#include "common/rules.def"
#undef RULE
	RULE_COUNT
};

const char *rule_code(enum rule rule);          /* "box-outside" */
const char *rule_where(enum rule rule);         /* "record" */
const char *rule_what(enum rule rule);          /* what holds when it is kept */

#endif
