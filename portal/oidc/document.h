/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_DOCUMENT_H
#define OSVDI_PORTAL_DOCUMENT_H

#include "base/json.h"

/** More is read of no answer of a provider. */
#define DOCUMENT_MAX_BYTES (256 * 1024)

/**
 * An object of JSON. name: of the document, for the message.
 * Errors: OIDC_FAULT_SERVICE. Owner: json_node_unref().
 */
JsonNode *document_load(const char *text, gsize size, const char *name, GError **error);

/** Whether an array has a text among its members. array NULL: no. */
gboolean document_lists(JsonArray *array, const char *text);

#endif
