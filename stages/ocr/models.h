/* models.h -- models of our own, inside the program. */
#ifndef OCR_MODELS_H
#define OCR_MODELS_H

#include <stddef.h>

struct ocr_own_model {
	const char *name;
	const char *bytes;      /* a whole .traineddata */
	size_t len;
};
/* Vertical print in traditional characters, 1920s to 1940s; models/rc_hant_vert.md says what it is made of. */
struct ocr_own_model ocr_model_hant_vert(void);

#endif
