/* semver.c -- reading versions, and what two of them say. */
#include "package/semver.h"

#include <string.h>

const char *semver_step_name(enum semver_step step)
{
	static const char *const names[] = { "none", "patch", "minor", "major" };

	return names[step];
}

static bool take_number(const char **at, uint64_t *ret)
{
	const char *start = *at;
	uint64_t v = 0;

	while (**at >= '0' && **at <= '9' && *at - start < 19)
		v = v * 10 + (uint64_t)(*(*at)++ - '0');
	*ret = v;
	return *at > start && (*start != '0' || *at == start + 1) && !(**at >= '0' && **at <= '9');
}

/* Identifiers with dots between, each of letters, digits and hyphens; a number among them has no leading zero where zeros matter. */
static bool take_identifiers(const char **at, bool zeros_matter)
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";

	for (;;) {
		size_t len = strspn(*at, letters);

		if (len == 0 || (zeros_matter && len > 1 && **at == '0' && strspn(*at, "0123456789") == len))
			return false;
		*at += len;
		if (**at != '.')
			return true;
		(*at)++;
	}
}

bool semver_parse(const char *text, struct semver *ret)
{
	struct semver v = { 0 };

	if (!take_number(&text, &v.major) || *text++ != '.' || !take_number(&text, &v.minor) || *text++ != '.' || !take_number(&text, &v.patch))
		return false;
	if (*text == '-') {
		v.early = true;
		text++;
		if (!take_identifiers(&text, true))
			return false;
	}
	if (*text == '+') {
		text++;
		if (!take_identifiers(&text, false))
			return false;
	}
	if (*text)
		return false;
	*ret = v;
	return true;
}

bool semver_says(const struct semver *from, const struct semver *to, enum semver_step step)
{
	enum semver_step said = to->major != from->major ? SEMVER_MAJOR : to->minor != from->minor ? SEMVER_MINOR :
	                        to->patch != from->patch ? SEMVER_PATCH : SEMVER_NONE;
	bool back = to->major != from->major ? to->major < from->major : to->minor != from->minor ? to->minor < from->minor : to->patch < from->patch;

	if (back)
		return false;
	if (from->major == 0 || from->early || to->early)
		return said > SEMVER_NONE || step == SEMVER_NONE || from->early != to->early;
	return said >= step;
}
