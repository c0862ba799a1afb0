/* line_cut.c -- cuts lines from a scan.
 *
 *   line_cut_job()    the job
 *   line_cut_size()   how large an image is
 *   cut()             one line, pixel by pixel
 *
 * A pixel of the image lies at a share of its width and of its height, and so does the point between the four corners that it is taken
 * from: a parallelogram or any other quadrangle becomes a rectangle. */
#include "package/line_cut.h"

#include <math.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "common/scan_job.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *
#define FINE 256                        /* steps between two pixels of the scan */

/* Square roots are rounded the same everywhere; hypot() need not be. */
static int32_t distance(const int32_t *a, const int32_t *b)
{
	double x = a[0] - b[0], y = a[1] - b[1];

	return (int32_t)lround(sqrt(x * x + y * y));
}

static int32_t longer(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

bool line_cut_size(const int32_t corners[8], int32_t *width, int32_t *height)
{
	int32_t w, h;

	for (int i = 0; i < 8; i++)
		if (corners[i] < -RC_MAX_SIDE || corners[i] > 2 * RC_MAX_SIDE)
			return false;
	w = longer(distance(corners, corners + 2), distance(corners + 6, corners + 4));
	h = longer(distance(corners, corners + 6), distance(corners + 2, corners + 4));
	*width = w;
	*height = h;
	return w > 0 && h > 0 && (int64_t)w * h <= RC_MAX_LINE_PIXELS;
}

/* ---- pixels ------------------------------------------------------------------------------------------------- */

struct gray {                   /* a gray PIX, looked into */
	l_uint32 *data;
	int32_t wpl, width, height;
};

static int pixel(const struct gray *g, int64_t x, int64_t y)
{
	x = x < 0 ? 0 : x >= g->width ? g->width - 1 : x;
	y = y < 0 ? 0 : y >= g->height ? g->height - 1 : y;
	return GET_DATA_BYTE(g->data + y * g->wpl, x);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The scan between its pixels; x and y in steps of 1/FINE, of pixel centres. */
static int between(const struct gray *g, int64_t x, int64_t y)
{
	int64_t col = floor_div(x, FINE), row = floor_div(y, FINE), u = x - col * FINE, v = y - row * FINE;
	int64_t top, bottom;

	if (u == 0 && v == 0)
		return pixel(g, col, row);
	top = (FINE - u) * pixel(g, col, row) + u * pixel(g, col + 1, row);
	bottom = (FINE - u) * pixel(g, col, row + 1) + u * pixel(g, col + 1, row + 1);
	return (int)(((FINE - v) * top + v * bottom + FINE * FINE / 2) / (FINE * FINE));
}

/* Where the middle of pixel (i, k) comes from, along one axis, in steps of 1/FINE of pixel centres. Products stay below 2^56: corners below 2^18,
 * 4 * width * height below 2^30. */
static int64_t origin(const int32_t *c, int64_t i, int64_t k, int64_t width, int64_t height)
{
	int64_t right = 2 * i + 1, left = 2 * width - right, down = 2 * k + 1, up = 2 * height - down;
	int64_t sum = up * (left * c[0] + right * c[2]) + down * (right * c[4] + left * c[6]);

	return floor_div(sum * FINE + 2 * width * height, 4 * width * height) - FINE / 2;
}

static PIX *cut(const struct gray *g, const int32_t corners[8])
{
	int32_t width, height, wpl;
	PIX *pix = line_cut_size(corners, &width, &height) ? pixCreate(width, height, 8) : NULL;

	if (!pix)
		return NULL;
	wpl = pixGetWpl(pix);
	for (int32_t k = 0; k < height; k++) {
		l_uint32 *row = pixGetData(pix) + (int64_t)k * wpl;

		for (int32_t i = 0; i < width; i++)
			SET_DATA_BYTE(row, i, between(g, origin(corners, i, k, width, height), origin(corners + 1, i, k, width, height)));
	}
	return pix;
}

/* ---- the job ------------------------------------------------------------------------------------------------ */

static enum rc_status send_line(const struct gray *g, const json_t *line, size_t n, struct rc_job_out *out, struct rc_err *err)
{
	RC_OWN_BUF png = RC_BUF(RC_MAX_IMAGE_BYTES);
	RC_OWN_JSON part = NULL;
	OWN_PIX pix = NULL;
	int32_t corners[8];
	enum rc_status status;

	for (size_t i = 0; i < 8; i++)
		corners[i] = (int32_t)json_integer_value(json_array_get(line, i));
	pix = cut(g, corners);
	if (!pix)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PIXELS, "cannot cut line %zu: its size makes no sense", n + 1);
	status = image_encode((const struct rc_image *)pix, RC_MEDIA_PNG, 100, &png, err);
	part = json_pack("{s:i, s:i, s:i}", "n", (int)n, "width", pixGetWidth(pix), "height", pixGetHeight(pix));
	if (rc_good(status))
		status = rc_job_write(out, png.data, png.len, err);
	return rc_good(status) ? rc_job_emit(out, part, err) : status;
}

/* Gray, as it stands on the scan. */
static enum rc_status open_gray(const struct rc_config *cfg, const json_t *args, int fd, PIX **ret, struct rc_err *err)
{
	const char *name = rc_json_str(args, "name", "page");
	struct rc_image *image = NULL;
	OWN_PIX stored = NULL;
	enum rc_status status = scan_job_decode(cfg, args, fd, &image, err);

	if (!rc_good(status))
		return status;
	stored = image_take_pix(&image);
	if (pixGetWidth(stored) != rc_json_int(args, "width", 0) || pixGetHeight(stored) != rc_json_int(args, "height", 0))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot cut lines from '%s': it has another size than when it was read", name);
	*ret = pixConvertTo8(stored, 0);
	return *ret ? RC_OK : rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot cut lines from '%s': not enough memory", name);
}

enum rc_status line_cut_job(const struct rc_config *cfg, const json_t *args, int source_fd, struct rc_job_out *out, struct rc_err *err)
{
	const json_t *lines = json_object_get(args, "lines");
	OWN_PIX pix = NULL;
	struct gray gray;
	enum rc_status status = open_gray(cfg, args, source_fd, &pix, err);

	if (!rc_good(status))
		return status;
	gray = (struct gray){ pixGetData(pix), pixGetWpl(pix), pixGetWidth(pix), pixGetHeight(pix) };
	for (size_t n = 0; rc_good(status) && n < json_array_size(lines); n++)
		status = send_line(&gray, json_array_get(lines, n), n, out, err);
	return status;
}
