/* record_attr.c -- the values of a record's attributes. */
#include "common/record_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *record_attr(struct record_reader *r, const char *name)
{
	const char *value = xml_get(r->xml, name);

	if (!value)
		record_malformed(r, "attribute '%s' is missing", name);
	return value ? value : "";
}

const char *record_attr_or(struct record_reader *r, const char *name, const char *fallback)
{
	const char *value = xml_get(r->xml, name);

	return value ? value : fallback;
}

int64_t record_attr_int(struct record_reader *r, const char *name, int64_t low, int64_t high)
{
	int64_t value = low;

	if (!record_get_int(record_attr(r, name), low, high, &value))
		record_malformed(r, "attribute '%s' is no whole number from %" PRId64 " to %" PRId64, name, low, high);
	return value;
}

float record_attr_real(struct record_reader *r, const char *name, double low, double high)
{
	double value = 0;

	if (!record_get_real(record_attr(r, name), low, high, &value))
		record_malformed(r, "attribute '%s' is no number from %g to %g", name, low, high);
	return (float)value;
}

struct rc_digest record_attr_digest(struct record_reader *r, const char *name)
{
	struct rc_digest digest = { 0 };

	if (!record_get_digest(record_attr(r, name), &digest))
		record_malformed(r, "attribute '%s' is no SHA-256", name);
	return digest;
}

enum rc_direction record_attr_direction(struct record_reader *r)
{
	enum rc_direction d = rc_direction_find(record_attr(r, "direction"));

	if (d == RC_DIR_COUNT)
		record_malformed(r, "no such direction");
	return d == RC_DIR_COUNT ? RC_DIR_UNKNOWN : d;
}

bool record_attr_ints(struct record_reader *r, const char *name, int32_t *to, size_t n, int64_t low, int64_t high)
{
	const char *list = record_attr(r, name);

	for (size_t i = 0; i < n; i++) {
		int64_t value;

		if (!record_next_int(&list, low, high, &value)) {
			record_malformed(r, "attribute '%s' is not %zu whole numbers in range", name, n);
			memset(to, 0, n * sizeof *to);
			return false;
		}
		to[i] = (int32_t)value;
	}
	if (!record_list_end(list))
		record_malformed(r, "attribute '%s' is not %zu whole numbers", name, n);
	return true;
}

void record_check_inside(struct record_reader *r, struct rc_box b)
{
	const struct rc_page *page = &r->page.page;
	char actual[64], expected[64];

	if (page->width == 0 || (b.x <= page->width - b.w && b.y <= page->height - b.h))
		return;
	snprintf(actual, sizeof actual, "%" PRId32 " %" PRId32 " %" PRId32 " %" PRId32, b.x, b.y, b.w, b.h);
	snprintf(expected, sizeof expected, "inside %" PRId32 " by %" PRId32, page->width, page->height);
	record_broken(r, RULE_BOX_OUTSIDE, actual, expected, "a box reaches outside its frame");
}

struct rc_box record_attr_box(struct record_reader *r)
{
	int32_t v[4] = { 0 };

	record_attr_ints(r, "box", v, RC_COUNT(v), 0, RC_MAX_SIDE);
	struct rc_box box = { v[0], v[1], v[2], v[3] };

	record_check_inside(r, box);
	return box;
}

struct rc_affine record_attr_map(struct record_reader *r, const char *name)
{
	static const double most = 1e6;
	const char *list = record_attr(r, name);
	double v[6] = { 1, 0, 0, 0, 1, 0 };
	struct rc_affine inverse;

	for (size_t i = 0; i < RC_COUNT(v); i++) {
		if (!record_next_real(&list, -most, most, &v[i])) {
			record_malformed(r, "attribute '%s' is not six numbers", name);
			return RC_AFFINE_IDENTITY;
		}
	}
	if (!record_list_end(list))
		record_malformed(r, "attribute '%s' is not six numbers", name);
	struct rc_affine m = { v[0], v[1], v[2], v[3], v[4], v[5] };

	if (!rc_affine_invert(m, &inverse))
		record_broken(r, RULE_TRANSFORM, record_attr(r, name), "a map that can be inverted", "the map to the clean page cannot be inverted");
	return m;
}
