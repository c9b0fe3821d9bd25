/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_VV_FILE_H
#define OSVDI_VV_FILE_H

#include "target/target.h"

/* remote-viewer's version whose connection files we understand. */
#define VV_COMPATIBLE_VERSION "11.0"

/**
 * Reads a connection file: remote-viewer's [virt-viewer] keys and our own
 * [osvdi] group (url, server-uuid, expires, name).
 *
 * osid:   of this system ("debian12") for the "versions" key, or NULL.
 * Errors: G_IO_ERROR_INVALID_DATA with a sentence that names key and cause,
 *         never a value that may be secret; G_IO_ERROR_NOT_SUPPORTED when the
 *         file asks for a newer viewer.
 */
struct target *vv_parse(const char *data, gsize size, const char *osid, GError **error);

/**
 * Reads a file (and deletes it when it asks for that), or "-" for standard
 * input. Errors as above or from reading.
 */
struct target *vv_read_file(const char *path, GError **error);

/* Reads an open descriptor to its end and closes it. */
struct target *vv_read_fd(int fd, GError **error);

/**
 * Compares versions as remote-viewer does: integers between dots, then those
 * of a build number after a dash; what is no number compares as equal.
 */
int vv_compare_versions(const char *a, const char *b);

#endif
