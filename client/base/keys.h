/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_KEYS_H
#define OSVDI_KEYS_H

#include <gtk/gtk.h>

/* The key of a name, or GDK_KEY_VoidSymbol. Takes GDK's names in any case, the names of
 * remote-viewer, and signs ("+") for themselves. */
guint key_from_name(const char *name);

/* A key with modifiers that starts one of our actions. */
struct hotkey {
	char *action; /* remote-viewer's name: "toggle-fullscreen" */
	guint keyval; /* lower case; GDK_KEY_VoidSymbol: modifiers only */
	GdkModifierType modifiers;
};

/* The n-th action that a hot key can start, by remote-viewer's name (which is
 * also its key in connection files), or NULL behind the last. */
const char *hotkey_name(guint n);
/* The window's action of that name: "fullscreen" of "toggle-fullscreen". */
const char *hotkey_action(const char *name);

/* Hot keys: array of struct hotkey. Owner: g_ptr_array_unref(). */
GPtrArray *hotkeys_default(void);

/**
 * text:   "ACTION=KEY[+KEY][,...]".
 * Errors: NULL with a sentence that names the part that is wrong.
 */
GPtrArray *hotkeys_parse(const char *text, GError **error);
/* The default ones, but for the actions of a .vv file's table those named there. */
GPtrArray *hotkeys_from_table(GHashTable *table);

/* "shift+f11" -> key and modifiers; FALSE when it is none. Names of keys are
 * remote-viewer's or GDK's, in any case. */
gboolean hotkey_parse_combination(const char *text, guint *keyval, GdkModifierType *modifiers);

/* The action of a key press, or NULL. */
const char *hotkeys_find(GPtrArray *hotkeys, const GdkEventKey *event);
/* As text for people, or NULL when the action has none. Owner: caller. */
char *hotkeys_describe(GPtrArray *hotkeys, const char *action);

#endif
