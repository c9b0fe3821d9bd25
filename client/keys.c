/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "keys.h"

#include <glib/gi18n.h>
#include <string.h>

#define MODIFIERS (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_MOD1_MASK | GDK_SUPER_MASK)

static const char *const actions[] = {
	"toggle-fullscreen", "release-cursor", "zoom-in", "zoom-out", "zoom-reset", "secure-attention",
	"usb-device-reset", "smartcard-insert", "smartcard-remove", "toggle-statistics", "show-menu", NULL
};

static void hotkey_free(gpointer data)
{
	struct hotkey *hotkey = data;

	g_free(hotkey->action);
	g_free(hotkey);
}

static gboolean add_modifier(const char *name, GdkModifierType *modifiers)
{
	if (g_ascii_strcasecmp(name, "shift") == 0)
		*modifiers |= GDK_SHIFT_MASK;
	else if (g_ascii_strcasecmp(name, "ctrl") == 0 || g_ascii_strcasecmp(name, "control") == 0)
		*modifiers |= GDK_CONTROL_MASK;
	else if (g_ascii_strcasecmp(name, "alt") == 0)
		*modifiers |= GDK_MOD1_MASK;
	else if (g_ascii_strcasecmp(name, "super") == 0)
		*modifiers |= GDK_SUPER_MASK;
	else
		return FALSE;
	return TRUE;
}

/* Names as in gdkkeysyms.h, any case. */
static guint keyval_from_any_case(const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	g_autofree char *upper = g_ascii_strup(name, -1);
	g_autofree char *title = g_strdup(lower);
	guint keyval = gdk_keyval_from_name(name);
	gsize i;

	for (i = 0; title[i]; i++) /* "Alt_L" */
		if (i == 0 || title[i - 1] == '_')
			title[i] = g_ascii_toupper(title[i]);
	if (keyval == GDK_KEY_VoidSymbol)
		keyval = gdk_keyval_from_name(lower);
	if (keyval == GDK_KEY_VoidSymbol)
		keyval = gdk_keyval_from_name(title);
	if (keyval == GDK_KEY_VoidSymbol)
		keyval = gdk_keyval_from_name(upper);
	return keyval;
}

gboolean hotkey_parse_combination(const char *text, guint *keyval, GdkModifierType *modifiers)
{
	g_auto(GStrv) parts = g_strsplit(text, "+", -1);
	guint i;

	*keyval = GDK_KEY_VoidSymbol;
	*modifiers = 0;
	for (i = 0; parts[i]; i++) {
		const char *part = g_strstrip(parts[i]);

		if (add_modifier(part, modifiers))
			continue;
		if (*keyval != GDK_KEY_VoidSymbol)
			return FALSE; /* two keys */
		*keyval = gdk_keyval_to_lower(keyval_from_any_case(part));
		if (*keyval == GDK_KEY_VoidSymbol)
			return FALSE;
	}
	return *keyval != GDK_KEY_VoidSymbol || *modifiers != 0;
}

static gboolean add(GPtrArray *hotkeys, const char *action, const char *combination)
{
	struct hotkey hotkey;

	if (!hotkey_parse_combination(combination, &hotkey.keyval, &hotkey.modifiers))
		return FALSE;
	hotkey.action = g_strdup(action);
	g_ptr_array_add(hotkeys, g_memdup2(&hotkey, sizeof hotkey));
	return TRUE;
}

GPtrArray *hotkeys_default(void)
{
	GPtrArray *hotkeys = g_ptr_array_new_with_free_func(hotkey_free);

	add(hotkeys, "toggle-fullscreen", "shift+f11");
	add(hotkeys, "release-cursor", "shift+f12");
	add(hotkeys, "toggle-statistics", "ctrl+shift+f11");
	add(hotkeys, "show-menu", "ctrl+shift+f12");
	return hotkeys;
}

GPtrArray *hotkeys_parse(const char *text, GError **error)
{
	g_autoptr(GPtrArray) hotkeys = g_ptr_array_new_with_free_func(hotkey_free);
	g_auto(GStrv) parts = g_strsplit(text, ",", -1);
	guint i;

	for (i = 0; parts[i]; i++) {
		char *equals = strchr(parts[i], '=');

		if (!*parts[i])
			continue;
		if (equals)
			*equals = '\0';
		if (!equals || !g_strv_contains(actions, g_strstrip(parts[i])) || !add(hotkeys, parts[i], equals + 1)) {
			g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
					_("--hotkeys: “%s” is not ACTION=KEY with a known action and key"), parts[i]);
			return NULL;
		}
	}
	return g_steal_pointer(&hotkeys);
}

GPtrArray *hotkeys_from_table(GHashTable *table)
{
	GPtrArray *hotkeys = g_ptr_array_new_with_free_func(hotkey_free);
	GHashTableIter iter;
	gpointer action, combination;

	g_hash_table_iter_init(&iter, table);
	while (g_hash_table_iter_next(&iter, &action, &combination))
		if (!add(hotkeys, action, combination))
			g_warning("Hot key of “%s” is not understood", (const char *)action);
	return hotkeys;
}

static GdkModifierType own_modifier(guint keyval)
{
	switch (keyval) {
	case GDK_KEY_Shift_L: case GDK_KEY_Shift_R: return GDK_SHIFT_MASK;
	case GDK_KEY_Control_L: case GDK_KEY_Control_R: return GDK_CONTROL_MASK;
	case GDK_KEY_Alt_L: case GDK_KEY_Alt_R: case GDK_KEY_Meta_L: return GDK_MOD1_MASK;
	case GDK_KEY_Super_L: case GDK_KEY_Super_R: return GDK_SUPER_MASK;
	default: return 0;
	}
}

/* What the layout needs to make this key's symbol: Shift for the + of a US keyboard. */
static GdkModifierType needed_by_symbol(const GdkEventKey *event)
{
	GdkDisplay *display = gdk_display_get_default();
	GdkModifierType consumed = 0;

	if (!display || event->keyval != gdk_keyval_to_lower(event->keyval))
		return 0;
	gdk_keymap_translate_keyboard_state(gdk_keymap_get_for_display(display), event->hardware_keycode,
			event->state, event->group, NULL, NULL, NULL, &consumed);
	return consumed;
}

static gboolean matches(const struct hotkey *h, guint keyval, GdkModifierType modifiers, GdkModifierType needed)
{
	return keyval == h->keyval && (modifiers == h->modifiers || (modifiers & ~needed) == h->modifiers);
}

const char *hotkeys_find(GPtrArray *hotkeys, const GdkEventKey *event)
{
	GdkModifierType modifiers = event->state & MODIFIERS, own = own_modifier(event->keyval);
	GdkModifierType needed = needed_by_symbol(event);
	guint keyval = gdk_keyval_to_lower(event->keyval);
	guint i;

	if (keyval == GDK_KEY_ISO_Left_Tab)
		keyval = GDK_KEY_Tab;
	for (i = 0; i < hotkeys->len; i++) {
		const struct hotkey *h = hotkeys->pdata[i];

		if (h->keyval == GDK_KEY_VoidSymbol ? own && (modifiers | own) == h->modifiers :
						       matches(h, keyval, modifiers, needed))
			return h->action;
	}
	return NULL;
}

char *hotkeys_describe(GPtrArray *hotkeys, const char *action)
{
	guint i;

	for (i = 0; i < hotkeys->len; i++) {
		const struct hotkey *h = hotkeys->pdata[i];

		if (g_str_equal(h->action, action))
			return gtk_accelerator_get_label(h->keyval == GDK_KEY_VoidSymbol ? 0 : h->keyval, h->modifiers);
	}
	return NULL;
}

/* ---- key map ------------------------------------------------------------- */

static guint map_keyval(const char *name)
{
	if (g_ascii_strcasecmp(name, "shift") == 0)
		return GDK_KEY_Shift_L;
	if (g_ascii_strcasecmp(name, "ctrl") == 0)
		return GDK_KEY_Control_L;
	if (g_ascii_strcasecmp(name, "alt") == 0)
		return GDK_KEY_Alt_L;
	return keyval_from_any_case(name);
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
	g_autoptr(GHashTable) map = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
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
			from = keyval_from_any_case(parts[i]);
			to = map_destination(equals + 1);
		}
		if (from == GDK_KEY_VoidSymbol || !to) {
			g_clear_pointer(&to, g_array_unref);
			g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
					_("--keymap: “%s” is not KEY=[KEY[+KEY]] with known keys"), parts[i]);
			return NULL;
		}
		g_hash_table_replace(map, GUINT_TO_POINTER(from), to);
	}
	return g_steal_pointer(&map);
}
