/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The settings of one guest, as QEMU's module reads them (docs/admin/qemu.md). */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>

#include <glib.h>

struct settings;

struct settings *settings_create(void);
void settings_destroy(struct settings *settings);

/* Replaces an earlier value. False: the name or the value cannot be one; error
 * says why. Whether a setting of that name exists is for the module to say. */
bool settings_set(struct settings *settings, const char *name, const char *value, GError **error);

bool settings_empty(const struct settings *settings);

/* The key file; the caller frees it. */
char *settings_text(const struct settings *settings);

typedef struct settings settings_t;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(settings_t, settings_destroy)

#endif
