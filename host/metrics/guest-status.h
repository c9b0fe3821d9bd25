/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * The status files of the guests that run. QEMU writes them, and a guest that has
 * broken out of QEMU writes what it likes: sizes are bounded, values are not trusted.
 */
#ifndef METRICS_GUEST_STATUS_H
#define METRICS_GUEST_STATUS_H

#include <glib.h>
#include <json-glib/json-glib.h>

struct guest_status {
	char *uuid;
	double age_s; /* since QEMU wrote the file */
	JsonNode *json; /* an object */
};

/* By UUID; guests that have written nothing yet are left out. Files that are no status
 * are named on the standard error output. NULL: the folder cannot be read. */
GPtrArray *guest_status_read(const char *folder, GError **error);

#endif
