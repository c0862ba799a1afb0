/* bag_list.c -- manifests as one list, sorted by path: what a walk over the folder looks its files up in.
 *
 * Sorted, not hashed: names come from outside, and a list chosen to hurt must not make it slow. */
#include <string.h>

#include "common/bag_parts.h"
#include "common/nfc.h"

/* Plain small letters fold to themselves, and most names are such. */
static const char *fold(struct bag_list *list, const char *path)
{
	const char *at = path;

	while (*at && (unsigned char)*at < 0x80 && !(*at >= 'A' && *at <= 'Z'))
		at++;
	if (*at == '\0')
		return path;
	RC_OWN_BUF folded = RC_BUF(4 * BAG_MAX_PATH);

	nfc_fold(path, &folded);
	char *key = rc_strdup(folded.data);

	bag_list_keep(list, key);
	return key;
}

void bag_list_add(struct bag_list *list, const struct bag_entry *entry)
{
	if (list->n == list->room) {
		list->room = list->room ? 2 * list->room : 64;
		list->v = rc_realloc(list->v, list->room * sizeof *list->v);
	}
	struct bag_entry *e = &list->v[list->n++];

	*e = *entry;
	e->fold = fold(list, e->path);
}

/* Room doubles at the powers of two, so that the count alone says when. */
void bag_list_keep(struct bag_list *list, char *text)
{
	if ((list->n_texts & (list->n_texts - 1)) == 0)
		list->texts = rc_realloc(list->texts, (list->n_texts ? 2 * list->n_texts : 1) * sizeof *list->texts);
	list->texts[list->n_texts++] = text;
}

static int by_path(const void *a, const void *b)
{
	const struct bag_entry *x = a, *y = b;
	int path = strcmp(x->path, y->path);

	if (path)
		return path;
	if (x->algorithm != y->algorithm)
		return x->algorithm < y->algorithm ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

void bag_list_sort(struct bag_list *list)
{
	if (list->n)
		qsort(list->v, list->n, sizeof *list->v, by_path);
}

struct bag_entry *bag_list_find(const struct bag_list *list, const char *path)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(list->v[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->n && strcmp(list->v[low].path, path) == 0 ? &list->v[low] : NULL;
}

size_t bag_list_next(const struct bag_list *list, size_t i)
{
	size_t next = i + 1;

	while (next < list->n && strcmp(list->v[next].path, list->v[i].path) == 0)
		next++;
	return next;
}

void bag_list_clear(struct bag_list *list)
{
	for (size_t i = 0; i < list->n_texts; i++)
		free(list->texts[i]);
	free(list->texts);
	free(list->v);
	*list = (struct bag_list){ 0 };
}
