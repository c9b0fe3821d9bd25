/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_VV_FILE_H
#define OSVDI_VV_FILE_H

#include "target/target.h"

/* We understand the connection files of this version of remote-viewer. */
#define VV_COMPATIBLE_VERSION "11.0"

/**
 * Reads the text of a connection file: remote-viewer's group [virt-viewer], and our own
 * group [osvdi] (see osvdi-common/vv-names.h).
 *
 * osid:   of this system ("debian12") for the "versions" key, or NULL.
 * Errors: G_IO_ERROR_INVALID_DATA with a sentence that names key and cause, but never a
 *         value that may be secret; G_IO_ERROR_NOT_SUPPORTED if the file asks for a
 *         newer viewer.
 */
struct target *vv_parse(const char *data, gsize size, const char *osid, GError **error);

/**
 * Reads a file, and deletes the file if the file asks for it. "-" is standard input.
 * Errors: those of vv_parse() and of reading.
 */
struct target *vv_read_file(const char *path, GError **error);

/* Reads an open descriptor to its end and closes it. */
struct target *vv_read_fd(int fd, GError **error);

/**
 * Compares versions as remote-viewer does: first the integers between dots, then the
 * integers of a build number after a dash. A part that is no number counts as equal.
 */
int vv_compare_versions(const char *a, const char *b);

#endif
