/* leaves.c -- a spread comes apart at its gutter. */
#include <leptonica/allheaders.h>

#include "prepare/work.h"

bool prepare_split(struct prepare_work *work, struct prepare_leaves *ret)
{
	ret->leaf[0] = (struct prepare_leaf){ .pix = pixClone(work->pix), .to_clean = work->to_clean };
	ret->n = 1;
	return ret->leaf[0].pix != NULL;
}
