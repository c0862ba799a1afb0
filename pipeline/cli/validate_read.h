/* validate_read.h -- reads sample images, and measures the reading against the truth beside them. */
#ifndef CLI_VALIDATE_READ_H
#define CLI_VALIDATE_READ_H

#include "core/stage.h"

struct sample_reader;

/* No process is started before the first image is read. cfg and stages are borrowed. */
enum rc_status sample_reader_new(const struct rc_config *cfg, const struct rc_stages *stages, struct sample_reader **ret, struct rc_err *err);
void sample_reader_free(struct sample_reader **reader);

struct sample_score {
	double error;                   /* character error rate as `eval` measures it (common/score.h) */
	int64_t truth, got;             /* characters, without punctuation and space */
};
/* Reads a frame, from 0, of an image in a worker. A page that cannot be read is RC_PAGE_FAILED; RC_RUN_FAILED: no page can
 * (a model is missing). */
enum rc_status sample_reader_score(struct sample_reader *reader, const char *path, enum rc_media media, int32_t frame, const char *truth,
                                   size_t len, struct sample_score *ret, struct rc_err *err);

#endif
