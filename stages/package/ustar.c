/* ustar.c -- one header block, both ways. Field places are those of POSIX.1-1988 (ustar). */
#include "package/ustar.h"

#include <stdio.h>
#include <string.h>

enum { AT_NAME = 0, AT_MODE = 100, AT_UID = 108, AT_GID = 116, AT_SIZE = 124, AT_MTIME = 136, AT_CHECK = 148,
       AT_TYPE = 156, AT_MAGIC = 257, AT_VERSION = 263, AT_DEVMAJOR = 329, AT_DEVMINOR = 337 };
#define CHECK_BYTES 8
#define MAX_SIZE (INT64_C(1) << 33)

/* Octal digits and a zero byte. */
static void put_octal(uint8_t *at, int digits, uint64_t v)
{
	char text[24];

	snprintf(text, sizeof text, "%0*llo", digits, (unsigned long long)v);
	memcpy(at, text, (size_t)digits + 1);
}

static unsigned checksum(const uint8_t block[USTAR_BLOCK])
{
	unsigned sum = 0;

	for (int i = 0; i < USTAR_BLOCK; i++)
		sum += i >= AT_CHECK && i < AT_CHECK + CHECK_BYTES ? ' ' : block[i];
	return sum;
}

bool ustar_header(const char *name, int64_t size, uint8_t block[USTAR_BLOCK])
{
	size_t len = strlen(name);

	if (len == 0 || len > USTAR_MAX_NAME || size < 0 || size >= MAX_SIZE)
		return false;
	memset(block, 0, USTAR_BLOCK);
	memcpy(block + AT_NAME, name, len);
	put_octal(block + AT_MODE, 7, 0444);
	put_octal(block + AT_UID, 7, 0);
	put_octal(block + AT_GID, 7, 0);
	put_octal(block + AT_SIZE, 11, (uint64_t)size);
	put_octal(block + AT_MTIME, 11, 0);
	block[AT_TYPE] = '0';
	memcpy(block + AT_MAGIC, "ustar", 6);
	memcpy(block + AT_VERSION, "00", 2);
	put_octal(block + AT_DEVMAJOR, 7, 0);
	put_octal(block + AT_DEVMINOR, 7, 0);
	put_octal(block + AT_CHECK, 6, checksum(block));
	block[AT_CHECK + 7] = ' ';
	return true;
}

static bool get_octal(const uint8_t *at, int digits, int64_t *ret)
{
	int64_t v = 0;

	for (int i = 0; i < digits; i++) {
		if (at[i] < '0' || at[i] > '7')
			return false;
		v = v * 8 + (at[i] - '0');
	}
	*ret = v;
	return true;
}

enum rc_status ustar_parse(const uint8_t block[USTAR_BLOCK], char name[USTAR_MAX_NAME + 1], int64_t *size, struct rc_err *err)
{
	static const uint8_t zeros[USTAR_BLOCK];
	int64_t check = -1;

	if (memcmp(block, zeros, USTAR_BLOCK) == 0)
		return RC_SKIP;
	if (!get_octal(block + AT_CHECK, 6, &check) || check != (int64_t)checksum(block))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "a header's checksum is wrong");
	if (memcmp(block + AT_MAGIC, "ustar", 6) != 0 || block[AT_TYPE] != '0' || !block[AT_NAME] ||
	    !get_octal(block + AT_SIZE, 11, size))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "a member is not a plain file");
	memcpy(name, block + AT_NAME, USTAR_MAX_NAME);
	name[USTAR_MAX_NAME] = 0;
	return RC_OK;
}
