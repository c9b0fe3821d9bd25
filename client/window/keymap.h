/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_KEYMAP_H
#define OSVDI_KEYMAP_H

#include <spice-client-gtk.h>

/**
 * Reads a key map as --keymap takes it: keyval -> GArray of guint keyvals. An empty array
 * blocks the key.
 *
 * Errors: NULL with a sentence.
 */
GHashTable *keymap_parse(const char *text, GError **error);

/* Sends the keys that the map has for an event. FALSE: the map has none. map may be NULL. */
gboolean keymap_send(GHashTable *map, SpiceDisplay *display, const GdkEventKey *event);

#endif
