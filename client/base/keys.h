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
	guint keyval; /* lower case; GDK_KEY_VoidSymbol if there are modifiers only */
	GdkModifierType modifiers;
};

/* The name of the n-th action that a hot key can start, or NULL after the last action. The
 * names are remote-viewer's; connection files use them as keys. */
const char *hotkey_name(guint n);
/* The window action for a name: "fullscreen" for "toggle-fullscreen". NULL if unknown. */
const char *hotkey_action(const char *name);

/* Hot keys: array of struct hotkey. Owner: g_ptr_array_unref(). */
GPtrArray *hotkeys_default(void);

/**
 * Reads the hot keys of --hotkeys.
 *
 * text:   "ACTION=KEY[+KEY][,...]".
 * Errors: NULL with a sentence that names the wrong part.
 */
GPtrArray *hotkeys_parse(const char *text, GError **error);
/* The hot keys that a connection file gives in its table, and the default hot keys of all
 * other actions. */
GPtrArray *hotkeys_from_table(GHashTable *table);

/* Reads a combination such as "shift+f11". Names of keys are as in key_from_name(). FALSE
 * if the text is no combination. */
gboolean hotkey_parse_combination(const char *text, guint *keyval, GdkModifierType *modifiers);

/* The action of a key press, or NULL. */
const char *hotkeys_find(GPtrArray *hotkeys, const GdkEventKey *event);
/* The keys of an action in words, or NULL if the action has no keys. Owner: caller. */
char *hotkeys_describe(GPtrArray *hotkeys, const char *action);

#endif
