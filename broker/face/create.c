/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "compute/create.h"
#include "compute/lease.h"
#include "compute/power.h"
#include "face/face.h"

bool osvdi_broker_check_user_data(size_t length, struct osvdi_broker_error **error)
{
	GError *e = NULL;

	if (create_check_user_data(length, &e))
		return true;
	face_fail(NULL, e, error);
	return false;
}

static GHashTable *metadata_of(const struct osvdi_broker_setting *given)
{
	GHashTable *out = g_hash_table_new(g_str_hash, g_str_equal);

	for (; given && given->name; given++)
		g_hash_table_replace(out, (gpointer)given->name, (gpointer)given->value);
	return out;
}

static gboolean check(const struct osvdi_broker_create_params *given, GError **error)
{
	gboolean has_size = given->flavor || given->lease;

	if (given->lease && !given->lease->lease->reservations[0]) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
				"the lease has no reservation to boot into");
		return FALSE;
	}
	if (given->name && given->image && has_size)
		return create_check_user_data(given->user_data_length, error);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"a new desktop needs a name, an image, and a flavor or a lease");
	return FALSE;
}

static struct server *create(struct osvdi_broker *b,
		const struct osvdi_broker_create_params *given, GError **error)
{
	g_autoptr(GHashTable) metadata = metadata_of(given->metadata);
	const struct create_request r = {
		.name = given->name,
		.image = given->image,
		.flavor = given->flavor,
		.reservation = given->lease ? given->lease->lease->reservations[0] : NULL,
		.networks = (char **)given->networks,
		.key_name = given->key_name,
		.availability_zone = given->availability_zone,
		.security_groups = (char **)given->security_groups,
		.user_data = given->user_data,
		.user_data_length = given->user_data_length,
		.config_drive = given->config_drive,
		.metadata = metadata,
	};

	return create_server(b->cloud, &r, error);
}

static struct server *create_and_wait(struct osvdi_broker *b,
		const struct osvdi_broker_create_params *given, GError **error)
{
	struct power_params p = { 0 };
	g_autoptr(auto_server) s = NULL;

	if (!check(given, error) || !face_begin(b, given->timeout_s, error))
		return NULL;
	p.deadline_us = b->deadline_us;
	s = create(b, given, error);
	if (!s || (!given->no_wait && !power_wait(b->cloud, &s, "ACTIVE", &p, error)))
		return NULL;
	return g_steal_pointer(&s);
}

struct osvdi_broker_desktop *osvdi_broker_create_desktop(struct osvdi_broker *b,
		const struct osvdi_broker_create_params *params, struct osvdi_broker_error **error)
{
	struct osvdi_broker_create_params given;
	struct server *s;
	GError *e = NULL;

	face_take_params(&given, sizeof(given), params, params->size);
	s = create_and_wait(b, &given, &e);
	return s ? face_desktop(s) : face_fail(b, e, error);
}
