/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <unistd.h>

#include "base/error.h"
#include "clouds-files.h"
#include "terminal.h"

static void add(GPtrArray *places, const char *directory, const char *sub, const char *name)
{
	static const char *const suffixes[] = { ".yaml", ".yml", ".json" };

	for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree char *file = g_strconcat(name, suffixes[i], NULL);
		char *path = *directory ? g_build_filename(directory, sub, file, NULL) :
					  g_strdup(file);

		if (g_ptr_array_find_with_equal_func(places, path, g_str_equal, NULL))
			g_free(path);
		else
			g_ptr_array_add(places, path);
	}
}

/* The paths to look for such a file, in order. Owner: g_ptr_array_unref(). */
static GPtrArray *list_places(char **envp, const char *name)
{
	GPtrArray *places = g_ptr_array_new_with_free_func(g_free);
	const char *home = g_environ_getenv(envp, "HOME");
	const char *config = g_environ_getenv(envp, "XDG_CONFIG_HOME");
	const char *site = g_environ_getenv(envp, "XDG_CONFIG_DIRS");
	g_autofree char *own =
			g_build_filename(home && *home ? home : g_get_home_dir(), ".config", NULL);
	g_auto(GStrv) sites = g_strsplit(site && *site ? site : "/etc/xdg", ":", -1);

	add(places, "", "", name);
	if (config && g_path_is_absolute(config))
		add(places, config, "openstack", name);
	add(places, own, "openstack", name);
	for (char **s = sites; *s; s++)
		if (g_path_is_absolute(*s))
			add(places, *s, "openstack", name);
	add(places, "/etc", "openstack", name);
	return places;
}

static struct yaml *name_remarks(struct yaml *file)
{
	if (!file)
		return NULL;
	for (guint i = 0; i < file->remarks->len; i++)
		terminal_warning("%s: %s", file->name, (const char *)file->remarks->pdata[i]);
	terminal_info("reading %s", file->name);
	return file;
}

static struct yaml *load_named(const char *path, const char *variable, GError **error)
{
	gboolean missing;
	struct yaml *file = yaml_load_file(path, &missing, error);

	if (missing)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"%s: %s: there is no such file", variable, path);
	return file;
}

struct yaml *clouds_file(char **envp, const char *variable, const char *name, GError **error)
{
	const char *named = g_environ_getenv(envp, variable);
	g_autoptr(GPtrArray) places = list_places(envp, name);
	g_autofree char *none = NULL;

	if (named && *named)
		return name_remarks(load_named(named, variable, error));
	for (guint i = 0; i < places->len; i++) {
		const char *path = places->pdata[i];
		gboolean missing;
		struct yaml *file;

		/* A file that this user may not read is another user's. */
		if (!access(path, F_OK) && access(path, R_OK)) {
			terminal_warning("%s cannot be read and is passed over", path);
			continue;
		}
		file = yaml_load_file(path, &missing, error);
		if (file || !missing)
			return name_remarks(file);
	}
	none = g_strconcat(name, ".yaml", NULL);
	return yaml_load(none, "", 0, error);
}
