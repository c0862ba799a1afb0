/* language.h -- what is usual in Chinese text: common characters, their forms, and pairs that stand together in words.
 *
 * The table (language/chinese.txt, 360 KB, made by language/make.py) is part of the program. */
#ifndef OCR_LANGUAGE_H
#define OCR_LANGUAGE_H

#include "core/err.h"

struct ocr_language;

/* RC_RUN_FAILED when the table is damaged or memory is short. */
enum rc_status ocr_language_open(struct ocr_language **ret, struct rc_err *err);
/* Accepts a pointer to NULL. */
void ocr_language_close(struct ocr_language **language);

/* The character that stands for all forms of this one: 爲, 為 and 为 are 为. Others are themselves. */
uint32_t ocr_language_fold(const struct ocr_language *l, uint32_t cp);
/* Is it (folded) among the n most frequent characters? n: at most 6000. */
bool ocr_language_is_common(const struct ocr_language *l, uint32_t folded, int n);
/* Do the two (folded) follow each other in some word? Half of the pairs in modern text do, a
 * quarter in classical text, and a tenth of the same characters in random order. */
bool ocr_language_is_pair(const struct ocr_language *l, uint32_t first, uint32_t second);
/* How unexpected a character is after another (both folded; before: 0 where there is none, or no Han), in bits, 0 to 20: -log2 of
 * 0.7 of its share among what follows the other in words and 0.3 of its share among all characters. */
double ocr_language_bits(const struct ocr_language *l, uint32_t before, uint32_t cp);

enum ocr_form { OCR_FORM_BOTH, OCR_FORM_HANT, OCR_FORM_HANS };
/* In which print a character stands that is not the same in both. */
enum ocr_form ocr_language_form(const struct ocr_language *l, uint32_t cp);

#endif
