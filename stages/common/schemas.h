/* schemas.h -- the files of schemas/ that the program needs, inside the program. */
#ifndef COMMON_SCHEMAS_H
#define COMMON_SCHEMAS_H

extern const char schemas_record[], schemas_record_end[];       /* record.xsd: the bytes between the two */

#endif
