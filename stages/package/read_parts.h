/* read_parts.h -- what the files behind read.h share. */
#ifndef PACKAGE_READ_PARTS_H
#define PACKAGE_READ_PARTS_H

#include "package/packed.h"
#include "package/read.h"

struct corpus_reader {
	const struct corpus_source *source;
	const struct manifest *manifest;
	struct packed_file index;       /* not open before somebody asks for an item */
};

/* A line of a JSON Lines file as JSON. */
enum rc_status read_line(const struct packed_file *f, const char *line, size_t len, json_t **ret, struct rc_err *err);

#endif
