/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_VV_VERSION_H
#define OSVDI_VV_VERSION_H

#include <glib.h>

/**
 * Whether this viewer is new enough for the file's "version" and "versions".
 *
 * osid:   of this system ("debian12"), or NULL.
 * Errors: G_IO_ERROR_NOT_SUPPORTED with the address of a newer one.
 */
gboolean vv_check_versions(GKeyFile *file, const char *osid, GError **error);

#endif
