/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_SECRET_FILE_H
#define OSVDI_PORTAL_SECRET_FILE_H

#include <glib.h>

/**
 * The one line of a file that nobody but its owner and group may read.
 * Errors: G_FILE_ERROR, G_IO_ERROR. Owner: wipe_free().
 */
char *secret_file_read(const char *path, GError **error);

#endif
