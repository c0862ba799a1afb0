/* child.c -- one worker process, seen from the supervisor.
 *
 *   rc_child_start        socket pair, pipe and spool, then posix_spawn
 *   rc_child_listen, last_words    what it prints, kept from the user but for the end of it
 *   rc_child_memory       from /proc
 *   rc_child_end          kill, wait, close
 *
 * posix_spawn and not fork: its cost does not grow with the supervisor's memory. */
#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/text.h"

#define SOCKET_IN_CHILD 3
#define LAST_WORDS 400          /* bytes of the tail worth showing */

extern char **environ;

/* What a worker gets to know of the environment: where libraries find their data. Nothing else: no secrets. */
static const char *const env_kept[] = {
	"PATH=", "TESSDATA_PREFIX=", "LD_LIBRARY_PATH=", "FONTCONFIG_FILE=", "FONTCONFIG_PATH=",
	"ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS=",
};

/* env: room for RC_COUNT(env_kept) + 3. */
static void choose_env(const char **env)
{
	size_t n = 0;

	env[n++] = "OMP_THREAD_LIMIT=1";        /* one process per core is faster than threads in Tesseract */
	env[n++] = "LC_ALL=C.UTF-8";
	for (size_t k = 0; k < RC_COUNT(env_kept); k++)
		for (char **e = environ; *e; e++)
			if (strncmp(*e, env_kept[k], strlen(env_kept[k])) == 0) {
				env[n++] = *e;
				break;
			}
	env[n] = NULL;
}

static int open_spool(bool disk)
{
	const char *const dirs[] = { getenv("TMPDIR"), "/var/tmp", "/tmp" };

	for (size_t i = 0; disk && i < RC_COUNT(dirs); i++) {
		int fd = dirs[i] ? open(dirs[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;
		if (fd >= 0)
			return fd;
	}
	return memfd_create("redcorpus-spool", MFD_CLOEXEC);
}

/* Replaces *fd by a copy above those the child gets, so that one dup2 cannot tread on another. */
static bool move_up(int *fd)
{
	int up = fcntl(*fd, F_DUPFD_CLOEXEC, 10);

	rc_close(fd);
	*fd = up;
	return up >= 0;
}

/* Returns 0 or an errno. sock and chatter: the child's ends. */
static int spawn(pid_t *pid, int sock, int chatter)
{
	char *argv[] = { (char[]){ "redcorpus" }, (char[]){ "worker" }, NULL };
	const char *env[RC_COUNT(env_kept) + 3];
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t deaf;
	int bad;

	/* Blocked, not ignored: the mask is there from the first instruction on, and what a terminal or a batch
	 * system sends to the whole group is for the supervisor to decide. */
	sigemptyset(&deaf);
	sigaddset(&deaf, SIGINT);
	sigaddset(&deaf, SIGTERM);
	sigaddset(&deaf, SIGHUP);
	choose_env(env);
	if (posix_spawnattr_init(&how) != 0)
		return ENOMEM;
	if (posix_spawn_file_actions_init(&files) != 0) {
		posix_spawnattr_destroy(&how);
		return ENOMEM;
	}
	bad = posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK);
	bad = bad ? bad : posix_spawnattr_setsigmask(&how, &deaf);
	bad = bad ? bad : posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	bad = bad ? bad : posix_spawn_file_actions_adddup2(&files, chatter, 1);
	bad = bad ? bad : posix_spawn_file_actions_adddup2(&files, chatter, 2);
	bad = bad ? bad : posix_spawn_file_actions_adddup2(&files, sock, SOCKET_IN_CHILD);
	bad = bad ? bad : posix_spawn_file_actions_addclosefrom_np(&files, SOCKET_IN_CHILD + 1);
	bad = bad ? bad : posix_spawn(pid, "/proc/self/exe", &files, &how, argv, (char **)env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	return bad;
}

enum rc_status rc_child_start(struct rc_child *child, bool disk, struct rc_err *err)
{
	int pair[2] = { -1, -1 }, pipe_ends[2] = { -1, -1 };
	int made = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
	int piped = pipe2(pipe_ends, O_CLOEXEC);
	RC_OWN_FD ours = pair[0];
	RC_OWN_FD theirs = pair[1];
	RC_OWN_FD hear = pipe_ends[0];
	RC_OWN_FD speak = pipe_ends[1];
	RC_OWN_FD spool = open_spool(disk);
	int bad;

	/* A full pipe makes the worker wait for our next poll(), so that its last words are never the ones lost. */
	if (made != 0 || piped != 0 || spool < 0 || fcntl(hear, F_SETFL, O_NONBLOCK) != 0 || !move_up(&theirs) || !move_up(&speak))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot start a worker");
	bad = spawn(&child->pid, theirs, speak);
	if (bad) {
		child->pid = 0;
		errno = bad;
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot start a worker");
	}
	child->sock = ours;
	child->chatter = hear;
	child->spool = spool;
	child->tail_len = 0;
	ours = hear = spool = -1;
	return RC_OK;
}

void rc_child_listen(struct rc_child *child)
{
	char words[4096];
	ssize_t got;

	while (child->chatter >= 0 && (got = read(child->chatter, words, sizeof words)) > 0) {
		size_t new = (size_t)got < RC_CHILD_TAIL ? (size_t)got : RC_CHILD_TAIL;
		size_t old = child->tail_len < RC_CHILD_TAIL - new ? child->tail_len : RC_CHILD_TAIL - new;

		memmove(child->tail, child->tail + child->tail_len - old, old);
		memcpy(child->tail + old, words + got - new, new);
		child->tail_len = old + new;
	}
}

void rc_child_last_words(const struct rc_child *child, struct rc_buf *out)
{
	size_t end = child->tail_len, start;
	char line[LAST_WORDS + 1];

	while (end > 0 && strchr(" \t\r\n", child->tail[end - 1]))
		end--;
	start = end > LAST_WORDS ? end - LAST_WORDS : 0;
	while (start > 0 && start < end && ((unsigned char)child->tail[start] & 0xC0) == 0x80)
		start++;
	for (size_t i = start; i < end; i++) {
		char c = child->tail[i];
		line[i - start] = c == '\n' || c == '\t' || c == '\0' ? ' ' : c;
	}
	line[end - start] = '\0';
	rc_text_escape(out, line);
}

void rc_child_memory(const struct rc_child *child, int64_t *now, int64_t *peak)
{
	char path[64], line[256];
	long long kib;

	*now = *peak = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)child->pid);
	FILE *status = child->pid > 0 ? fopen(path, "re") : NULL;
	if (!status)
		return;
	while (fgets(line, sizeof line, status))
		if (sscanf(line, "VmHWM: %lld", &kib) == 1)
			*peak = kib << 10;
		else if (sscanf(line, "VmRSS: %lld", &kib) == 1)
			*now = kib << 10;
	fclose(status);
}

static void shut(int *fd)
{
	rc_close(fd);
	*fd = -1;
}

int rc_child_end(struct rc_child *child)
{
	struct rusage used = { 0 };
	int status = 0;

	if (child->pid > 0) {
		kill(child->pid, SIGKILL);      /* does not change the status of one that is on its way out */
		while (wait4(child->pid, &status, 0, &used) < 0 && errno == EINTR)
			;
		child->pid = 0;
		child->peak_rss = (int64_t)used.ru_maxrss << 10;
		rc_child_listen(child);
	}
	shut(&child->sock);
	shut(&child->chatter);
	shut(&child->spool);
	return status;
}
