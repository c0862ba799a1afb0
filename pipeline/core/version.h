/* version.h -- the version of the program, once. */
#ifndef RC_VERSION_H
#define RC_VERSION_H

#define RC_VERSION "0.1.0"
#define RC_BATCH_FORMAT 1       /* layout of a batch, .redcorpus/format */

#endif
