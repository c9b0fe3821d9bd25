/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ui/settings.h"
#include "target/hosts.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define MAX_RECENT 12
#define SAVE_AFTER_MS 2000
#define DESKTOP "desktop " /* start of a group's name */

static GKeyFile *file;
static guint save_timer;

static void save_soon(void);

static char *settings_path(void)
{
	return g_build_filename(g_get_user_config_dir(), "osvdi-viewer", "settings", NULL);
}

/* Removes tickets: earlier versions stored the one-time ticket in a file's "host" as the
 * name of a desktop. */
static void forget_tickets(void)
{
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
	guint i;

	for (i = 0; groups[i]; i++) {
		char *port = strrchr(groups[i], ':');
		g_autofree char *host = NULL;

		if (!g_str_has_prefix(groups[i], DESKTOP) || !port)
			continue;
		host = g_strndup(groups[i] + strlen(DESKTOP),
				(gsize)(port - groups[i]) - strlen(DESKTOP));
		if (!host_is_ticket(host))
			continue;
		g_key_file_remove_group(file, groups[i], NULL);
		save_soon();
	}
}

static GKeyFile *load(void)
{
	g_autofree char *path = NULL;

	if (file)
		return file;
	path = settings_path();
	file = g_key_file_new();
	g_key_file_load_from_file(file, path, G_KEY_FILE_KEEP_COMMENTS, NULL);
	forget_tickets();
	return file;
}

static gboolean save(gpointer data)
{
	g_autofree char *path = settings_path(), *dir = g_path_get_dirname(path), *text = NULL;
	g_autoptr(GError) error = NULL;
	static gboolean complained;
	gsize size;

	save_timer = 0;
	text = g_key_file_to_data(file, &size, NULL);
	if ((g_mkdir_with_parents(dir, 0700) < 0 ||
			    !g_file_set_contents_full(path, text, (gssize)size,
					    G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error)) &&
			!complained) {
		complained = TRUE;
		g_warning("Settings are not kept: %s", error ? error->message : dir);
	}
	return G_SOURCE_REMOVE;
}

static void save_soon(void)
{
	if (!save_timer)
		save_timer = g_timeout_add(SAVE_AFTER_MS, save, NULL);
}

void settings_flush(void)
{
	if (!save_timer)
		return;
	g_source_remove(save_timer);
	save(NULL);
}

/* The group of a desktop. Replaces brackets and control characters, which the name of a
 * group may not hold. */
static char *group_of(const char *desktop)
{
	char *group = g_strconcat(DESKTOP, desktop, NULL);
	char *p;

	for (p = group; *p; p++)
		if (*p == '[' || *p == ']' || g_ascii_iscntrl(*p))
			*p = '_';
	return group;
}

void settings_remember_place(const char *desktop, int number, const GdkRectangle *place)
{
	g_autofree char *group = group_of(desktop);
	g_autofree char *key = g_strdup_printf("window-%d", number);
	int values[] = { place->x, place->y, place->width, place->height };

	g_key_file_set_integer_list(load(), group, key, values, G_N_ELEMENTS(values));
	save_soon();
}

gboolean settings_recall_place(const char *desktop, int number, GdkRectangle *place)
{
	g_autofree char *group = group_of(desktop);
	g_autofree char *key = g_strdup_printf("window-%d", number);
	gsize n = 0;
	g_autofree int *values = g_key_file_get_integer_list(load(), group, key, &n, NULL);

	if (n != 4 || values[2] < 0 || values[3] < 0 || !values[2] != !values[3])
		return FALSE;
	*place = (GdkRectangle){ values[0], values[1], values[2], values[3] };
	return TRUE;
}

int settings_get_monitor(const char *desktop, int number)
{
	g_autofree char *group = group_of(desktop);
	g_auto(GStrv) list = g_key_file_get_string_list(
			load(), group, "monitor-mapping", NULL, NULL);
	guint i;

	for (i = 0; list && list[i]; i++) {
		int guest, client;

		if (sscanf(list[i], "%d:%d", &guest, &client) == 2 && guest == number)
			return client - 1;
	}
	return -1;
}

gboolean settings_get_flag(const char *desktop, const char *key, gboolean fallback)
{
	g_autofree char *group = group_of(desktop);
	g_autoptr(GError) error = NULL;
	gboolean value = g_key_file_get_boolean(load(), group, key, &error);

	return error ? fallback : value;
}

void settings_set_flag(const char *desktop, const char *key, gboolean value)
{
	g_autofree char *group = group_of(desktop);

	g_key_file_set_boolean(load(), group, key, value);
	save_soon();
}

/* ---- recent -------------------------------------------------------------- */

GStrv settings_get_recent(void)
{
	GStrv list = g_key_file_get_string_list(load(), "viewer", "recent", NULL, NULL);

	return list ? list : g_new0(char *, 1);
}

static void set_recent(const char *first, const char *without)
{
	g_auto(GStrv) old = settings_get_recent();
	g_autoptr(GPtrArray) list = g_ptr_array_new();
	guint i;

	if (first)
		g_ptr_array_add(list, (gpointer)first);
	for (i = 0; old[i] && list->len < MAX_RECENT; i++)
		if (g_strcmp0(old[i], without) != 0)
			g_ptr_array_add(list, old[i]);
	g_key_file_set_string_list(
			load(), "viewer", "recent", (const char *const *)list->pdata, list->len);
	save_soon();
}

void settings_add_recent(const char *uri)
{
	set_recent(uri, uri);
}

void settings_forget_recent(const char *uri)
{
	set_recent(NULL, uri);
}
