/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cloud/keystone.h"

static const char *need(const struct settings *s, enum setting which, GError **error)
{
	const char *value = settings_get(s, which);
	g_autofree char *name = NULL;

	if (value)
		return value;
	name = g_ascii_strup(settings_key(which), -1);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "OS_%s is not set (%s in clouds.yaml)",
			name, settings_key(which));
	return NULL;
}

/* A domain that is given once serves user and project; the more special counts. */
static void add_domain(JsonBuilder *b, const struct settings *s, enum setting id, enum setting name)
{
	const enum setting order[][2] = {
		{ id, name },
		{ SET_DOMAIN_ID, SET_DOMAIN_NAME },
		{ SET_DEFAULT_DOMAIN, SET_DEFAULT_DOMAIN_NAME },
	};
	const char *key = "id", *value = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(order) && !value; i++)
		for (gsize j = 0; j < 2 && !value; j++) {
			value = settings_get(s, order[i][j]);
			key = j ? "name" : "id";
		}
	js_begin_obj(b, "domain");
	js_add_str(b, value ? key : "id", value ? value : "default");
	json_builder_end_object(b);
}

static gboolean add_user(JsonBuilder *b, const struct settings *s, GError **error)
{
	const char *id = settings_get(s, SET_USER_ID);
	const char *name = id ? NULL : need(s, SET_USERNAME, error);

	if (!id && !name)
		return FALSE;
	js_begin_obj(b, "user");
	if (id) {
		js_add_str(b, "id", id);
	} else {
		js_add_str(b, "name", name);
		add_domain(b, s, SET_USER_DOMAIN_ID, SET_USER_DOMAIN_NAME);
	}
	return TRUE;
}

static gboolean add_password(JsonBuilder *b, const struct settings *s, GError **error)
{
	const char *password = need(s, SET_PASSWORD, error);

	js_begin_obj(b, "password");
	if (!password || !add_user(b, s, error))
		return FALSE;
	js_add_str(b, "password", password);
	json_builder_end_object(b);
	json_builder_end_object(b);
	return TRUE;
}

static gboolean add_token(JsonBuilder *b, const char *token)
{
	js_begin_obj(b, "token");
	js_add_str(b, "id", token);
	json_builder_end_object(b);
	return TRUE;
}

static gboolean add_application_credential(JsonBuilder *b, const struct settings *s, GError **error)
{
	const char *id = settings_get(s, SET_APPLICATION_CREDENTIAL_ID);
	const char *secret = need(s, SET_APPLICATION_CREDENTIAL_SECRET, error);

	js_begin_obj(b, "application_credential");
	if (!secret)
		return FALSE;
	if (id) {
		js_add_str(b, "id", id);
	} else {
		const char *name = need(s, SET_APPLICATION_CREDENTIAL_NAME, error);

		if (!name || !add_user(b, s, error))
			return FALSE;
		json_builder_end_object(b);
		js_add_str(b, "name", name);
	}
	js_add_str(b, "secret", secret);
	json_builder_end_object(b);
	return TRUE;
}

/* The second step: who it is stands in the receipt of the first. */
static gboolean add_totp(JsonBuilder *b, const struct settings *s,
		const struct keystone_login *login, GError **error)
{
	js_begin_obj(b, "totp");
	if (login->receipt_user) {
		js_begin_obj(b, "user");
		js_add_str(b, "id", login->receipt_user);
	} else if (!add_user(b, s, error)) {
		return FALSE;
	}
	js_add_str(b, "passcode", login->passcode);
	json_builder_end_object(b);
	json_builder_end_object(b);
	return TRUE;
}

static gboolean add_scope(JsonBuilder *b, const struct settings *s, gboolean optional,
		GError **error)
{
	const char *trust = settings_get(s, SET_TRUST_ID);
	const char *id = settings_get(s, SET_PROJECT_ID);
	const char *name = settings_get(s, SET_PROJECT_NAME);

	if (!trust && !id && !name && settings_get(s, SET_SYSTEM_SCOPE)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
				"this login is for the whole system (system_scope); desktops are "
				"in a project: set OS_PROJECT_NAME");
		return FALSE;
	}
	if (!trust && !id && !name && optional) {
		js_add_str(b, "scope", "unscoped");
		return TRUE;
	}
	if (!trust && !id && !name)
		return need(s, SET_PROJECT_NAME, error) != NULL;
	js_begin_obj(b, "scope");
	js_begin_obj(b, trust ? "OS-TRUST:trust" : "project");
	if (trust || id) {
		js_add_str(b, "id", trust ? trust : id);
	} else {
		js_add_str(b, "name", name);
		add_domain(b, s, SET_PROJECT_DOMAIN_ID, SET_PROJECT_DOMAIN_NAME);
	}
	json_builder_end_object(b);
	json_builder_end_object(b);
	return TRUE;
}

static gboolean add_identity(JsonBuilder *b, const struct settings *s, const char *method,
		const char *token, const struct keystone_login *login, GError **error)
{
	js_begin_obj(b, "identity");
	js_begin_arr(b, "methods");
	json_builder_add_string_value(b, method);
	json_builder_end_array(b);
	if (!strcmp(method, "totp"))
		return add_totp(b, s, login, error);
	if (!strcmp(method, "password"))
		return add_password(b, s, error);
	if (!strcmp(method, "application_credential"))
		return add_application_credential(b, s, error);
	if (!token)
		token = need(s, SET_TOKEN, error);
	return token && add_token(b, token);
}

JsonNode *keystone_body(const struct settings *s, const char *method, const char *token,
		const struct keystone_login *login, GError **error)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	if (login && login->receipt)
		method = "totp";
	js_begin_obj(b, NULL);
	js_begin_obj(b, "auth");
	if (!add_identity(b, s, method, token, login, error))
		return NULL;
	json_builder_end_object(b);
	/* An application credential brings its own project. */
	if (strcmp(method, "application_credential") && !add_scope(b, s, login != NULL, error))
		return NULL;
	json_builder_end_object(b);
	json_builder_end_object(b);
	return js_finish(b);
}
