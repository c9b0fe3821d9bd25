/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_LIBRARY_H
#define OSVDI_BROKER_LIBRARY_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "base/settings.h"
#include "include/osvdi-broker.h"

/* Between libosvdi-broker and this program, which speaks GLib. */

typedef struct osvdi_broker_desktop auto_desktop;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_desktop, osvdi_broker_desktop_free)
typedef struct osvdi_broker_list auto_list;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_list, osvdi_broker_list_free)
typedef struct osvdi_broker_lease auto_lease;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(auto_lease, osvdi_broker_lease_free)

/** The library's error as one of BROKER_ERROR; frees it. Returns FALSE. */
gboolean library_fail(struct osvdi_broker_error *e, GError **error);

/** JSON that the library made. Owner: json_node_unref(). */
JsonNode *library_json(const char *text);

/**
 * osvdi_broker_create() with gathered settings. The name of the cloud in the files is
 * left out: only this program knows the files.
 *
 * params: all but settings and regions.
 * Owner:  osvdi_broker_destroy().
 */
struct osvdi_broker *library_create(const struct settings *s, struct osvdi_broker_params *params,
		GError **error);

#endif
