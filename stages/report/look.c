/* look.c -- the files of look/, put into the program by the assembler. Paths are from the root of the project, where make runs; the
 * Makefile names the files as this object's prerequisites. */
#include "report/look.h"

#define PUT(file) ".incbin \"stages/report/look/" file "\"\n"
#define EMBED(symbol, files)                                    \
	__asm__(".pushsection .rodata\n"                        \
	        ".global " #symbol "\n" #symbol ":\n"           \
	        files                                           \
	        ".global " #symbol "_end\n" #symbol "_end:\n"   \
	        ".byte 0\n"                                     \
	        ".popsection\n")

EMBED(report_html, PUT("report.html"));
EMBED(report_css, PUT("report.css"));
EMBED(report_js, PUT("words.js") PUT("tools.js") PUT("overview.js") PUT("pages.js") PUT("page.js") PUT("proof.js") PUT("others.js")
      PUT("choices.js") PUT("app.js"));
