/* slurm_now.c -- what people see of the tasks: now.json in the plans' folder, read by `status`. */
#include "run/slurm_state.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/outfile.h"

enum { MAX_PATH_BYTES = 1 << 16, MAX_NOW = 1 << 20 };

int64_t slurm_open_tasks(const struct rc_slurm *s, int64_t *running)
{
	int64_t n = 0;

	*running = 0;
	for (size_t i = 0; i < s->n_plans; i++)
		for (size_t k = 0; k < s->plans[i].n_tasks; k++)
			if (!s->plans[i].tasks[k].over) {
				n++;
				*running += s->plans[i].tasks[k].listed && s->plans[i].tasks[k].running;
			}
	return n;
}

static json_t *nodes_at_work(const struct rc_slurm *s)
{
	RC_OWN_JSON seen = json_object();
	json_t *nodes = json_array();

	for (size_t i = 0; i < s->n_plans; i++)
		for (size_t k = 0; k < s->plans[i].n_tasks; k++) {
			const struct slurm_task *task = &s->plans[i].tasks[k];

			if (task->over || !task->running || !task->node[0] || json_object_get(seen, task->node))
				continue;
			json_object_set_new(seen, task->node, json_true());
			json_array_append_new(nodes, rc_json_text(task->node));
		}
	return nodes;
}

static int64_t pages_out(const struct rc_slurm *s)
{
	int64_t n = (int64_t)s->n_waiting;

	for (size_t i = 0; i < s->n_plans; i++)
		for (size_t k = 0; k < s->plans[i].n_tasks; k++)
			if (!s->plans[i].tasks[k].over)
				n += (int64_t)(s->plans[i].tasks[k].n - s->plans[i].tasks[k].n_done);
	return n;
}

void slurm_show(const struct rc_slurm *s)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF text = RC_BUF(MAX_NOW);
	RC_OWN_BUF avoided = RC_BUF(MAX_NOW);
	int64_t running, open = slurm_open_tasks(s, &running);
	RC_OWN_JSON now = NULL;

	slurm_avoided(s, &avoided);
	now = json_pack("{s:s, s:I, s:I, s:I, s:o, s:s}", "jobs", s->job_name, "running", (json_int_t)running, "waiting",
	                (json_int_t)(open - running), "pages", (json_int_t)pages_out(s), "nodes", nodes_at_work(s), "avoided", avoided.data);
	rc_json_print_pretty(&text, now);
	rc_buf_addf(&path, "%s/now.json", s->dir);
	(void)rc_file_put(path.data, text.data, text.len, NULL);        /* only for looking at */
}

bool rc_slurm_has_left(const struct rc_batch *batch)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	bool found = false;
	DIR *dir;

	rc_batch_path(batch, ".redcorpus/slurm", &path);
	dir = opendir(path.data);
	if (!dir)
		return false;
	for (struct dirent *e; !found && (e = readdir(dir));)
		found = strtoll(e->d_name, NULL, 10) > 0;
	closedir(dir);
	return found;
}

json_t *rc_slurm_now(const struct rc_batch *batch)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF text = RC_BUF(MAX_NOW);
	json_t *now = NULL;

	rc_batch_path(batch, ".redcorpus/slurm/now.json", &path);
	if (!rc_slurm_has_left(batch) || !rc_good(rc_buf_read_file(&text, path.data, NULL)))
		return NULL;
	(void)rc_json_parse(text.data, text.len, path.data, &now, NULL);
	return now;
}
