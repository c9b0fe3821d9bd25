/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cloud/forget.h"
#include "face/face.h"

struct osvdi_broker_forgotten_list {
	GPtrArray *all; /* of struct forgotten */
	struct osvdi_broker_forgotten *shown; /* as many */
};

static GPtrArray *forget(const struct osvdi_broker_forget_params *given)
{
	struct caller alone = { .hooks = given->hooks, .secrets = redact_new() };
	const struct forget_params params = {
		.directory = given->cache_directory,
		.like = given->like ? &given->like->settings : NULL,
		.timeout_s = given->request_timeout_s,
		.caller = given->like ? &given->like->caller : &alone,
	};
	GPtrArray *all = forget_logins(&params);

	redact_free(alone.secrets);
	return all;
}

struct osvdi_broker_forgotten_list *osvdi_broker_forget(
		const struct osvdi_broker_forget_params *params)
{
	struct osvdi_broker_forgotten_list *list = g_new0(struct osvdi_broker_forgotten_list, 1);
	struct osvdi_broker_forget_params given;

	face_take_params(&given, sizeof(given), params, params->size);
	list->all = forget(&given);
	list->shown = g_new0(struct osvdi_broker_forgotten, list->all->len);
	for (guint i = 0; i < list->all->len; i++) {
		const struct forgotten *f = list->all->pdata[i];

		list->shown[i].user = f->user;
		list->shown[i].project = f->project;
		list->shown[i].auth_url = f->auth_url;
		list->shown[i].fate = f->fate;
	}
	return list;
}

const struct osvdi_broker_forgotten *osvdi_broker_forgotten_get(
		const struct osvdi_broker_forgotten_list *list, size_t i)
{
	return i < list->all->len ? &list->shown[i] : NULL;
}

void osvdi_broker_forgotten_free(struct osvdi_broker_forgotten_list *list)
{
	if (!list)
		return;
	g_ptr_array_unref(list->all);
	g_free(list->shown);
	g_free(list);
}
