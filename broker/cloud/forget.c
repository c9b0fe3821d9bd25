/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cloud/cloud.h"
#include "cloud/forget.h"
#include "cloud/keystone.h"
#include "cloud/token-cache.h"

/* Revoking is a courtesy: do not make the user wait long for it. */
#define REVOKE_TIMEOUT_S 10

static void forgotten_free(gpointer data)
{
	struct forgotten *f = data;

	g_free(f->user);
	g_free(f->project);
	g_free(f->auth_url);
	g_free(f);
}

static gboolean same_place(const struct settings *a, const struct settings *b)
{
	const char *x = settings_get(a, SET_AUTH_URL);
	g_autofree char *left = x ? keystone_base(x) : NULL;
	g_autofree char *right = keystone_base(settings_get(b, SET_AUTH_URL));

	return !g_strcmp0(left, right);
}

/* A setting that is not given fits every login. */
static gboolean fits(const struct settings *wanted, const struct kept_login *kept)
{
	static const enum setting who[] = { SET_USERNAME, SET_USER_ID, SET_PROJECT_NAME,
		SET_PROJECT_ID };

	if (!same_place(wanted, &kept->made_by))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(who); i++) {
		const char *a = settings_get(wanted, who[i]);
		const char *b = settings_get(&kept->made_by, who[i]);

		if (a && b && strcmp(a, b))
			return FALSE;
	}
	return TRUE;
}

/* Verify the service as the login did, so that no stranger gets the token. */
static gboolean revoke_token(const struct kept_login *kept, const struct forget_params *p,
		GError **error)
{
	const struct settings *s = &kept->made_by;
	struct http_params params = {
		.timeout_s = p->timeout_s > 0 ? p->timeout_s : REVOKE_TIMEOUT_S,
		.caller = p->caller,
	};
	g_autofree char *base = keystone_base(settings_get(s, SET_AUTH_URL));
	struct http *http = cloud_open_http(s, &params, error);
	gboolean ok = http && keystone_revoke(http, base, kept->token->id, error);

	http_free(http);
	return ok;
}

static struct forgotten *describe(const struct kept_login *kept, const struct caller *caller)
{
	struct forgotten *f = g_new0(struct forgotten, 1);
	const struct token *t = kept->token;

	f->user = text_clean(t->user_name ? t->user_name : t->user_id, 60);
	f->project = text_clean(t->project_name ? t->project_name : t->project_id, 60);
	f->auth_url = redact_text(caller_secrets(caller),
			settings_get(&kept->made_by, SET_AUTH_URL));
	return f;
}

static struct forgotten *forget(const struct kept_login *kept, const struct forget_params *p)
{
	struct forgotten *f = describe(kept, p->caller);
	g_autofree char *end = text_format_time(kept->token->expires);
	g_autoptr(GError) e = NULL;

	if (kept->token->expires <= clock_unix_s(clock_system()))
		f->fate = OSVDI_BROKER_HAD_ENDED;
	else if (revoke_token(kept, p, &e))
		f->fate = OSVDI_BROKER_REVOKED;
	else
		f->fate = OSVDI_BROKER_DROPPED;
	token_cache_remove(kept->path);
	if (e)
		log_warning(p->caller,
				"the login of %s at %s is dropped here, but Keystone was not told "
				"(%s): it ends by itself at %s",
				f->user, f->auth_url, e->message, end);
	return f;
}

GPtrArray *forget_logins(const struct forget_params *p)
{
	GPtrArray *out = g_ptr_array_new_with_free_func(forgotten_free);
	g_autoptr(GPtrArray) kept = token_cache_list(p->directory, caller_secrets(p->caller));

	for (guint i = 0; i < kept->len; i++)
		if (!p->like || fits(p->like, kept->pdata[i]))
			g_ptr_array_add(out, forget(kept->pdata[i], p));
	token_cache_purge(p->directory, p->like ? clock_unix_s(clock_system()) : G_MAXINT64);
	return out;
}
