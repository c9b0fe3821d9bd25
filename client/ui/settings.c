/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "ui/settings.h"
#include "target/hosts.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define MAX_RECENT 12
#define SAVE_AFTER_MS 2000
#define DESKTOP "desktop " /* start of a group's name */

static GKeyFile *file;
static GKeyFile *changes; /* that are not written yet */
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

/* Keeps a file that nobody can read, for whoever has edited it. */
static void put_aside(const char *path, const GError *error)
{
	g_autofree char *aside = g_strconcat(path, ".damaged", NULL);

	if (g_rename(path, aside) == 0)
		g_warning("Settings cannot be read and begin anew: %s. The old ones are in %s.",
				error->message, aside);
}

static void read_file(void)
{
	g_autofree char *path = settings_path();
	g_autoptr(GError) error = NULL;

	g_clear_pointer(&file, g_key_file_unref);
	file = g_key_file_new();
	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_KEEP_COMMENTS, &error) &&
			error->domain == G_KEY_FILE_ERROR)
		put_aside(path, error);
	forget_tickets();
}

static GKeyFile *load(void)
{
	if (!file)
		read_file();
	return file;
}

/* A value of ours, here and for the next save(). value: as in the file. */
static void change(const char *group, const char *key, const char *value)
{
	if (!changes)
		changes = g_key_file_new();
	g_key_file_set_value(load(), group, key, value);
	g_key_file_set_value(changes, group, key, value);
}

static void merge_group(const char *group)
{
	g_auto(GStrv) keys = g_key_file_get_keys(changes, group, NULL, NULL);
	guint i;

	for (i = 0; keys[i]; i++) {
		g_autofree char *value = g_key_file_get_value(changes, group, keys[i], NULL);

		g_key_file_set_value(file, group, keys[i], value);
	}
}

/* Other viewers write the same file: their changes stay. */
static void read_again(void)
{
	g_auto(GStrv) groups = NULL;
	guint i;

	read_file();
	groups = changes ? g_key_file_get_groups(changes, NULL) : NULL;
	for (i = 0; groups && groups[i]; i++)
		merge_group(groups[i]);
}

static gboolean write_file(GError **error)
{
	g_autofree char *path = settings_path(), *dir = g_path_get_dirname(path), *text = NULL;
	gsize size;

	text = g_key_file_to_data(file, &size, NULL);
	if (g_mkdir_with_parents(dir, 0700) == 0)
		return g_file_set_contents_full(path, text, (gssize)size,
				G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
	g_set_error_literal(error, G_FILE_ERROR, g_file_error_from_errno(errno), dir);
	return FALSE;
}

/* Changes that could not be written wait for the next time. */
static gboolean save(gpointer data)
{
	g_autoptr(GError) error = NULL;
	static gboolean complained;

	read_again();
	if (write_file(&error)) {
		g_clear_pointer(&changes, g_key_file_unref);
	} else if (!complained) {
		complained = TRUE;
		g_warning("Settings are not kept: %s", error->message);
	}
	save_timer = 0;
	return G_SOURCE_REMOVE;
}

static void save_soon(void)
{
	if (!save_timer)
		save_timer = g_timeout_add(SAVE_AFTER_MS, save, NULL);
}

static void save_now(void)
{
	if (save_timer)
		g_source_remove(save_timer);
	save(NULL);
}

void settings_flush(void)
{
	if (save_timer)
		save_now();
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
	g_autofree char *value = g_strdup_printf("%d;%d;%d;%d;", place->x, place->y, place->width,
			place->height);

	change(group, key, value);
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

	change(group, key, value ? "true" : "false");
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
	g_auto(GStrv) old = NULL;
	g_autoptr(GPtrArray) list = g_ptr_array_new();
	g_autofree char *value = NULL;
	guint i;

	read_again(); /* another viewer may have added one */
	old = settings_get_recent();
	if (first)
		g_ptr_array_add(list, (gpointer)first);
	for (i = 0; old[i] && list->len < MAX_RECENT; i++)
		if (g_strcmp0(old[i], without) != 0)
			g_ptr_array_add(list, old[i]);
	g_key_file_set_string_list(
			file, "viewer", "recent", (const char *const *)list->pdata, list->len);
	value = g_key_file_get_value(file, "viewer", "recent", NULL);
	change("viewer", "recent", value);
	save_now();
}

void settings_add_recent(const char *uri)
{
	set_recent(uri, uri);
}

void settings_forget_recent(const char *uri)
{
	set_recent(NULL, uri);
}
