/* glyphs.c -- sorts glyphs by character and doubt, and cuts them into files.
 *
 *   report_glyphs_add()     one page's
 *   make_room()             what is surest goes when there are too many
 *   report_glyphs_write()   characters one after the other, a file when it is full, the list of characters last */
#include "report/glyphs.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "report/part.h"

struct entry {
	uint32_t cp : 21, doubt : 7;
	uint32_t page;
	uint32_t other : 21, confidence : 7;
	uint16_t cell, line;            /* a line beyond the 65535th is not told apart */
};

struct place {                          /* of a page that has glyphs here */
	char id[REPORT_ID], picture[REPORT_ID];
	char *item;                     /* owned */
	int64_t order;
};

struct report_glyphs {
	struct entry *all;              /* owned */
	size_t n, cap, most;
	struct place *pages;            /* owned */
	size_t n_pages, cap_pages;
	int64_t left_out;
	unsigned floor;                 /* surer ones than this are no longer taken */
};

struct report_glyphs *report_glyphs_new(size_t most)
{
	struct report_glyphs *g = rc_alloc(sizeof *g);

	g->most = most;
	return g;
}

void report_glyphs_free(struct report_glyphs **g)
{
	if (!*g)
		return;
	for (size_t i = 0; i < (*g)->n_pages; i++)
		free((*g)->pages[i].item);
	free((*g)->pages);
	free((*g)->all);
	free(*g);
	*g = NULL;
}

/* Raises the floor until half of the room is free; what stands at the floor itself goes, too, in the end. */
static void make_room(struct report_glyphs *g)
{
	size_t of_doubt[128] = { 0 }, gone = 0, kept = 0;

	for (size_t i = 0; i < g->n; i++)
		of_doubt[g->all[i].doubt]++;
	for (g->floor = 0; g->floor < 100 && gone + of_doubt[g->floor] <= g->n / 2; g->floor++)
		gone += of_doubt[g->floor];
	if (gone == 0)
		g->floor++;             /* most of them are equally doubtful */
	for (size_t i = 0; i < g->n; i++)
		if (g->all[i].doubt >= g->floor)
			g->all[kept++] = g->all[i];
	if (kept == g->n)
		kept = g->n / 2;
	g->left_out += (int64_t)(g->n - kept);
	g->n = kept;
}

static struct entry *new_entry(struct report_glyphs *g)
{
	if (g->n == g->most)
		make_room(g);
	if (g->n == g->cap) {
		g->cap = g->cap ? 2 * g->cap : 4096;
		if (g->cap > g->most)
			g->cap = g->most;
		g->all = rc_realloc(g->all, g->cap * sizeof *g->all);
	}
	return &g->all[g->n++];
}

static uint32_t add_place(struct report_glyphs *g, const struct report_page *page)
{
	struct place *p;

	if (g->n_pages == g->cap_pages) {
		g->cap_pages = g->cap_pages ? 2 * g->cap_pages : 256;
		g->pages = rc_realloc(g->pages, g->cap_pages * sizeof *g->pages);
	}
	p = &g->pages[g->n_pages];
	*p = (struct place){ .item = rc_strdup(page->item), .order = page->order };
	memcpy(p->id, page->id, sizeof p->id);
	memcpy(p->picture, page->picture, sizeof p->picture);
	return (uint32_t)g->n_pages++;
}

void report_glyphs_add(struct report_glyphs *g, const struct report_page *page)
{
	uint32_t place;

	if (page->n_glyphs == 0 || !*page->picture)
		return;
	place = add_place(g, page);
	for (size_t i = 0; i < page->n_glyphs && i <= UINT16_MAX; i++) {
		const struct report_glyph *from = &page->glyphs[i];

		if (from->doubt < g->floor) {
			g->left_out++;
			continue;
		}
		*new_entry(g) = (struct entry){
			.cp = from->cp & 0x1fffff, .doubt = from->doubt & 127, .page = place, .other = from->other & 0x1fffff,
			.confidence = from->confidence & 127, .cell = (uint16_t)i,
			.line = (uint16_t)(from->line > UINT16_MAX ? UINT16_MAX : from->line),
		};
	}
}

/* ---- files -------------------------------------------------------------------------------------------------- */

static int by_character(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->cp != y->cp)
		return x->cp < y->cp ? -1 : 1;
	if (x->doubt != y->doubt)
		return x->doubt > y->doubt ? -1 : 1;
	if (x->page != y->page)
		return x->page < y->page ? -1 : 1;
	return (x->cell > y->cell) - (x->cell < y->cell);
}

struct character {
	uint32_t cp;
	int file;
	int64_t n, doubtful;
};

struct writing {
	const struct report_glyphs *g;
	struct report_files *files;
	struct character *characters;   /* owned */
	size_t n, cap;
	json_t *pages, *glyphs;         /* owned: of the file that is being filled */
	int64_t *index;                 /* owned: of a page in that file, -1: not there yet */
	size_t in_file;
	int file;
	struct report_glyph_counts counts;
};

static void writing_end(struct writing *w)
{
	free(w->characters);
	free(w->index);
	rc_json_free(&w->pages);
	rc_json_free(&w->glyphs);
}

static void begin_file(struct writing *w)
{
	w->pages = json_array();
	w->glyphs = json_object();
	w->in_file = 0;
	for (size_t i = 0; i < w->g->n_pages; i++)
		w->index[i] = -1;
}

static enum rc_status end_file(struct writing *w, struct rc_err *err)
{
	RC_OWN_JSON data = json_pack("{s:o, s:o}", "pages", rc_steal(w->pages), "characters", rc_steal(w->glyphs));
	RC_OWN_BUF name = RC_BUF(64);

	rc_buf_addf(&name, "glyphs/%d.js", w->file++);
	return report_files_script(w->files, name.data, data, err);
}

static json_t *text_of(uint32_t cp)
{
	char text[5] = { 0 };

	(void)rc_utf8_put(cp, text);
	return json_string(text);
}

static int64_t page_in_file(struct writing *w, uint32_t page)
{
	const struct place *p = &w->g->pages[page];

	if (w->index[page] < 0) {
		w->index[page] = (int64_t)json_array_size(w->pages);
		json_array_append_new(w->pages, json_pack("[s, s, o, I]", p->id, p->picture, rc_json_text(p->item), (json_int_t)p->order));
	}
	return w->index[page];
}

static void add_character(struct writing *w, const struct entry *from, size_t n)
{
	json_t *list = json_array();
	struct character *c;
	char text[5] = { 0 };

	if (w->n == w->cap) {
		w->cap = w->cap ? 2 * w->cap : 1024;
		w->characters = rc_realloc(w->characters, w->cap * sizeof *w->characters);
	}
	c = &w->characters[w->n++];
	*c = (struct character){ .cp = from->cp, .file = w->file, .n = (int64_t)n };
	for (size_t i = 0; i < n; i++) {
		const struct entry *e = &from[i];

		json_array_append_new(list, json_integer(page_in_file(w, e->page)));
		json_array_append_new(list, json_integer(e->cell));
		json_array_append_new(list, json_integer(e->line));
		json_array_append_new(list, json_integer(e->confidence));
		json_array_append_new(list, json_integer(e->doubt));
		json_array_append_new(list, e->other ? text_of(e->other) : json_integer(0));
		c->doubtful += e->doubt >= REPORT_DOUBTFUL;
	}
	(void)rc_utf8_put(from->cp, text);
	json_object_set_new(w->glyphs, text, list);
	w->in_file += n;
	w->counts.characters++;
	w->counts.glyphs += c->n;
	w->counts.doubtful += c->doubtful;
}

static enum rc_status write_all(struct writing *w, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (size_t i = 0, end; i < w->g->n && rc_good(status); i = end) {
		for (end = i; end < w->g->n && w->g->all[end].cp == w->g->all[i].cp; end++)
			;
		if (!w->pages)
			begin_file(w);
		add_character(w, &w->g->all[i], end - i < REPORT_MAX_OF_ONE ? end - i : REPORT_MAX_OF_ONE);
		w->counts.left_out += end - i > REPORT_MAX_OF_ONE ? (int64_t)(end - i - REPORT_MAX_OF_ONE) : 0;
		if (w->in_file >= REPORT_GLYPHS_A_FILE)
			status = end_file(w, err);
	}
	return rc_good(status) && w->pages ? end_file(w, err) : status;
}

static int most_doubtful(const void *a, const void *b)
{
	const struct character *x = a, *y = b;

	if (rc_is_han(x->cp) != rc_is_han(y->cp))
		return rc_is_han(x->cp) ? -1 : 1;
	if (x->doubtful != y->doubtful)
		return x->doubtful > y->doubtful ? -1 : 1;
	return x->n != y->n ? (x->n > y->n ? -1 : 1) : x->cp < y->cp ? -1 : 1;
}

static enum rc_status write_characters(struct writing *w, struct rc_err *err)
{
	RC_OWN_JSON list = json_array();

	if (w->n)
		qsort(w->characters, w->n, sizeof *w->characters, most_doubtful);
	for (size_t i = 0; i < w->n; i++) {
		const struct character *c = &w->characters[i];

		json_array_append_new(list, json_pack("[o, I, I, i]", text_of(c->cp), (json_int_t)c->n, (json_int_t)c->doubtful, c->file));
	}
	return report_files_script(w->files, "glyphs/index.js", list, err);
}

enum rc_status report_glyphs_write(struct report_glyphs *g, struct report_files *files, struct report_glyph_counts *ret, struct rc_err *err)
{
	RC_CLEANUP(writing_end) struct writing w = { .g = g, .files = files, .counts.left_out = g->left_out };
	enum rc_status status;

	w.index = rc_alloc((g->n_pages + 1) * sizeof *w.index);
	if (g->n)
		qsort(g->all, g->n, sizeof *g->all, by_character);
	status = write_all(&w, err);
	if (rc_good(status))
		status = write_characters(&w, err);
	if (rc_good(status))
		*ret = w.counts;
	return status;
}
