/* rules.c -- the rules of `validate`: rules.def as code. */
#include "common/rules.h"

#include "core/base.h"

static const struct {
	const char *code, *where, *what;
} rules[RULE_COUNT] = {
#define RULE(symbol, code, where, what) [symbol] = { code, where, what },
#include "common/rules.def"
#undef RULE
};

const char *rule_code(enum rule rule)
{
	return rules[rule].code;
}

const char *rule_where(enum rule rule)
{
	return rules[rule].where;
}

const char *rule_what(enum rule rule)
{
	return rules[rule].what;
}
