/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"
#include "cloud/projects.h"
#include "face/face.h"

struct osvdi_broker_projects {
	GPtrArray *all; /* of struct project */
	GArray *shown; /* of struct osvdi_broker_project */
};

void face_take_login(struct osvdi_broker *b, const struct osvdi_broker_login *login)
{
	const struct token *t = login->token;

	settings_set(&b->settings, SET_AUTH_TYPE, "v3token");
	settings_set(&b->settings, SET_TOKEN, t->id);
	settings_set(&b->settings, SET_PASSWORD, NULL);
	settings_set(&b->settings, SET_APPLICATION_CREDENTIAL_SECRET, NULL);
	if (!settings_get(&b->settings, SET_PROJECT_ID) &&
			!settings_get(&b->settings, SET_PROJECT_NAME))
		settings_set(&b->settings, SET_PROJECT_ID, t->project_id);
}

gboolean face_login_fits(const struct osvdi_broker *b, const struct osvdi_broker_login *login)
{
	return token_is_scoped(login->token) &&
			!g_strcmp0(settings_get(&b->settings, SET_PROJECT_ID),
					login->token->project_id);
}

static struct token *log_in(struct osvdi_broker *b, const char *passcode, GError **error)
{
	struct token *token;

	if (!passcode != !b->second.receipt) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "%s",
				passcode ? "no passcode was asked for" :
					   "this login wants a passcode");
		return NULL;
	}
	b->second.passcode = passcode;
	redact_remember(b->caller.secrets, passcode);
	face_begin_login(b);
	token = keystone_log_in(cloud_http(b->cloud), &b->settings, cloud_clock(b->cloud),
			&b->second, error);
	b->second.passcode = NULL;
	if (b->second.receipt)
		settings_set(&b->settings, SET_PASSWORD, NULL);
	return token;
}

struct osvdi_broker_login *osvdi_broker_log_in(struct osvdi_broker *b, const char *passcode,
		struct osvdi_broker_error **error)
{
	struct osvdi_broker_login *login;
	GError *e = NULL;
	struct token *token = log_in(b, passcode, &e);

	if (!token)
		return face_fail(b, e, error);
	keystone_login_clear(&b->second);
	login = g_new0(struct osvdi_broker_login, 1);
	login->token = token;
	return login;
}

const char *osvdi_broker_login_user_id(const struct osvdi_broker_login *login)
{
	return login->token->user_id;
}

const char *osvdi_broker_login_user_name(const struct osvdi_broker_login *login)
{
	return login->token->user_name;
}

const char *osvdi_broker_login_project_id(const struct osvdi_broker_login *login)
{
	return login->token->project_id;
}

const char *osvdi_broker_login_project_name(const struct osvdi_broker_login *login)
{
	return login->token->project_name;
}

int64_t osvdi_broker_login_expires(const struct osvdi_broker_login *login)
{
	return login->token->expires;
}

void osvdi_broker_login_free(struct osvdi_broker_login *login)
{
	if (!login)
		return;
	token_free(login->token);
	g_free(login);
}

bool osvdi_broker_log_out(struct osvdi_broker *b, const struct osvdi_broker_login *login,
		struct osvdi_broker_error **error)
{
	GError *e = NULL;

	face_begin_login(b);
	if (keystone_revoke(cloud_http(b->cloud), login->token->identity, login->token->id, &e))
		return true;
	face_fail(b, e, error);
	return false;
}

struct osvdi_broker_projects *osvdi_broker_projects(struct osvdi_broker *b,
		const struct osvdi_broker_login *login, struct osvdi_broker_error **error)
{
	struct osvdi_broker_projects *out;
	GPtrArray *all;
	GError *e = NULL;

	face_begin_login(b);
	all = projects_list(cloud_http(b->cloud), login->token, &e);
	if (!all)
		return face_fail(b, e, error);
	out = g_new0(struct osvdi_broker_projects, 1);
	out->all = all;
	out->shown = g_array_new(FALSE, TRUE, sizeof(struct osvdi_broker_project));
	for (guint i = 0; i < all->len; i++) {
		const struct project *p = all->pdata[i];
		const struct osvdi_broker_project shown = { p->id, p->name, p->domain_id };

		g_array_append_val(out->shown, shown);
	}
	return out;
}

const struct osvdi_broker_project *osvdi_broker_projects_get(
		const struct osvdi_broker_projects *projects, size_t i)
{
	GArray *shown = projects->shown;

	return i < shown->len ? &g_array_index(shown, struct osvdi_broker_project, i) : NULL;
}

void osvdi_broker_projects_free(struct osvdi_broker_projects *projects)
{
	if (!projects)
		return;
	g_array_unref(projects->shown);
	g_ptr_array_unref(projects->all);
	g_free(projects);
}
