/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define LOAD (READ | LANDLOCK_ACCESS_FS_EXECUTE)
#define DEVICE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)
/* Version 1 of Landlock, Linux 5.13, has all of these. */
#define ALL (LOAD | DEVICE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
		LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | \
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
		LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | \
		LANDLOCK_ACCESS_FS_MAKE_SYM)

static const struct {
	const char *path;
	uint64_t access;
} allowed[] = {
	{ "/usr", LOAD },
	{ "/lib", LOAD },
	{ "/lib64", LOAD },
	{ "/etc", READ },  /* of drivers; ld.so.cache */
	{ "/sys", READ },  /* which GPU is it */
	{ "/proc", READ }, /* processors, maps */
	{ "/run/opengl-driver", LOAD },
	{ "/dev/dri", READ | DEVICE },
	{ "/dev/null", DEVICE },
	{ "/dev/zero", DEVICE },
	{ "/dev/urandom", LANDLOCK_ACCESS_FS_READ_FILE },
	{ "/dev/udmabuf", DEVICE },
};

/* A path that is not there is not allowed. */
static int allow(int rules, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access };
	int ret;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return 0;
	ret = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	ret = ret < 0 ? -errno : 0;
	close(rule.parent_fd);
	return ret;
}

static int allow_all(int rules, const char *node)
{
	/* The administrator's own place of drivers, which libva reads from there too. */
	const char *drivers = secure_getenv("LIBVA_DRIVERS_PATH");
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < sizeof allowed / sizeof allowed[0]; i++)
		ret = allow(rules, allowed[i].path, allowed[i].access);
	if (ret == 0 && node)
		ret = allow(rules, node, DEVICE);
	return ret == 0 && drivers ? allow(rules, drivers, LOAD) : ret;
}

int files_forbid(const char *node)
{
	const struct landlock_ruleset_attr all = { .handled_access_fs = ALL };
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	int ret;

	if (rules < 0)
		return errno == ENOSYS ? -EOPNOTSUPP : -errno;
	ret = allow_all(rules, node);
	if (ret == 0 && syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		ret = -errno;
	close(rules);
	return ret;
}
