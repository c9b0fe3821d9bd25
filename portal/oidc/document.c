/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "document.h"

#include "fault.h"

#include <string.h>

JsonNode *document_load(const char *text, gsize size, const char *name, GError **error)
{
	JsonNode *root = size <= DOCUMENT_MAX_BYTES ? js_load(text, size, NULL) : NULL;

	if (js_root_object(root))
		return root;
	g_clear_pointer(&root, json_node_unref);
	oidc_fail(error, OIDC_FAULT_SERVICE, "%s: no JSON object", name);
	return NULL;
}

gboolean document_lists(JsonArray *array, const char *text)
{
	for (guint i = 0; i < js_len(array); i++)
		if (g_strcmp0(js_elem_str(array, i), text) == 0)
			return TRUE;
	return FALSE;
}
