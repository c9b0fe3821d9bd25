/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/authority.h"
#include "desktop/desktops.h"
#include "face/face.h"

#define DEFAULT_TIMEOUT_S 300

static gboolean find_user(struct osvdi_broker *b, GError **error)
{
	const struct token *token = cloud_token(b->cloud, error);

	if (!token)
		return FALSE;
	if (b->any_owner || b->user_id)
		return TRUE;
	b->user_id = b->user ? desktops_user_id(b->cloud, b->user, error) :
			       g_strdup(token->user_id);
	return b->user_id != NULL;
}

static void set_deadline(struct osvdi_broker *b, gint64 timeout_s)
{
	b->deadline_us = timeout_s < 0 ? 0 : clock_now_us(cloud_clock(b->cloud)) +
					timeout_s * G_USEC_PER_SEC;
	http_set_deadline(cloud_http(b->cloud), b->deadline_us);
}

static void begin(struct osvdi_broker *b, int timeout_s)
{
	if (!b->one_deadline)
		set_deadline(b, timeout_s > 0 ? timeout_s : DEFAULT_TIMEOUT_S);
}

void face_begin_login(struct osvdi_broker *b)
{
	begin(b, 0);
}

gboolean face_read_spice_ca(struct osvdi_broker *b, GError **error)
{
	const struct config *c = &b->config;

	if (c->spice_ca_file && !b->spice_ca)
		b->spice_ca = authority_read(c->spice_ca_file, c->spice_ca_place, error);
	return !c->spice_ca_file || b->spice_ca;
}

gboolean face_begin(struct osvdi_broker *b, int timeout_s, GError **error)
{
	begin(b, timeout_s);
	return find_user(b, error);
}

void osvdi_broker_set_timeout(struct osvdi_broker *b, int timeout_s)
{
	set_deadline(b, timeout_s);
	b->one_deadline = true;
}
