/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "portal.h"

#include "person.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

#define RATE_KEYS_MAX 100000

/* The name changes with the text, so that browsers keep it for ever. */
static void make_style(struct portal *portal)
{
	g_autoptr(GBytes) bytes = g_resources_lookup_data("/osvdi/portal/style.css",
			G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
	guint8 digest[16];
	char name[2 * sizeof(digest) + 1];
	gsize size;
	const char *text = g_bytes_get_data(bytes, &size);

	portal->style = g_strndup(text, size);
	crypto_generichash(digest, sizeof(digest), (const guint8 *)text, size, NULL, 0);
	portal->style_path = g_strconcat("/style/",
			sodium_bin2hex(name, sizeof(name), digest, sizeof(digest)), NULL);
}

static void make_tables(struct portal *portal)
{
	const struct portal_config *config = portal->config;
	const struct visitors_rules rules = {
		.idle_us = config->idle_s * G_USEC_PER_SEC,
		.life_us = config->life_s * G_USEC_PER_SEC,
		.max = config->visitors,
	};

	portal->visitors = visitors_new(&rules, person_free);
	portal->by_name = rates_new(config->per_name, RATE_KEYS_MAX);
	portal->by_address = rates_new(config->per_address, RATE_KEYS_MAX);
	randombytes_buf(portal->csrf_key, sizeof(portal->csrf_key));
}

static gboolean open_files(struct portal *portal, GError **error)
{
	portal->keys = keys_load(portal->config->keys, error);
	if (portal->keys)
		portal->audit = audit_new(portal->config->audit, error);
	if (portal->audit)
		portal->place = place_new(portal->config, error);
	return portal->place != NULL;
}

struct portal *portal_new(const char *config_file, GError **error)
{
	struct portal *portal = g_new0(struct portal, 1);

	portal->config = portal_config_load(config_file, error);
	if (!portal->config || !open_files(portal, error)) {
		portal_free(portal);
		return NULL;
	}
	make_tables(portal);
	make_style(portal);
	return portal;
}

void portal_open(struct portal *portal)
{
	portal->crew = crew_new(portal->config->workers, portal->config->tasks);
}

static void end_person(gpointer person, gpointer unused)
{
	account_end(((struct person *)person)->account);
}

void portal_end(struct portal *portal)
{
	visitors_each(portal->visitors, end_person, NULL);
	portal->ending = TRUE;
}

void portal_free(struct portal *portal)
{
	if (!portal)
		return;
	visitors_free(portal->visitors);
	rates_free(portal->by_name);
	rates_free(portal->by_address);
	place_free(portal->place);
	keys_free(portal->keys);
	audit_free(portal->audit);
	portal_config_free(portal->config);
	sodium_memzero(portal->csrf_key, sizeof(portal->csrf_key));
	g_free(portal->style);
	g_free(portal->style_path);
	g_free(portal);
}

void portal_tick(struct portal *portal)
{
	visitors_sweep(portal->visitors, g_get_monotonic_time());
}

gboolean portal_reload(struct portal *portal, GError **error)
{
	struct keys *keys = keys_load(portal->config->keys, error);

	if (!keys)
		return FALSE;
	keys_free(portal->keys);
	portal->keys = keys;
	return audit_reopen(portal->audit, error);
}
