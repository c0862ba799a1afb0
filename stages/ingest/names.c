/* names.c -- names of archive members and files: encoding, path, junk.
 *
 *   ingest_name_doubtful, ingest_judge_*   is it GB18030, Big5 or UTF-8?
 *   ingest_name_decode, ingest_path_decode raw bytes -> UTF-8
 *   ingest_member_path, _path_is_clean     no way out of the archive
 *   ingest_name_is_junk, _archive_stem     what a name tells
 *
 * Evidence. Nearly all bytes of Big5 are also well formed in GBK, so that "it decodes" says little. What tells them
 * apart is how common the characters are: in GBK a name in Big5 is full of kana, box drawing and rare characters.
 * Each two-byte character counts by its zone (GB2312: level 1, level 2; Big5: frequently used, less frequently
 * used), and a character that is common in names of papers and in prose counts much more. */
#include "names.h"

#include <string.h>
#include <strings.h>

#include "common/unicode.h"
#include "core/limits.h"
#include "core/text.h"

/* Names of papers, numbering, dates, and the most frequent characters of prose; both scripts. */
static const char common[] =
	"第页頁年月日卷号號册冊期版张張面封底目录錄序档檔案件份正副文本刊报報纸紙图圖像片表附件中央苏蘇区區"
	"红紅色华華共产產党黨政府军軍工农農民兵代会會议議员員委省县縣市乡鄉村江西瑞金福建广廣东東南北上海京"
	"命令通告训訓布宣言传傳单單斗鬥争爭战戰革阶階级級国國家全总總部局处處科社人大运運动動组組织織土地"
	"一二三四五六七八九十百千万萬零〇元初甲乙丙丁新旧舊原复復印件扫掃描拍摄攝照影手稿抄写寫书書信函电電"
	"的是不了在有我他这這个個们們来來到时時为為和说說生子对對能以于於也要就出得可下过過多后後自行发發"
	"方成所经經法心学學其实實进進着當当主见見关關现現从從无無前道开開事同都然样樣分作用种種理水长長"
	"题題名称稱资資料收集编編者作题名史历歷料校阅閱批注释釋清整已未完成补補缺残殘";

static bool has_high(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s >= 0x80)
			return true;
	return false;
}

bool ingest_name_doubtful(const char *raw)
{
	const char *s = raw;

	if (!has_high(raw))
		return false;
	if (!rc_utf8_valid(raw, strlen(raw)))
		return true;
	for (uint32_t cp; (cp = rc_utf8_next(&s)) != 0;)
		if (cp >= 0x800)
			return false;
	return true;
}

bool ingest_judge_satisfied(const struct ingest_judge *judge)
{
	return judge->bytes > (1 << 18);
}

/* Evidence of one two-byte character, from its zone. */
static int gb_zone(unsigned char lead, unsigned char trail)
{
	if (trail < 0xA1 || lead < 0xA1)    /* what GBK added to GB2312 */
		return 0;
	if (lead >= 0xB0 && lead <= 0xD7)
		return 2;
	if (lead >= 0xD8 && lead <= 0xF7)
		return 1;
	return lead == 0xA1 || lead == 0xA3 ? 1 : -2;
}

static int big5_zone(unsigned char lead, unsigned char trail)
{
	(void)trail;
	if (lead >= 0xA4 && lead <= 0xC6)
		return 2;
	if (lead >= 0xC9 && lead <= 0xF9)
		return 0;
	return lead >= 0xA1 && lead <= 0xA3 ? 1 : -2;
}

/* Evidence of a name that decoded to `utf8`. */
static int64_t weigh(const char *raw, const char *utf8, int (*zone)(unsigned char, unsigned char))
{
	const unsigned char *s = (const unsigned char *)raw;
	int64_t sum = 0;

	while (*s) {
		if (*s < 0x80 || !s[1]) {
			s++;
		} else if (s[1] >= '0' && s[1] <= '9' && s[2] && s[3]) {    /* four bytes of GB18030 */
			sum++;
			s += 4;
		} else {
			sum += zone(s[0], s[1]);
			s += 2;
		}
	}
	while (*utf8) {
		const char *from = utf8;
		char one[5] = "";

		if (rc_utf8_next(&utf8) < 0x80)
			continue;
		memcpy(one, from, (size_t)(utf8 - from));
		if (strstr(common, one))
			sum += 6;
	}
	return sum;
}

void ingest_judge_add(struct ingest_judge *judge, const char *raw)
{
	RC_OWN_BUF utf8 = RC_BUF(4 * RC_MAX_NAME);
	size_t len = strlen(raw);

	judge->bytes += len;
	if (!rc_utf8_valid(raw, len))
		judge->legacy = true;
	if (unicode_from_legacy(UNICODE_GB18030, raw, len, &utf8))
		judge->gb += weigh(raw, utf8.data, gb_zone);
	else
		judge->not_gb = true;
	rc_buf_clear(&utf8);
	if (unicode_from_legacy(UNICODE_BIG5, raw, len, &utf8))
		judge->big5 += weigh(raw, utf8.data, big5_zone);
	else
		judge->not_big5 = true;
}

enum ingest_charset ingest_judge_verdict(const struct ingest_judge *judge)
{
	bool gb = !judge->not_gb && judge->gb >= 0;
	bool big5 = !judge->not_big5 && judge->big5 > 0;

	if (!judge->legacy)
		return INGEST_UTF8;
	if (big5 && (!gb || judge->big5 > judge->gb))
		return INGEST_BIG5;
	return gb ? INGEST_GB18030 : INGEST_BYTES;
}

static void add_bytes(struct rc_buf *out, const char *raw)
{
	while (*raw) {
		const char *from = raw;

		if (rc_utf8_next(&raw) == RC_BAD_CP)
			rc_buf_addf(out, "\\x%02x", (unsigned char)*from);
		else
			rc_buf_add(out, from, (size_t)(raw - from));
	}
}

void ingest_name_decode(struct rc_buf *out, const char *raw, enum ingest_charset charset)
{
	size_t len = strlen(raw);

	if (ingest_name_doubtful(raw)) {
		if (charset == INGEST_GB18030 && unicode_from_legacy(UNICODE_GB18030, raw, len, out))
			return;
		if (charset == INGEST_BIG5 && unicode_from_legacy(UNICODE_BIG5, raw, len, out))
			return;
	}
	add_bytes(out, raw);
}

void ingest_path_decode(struct rc_buf *out, const char *raw)
{
	while (*raw) {
		size_t n = strcspn(raw, "/");
		RC_OWN_STR part = strndup(raw, n);
		struct ingest_judge judge = { 0 };

		if (!part) {
			out->failed = true;
			return;
		}
		if (ingest_name_doubtful(part))
			ingest_judge_add(&judge, part);
		ingest_name_decode(out, part, ingest_judge_verdict(&judge));
		raw += n;
		if (*raw == '/')
			rc_buf_addc(out, *raw++);
	}
}

static bool separates(char c, bool dos)
{
	return c == '/' || (dos && c == '\\');
}

enum rc_status ingest_member_path(struct rc_buf *out, const char *name, bool dos, struct rc_err *err)
{
	size_t start = out->len;

	if (strlen(name) > RC_MAX_NAME)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PATH, "the name has more than %d bytes", RC_MAX_NAME);
	if (separates(name[0], dos) || (dos && name[0] && name[1] == ':' && separates(name[2], true)))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PATH, "the path is absolute");
	while (*name) {
		size_t n = 0;

		while (name[n] && !separates(name[n], dos))
			n++;
		if (n == 2 && !memcmp(name, "..", 2))
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PATH, "the path leads outside");
		if (n > 0 && !(n == 1 && *name == '.')) {
			if (out->len > start)
				rc_buf_addc(out, '/');
			rc_buf_add(out, name, n);
		}
		name += name[n] ? n + 1 : n;
	}
	if (out->len == start)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PATH, "the name is empty");
	return rc_buf_check(out, "the name", err);
}

bool ingest_path_is_clean(const char *path)
{
	RC_OWN_BUF clean = RC_BUF(RC_MAX_NAME);

	return rc_utf8_valid(path, strlen(path)) && ingest_member_path(&clean, path, false, NULL) == RC_OK &&
	       !strcmp(clean.data, path);
}

bool ingest_name_is_junk(const char *path)
{
	static const char *const names[] = { ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX" };

	while (*path) {
		size_t n = strcspn(path, "/");

		if (n > 2 && !memcmp(path, "._", 2))
			return true;
		for (size_t i = 0; i < RC_COUNT(names); i++)
			if (n == strlen(names[i]) && !strncasecmp(path, names[i], n))
				return true;
		path += path[n] ? n + 1 : n;
	}
	return false;
}

static size_t cut_suffix(const char *name, size_t len, const char *const *suffixes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t cut = strlen(suffixes[i]);

		if (len > cut && !strncasecmp(name + len - cut, suffixes[i], cut))
			return len - cut;
	}
	return len;
}

static const char *const filter_suffixes[] = { ".gz", ".bz2", ".xz", ".lzma", ".zst", ".lz4" };
static const char *const format_suffixes[] = { ".zip", ".tar", ".cpio", ".7z", ".cbz", ".cbt", ".cb7",
                                               ".tgz", ".tbz", ".tbz2", ".txz", ".tlz", ".tzst" };

size_t ingest_archive_stem(const char *name)
{
	size_t len = cut_suffix(name, strlen(name), filter_suffixes, RC_COUNT(filter_suffixes));

	return cut_suffix(name, len, format_suffixes, RC_COUNT(format_suffixes));
}

bool ingest_name_says_archive(const char *name)
{
	size_t len = cut_suffix(name, strlen(name), filter_suffixes, RC_COUNT(filter_suffixes));

	return cut_suffix(name, len, format_suffixes, RC_COUNT(format_suffixes)) != len;
}
