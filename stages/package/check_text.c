/* check_text.c -- the form of a text sample.
 *
 *   text_sample_fault()   the whole
 *   lines_fault()         rows of metadata.lines lie in their pages, in order
 *   layers_fault()        anchors rise and stay inside text and layer */
#include "package/check_text.h"

#include <string.h>

#include "core/text.h"

#define ROW 9                   /* start, end, page, region, line, x, y, w, h */

static int64_t number(const json_t *list, size_t i)
{
	const json_t *value = json_array_get(list, i);

	return json_is_integer(value) ? json_integer_value(value) : -1;
}

static const char *lines_fault(const json_t *lines, const json_t *pages, int64_t chars)
{
	size_t i, at_page = 0;
	int64_t at = 0;
	json_t *row;

	json_array_foreach(lines, i, row) {
		const json_t *page;

		if (json_array_size(row) != ROW)
			return "a row of its lines has not nine numbers";
		for (size_t k = 0; k < ROW; k++)
			if (number(row, k) < 0)
				return "a row of its lines has something else than numbers from 0";
		while ((page = json_array_get(pages, at_page)) && rc_json_int(page, "order", -1) != number(row, 2))
			at_page++;
		if (number(row, 0) < at || number(row, 1) <= number(row, 0) || number(row, 1) > chars)
			return "the places of its lines are not in its text, in order";
		if (!page || number(row, 0) < rc_json_int(page, "start", -1) || number(row, 1) > rc_json_int(page, "end", -1))
			return "a line is not in the page that it names";
		at = number(row, 1);
	}
	return NULL;
}

static const char *layers_fault(const json_t *layers, int64_t chars)
{
	const char *normalized = rc_json_str(layers, "normalized", NULL), *simplified = rc_json_str(layers, "simplified", NULL);
	const json_t *anchors = json_object_get(layers, "anchors");
	int64_t length, text = -1, layer = -1;
	size_t i;
	json_t *pair;

	if (!normalized || !simplified || json_array_size(anchors) == 0)
		return "its layers lack normalized, simplified or anchors";
	length = (int64_t)rc_utf8_count(normalized);
	if (*simplified && (int64_t)rc_utf8_count(simplified) != length)
		return "its simplified layer is not as long as the normalized one";
	json_array_foreach(anchors, i, pair) {
		int64_t t = number(pair, 0), l = number(pair, 1);

		if (json_array_size(pair) != 2 || t <= text || l < layer || t > chars || l > length || (i == 0 && (t != 0 || l != 0)))
			return "its anchors do not lead from the text to its layers";
		text = t;
		layer = l;
	}
	return layer + chars - text == length ? NULL : "its anchors do not lead to the end of its layers";
}

static const char *pages_fault(const json_t *pages, int64_t chars)
{
	int64_t at = 0;
	size_t i;
	json_t *page;

	if (json_array_size(pages) == 0)
		return "it has no pages";
	json_array_foreach(pages, i, page) {
		int64_t start = rc_json_int(page, "start", -1), end = rc_json_int(page, "end", -1);

		if (start < at || end < start || end > chars)
			return "the places of its pages are not in its text";
		at = end;
	}
	return at == chars ? NULL : "its pages do not cover its text";
}

const char *text_sample_fault(const json_t *sample, const char *split)
{
	const json_t *meta = json_object_get(sample, "metadata"), *pages = json_object_get(meta, "pages"), *layers = json_object_get(meta, "layers");
	const char *text = rc_json_str(sample, "text", NULL), *fault;
	int64_t chars;

	if (!rc_json_str(sample, "id", NULL) || !text || !rc_json_str(sample, "source", NULL) || !json_is_object(meta))
		return "it lacks id, text, source or metadata";
	if (strcmp(rc_json_str(meta, "split", ""), split) != 0)
		return "its split is not that of the shard";
	chars = (int64_t)rc_utf8_count(text);
	fault = pages_fault(pages, chars);
	if (!fault)
		fault = lines_fault(json_object_get(meta, "lines"), pages, chars);
	return fault || !layers ? fault : layers_fault(layers, chars);
}
