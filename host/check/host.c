/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "check/host.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *root = "";

void host_set_root(const char *folder)
{
	root = folder;
}

bool host_is_running(void)
{
	return !*root;
}

char *host_path(const char *path)
{
	return g_strconcat(root, path, NULL);
}

bool host_exists(const char *path)
{
	g_autofree char *full = host_path(path);

	return access(full, F_OK) == 0;
}

char *host_read(const char *path)
{
	g_autofree char *full = host_path(path);
	char *text = NULL;

	return g_file_get_contents(full, &text, NULL, NULL) ? text : NULL;
}

GPtrArray *host_glob(const char *pattern)
{
	GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *full = host_path(pattern);
	glob_t matches = { 0 };

	if (glob(full, 0, NULL, &matches) == 0)
		for (size_t i = 0; i < matches.gl_pathc; i++)
			g_ptr_array_add(found, g_strdup(matches.gl_pathv[i] + strlen(root)));
	globfree(&matches);
	return found;
}

char *host_qemu_user(void)
{
	g_autofree char *config = host_read("/etc/libvirt/qemu.conf");
	return host_qemu_user_in(config);
}

static char **account(const char *file, guint index, const char *value)
{
	g_autofree char *text = host_read(file);

	return host_account(text ? text : "", index, value);
}

static bool member_of(const char *user, char **passwd, gid_t gid)
{
	g_autofree char *number = g_strdup_printf("%u", gid);
	g_auto(GStrv) group = account("/etc/group", 2, number);
	g_auto(GStrv) members = group ? g_strsplit(group[3], ",", -1) : NULL;

	return !strcmp(passwd[3], number) ||
			(members && g_strv_contains((const char *const *)members, user));
}

bool host_user_may(const char *user, const char *path, int mode, char **why)
{
	g_autofree char *full = host_path(path);
	g_auto(GStrv) passwd = user ? account("/etc/passwd", 0, user) : NULL;
	struct stat st;
	unsigned shift = 0;

	*why = NULL;
	if (stat(full, &st) < 0) {
		*why = g_strdup_printf("%s is missing", path);
		return false;
	}
	if (user && !strcmp(user, "root"))
		return true;
	if (user && !passwd) {
		*why = g_strdup_printf("there is no user %s", user);
		return false;
	}
	if (passwd && strtoul(passwd[2], NULL, 10) == st.st_uid)
		shift = 6;
	else if (passwd && member_of(user, passwd, st.st_gid))
		shift = 3;
	if (((st.st_mode >> shift) & (unsigned)mode) == (unsigned)mode)
		return true;
	*why = g_strdup_printf("%s has mode %04o: %s%s may not open it", path, st.st_mode & 07777,
			user ? "user " : "QEMU's user", user ? user : "");
	return false;
}

char *host_user_remedy(const char *user, char *remedy)
{
	g_auto(GStrv) passwd = user ? account("/etc/passwd", 0, user) : NULL;

	if (!user || passwd)
		return remedy;
	g_free(remedy);
	return g_strdup("editor /etc/libvirt/qemu.conf");
}
