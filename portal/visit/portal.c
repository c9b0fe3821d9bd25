/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "portal.h"

#include "person.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

#define RATE_KEYS_MAX 100000
/* People on their way to the provider, and how long they may take. */
#define ROUNDS_MAX 20000
#define ROUND_LIFE_S 600

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

/* Its own files, and WebSockets of this host: old browsers do not count those as 'self'. */
static gboolean load_page(struct portal *portal, GError **error)
{
	const struct portal_config *config = portal->config;

	if (!config->page)
		return TRUE;
	portal->files = files_load(config->page, error);
	portal->files_policy = g_strdup_printf(
			"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
			"style-src 'self'; img-src data:; connect-src 'self' wss://%s; "
			"worker-src 'self'; base-uri 'none'; form-action 'none'; "
			"frame-ancestors 'none'",
			config->origin + strlen("https://"));
	if (!portal->files)
		g_prefix_error(error, "page: ");
	return portal->files != NULL;
}

static void free_round(gpointer round)
{
	round_free(round);
}

static void make_tables(struct portal *portal)
{
	const struct portal_config *config = portal->config;
	const struct visitors_rules rules = {
		.idle_us = config->idle_s * G_USEC_PER_SEC,
		.life_us = config->life_s * G_USEC_PER_SEC,
		.max = config->visitors,
	};

	const struct visitors_rules away = {
		.idle_us = ROUND_LIFE_S * G_USEC_PER_SEC,
		.life_us = ROUND_LIFE_S * G_USEC_PER_SEC,
		.max = ROUNDS_MAX,
	};

	portal->visitors = visitors_new(&rules, person_free);
	portal->rounds = visitors_new(&away, free_round);
	portal->by_name = rates_new(config->per_name, RATE_KEYS_MAX);
	portal->by_address = rates_new(config->per_address, RATE_KEYS_MAX);
	randombytes_buf(portal->csrf_key, sizeof(portal->csrf_key));
}

static gboolean open_provider(struct portal *portal, GError **error)
{
	if (!portal->config->oidc_issuer)
		return TRUE;
	portal->provider = provider_new(portal->config, error);
	return portal->provider != NULL;
}

static gboolean open_files(struct portal *portal, GError **error)
{
	portal->keys = keys_load(portal->config->keys, error);
	if (portal->keys)
		portal->audit = audit_new(portal->config->audit, error);
	if (portal->audit)
		portal->place = place_new(portal->config, error);
	return portal->place && open_provider(portal, error) && load_page(portal, error);
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
	if (portal->provider)
		provider_end(portal->provider);
	portal->ending = TRUE;
}

void portal_free(struct portal *portal)
{
	if (!portal)
		return;
	visitors_free(portal->visitors);
	visitors_free(portal->rounds);
	provider_free(portal->provider);
	rates_free(portal->by_name);
	rates_free(portal->by_address);
	place_free(portal->place);
	keys_free(portal->keys);
	audit_free(portal->audit);
	portal_config_free(portal->config);
	sodium_memzero(portal->csrf_key, sizeof(portal->csrf_key));
	g_free(portal->style);
	g_free(portal->style_path);
	files_free(portal->files);
	g_free(portal->files_policy);
	g_free(portal);
}

void portal_tick(struct portal *portal)
{
	visitors_sweep(portal->visitors, g_get_monotonic_time());
	visitors_sweep(portal->rounds, g_get_monotonic_time());
}

gboolean portal_reload(struct portal *portal, GError **error)
{
	struct keys *keys = keys_load(portal->config->keys, error);

	if (!keys)
		return FALSE;
	keys_free(portal->keys);
	portal->keys = keys;
	if (portal->provider && !provider_reload(portal->provider, error))
		return FALSE;
	return audit_reopen(portal->audit, error);
}
