/* limits.h -- every ceiling in the program, each with its reason.
 * Input is whatever somebody put on a scanner, or on a server. Assume it is hostile.
 * What a user may need to move is a setting (settings.def); these are the walls around. */
#ifndef RC_LIMITS_H
#define RC_LIMITS_H

#define RC_MAX_SCAN_BYTES     (INT64_C(2) << 30)   /* one image file: A0 colour at 600 dpi, uncompressed */
#define RC_MAX_PIXELS         (INT64_C(400) << 20) /* one frame; 400 M pixels gray are 400 MB decoded     */
#define RC_MAX_SIDE           (INT64_C(1) << 17)   /* a frame's width or height, pixels                   */
#define RC_MAX_SAMPLE_BITS    64                   /* of one sample as stored                             */
#define RC_MAX_CHANNELS       65535                /* samples of a pixel, as TIFF can say                 */
#define RC_MAX_FRAMES         100000               /* frames of one file                                  */
#define RC_MAX_MEMBERS        INT64_C(10000000)    /* members of one archive                              */
#define RC_MAX_ARCHIVE_BYTES  (INT64_C(8) << 40)   /* unpacked bytes of one archive                       */
#define RC_MAX_EXPANSION      400                  /* unpacked : packed over a whole archive; blank bitonal
                                                      TIFF packs 1:200                                    */
#define RC_FREE_EXPANSION     (INT64_C(64) << 20)  /* bytes an archive may unpack to before the ratio counts */
#define RC_MAX_NESTING        3                    /* archives in archives                                */
#define RC_MAX_NAME           4096                 /* bytes of a path or member name                      */
#define RC_MAX_ITEM_ID        200                  /* bytes; a file name with room for ".xml"             */
#define RC_MAX_REGIONS        10000                /* per page                                            */
#define RC_MAX_LINES          20000                /* per page                                            */
#define RC_MAX_GLYPHS         200000               /* per page; a dense newspaper fold has 12,000         */
#define RC_MAX_LINE_BYTES     (1 << 16)            /* UTF-8 bytes of one line                             */
#define RC_MAX_RESULT_BYTES   (INT64_C(256) << 20) /* one page result as JSON                             */
#define RC_MAX_IMAGE_BYTES    (INT64_C(256) << 20) /* one page image made for a shard                     */
#define RC_MAX_LINE_PIXELS    (INT64_C(64) << 20)  /* image of one line; a head line over A0 at 600 dpi has 40 M */
#define RC_MAX_LINES_PIXELS   (2 * RC_MAX_PIXELS)  /* images of all lines of a page: lines hardly overlap */
#define RC_MAX_SETTINGS_BYTES (1 << 20)            /* batch.yaml                                          */
#define RC_MAX_TAG_FILE       (INT64_C(512) << 20) /* one manifest of a bag: 3 million files by SHA-512         */
#define RC_MAX_BAG_FILES      4000000              /* lines of a bag's manifests together                 */
#define RC_MAX_BAG_DEPTH      64                   /* folders in folders of a bag                         */
#define RC_MAX_CATALOGUE_BYTES (INT64_C(256) << 20) /* metadata.csv; a million rows have 200 MB            */
#define RC_MAX_CATALOGUE_ROWS 1000000              /* rows of it; they are held in memory                 */
#define RC_MAX_JSON_DEPTH     64                   /* a manifest or a worker's answer                     */
#define RC_MAX_MESSAGE        (1 << 20)            /* one message between supervisor and worker           */
#define RC_MAX_SPOOL_BYTES    (RC_MAX_SCAN_BYTES + RC_MAX_MESSAGE) /* what a worker hands over at once: a scan from an archive at most */
#define RC_MAX_WORKERS        1024

#endif
