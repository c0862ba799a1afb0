/* models.c -- models of our own, inside the program: an installed binary needs no path, and a model cannot differ from the program
 * that was tried with it. The assembler puts them in; stages/ocr/train/ makes them, and any Tesseract reads the files. */
#include "ocr/models.h"

__asm__(".pushsection .rodata\n"
        ".global ocr_hant_vert\nocr_hant_vert:\n"
        ".incbin \"stages/ocr/models/rc_hant_vert.traineddata\"\n"
        ".global ocr_hant_vert_end\nocr_hant_vert_end:\n"
        ".byte 0\n"
        ".popsection\n");
extern const char ocr_hant_vert[], ocr_hant_vert_end[];

struct ocr_own_model ocr_model_hant_vert(void)
{
	return (struct ocr_own_model){ "rc_hant_vert", ocr_hant_vert, (size_t)(ocr_hant_vert_end - ocr_hant_vert) };
}
