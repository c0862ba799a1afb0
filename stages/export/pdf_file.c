/* pdf_file.c -- a PDF file as a stream of objects: header, objects as they come, cross-references, trailer. */
#include "export/pdf_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/deflate.h"
#include "core/outfile.h"
#include "core/text.h"

enum { MAX_OBJECT = 64 << 20 };

struct pdf_file {
	struct rc_outfile *file;
	int64_t *offsets;               /* owned; of object i + 1; 0: not yet written */
	int32_t n, room;
	enum rc_status status;
	struct rc_err err;
};

static void put(struct pdf_file *f, const void *bytes, size_t len)
{
	if (rc_good(f->status))
		f->status = rc_outfile_write(f->file, bytes, len, &f->err);
}

static void puts_(struct pdf_file *f, const char *s)
{
	put(f, s, strlen(s));
}

static void putf(struct pdf_file *f, const char *fmt, ...) RC_PRINTF(2, 3);
static void putf(struct pdf_file *f, const char *fmt, ...)
{
	char line[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	puts_(f, line);
}

enum rc_status pdf_file_open(struct pdf_file **ret, const char *path, struct rc_err *err)
{
	struct pdf_file *f = rc_alloc(sizeof *f);
	enum rc_status status = rc_outfile_open(&f->file, path, err);

	if (!rc_good(status)) {
		free(f);
		return status;
	}
	/* Four bytes beyond ASCII tell who moves the file that it is not text. */
	puts_(f, "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
	*ret = f;
	return RC_OK;
}

int32_t pdf_file_reserve(struct pdf_file *f)
{
	if (f->n == f->room) {
		f->room = f->room ? 2 * f->room : 256;
		f->offsets = rc_realloc(f->offsets, (size_t)f->room * sizeof *f->offsets);
	}
	f->offsets[f->n++] = 0;
	return f->n;
}

static void begin(struct pdf_file *f, int32_t number)
{
	f->offsets[number - 1] = rc_outfile_size(f->file);
	putf(f, "%d 0 obj\n", number);
}

void pdf_file_object(struct pdf_file *f, int32_t number, const char *fmt, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		rc_out_of_memory();
	va_end(args);
	begin(f, number);
	puts_(f, text);
	puts_(f, "\nendobj\n");
	free(text);
}

void pdf_file_stream(struct pdf_file *f, int32_t number, const char *dict, const void *bytes, size_t len)
{
	begin(f, number);
	puts_(f, "<< ");
	puts_(f, dict);
	putf(f, " /Length %zu >>\nstream\n", len);
	put(f, bytes, len);
	puts_(f, "\nendstream\nendobj\n");
}

void pdf_file_packed(struct pdf_file *f, int32_t number, const char *dict, const void *bytes, size_t len)
{
	RC_OWN_BUF packed = RC_BUF(MAX_OBJECT);
	RC_OWN_BUF entries = RC_BUF(MAX_OBJECT);

	if (rc_good(f->status))
		f->status = deflate_add(bytes, len, &packed, &f->err);
	rc_buf_addf(&entries, "%s%s/Filter /FlateDecode", dict, *dict ? " " : "");
	pdf_file_stream(f, number, entries.data, packed.data, packed.len);
}

/* Every entry has 20 bytes; object 0 is the head of the list of free ones (7.5.4). */
static void put_references(struct pdf_file *f)
{
	putf(f, "xref\n0 %d\n0000000000 65535 f \n", f->n + 1);
	for (int32_t i = 0; i < f->n; i++)
		putf(f, "%010lld 00000 n \n", (long long)f->offsets[i]);
}

enum rc_status pdf_file_finish(struct pdf_file **pf, int32_t root, int32_t info, struct rc_err *err)
{
	struct pdf_file *f = *pf;
	int64_t start = rc_outfile_size(f->file);
	struct rc_digest digest = rc_outfile_digest(f->file);
	char hex[RC_DIGEST_HEX];

	rc_digest_hex(&digest, hex);
	put_references(f);
	putf(f, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%.32s> <%.32s>] >>\n", f->n + 1, root, info, hex, hex);
	putf(f, "startxref\n%lld\n%%%%EOF\n", (long long)start);
	enum rc_status status = f->status;

	/* An offset has ten digits. */
	if (rc_good(status) && start > INT64_C(9999999999))
		status = rc_fail(&f->err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot write the PDF: it would have more than 10 gigabytes");
	if (rc_good(status))
		status = rc_outfile_commit(&f->file, &f->err);
	if (!rc_good(status) && err)
		*err = f->err;
	pdf_file_abort(pf);
	return status;
}

void pdf_file_abort(struct pdf_file **f)
{
	if (!*f)
		return;
	rc_outfile_abort(&(*f)->file);
	free((*f)->offsets);
	free(*f);
	*f = NULL;
}

/* ---- values ------------------------------------------------------------------------------------------- */

void pdf_number(struct rc_buf *out, double number)
{
	char text[64];
	size_t len;

	snprintf(text, sizeof text, "%.4f", isfinite(number) ? fmax(fmin(number, 1e9), -1e9) : 0);
	len = strlen(text);
	while (text[len - 1] == '0')
		text[--len] = '\0';
	if (text[len - 1] == '.')
		text[--len] = '\0';
	rc_buf_adds(out, strcmp(text, "-0") == 0 ? "0" : text);
}

void pdf_text_string(struct rc_buf *out, const char *utf8)
{
	rc_buf_adds(out, "<FEFF");
	for (uint32_t cp; (cp = rc_utf8_next(&utf8)) != 0;) {
		cp = cp == RC_BAD_CP ? 0xFFFD : cp;
		if (cp > 0xFFFF)
			rc_buf_addf(out, "%04X%04X", 0xD800 + ((cp - 0x10000) >> 10), 0xDC00 + ((cp - 0x10000) & 0x3FF));
		else
			rc_buf_addf(out, "%04X", cp);
	}
	rc_buf_addc(out, '>');
}
