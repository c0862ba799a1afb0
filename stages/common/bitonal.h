/* bitonal.h -- black and white pictures as ITU-T T.6 ("fax group 4") bytes, the smallest way to keep them unchanged. */
#ifndef COMMON_BITONAL_H
#define COMMON_BITONAL_H

#include "common/image.h"

/* Appends the picture, which is of one bit, as one strip: white is 0, rows are image_width() wide. */
enum rc_status bitonal_pack(const struct rc_image *image, struct rc_buf *out, struct rc_err *err);

#endif
