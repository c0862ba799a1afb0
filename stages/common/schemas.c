/* schemas.c -- the files of schemas/ that the program needs, inside the program.
 *
 * The assembler puts them in, so that an installed binary needs no path and nothing has to be generated. Paths are
 * from the root of the project, where make runs; the Makefile names the files as this object's prerequisites. */
#include "common/schemas.h"

#define EMBED(symbol, file)                                     \
	__asm__(".pushsection .rodata\n"                        \
	        ".global " #symbol "\n" #symbol ":\n"           \
	        ".incbin \"" file "\"\n"                        \
	        ".global " #symbol "_end\n" #symbol "_end:\n"   \
	        ".byte 0\n"                                     \
	        ".popsection\n")

EMBED(schemas_record, "schemas/record.xsd");
