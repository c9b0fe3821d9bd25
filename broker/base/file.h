/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_FILE_H
#define OSVDI_BROKER_FILE_H

#include <glib.h>

/**
 * Write a file of mode 0600 under a temporary name and rename it into place: no
 * one sees a part of it, and a link standing there is replaced, not followed.
 * For regular files: a device would be replaced too, see target.h.
 * Errors: BROKER_ERROR_FAILED, naming the path.
 */
gboolean file_write_private(const char *path, const char *data, gsize length, GError **error);

/** Try whether file_write_private() can make its file; FALSE and errno. */
gboolean file_can_write_private(const char *path);

/** The same as file_write_private() where nothing is yet: of two at once one fails. */
gboolean file_create_private(const char *path, const char *data, gsize length);

/** Write all of it to a descriptor; FALSE and errno. */
gboolean file_write_fd(int fd, const char *data, gsize length);

/**
 * Read a regular file, at most max_bytes, that belongs to this user and gives
 * others nothing. NULL otherwise. Free with secret_free() where it is one.
 */
char *file_read_private(const char *path, gsize max_bytes, gsize *length);

#endif
