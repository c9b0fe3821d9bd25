/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "base/keys.h"

#include <glib/gi18n.h>
#include <string.h>

#define MODIFIERS (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_MOD1_MASK | GDK_SUPER_MASK)

/* The actions that a hot key can start. */
static const struct {
	const char *name, *action; /* remote-viewer's name, the window's action */
	const char *combination;   /* the default keys, or NULL */
} hotkey_actions[] = {
	{ "toggle-fullscreen", "fullscreen", "shift+f11" },
	{ "release-cursor", "release-cursor", "shift+f12" },
	{ "zoom-in", "zoom-in", NULL },
	{ "zoom-out", "zoom-out", NULL },
	{ "zoom-reset", "zoom-reset", NULL },
	{ "secure-attention", "secure-attention", NULL },
	{ "usb-device-reset", "usb-device-reset", NULL },
	{ "smartcard-insert", "smartcard-insert", NULL },
	{ "smartcard-remove", "smartcard-remove", NULL },
	{ "toggle-statistics", "statistics", "ctrl+shift+f11" },
	{ "show-menu", "show-menu", "ctrl+shift+f12" },
};

/* Names that people write but that GDK does not know, or knows in one case only. */
static const struct {
	const char *written, *gdk;
} key_names[] = {
	{ "esc", "Escape" },
	{ "ins", "Insert" },
	{ "del", "Delete" },
	{ "pgup", "Page_Up" },
	{ "pageup", "Page_Up" },
	{ "prior", "Page_Up" },
	{ "pgdn", "Page_Down" },
	{ "pgdown", "Page_Down" },
	{ "pagedown", "Page_Down" },
	{ "next", "Page_Down" },
	{ "enter", "Return" },
	{ "backspace", "BackSpace" },
	{ "bksp", "BackSpace" },
	{ "spacebar", "space" },
	{ "printscreen", "Print" },
	{ "prtscn", "Print" },
	{ "capslock", "Caps_Lock" },
	{ "numlock", "Num_Lock" },
	{ "scrolllock", "Scroll_Lock" },
	{ "apps", "Menu" },
};

const char *hotkey_name(guint n)
{
	return n < G_N_ELEMENTS(hotkey_actions) ? hotkey_actions[n].name : NULL;
}

const char *hotkey_action(const char *name)
{
	guint i;

	for (i = 0; i < G_N_ELEMENTS(hotkey_actions); i++)
		if (g_str_equal(hotkey_actions[i].name, name))
			return hotkey_actions[i].action;
	return NULL;
}

static void hotkey_free(gpointer data)
{
	struct hotkey *hotkey = data;

	g_free(hotkey->action);
	g_free(hotkey);
}

/* Drops the side from "rctrl", "right-ctrl" or "rightctrl", because GDK's state does not
 * tell left from right. */
static const char *without_side(const char *name)
{
	static const char *const sides[] = { "right-", "left-", "right_", "left_", "right", "left",
		"r", "l" };
	guint i;

	for (i = 0; i < G_N_ELEMENTS(sides); i++)
		if (g_ascii_strncasecmp(name, sides[i], strlen(sides[i])) == 0)
			return name + strlen(sides[i]);
	return name;
}

static GdkModifierType modifier_of(const char *name)
{
	static const struct {
		const char *name;
		GdkModifierType modifier;
	} modifiers[] = {
		{ "shift", GDK_SHIFT_MASK },
		{ "ctrl", GDK_CONTROL_MASK },
		{ "control", GDK_CONTROL_MASK },
		{ "cmd", GDK_CONTROL_MASK }, /* as remote-viewer has it */
		{ "alt", GDK_MOD1_MASK },
		{ "super", GDK_SUPER_MASK },
		{ "win", GDK_SUPER_MASK },
	};
	guint i;

	for (i = 0; i < G_N_ELEMENTS(modifiers); i++)
		if (g_ascii_strcasecmp(name, modifiers[i].name) == 0)
			return modifiers[i].modifier;
	return 0;
}

static gboolean add_modifier(const char *name, GdkModifierType *modifiers)
{
	GdkModifierType modifier = modifier_of(name);

	if (!modifier)
		modifier = modifier_of(without_side(name));
	*modifiers |= modifier;
	return modifier != 0;
}

/* "alt_l" -> "Alt_L", "kp_add" -> "KP_Add" */
static char *capitals(const char *name)
{
	char *title = g_ascii_strdown(name, -1);
	gsize i;

	for (i = 0; title[i]; i++)
		if (i == 0 || title[i - 1] == '_' || (i == 1 && g_str_has_prefix(title, "Kp_")))
			title[i] = g_ascii_toupper(title[i]);
	if (g_str_has_prefix(title, "Kp_"))
		title[1] = 'P';
	return title;
}

static guint keyval_of_sign(const char *name)
{
	gunichar c = g_utf8_get_char_validated(name, -1);

	if ((gint32)c <= 0 || *g_utf8_next_char(name) || !g_unichar_isgraph(c))
		return GDK_KEY_VoidSymbol;
	return gdk_unicode_to_keyval(c);
}

guint key_from_name(const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	g_autofree char *upper = g_ascii_strup(name, -1);
	g_autofree char *title = capitals(name);
	const char *tries[] = { name, lower, title, upper };
	guint keyval = GDK_KEY_VoidSymbol, i;

	for (i = 0; i < G_N_ELEMENTS(key_names); i++)
		if (g_str_equal(lower, key_names[i].written))
			return gdk_keyval_from_name(key_names[i].gdk);
	for (i = 0; i < G_N_ELEMENTS(tries) && keyval == GDK_KEY_VoidSymbol; i++)
		keyval = gdk_keyval_from_name(tries[i]);
	return keyval == GDK_KEY_VoidSymbol ? keyval_of_sign(name) : keyval;
}

/* A combination that ends in "+" means the key "+": "ctrl++". */
static char **split_combination(const char *text)
{
	g_autofree char *plain = g_strstrip(g_strdup(text));

	if (g_str_equal(plain, "+") || g_str_has_suffix(plain, "++")) {
		g_autofree char *spelled = g_strdup_printf(
				"%.*splus", (int)strlen(plain) - 1, plain);

		return g_strsplit(spelled, "+", -1);
	}
	return g_strsplit(plain, "+", -1);
}

gboolean hotkey_parse_combination(const char *text, guint *keyval, GdkModifierType *modifiers)
{
	g_auto(GStrv) parts = split_combination(text);
	guint i;

	*keyval = GDK_KEY_VoidSymbol;
	*modifiers = 0;
	for (i = 0; parts[i]; i++) {
		const char *part = g_strstrip(parts[i]);

		if (add_modifier(part, modifiers))
			continue;
		if (*keyval != GDK_KEY_VoidSymbol)
			return FALSE; /* two keys */
		*keyval = gdk_keyval_to_lower(key_from_name(part));
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

static gboolean is_taken(GPtrArray *hotkeys, const char *combination)
{
	struct hotkey wanted;
	guint i;

	if (!hotkey_parse_combination(combination, &wanted.keyval, &wanted.modifiers))
		return FALSE;
	for (i = 0; i < hotkeys->len; i++) {
		const struct hotkey *h = hotkeys->pdata[i];

		if (h->keyval == wanted.keyval && h->modifiers == wanted.modifiers)
			return TRUE;
	}
	return FALSE;
}

/* Adds the default keys of actions that have no keys yet, unless the keys are taken. */
static void add_defaults(GPtrArray *hotkeys)
{
	guint i, j, given = hotkeys->len;

	for (i = 0; i < G_N_ELEMENTS(hotkey_actions); i++) {
		const char *combination = hotkey_actions[i].combination;

		for (j = 0; j < given; j++)
			if (g_str_equal(((struct hotkey *)hotkeys->pdata[j])->action,
					    hotkey_actions[i].name))
				break;
		if (combination && j == given && !is_taken(hotkeys, combination))
			add(hotkeys, hotkey_actions[i].name, combination);
	}
}

GPtrArray *hotkeys_default(void)
{
	GPtrArray *hotkeys = g_ptr_array_new_with_free_func(hotkey_free);

	add_defaults(hotkeys);
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
		if (!equals || !hotkey_action(g_strstrip(parts[i])) ||
				!add(hotkeys, parts[i], equals + 1)) {
			g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
					_("--hotkeys: “%s” is not ACTION=KEY with a known action "
							"and key"),
					parts[i]);
			return NULL;
		}
	}
	return g_steal_pointer(&hotkeys);
}

GPtrArray *hotkeys_from_table(GHashTable *table)
{
	GPtrArray *hotkeys = g_ptr_array_new_with_free_func(hotkey_free);
	const char *combination;
	guint i;

	for (i = 0; i < G_N_ELEMENTS(hotkey_actions); i++) {
		combination = g_hash_table_lookup(table, hotkey_actions[i].name);
		if (combination)
			add(hotkeys, hotkey_actions[i].name, combination);
	}
	add_defaults(hotkeys);
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

/* The modifiers that the layout needs for the symbol of this key: Shift for the + of a US
 * keyboard. */
static GdkModifierType needed_by_symbol(const GdkEventKey *event)
{
	GdkDisplay *display = gdk_display_get_default();
	GdkModifierType consumed = 0;

	if (!display || event->keyval != gdk_keyval_to_lower(event->keyval))
		return 0;
	gdk_keymap_translate_keyboard_state(gdk_keymap_get_for_display(display),
			event->hardware_keycode, event->state, event->group, NULL, NULL, NULL,
			&consumed);
	return consumed;
}

static gboolean matches(const struct hotkey *h, guint keyval, GdkModifierType modifiers,
		GdkModifierType needed)
{
	return keyval == h->keyval &&
			(modifiers == h->modifiers || (modifiers & ~needed) == h->modifiers);
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
			return gtk_accelerator_get_label(
					h->keyval == GDK_KEY_VoidSymbol ? 0 : h->keyval,
					h->modifiers);
	}
	return NULL;
}
