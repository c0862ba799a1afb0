/* confine.c -- takes rights away from a worker: Landlock for files, seccomp for system calls.
 *
 *   rc_confine        both
 *   restrict_files    Landlock, by system calls, as much of it as this kernel knows
 *   restrict_calls    seccomp: a list of what is refused, everything else goes on
 *
 * Refused calls fail with EPERM and do not kill: a library that tries something needless should go on. */
#include "run/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights of later kernels than the headers we build with (include/uapi/linux/landlock.h of Linux 6.12). */
#define FS_TRUNCATE  (UINT64_C(1) << 14)        /* ABI 3 */
#define FS_IOCTL_DEV (UINT64_C(1) << 15)        /* ABI 5 */
#define NET_ALL      UINT64_C(3)                /* ABI 4: bind and connect TCP */
#define SCOPE_ALL    UINT64_C(3)                /* ABI 6: abstract sockets, signals */

struct ruleset {                /* struct landlock_ruleset_attr as of ABI 6 */
	uint64_t files, net, scope;
};

#define READ_FILE LANDLOCK_ACCESS_FS_READ_FILE
#define READ (READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

static const struct place {
	const char *path;
	uint64_t rights;
} places[] = {
	{ "/usr/share", READ },                 /* models, fonts, Poppler's and OpenCC's tables */
	{ "/usr/lib", READ },                   /* libraries and gconv modules, loaded late */
	{ "/usr/lib64", READ },
	{ "/usr/local/share", READ },
	{ "/usr/local/lib", READ },
	{ "/lib", READ },
	{ "/lib64", READ },
	{ "/etc/fonts", READ },
	{ "/etc/ld.so.cache", READ_FILE },
	{ "/etc/localtime", READ_FILE },
	{ "/var/cache/fontconfig", READ },
	{ "/proc/self", READ },
	{ "/proc/cpuinfo", READ_FILE },
	{ "/proc/meminfo", READ_FILE },
	{ "/sys/devices/system/cpu", READ },    /* OpenMP and the C library count processors */
	{ "/dev/null", READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE },
	{ "/dev/urandom", READ_FILE },
};

static uint64_t rights_of_abi(long abi)
{
	uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

	if (abi >= 2)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		all |= FS_TRUNCATE;
	if (abi >= 5)
		all |= FS_IOCTL_DEV;
	return all;
}

/* Lets the place be used; one that does not exist needs no rule. False with errno set. */
static bool allow(int rules, const char *path, uint64_t rights)
{
	RC_OWN_FD fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr beneath = { .allowed_access = rights, .parent_fd = fd };
	struct stat st;

	if (fd < 0)
		return true;
	if (fstat(fd, &st) != 0)
		return false;
	if (!S_ISDIR(st.st_mode))
		beneath.allowed_access &= ~(uint64_t)LANDLOCK_ACCESS_FS_READ_DIR;
	return syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
}

/* RC_SKIP: the kernel has no Landlock. */
static enum rc_status restrict_files(const char *extra, struct rc_err *err)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset set = { .files = rights_of_abi(abi), .net = abi >= 4 ? NET_ALL : 0, .scope = abi >= 6 ? SCOPE_ALL : 0 };
	size_t size = abi >= 6 ? sizeof set : abi >= 4 ? offsetof(struct ruleset, scope) : offsetof(struct ruleset, net);
	bool ok = true;

	if (abi < 1)
		return RC_SKIP;
	RC_OWN_FD rules = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
	if (rules < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot make Landlock rules");
	for (size_t i = 0; i < RC_COUNT(places); i++)
		ok = ok && allow(rules, places[i].path, places[i].rights);
	if (extra[0])
		ok = ok && allow(rules, extra, READ);
	if (!ok || syscall(SYS_landlock_restrict_self, rules, 0) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot confine the worker with Landlock");
	return RC_OK;
}

static const int refused[] = {
	/* programs and processes */
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork),
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp),
	SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal), SCMP_SYS(tkill),
	SCMP_SYS(process_madvise), SCMP_SYS(move_pages), SCMP_SYS(migrate_pages),
	SCMP_SYS(setrlimit), SCMP_SYS(setpriority), SCMP_SYS(setsid), SCMP_SYS(setpgid),
	/* the network */
	SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4),
	/* names, modes, owners and times of files (Landlock leaves the last three alone) */
	SCMP_SYS(truncate), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
	SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rmdir), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(mknod),
	SCMP_SYS(mknodat), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(symlink), SCMP_SYS(symlinkat), SCMP_SYS(creat),
	SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), SCMP_SYS(chown), SCMP_SYS(fchown), SCMP_SYS(lchown),
	SCMP_SYS(fchownat), SCMP_SYS(utime), SCMP_SYS(utimes), SCMP_SYS(utimensat), SCMP_SYS(futimesat),
	SCMP_SYS(setxattr), SCMP_SYS(lsetxattr), SCMP_SYS(fsetxattr),
	SCMP_SYS(removexattr), SCMP_SYS(lremovexattr), SCMP_SYS(fremovexattr),
	SCMP_SYS(open_by_handle_at), SCMP_SYS(name_to_handle_at), SCMP_SYS(fanotify_init),
	/* the machine */
	SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(setns), SCMP_SYS(unshare),
	SCMP_SYS(open_tree), SCMP_SYS(move_mount), SCMP_SYS(fsopen), SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick),
	SCMP_SYS(mount_setattr), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(reboot), SCMP_SYS(acct), SCMP_SYS(quotactl),
	SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(delete_module), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(clock_adjtime),
	SCMP_SYS(adjtimex), SCMP_SYS(sethostname), SCMP_SYS(setdomainname), SCMP_SYS(iopl), SCMP_SYS(ioperm),
	/* wide doors into the kernel that nothing here needs */
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register), SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(personality),
	SCMP_SYS(syslog), SCMP_SYS(vmsplice),
};

static void filter_free(scmp_filter_ctx *filter)
{
	if (*filter)
		seccomp_release(*filter);
}

/* Calls that are refused for some arguments. 0, or a negative errno. */
static int refuse_by_argument(scmp_filter_ctx f, bool writes_too)
{
	const uint32_t no = SCMP_ACT_ERRNO(EPERM);
	const scmp_datum_t self = (scmp_datum_t)getpid();
	int bad = 0;

	/* Threads only. clone3 hides its flags behind a pointer: "not there" sends the C library back to clone. */
	bad = bad ? bad : seccomp_rule_add(f, no, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	bad = bad ? bad : seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	/* Signals to itself only: abort() needs them. */
	bad = bad ? bad : seccomp_rule_add(f, no, SCMP_SYS(kill), 1, SCMP_A0(SCMP_CMP_NE, self, 0));
	bad = bad ? bad : seccomp_rule_add(f, no, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_NE, self, 0));
	bad = bad ? bad : seccomp_rule_add(f, no, SCMP_SYS(rt_sigqueueinfo), 1, SCMP_A0(SCMP_CMP_NE, self, 0));
	bad = bad ? bad : seccomp_rule_add(f, no, SCMP_SYS(rt_tgsigqueueinfo), 1, SCMP_A0(SCMP_CMP_NE, self, 0));
	/* Limits can be read, not moved. */
	bad = bad ? bad : seccomp_rule_add(f, no, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_NE, 0, 0));
	if (!writes_too)
		return bad;
	bad = bad ? bad : seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0);
	for (scmp_datum_t mode = O_WRONLY; mode <= O_RDWR; mode++) {
		bad = bad ? bad : seccomp_rule_add(f, no, SCMP_SYS(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE, mode));
		bad = bad ? bad : seccomp_rule_add(f, no, SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, mode));
	}
	bad = bad ? bad : seccomp_rule_add(f, no, SCMP_SYS(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT));
	bad = bad ? bad : seccomp_rule_add(f, no, SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT));
	return bad;
}

/* writes_too: opening for writing is refused as well, where Landlock does not do it. RC_SKIP: no seccomp. */
static enum rc_status restrict_calls(bool writes_too, struct rc_err *err)
{
	RC_CLEANUP(filter_free) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int bad = 0;

	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
		return RC_SKIP;
	if (!filter)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot make a seccomp filter");
	/* A decision by binary search: the filter runs at every call. */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (size_t i = 0; i < RC_COUNT(refused) && bad == 0; i++)
		bad = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
	bad = bad ? bad : refuse_by_argument(filter, writes_too);
	bad = bad ? bad : seccomp_load(filter);
	if (bad) {
		errno = -bad;
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot confine the worker with seccomp");
	}
	return RC_OK;
}

enum rc_status rc_confine(const char *extra, const char **missing, struct rc_err *err)
{
	enum rc_status files, calls;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot give up new privileges");
	files = restrict_files(extra, err);
	if (!rc_good(files))
		return files;
	calls = restrict_calls(files == RC_SKIP, err);
	if (!rc_good(calls))
		return calls;
	*missing = files == RC_SKIP ? (calls == RC_SKIP ? "no Landlock, no seccomp" : "no Landlock")
	                            : (calls == RC_SKIP ? "no seccomp" : "");
	return RC_OK;
}
