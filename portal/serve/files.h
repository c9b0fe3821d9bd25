/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_FILES_H
#define OSVDI_PORTAL_FILES_H

#include <glib.h>

/* The files of the page for browsers, in memory: no request opens a file. */
struct files;

/** Errors: the folder, a file that cannot be read or is large. */
struct files *files_load(const char *folder, GError **error);
void files_free(struct files *files);

/** The folder's name in addresses: it changes with any of the files. */
const char *files_version(const struct files *files);

/**
 * path: "VERSION/NAME". type: of the content. packed: by gzip. NULL: there is no such
 * file.
 */
GBytes *files_get(const struct files *files, const char *path, gboolean packed,
		const char **type);

#endif
