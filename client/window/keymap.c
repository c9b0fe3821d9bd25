/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/keymap.h"
#include "base/keys.h"

#include <glib/gi18n.h>

static guint map_keyval(const char *name)
{
	if (g_ascii_strcasecmp(name, "shift") == 0)
		return GDK_KEY_Shift_L;
	if (g_ascii_strcasecmp(name, "ctrl") == 0)
		return GDK_KEY_Control_L;
	if (g_ascii_strcasecmp(name, "alt") == 0)
		return GDK_KEY_Alt_L;
	return key_from_name(name);
}

static GArray *map_destination(const char *text)
{
	g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(guint));
	g_auto(GStrv) names = g_strsplit(text, "+", -1);
	guint i;

	for (i = 0; names[i]; i++) {
		guint keyval;

		if (!*names[i] || g_ascii_strcasecmp(names[i], "void") == 0)
			continue;
		keyval = map_keyval(names[i]);
		if (keyval == GDK_KEY_VoidSymbol)
			return NULL;
		g_array_append_val(keys, keyval);
	}
	return g_steal_pointer(&keys);
}

GHashTable *keymap_parse(const char *text, GError **error)
{
	g_autoptr(GHashTable) map = g_hash_table_new_full(
			NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
	g_auto(GStrv) parts = g_strsplit(text, ",", -1);
	guint i;

	for (i = 0; parts[i]; i++) {
		char *equals = strchr(parts[i], '=');
		guint from = GDK_KEY_VoidSymbol;
		GArray *to = NULL;

		if (!*parts[i])
			continue;
		if (equals) {
			*equals = '\0';
			from = key_from_name(parts[i]);
			to = map_destination(equals + 1);
		}
		if (from == GDK_KEY_VoidSymbol || !to) {
			g_clear_pointer(&to, g_array_unref);
			g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
					_("--keymap: “%s” is not KEY=[KEY[+KEY]] with known keys"),
					parts[i]);
			return NULL;
		}
		g_hash_table_replace(map, GUINT_TO_POINTER(from), to);
	}
	return g_steal_pointer(&map);
}

gboolean keymap_send(GHashTable *map, SpiceDisplay *display, const GdkEventKey *event)
{
	GArray *keys = map ? g_hash_table_lookup(map, GUINT_TO_POINTER(event->keyval)) : NULL;

	if (!keys)
		return FALSE;
	if (keys->len)
		spice_display_send_keys(display, (guint *)(void *)keys->data, (int)keys->len,
				event->type == GDK_KEY_PRESS ? SPICE_DISPLAY_KEY_EVENT_PRESS :
							       SPICE_DISPLAY_KEY_EVENT_RELEASE);
	return TRUE;
}
