/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_VIEWER_H
#define OSVDI_BROKER_VIEWER_H

#include <glib.h>

#include "include/osvdi-broker.h"

/* The abilities that a connection needs of its viewer. */
struct viewer_needs {
	gboolean vnc;
	gboolean websocket; /* it has to be able to use one */
};

/**
 * The program to start: viewer, or when that is NULL osvdi-viewer, else
 * remote-viewer. It exists and may be started, and is not known to be unable to do
 * what it has to.
 *
 * Errors: BROKER_ERROR_FAILED when there is none, BROKER_ERROR_USAGE when it cannot.
 * Owner:  g_free().
 */
char *viewer_find(const char *viewer, const struct viewer_needs *needs, GError **error);

/** Why this viewer cannot use a WebSocket; NULL when it can, or is not known. */
const char *viewer_no_websocket(const char *path);

/**
 * Put the settings that are no secrets in the environment as OS_*, so that osvdi-viewer
 * can ask the broker again when it reconnects.
 *
 * path:  of the viewer; others than osvdi-viewer lose the secrets that are there.
 * cloud: the name of the cloud in clouds.yaml, where an option gave it; or NULL.
 */
void viewer_export(const char *path, const struct osvdi_broker *library, const char *cloud);

/**
 * Become the viewer, with the connection file in an anonymous memory file that
 * it finds at /dev/fd/N: no name on disk, nothing secret on a command line. The
 * viewer may read it as often as it wants; no one can change it.
 *
 * path:    from viewer_find().
 * options: further arguments for it, NULL at the end; or NULL.
 * file:    text of the connection file.
 * Errors:  BROKER_ERROR_FAILED; returns only then.
 */
gboolean viewer_run(const char *path, char **options, const char *file, GError **error);

#endif
