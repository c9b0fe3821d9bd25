/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "library.h"

gboolean library_fail(struct osvdi_broker_error *e, GError **error)
{
	g_set_error(error, BROKER_ERROR, (int)osvdi_broker_error_code(e), "%s",
			osvdi_broker_error_message(e));
	osvdi_broker_error_free(e);
	return FALSE;
}

JsonNode *library_json(const char *text)
{
	JsonNode *node = json_from_string(text, NULL);

	g_assert(node);
	return node;
}

struct osvdi_broker *library_create(const struct settings *s, struct osvdi_broker_params *params,
		GError **error)
{
	struct osvdi_broker_setting given[SET_COUNT + 1] = { 0 };
	g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func(g_free);
	struct osvdi_broker_error *e = NULL;
	struct osvdi_broker *library;
	int n = 0;

	for (int i = 0; i < SET_COUNT; i++) {
		if (i == SET_CLOUD || !settings_get(s, i))
			continue;
		g_ptr_array_add(places, settings_place(s, i));
		given[n].name = settings_key(i);
		given[n].value = settings_get(s, i);
		given[n++].place = places->pdata[places->len - 1];
	}
	params->size = sizeof(*params);
	params->settings = given;
	params->regions = (const char *const *)s->regions;
	library = osvdi_broker_create(params, &e);
	if (!library)
		library_fail(e, error);
	return library;
}
