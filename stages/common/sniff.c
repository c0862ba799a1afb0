/* sniff.c -- what a file is by its first bytes, and what it claims to be by its name.
 *
 *   image_sniff()         content decides what is done with a file
 *   image_name_claims()   the name decides only whether a failure is worth a complaint */
#include <string.h>
#include <strings.h>

#include "common/image.h"

struct magic {
	const char *bytes;
	uint8_t len;
	enum rc_media media;
};
#define MAGIC(string, media) { string, sizeof(string) - 1, media }

static const struct magic magics[] = {
	MAGIC("II*\0", RC_MEDIA_TIFF), MAGIC("MM\0*", RC_MEDIA_TIFF),
	MAGIC("II+\0", RC_MEDIA_TIFF), MAGIC("MM\0+", RC_MEDIA_TIFF),      /* BigTIFF */
	MAGIC("\xff\xd8\xff", RC_MEDIA_JPEG),
	MAGIC("\x89PNG\r\n\x1a\n", RC_MEDIA_PNG),
	MAGIC("\0\0\0\x0cjP  \r\n\x87\n", RC_MEDIA_JP2),
	MAGIC("\xff\x4f\xff\x51", RC_MEDIA_JP2),                           /* bare codestream */
	MAGIC("GIF87a", RC_MEDIA_GIF), MAGIC("GIF89a", RC_MEDIA_GIF),
	MAGIC("%PDF-", RC_MEDIA_PDF),
	MAGIC("PK\3\4", RC_MEDIA_ARCHIVE), MAGIC("PK\5\6", RC_MEDIA_ARCHIVE), MAGIC("PK\7\10", RC_MEDIA_ARCHIVE),
	MAGIC("7z\xbc\xaf\x27\x1c", RC_MEDIA_ARCHIVE),
	MAGIC("\x1f\x8b\x08", RC_MEDIA_ARCHIVE),                           /* gzip */
	MAGIC("\xfd" "7zXZ\0", RC_MEDIA_ARCHIVE),
	MAGIC("\x28\xb5\x2f\xfd", RC_MEDIA_ARCHIVE),                       /* zstd */
	MAGIC("\x04\x22\x4d\x18", RC_MEDIA_ARCHIVE), MAGIC("\x02\x21\x4c\x18", RC_MEDIA_ARCHIVE), /* lz4, old lz4 */
	MAGIC("070701", RC_MEDIA_ARCHIVE), MAGIC("070702", RC_MEDIA_ARCHIVE), MAGIC("070707", RC_MEDIA_ARCHIVE),
	MAGIC("\xc7\x71", RC_MEDIA_ARCHIVE), MAGIC("\x71\xc7", RC_MEDIA_ARCHIVE),             /* binary cpio */
};

static bool starts(const uint8_t *b, size_t len, const char *with, size_t n)
{
	return len >= n && memcmp(b, with, n) == 0;
}

static bool is_bzip2(const uint8_t *b, size_t len)
{
	return len >= 10 && starts(b, len, "BZh", 3) && b[3] >= '1' && b[3] <= '9' &&
	       (memcmp(b + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 || memcmp(b + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

/* "BM" alone begins too many texts: the length of the second header must be one that exists. */
static bool is_bmp(const uint8_t *b, size_t len)
{
	static const uint8_t sizes[] = { 12, 16, 40, 52, 56, 64, 108, 124 };

	if (len < 18 || !starts(b, len, "BM", 2) || b[15] || b[16] || b[17])
		return false;
	return memchr(sizes, b[14], sizeof(sizes)) != NULL;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* "P4", white space and comments, then the width (or for P7 a keyword). */
static bool is_pnm(const uint8_t *b, size_t len)
{
	size_t at = 2;

	if (len < 4 || b[0] != 'P' || b[1] < '1' || b[1] > '7' || !(is_space(b[2]) || b[2] == '#'))
		return false;
	while (at < len && (is_space(b[at]) || b[at] == '#')) {
		if (b[at] == '#')
			while (at < len && b[at] != '\n')
				at++;
		else
			at++;
	}
	if (at == len)
		return len >= 512;      /* a long comment: only the decoder can tell */
	return b[1] == '7' ? b[at] >= 'A' && b[at] <= 'Z' : b[at] >= '0' && b[at] <= '9';
}

/* Tar has no magic before POSIX; the header's checksum (octal at 148, the field itself counted as spaces;
 * some writers summed signed bytes) is as good. A name is asked for too: a block of zeros sums up right. */
static bool is_tar(const uint8_t *b, size_t len)
{
	long want = 0, sum = 0, signed_sum = 0;
	size_t i = 148;

	if (len < 512 || !b[0])
		return false;
	while (i < 156 && b[i] == ' ')
		i++;
	if (i == 156 || b[i] < '0' || b[i] > '7')
		return false;
	for (; i < 156 && b[i] >= '0' && b[i] <= '7'; i++)
		want = want * 8 + (b[i] - '0');
	for (i = 0; i < 512; i++) {
		uint8_t c = i >= 148 && i < 156 ? ' ' : b[i];

		sum += c;
		signed_sum += (int8_t)c;
	}
	return want == sum || want == signed_sum;
}

/* PDF allows rubbish before its first line; readers look at the first KiB. */
static bool is_late_pdf(const uint8_t *b, size_t len)
{
	return memmem(b, len < 1024 ? len : 1024, "%PDF-", 5) != NULL;
}

enum rc_media image_sniff(const void *bytes, size_t len)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < RC_COUNT(magics); i++)
		if (starts(b, len, magics[i].bytes, magics[i].len))
			return magics[i].media;
	if (len >= 12 && starts(b, len, "RIFF", 4) && memcmp(b + 8, "WEBP", 4) == 0)
		return RC_MEDIA_WEBP;
	if (is_bmp(b, len))
		return RC_MEDIA_BMP;
	if (is_pnm(b, len))
		return RC_MEDIA_PNM;
	if (is_bzip2(b, len) || is_tar(b, len))
		return RC_MEDIA_ARCHIVE;
	if (is_late_pdf(b, len))
		return RC_MEDIA_PDF;
	return RC_MEDIA_UNKNOWN;
}

bool image_name_claims(const char *name)
{
	static const char *const endings[] = {
		"tif", "tiff", "btf", "jpg", "jpeg", "jpe", "jfif", "png", "jp2", "j2k", "jpc", "j2c", "jpf", "jpx",
		"webp", "bmp", "dib", "gif", "pnm", "pbm", "pgm", "ppm", "pam", "pdf",
		"zip", "cbz", "7z", "tar", "tgz", "tbz", "tbz2", "txz", "tzst", "gz", "bz2", "xz", "zst", "lz4", "cpio",
	};
	const char *dot = strrchr(name, '.');

	if (!dot || dot == name || strchr(dot, '/'))
		return false;
	for (size_t i = 0; i < RC_COUNT(endings); i++)
		if (strcasecmp(dot + 1, endings[i]) == 0)
			return true;
	return false;
}
