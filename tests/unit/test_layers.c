/* test_layers.c -- the layers of a text, and that their places lead to the same characters. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/text.h"
#include "package/layers.h"

#define OWN_LAYER RC_CLEANUP(layer_free) struct layer

static void normalize(const char *text, const int64_t *hyphens, size_t n, struct layer *ret)
{
	check_int(layer_normalize(text, hyphens, n, 1 << 20, ret, NULL), RC_OK);
	check_int(ret->chars, (int64_t)rc_utf8_count(ret->text.data));
	check(ret->n >= 1 && ret->anchors[0][0] == 0 && ret->anchors[0][1] == 0);
}

/* Where place p of the text is in the layer, as the header says. */
static int64_t place(const struct layer *l, int64_t p)
{
	size_t i = l->n - 1;
	int64_t at;

	while (l->anchors[i][0] > p)
		i--;
	at = l->anchors[i][1] + p - l->anchors[i][0];
	return i + 1 < l->n && at > l->anchors[i + 1][1] ? l->anchors[i + 1][1] : at;
}

static uint32_t at(const char *text, int64_t n)
{
	uint32_t cp;

	do
		cp = rc_utf8_next(&text);
	while (n-- > 0);
	return cp;
}

TEST(print_forms_become_ordinary_ones_place_by_place)
{
	OWN_LAYER l = { 0 };

	normalize("﹁１９３１年﹂爲ＡＢＣ，豈", NULL, 0, &l);
	check_str(l.text.data, "「1931年」爲ABC，豈");
	check_int(l.n, 1);
}

TEST(places_lead_to_the_same_characters_where_characters_went)
{
	const char *text = "董某 , 別取笑 :「好」　 A  B\x20\n\xe2\x80\x8b第二段 e\xcc\x81 完";
	OWN_LAYER l = { 0 };

	normalize(text, NULL, 0, &l);
	check_str(l.text.data, "董某,別取笑:「好」 A B\n第二段 é 完");
	for (int64_t p = 0; p < (int64_t)rc_utf8_count(text); p++)
		if (rc_is_han(at(text, p)) || at(text, p) == 'A' || at(text, p) == 'B' || at(text, p) == '\n')
			check_int(at(l.text.data, place(&l, p)), at(text, p));
	check_int(place(&l, (int64_t)rc_utf8_count(text)), l.chars);
}

TEST(hyphens_that_lines_made_go_and_others_stay)
{
	OWN_LAYER l = { 0 };

	normalize("Govern-ment of Kuo-min", (const int64_t[]){ 6 }, 1, &l);
	check_str(l.text.data, "Government of Kuo-min");
	check_int(place(&l, 7), 6);
}

TEST(a_hostile_run_of_marks_or_spaces_is_done_in_time_and_keeps_its_places)
{
	RC_OWN_BUF text = RC_BUF(1 << 22);
	OWN_LAYER l = { 0 };

	rc_buf_adds(&text, "字");
	for (int i = 0; i < 200000; i++)
		rc_buf_adds(&text, i % 1000 < 500 ? "\xcc\x81" : " ");
	rc_buf_adds(&text, "末");
	check_int(layer_normalize(text.data, NULL, 0, 1 << 22, &l, NULL), RC_OK);
	check_int(at(l.text.data, place(&l, 200001)), 0x672b);
	check_int(place(&l, 200002), l.chars);
}

TEST(a_text_that_is_too_long_is_refused)
{
	OWN_LAYER l = { 0 };
	struct rc_err err = { 0 };

	check_int(layer_normalize("一二三四五", NULL, 0, 8, &l, &err), RC_PAGE_FAILED);
	check_contains(err.text, "larger than 8 bytes");
}

TEST(simplified_text_has_as_many_characters)
{
	RC_CLEANUP(simplifier_free) struct simplifier *s = NULL;
	RC_OWN_BUF out = RC_BUF(1 << 20);
	const char *text = "蘇維埃政府發布命令，頭髮乾燥。\n皇后與後來\n";

	check_int(simplifier_new(&s, NULL), RC_OK);
	simplify(s, text, &out);
	check_str(out.data, "苏维埃政府发布命令，头发干燥。\n皇后与后来\n");
	check_int(rc_utf8_count(out.data), rc_utf8_count(text));
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
