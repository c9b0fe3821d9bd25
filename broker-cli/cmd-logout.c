/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "cloud/keystone.h"
#include "cloud/token-cache.h"
#include "command.h"
#include "terminal.h"

/* Revoking is a courtesy: do not make the user wait long for it. */
#define REVOKE_TIMEOUT_S 10

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
static gboolean revoke_token(const struct kept_login *kept, int timeout_s, GError **error)
{
	const struct settings *s = &kept->made_by;
	struct http_params params = {
		.timeout_s = timeout_s > 0 ? timeout_s : REVOKE_TIMEOUT_S,
		.caller = terminal_caller(),
	};
	g_autofree char *base = keystone_base(settings_get(s, SET_AUTH_URL));
	struct http *http = cloud_open_http(s, &params, error);
	gboolean ok = http && keystone_revoke(http, base, kept->token->id, error);

	http_free(http);
	return ok;
}

static void drop(const struct kept_login *kept, int timeout_s, GString *out)
{
	const struct token *t = kept->token;
	g_autofree char *user = text_clean(t->user_name ? t->user_name : t->user_id, 60);
	g_autofree char *project =
			text_clean(t->project_name ? t->project_name : t->project_id, 60);
	g_autofree char *url =
			redact_text(terminal_secrets(), settings_get(&kept->made_by, SET_AUTH_URL));
	g_autofree char *end = text_format_time(t->expires);
	const char *what = "dropped (it had ended)";
	g_autoptr(GError) e = NULL;

	if (t->expires > clock_unix_s(clock_system()))
		what = revoke_token(kept, timeout_s, &e) ? "dropped and revoked" : "dropped";
	token_cache_remove(kept->path);
	g_string_append_printf(out, "%s, project %s, at %s: %s\n", user, project, url, what);
	if (e)
		terminal_warning(
				"the login of %s at %s is dropped here, but Keystone was not "
				"told (%s): it ends by itself at %s",
				user, url, e->message, end);
}

static gboolean is_set(const char *variable)
{
	const char *value = g_getenv(variable);

	return value && *value;
}

static gboolean cloud_is_named(struct broker *b)
{
	return b->options.setting[SET_CLOUD] || b->options.setting[SET_AUTH_URL] ||
			is_set("OS_CLOUD") || is_set("OS_AUTH_URL");
}

gboolean cmd_logout(struct broker *b, const struct command *self, int argc, char **argv,
		GError **error)
{
	gboolean all = FALSE;
	const GOptionEntry options[] = {
		{ "all", 'a', 0, G_OPTION_ARG_NONE, &all,
				"of every cloud and user, also when one is selected", NULL },
		{ NULL }
	};
	g_autofree char *directory = command_cache_directory();
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GPtrArray) kept = NULL;

	if (!command_parse(b, self, options, &argc, &argv, 0, 0, error))
		return FALSE;
	all = all || !cloud_is_named(b);
	if (!all && !broker_load(b, error))
		return FALSE;
	kept = token_cache_list(directory, terminal_secrets());
	for (guint i = 0; i < kept->len; i++)
		if (all || fits(&b->settings, kept->pdata[i]))
			drop(kept->pdata[i], b->options.request_timeout_s, out);
	token_cache_purge(directory, all ? G_MAXINT64 : clock_unix_s(clock_system()));
	if (!out->len)
		g_string_append(out, "no login was kept\n");
	return output_text(out->str, error);
}
