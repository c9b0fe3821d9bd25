/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "file.h"
#include "json.h"
#include "keystone.h"
#include "text.h"
#include "token-cache.h"

#define MAX_BYTES (4 * 1024 * 1024)

char *token_cache_directory(void)
{
	return g_build_filename(g_get_user_cache_dir(), "osvdi-broker", NULL);
}

/* Where and who, no secret: a name with its password taken away. */
char *token_cache_path(const struct settings *s, const char *directory)
{
	static const enum setting who[] = {
		SET_AUTH_URL,
		SET_USERNAME,
		SET_USER_ID,
		SET_USER_DOMAIN_NAME,
		SET_USER_DOMAIN_ID,
		SET_PROJECT_NAME,
		SET_PROJECT_ID,
		SET_PROJECT_DOMAIN_NAME,
		SET_PROJECT_DOMAIN_ID,
		SET_DEFAULT_DOMAIN,
		SET_TRUST_ID,
		SET_APPLICATION_CREDENTIAL_ID,
		SET_APPLICATION_CREDENTIAL_NAME,
		SET_IDENTITY_PROVIDER,
		SET_PROTOCOL,
		SET_CLIENT_ID,
	};
	const char *method = keystone_method(s);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *name = NULL;

	g_checksum_update(sum, (const guchar *)(method ? method : ""), -1);
	for (gsize i = 0; i < G_N_ELEMENTS(who); i++) {
		const char *value = settings_get(s, who[i]);

		g_checksum_update(sum, (const guchar *)"\n", 1);
		if (value)
			g_checksum_update(sum, (const guchar *)value, -1);
	}
	name = g_strdup_printf("token-%.32s.json", g_checksum_get_string(sum));
	return g_build_filename(directory, name, NULL);
}

struct token *token_cache_parse(const char *data, gsize length, JsonObject **facts)
{
	g_autoptr(JsonNode) root = json_load(data, length, NULL);
	JsonObject *o = json_root_object(root);
	JsonObject *kept = json_obj(o, "facts");
	struct token *token;

	if (json_int(o, "version", 0) != 1 || !json_obj(o, "answer"))
		return NULL;
	token = token_new(json_object_dup_member(o, "answer"), json_str(o, "id"), NULL);
	if (!token || !token_is_scoped(token)) {
		token_free(token);
		return NULL;
	}
	*facts = json_object_new();
	for (GList *names = kept ? json_object_get_members(kept) : NULL; names; names = g_list_delete_link(names, names))
		if (json_str(kept, names->data))
			json_object_set_string_member(*facts, names->data, json_str(kept, names->data));
	return token;
}

struct token *token_cache_load(const char *path, gint64 now_s, gint64 min_life_s, JsonObject **facts)
{
	gsize length;
	char *data = file_read_private(path, MAX_BYTES, &length);
	struct token *token = data ? token_cache_parse(data, length, facts) : NULL;

	secret_free(data);
	if (token && token->expires < now_s + min_life_s) {
		g_clear_pointer(facts, json_object_unref);
		g_clear_pointer(&token, token_free);
	}
	return token;
}

static gboolean make_directory(const char *path, GError **error)
{
	g_autofree char *directory = g_path_get_dirname(path);
	struct stat st;

	if (g_mkdir_with_parents(directory, 0700) || lstat(directory, &st)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "%s: %s", directory, g_strerror(errno));
		return FALSE;
	}
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "%s: not a directory of this user's alone (chmod 700)", directory);
		return FALSE;
	}
	return TRUE;
}

gboolean token_cache_save(const char *path, const struct token *token, JsonObject *facts, GError **error)
{
	g_autoptr(JsonBuilder) b = NULL;
	g_autoptr(JsonNode) root = NULL;
	gboolean ok;
	char *text;

	if (!make_directory(path, error))
		return FALSE;
	b = json_builder_new();
	json_begin_obj(b, NULL);
	json_add_int(b, "version", 1);
	json_add_str(b, "id", token->id);
	json_builder_set_member_name(b, "answer");
	json_builder_add_value(b, json_node_copy(token->body));
	json_begin_obj(b, "facts");
	for (GList *names = facts ? json_object_get_members(facts) : NULL; names; names = g_list_delete_link(names, names))
		json_add_str(b, names->data, json_str(facts, names->data));
	json_builder_end_object(b);
	json_builder_end_object(b);
	root = json_finish(b);
	text = json_dump(root, FALSE);
	ok = file_write_private(path, text, strlen(text), error);
	secret_free(text);
	return ok;
}

void token_cache_remove(const char *path)
{
	unlink(path);
}
