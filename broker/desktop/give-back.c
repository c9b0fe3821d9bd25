/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "base/text.h"
#include "compute/power.h"
#include "desktop/give-back.h"
#include "desktop/pool.h"

gboolean give_back_check(const struct server *s, GError **error)
{
	g_autofree char *name = text_clean(s->name, 80);

	if (s->pool)
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"\"%s\" belongs to no pool, so nobody has to give it back", name);
	return FALSE;
}

static gboolean rebuild(struct cloud *cloud, struct server **s, const struct power_params *p,
		GError **error)
{
	g_autoptr(auto_api_reply) reply = NULL;
	JsonNode *body;

	if (!text_is_uuid((*s)->image_id)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY,
				"it was not made from an image: it cannot be rebuilt");
		return FALSE;
	}
	/* Nova rebuilds what runs or is shut off. */
	if (!server_is(*s, "SHUTOFF") && !power_reach(cloud, s, GOAL_RUNNING, p, NULL, error))
		return FALSE;
	body = nova_action_body("rebuild", "imageRef", (*s)->image_id);
	reply = nova_action(cloud, (*s)->id, body, error);
	if (!reply || !api_reply_check(reply, error) || !power_refresh(cloud, s, error))
		return FALSE;
	return power_settle(cloud, s, p, error);
}

gboolean give_back(struct cloud *cloud, struct server **s, const struct give_back *how,
		GError **error)
{
	const struct power_params p = { .deadline_us = how->deadline_us };

	if (!give_back_check(*s, error))
		return FALSE;
	if (how->rebuild && !rebuild(cloud, s, &p, error))
		return FALSE;
	if (how->stop && !power_reach(cloud, s, GOAL_STOPPED, &p, NULL, error))
		return FALSE;
	return pool_release(cloud, *s, how->owner, error);
}
