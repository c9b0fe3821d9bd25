/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* Are the files of settings such that QEMU's module and the hook take them? */
#include <string.h>

#include <gio/gio.h>
#include <spice-accel/options.h>

#include "check/checks.h"
#include "check/host.h"

#define HOST_FILE SPICE_ACCEL_CONFIG_FILE
#define FLAVORS_FILE "/etc/osvdi/host.conf"
#define PREFIX "flavor "

static bool displays_valid(const char *name, const char *value, char **why)
{
	char *end;
	guint64 number;

	if (!strcmp(name, "vgpu")) {
		if (!strcmp(value, "off") || !strcmp(value, "auto") || !strcmp(value, "on"))
			return true;
		*why = g_strdup_printf("vgpu=%s: off, auto or on", value);
		return false;
	}
	if (strcmp(name, "heads")) {
		*why = g_strdup_printf("[displays] has no setting %s", name);
		return false;
	}
	number = g_ascii_strtoull(value, &end, 10);
	if (g_ascii_isdigit(*value) && !*end && number <= 16)
		return true;
	*why = g_strdup_printf("heads=%s: a number from 0 to 16", value);
	return false;
}

static bool group_valid(GKeyFile *file, const char *group,
		bool (*valid)(const char *, const char *, char **), char **why)
{
	g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);

	for (char **key = keys; key && *key; key++) {
		g_autofree char *value = g_key_file_get_string(file, group, *key, NULL);

		if (!valid(*key, value ? value : "", why))
			return false;
	}
	return true;
}

static bool library_takes(const char *name, const char *value, char **why)
{
	struct spice_accel_options *options = spice_accel_options_create();
	int ret = spice_accel_options_set(options, name, value, why);

	spice_accel_options_destroy(options);
	if (ret < 0 && !*why)
		*why = g_strdup_printf("there is no setting %s", name);
	return ret == 0;
}

static bool library_loads(const char *path, char **why)
{
	struct spice_accel_options *options = spice_accel_options_create();
	int ret = spice_accel_options_load(options, path, why);

	spice_accel_options_destroy(options);
	if (ret < 0 && !*why)
		*why = g_strdup_printf("%s: %s", path, g_strerror(-ret));
	return ret == 0;
}

static bool host_file_valid(const char *path, char **why)
{
	g_autoptr(GKeyFile) file = g_key_file_new();

	if (!library_loads(path, why))
		return false;
	return !g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL) ||
			group_valid(file, "displays", displays_valid, why);
}

static void check_host_file(struct report *report)
{
	g_autofree char *full = host_path(HOST_FILE);
	g_autofree char *why = NULL;

	if (!host_exists(HOST_FILE))
		report_unused(report, "key-file", "%s is missing: only guests "
				"whose command line asks are accelerated", HOST_FILE);
	else if (!host_user_may(NULL, HOST_FILE, 4, &why))
		report_wrong(report, "key-file", "chmod a+r " HOST_FILE, "%s", why);
	else if (!host_file_valid(full, &why))
		report_wrong(report, "key-file", "editor " HOST_FILE, "%s", why);
	else
		report_right(report, "key-file", "%s", HOST_FILE);
}

static bool any_valid(const char *name, const char *value, char **why)
{
	return !strcmp(name, "heads") || !strcmp(name, "vgpu") ? displays_valid(name, value, why) :
			library_takes(name, value, why);
}

static bool flavors_valid(const char *path, char **why)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) groups = NULL;

	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &error)) {
		*why = g_strdup(error->message);
		return false;
	}
	groups = g_key_file_get_groups(file, NULL);
	for (char **group = groups; *group; group++) {
		if (!g_str_has_prefix(*group, PREFIX)) {
			*why = g_strdup_printf("[%s] is not [" PREFIX "PATTERN]", *group);
			return false;
		}
		if (!group_valid(file, *group, any_valid, why))
			return false;
	}
	return true;
}

static void check_flavors(struct report *report)
{
	g_autofree char *full = host_path(FLAVORS_FILE);
	g_autofree char *why = NULL;

	if (!host_exists(FLAVORS_FILE))
		report_unused(report, "flavors", "%s is missing: no settings by the flavor's name",
				FLAVORS_FILE);
	else if (!flavors_valid(full, &why))
		report_wrong(report, "flavors", "editor " FLAVORS_FILE,
				"%s: %s", FLAVORS_FILE, why);
	else
		report_right(report, "flavors", "%s", FLAVORS_FILE);
}

void check_key_files(struct report *report)
{
	check_host_file(report);
	check_flavors(report);
}
