/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "settings.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_NAME 32
#define MAX_VALUE 256
#define MAX_SETTINGS 64

/* Sorted by name, so that equal settings make equal files. */
struct settings {
	GTree *values; /* name -> value */
};

static int compare(gconstpointer a, gconstpointer b, gpointer data)
{
	return strcmp(a, b);
}

struct settings *settings_create(void)
{
	struct settings *settings = g_new0(struct settings, 1);

	settings->values = g_tree_new_full(compare, NULL, g_free, g_free);
	return settings;
}

void settings_destroy(struct settings *settings)
{
	if (!settings)
		return;
	g_tree_destroy(settings->values);
	g_free(settings);
}

static bool name_valid(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length <= MAX_NAME && g_ascii_islower(name[0]) &&
			strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* A line of a key file holds it as it is, but for the backslash. */
static bool value_valid(const char *value)
{
	size_t length = strlen(value);

	if (length == 0 || length > MAX_VALUE || !g_utf8_validate(value, (gssize)length, NULL))
		return false;
	for (; *value; value++)
		if (g_ascii_iscntrl(*value))
			return false;
	return true;
}

bool settings_set(struct settings *settings, const char *name, const char *value, GError **error)
{
	g_autofree char *text = g_strstrip(g_strdup(value));

	if (!name_valid(name))
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
				"a setting's name has up to %d of a-z, 0-9 and -", MAX_NAME);
	else if (!value_valid(text))
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
				"%s: a value has 1 to %d bytes of UTF-8 on one line",
				name, MAX_VALUE);
	else if (g_tree_nnodes(settings->values) >= MAX_SETTINGS &&
			!g_tree_lookup(settings->values, name))
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
				"%s: more than %d settings", name, MAX_SETTINGS);
	else {
		g_tree_replace(settings->values, g_strdup(name), g_steal_pointer(&text));
		return true;
	}
	return false;
}

bool settings_empty(const struct settings *settings)
{
	return g_tree_nnodes(settings->values) == 0;
}

struct rendering {
	GString *text;
	bool displays;
};

/* The module's own settings are in a group of theirs. */
static bool of_displays(const char *name)
{
	return !strcmp(name, "heads") || !strcmp(name, "vgpu");
}

static gboolean render(gpointer name, gpointer value, gpointer data)
{
	struct rendering *r = data;

	if (of_displays(name) != r->displays)
		return FALSE;
	g_string_append_printf(r->text, "%s=", (const char *)name);
	for (const char *c = value; *c; c++)
		g_string_append(r->text, *c == '\\' ? "\\\\" : (char[]){ *c, 0 });
	g_string_append_c(r->text, '\n');
	return FALSE;
}

char *settings_text(const struct settings *settings)
{
	struct rendering r = {
		g_string_new("# Written by osvdi-libvirt-hook when the guest started.\n") };

	g_string_append(r.text, "[spice-accel]\n");
	g_tree_foreach(settings->values, render, &r);
	r.displays = true;
	g_string_append(r.text, "[displays]\n");
	g_tree_foreach(settings->values, render, &r);
	return g_string_free(r.text, FALSE);
}
