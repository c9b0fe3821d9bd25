/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#include <seccomp.h>

static const char *const allowed[] = {
	/* descriptors that are open */
	"read", "write", "readv", "writev", "pread64", "pwrite64", "lseek", "close", "close_range",
	"dup", "dup3", "fcntl", "fstat", "fstatfs", "ftruncate", "poll", "ppoll", "select",
	"pselect6", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2", "pipe2",
	"memfd_create", "kcmp",
	/* the socket to the host; socket() is not here */
	"sendmsg", "recvmsg", "sendto", "recvfrom", "shutdown", "getsockopt",
	/* names of files: Landlock and systemd say which */
	"stat", "lstat", "newfstatat", "statx", "statfs", "access", "faccessat", "faccessat2",
	"readlink", "readlinkat", "getdents64", "getcwd",
	/* memory */
	"mmap", "munmap", "mprotect", "mremap", "madvise", "brk", "msync", "mincore", "mlock",
	"munlock",
	/* threads */
	"futex", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "gettid",
	"sched_yield", "sched_getaffinity", "sched_setaffinity", "sched_getparam",
	"sched_getscheduler", "sched_get_priority_max", "sched_get_priority_min", "getpriority",
	"membarrier", "getcpu", "arch_prctl", "restart_syscall", "exit", "exit_group",
	/* signals; tgkill() is of abort() */
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "tgkill",
	/* time and facts */
	"clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time",
	"times", "getrusage", "getrandom", "getrlimit", "getpid", "getppid", "getuid", "geteuid",
	"getgid", "getegid", "getresuid", "getresgid", "getgroups", "sysinfo", "uname",
};

/* Libraries try these, and go on without. */
static const char *const failing[] = {
	"socket", "socketpair", "connect", "bind", "fork", "vfork", "execve", "mkdir", "mkdirat",
	"unlink", "unlinkat", "rename", "renameat", "renameat2", "chmod", "fchmod", "fchmodat",
	"setpriority", "sched_setscheduler", "sched_setparam", "sched_setattr", "sched_getattr",
	"inotify_init1", "inotify_add_watch", "flock", "utimensat", "get_mempolicy", "mbind",
	"set_mempolicy", "perf_event_open", "shmget", "fallocate", "timerfd_create", "umask",
	"setrlimit", "memfd_secret", "pidfd_open", "ioprio_set",
};

/* Names that another architecture does not have are no error. */
static int add(scmp_filter_ctx filter, uint32_t action, const char *name)
{
	int number = seccomp_syscall_resolve_name(name), ret;

	if (number == __NR_SCMP_ERROR || number < 0)
		return 0;
	ret = seccomp_rule_add(filter, action, number, 0);
	return ret == -EDOM ? 0 : ret;
}

static int add_all(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t n)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < n; i++)
		ret = add(filter, action, names[i]);
	return ret;
}

/* Files are opened, never made. */
static int add_open(scmp_filter_ctx filter)
{
	const unsigned makes = O_CREAT | (O_TMPFILE & ~O_DIRECTORY);
	int ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
			SCMP_A2(SCMP_CMP_MASKED_EQ, makes, 0));

	if (ret == 0)
		ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
				SCMP_A1(SCMP_CMP_MASKED_EQ, makes, 0));
	if (ret == 0)
		ret = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT));
	return ret;
}

/* Threads, no processes. glibc takes clone() where clone3() is missing, whose flags a filter does
 * not see. */
static int add_clone(scmp_filter_ctx filter)
{
	int ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));

	if (ret == 0)
		ret = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
				SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	if (ret == 0)
		ret = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return ret;
}

static int add_prctl(scmp_filter_ctx filter)
{
	static const int known[] = { PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE };
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < sizeof known / sizeof known[0]; i++)
		ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
				SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)known[i]));
	/* names of mappings, for whoever looks */
	return ret < 0 ? ret : seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
			SCMP_A0(SCMP_CMP_EQ, PR_SET_VMA));
}

/* Drivers have many requests. Those of a terminal type for its user. */
static int add_ioctl(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
			SCMP_A1(SCMP_CMP_NE, TIOCSTI));
}

/* Limits are read, never raised. */
static int add_limits(scmp_filter_ctx filter)
{
	int ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
			SCMP_A2(SCMP_CMP_EQ, 0));

	return ret < 0 ? ret : seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prlimit64),
			1, SCMP_A2(SCMP_CMP_NE, 0));
}

int calls_forbid(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
	int ret;

	if (!filter)
		return -ENOMEM;
	ret = add_all(filter, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof allowed[0]);
	if (ret == 0)
		ret = add_all(filter, SCMP_ACT_ERRNO(EPERM), failing,
				sizeof failing / sizeof failing[0]);
	if (ret == 0)
		ret = add_open(filter);
	if (ret == 0)
		ret = add_clone(filter);
	if (ret == 0)
		ret = add_prctl(filter);
	if (ret == 0)
		ret = add_ioctl(filter);
	if (ret == 0)
		ret = add_limits(filter);
	if (ret == 0)
		ret = seccomp_load(filter);
	seccomp_release(filter);
	return ret;
}

const char *calls_name(int number, char *name, unsigned size)
{
	char *found = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

	if (!found)
		return NULL;
	snprintf(name, size, "%s", found);
	free(found);
	return name;
}
