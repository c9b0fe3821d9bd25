/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_VIEWER_H
#define OSVDI_BROKER_VIEWER_H

#include <glib.h>

#include "address.h"
#include "settings.h"

/**
 * Become the viewer, with the connection file in an anonymous memory file that
 * it finds at /dev/fd/N: no name on disk, nothing secret on a command line. The
 * viewer may read it as often as it wants; no one can change it.
 *
 * viewer:   program, or NULL: osvdi-viewer, else remote-viewer.
 * options:  further arguments for it, NULL at the end; or NULL.
 * settings: what is no secret is put in the environment as OS_*, so that
 *           osvdi-viewer can ask the broker again when it reconnects.
 * Errors:   BROKER_ERROR_FAILED; returns only then.
 */
gboolean viewer_run(const char *viewer, char **options, const struct address *address, const struct settings *settings, GError **error);

#endif
