/* look.h -- what the report looks like: the files of look/, inside the program. Its scripts are one, in the order of look.c. */
#ifndef REPORT_LOOK_H
#define REPORT_LOOK_H

extern const char report_html[], report_html_end[];     /* the bytes between the two */
extern const char report_css[], report_css_end[];
extern const char report_js[], report_js_end[];

#endif
