/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CONFIG_FILE_H
#define OSVDI_BROKER_CONFIG_FILE_H

#include <glib.h>

/* The text of broker.yaml, which the library reads. */
struct config_file {
	char *path; /* NULL: there is no such file */
	char *text;
	gsize length; /* bytes of text */
};

/**
 * Find and read broker.yaml: path (of --config), $OSVDI_BROKER_CONFIG, the user's
 * configuration directory (osvdi/broker.yaml), /etc/osvdi/broker.yaml; the first there
 * is.
 *
 * Errors: BROKER_ERROR_USAGE naming the file.
 * Owner:  config_file_clear().
 */
gboolean config_file_read(struct config_file *out, const char *path, GError **error);
void config_file_clear(struct config_file *file);

#endif
