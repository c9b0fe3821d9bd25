/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "cloud/token-cache.h"
#include "cloud/token-key.h"

#define MAX_BYTES (4 * 1024 * 1024)
#define VERSION 2
/* A file that another process writes just now has not got its time yet. */
#define WRITING_S 60

/* The settings that logout needs of a login that another run made. */
static const enum setting remembered[] = {
	SET_AUTH_URL,
	SET_USERNAME,
	SET_USER_ID,
	SET_PROJECT_NAME,
	SET_PROJECT_ID,
	SET_CACERT,
	SET_CERT,
	SET_KEY,
	SET_INSECURE,
	SET_VERIFY,
	SET_FORCE_IPV4,
};

void kept_login_free(struct kept_login *kept)
{
	if (!kept)
		return;
	g_free(kept->path);
	token_free(kept->token);
	g_clear_pointer(&kept->facts, json_object_unref);
	settings_clear(&kept->made_by);
	g_free(kept);
}

static gboolean make_directory(const char *directory, GError **error)
{
	struct stat st;

	if (g_mkdir_with_parents(directory, 0700) || lstat(directory, &st)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "%s: %s", directory,
				g_strerror(errno));
		return FALSE;
	}
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED,
				"%s: not a directory of this user's alone (chmod 700)", directory);
		return FALSE;
	}
	return TRUE;
}

char *token_cache_path(const struct settings *s, const char *directory, GError **error)
{
	g_autofree char *digest = NULL;
	g_autofree char *name = NULL;

	if (!make_directory(directory, error))
		return NULL;
	digest = token_key_digest(s, directory, error);
	if (!digest)
		return NULL;
	name = g_strdup_printf("token-%s.json", digest);
	return g_build_filename(directory, name, NULL);
}

static JsonObject *read_facts(JsonObject *kept)
{
	JsonObject *facts = json_object_new();

	for (GList *names = kept ? json_object_get_members(kept) : NULL; names;
			names = g_list_delete_link(names, names))
		if (js_str(kept, names->data))
			json_object_set_string_member(facts, names->data,
					js_str(kept, names->data));
	return facts;
}

struct kept_login *token_cache_parse(const char *data, gsize length, struct redact *secrets)
{
	g_autoptr(auto_kept_login) kept = g_new0(struct kept_login, 1);
	g_autoptr(JsonNode) root = js_load(data, length, NULL);
	JsonObject *o = js_root_object(root);
	JsonObject *made_by = js_obj(o, "login");

	if (js_int(o, "version", 0) != VERSION || !js_obj(o, "answer"))
		return NULL;
	kept->token = token_new(json_object_dup_member(o, "answer"), js_str(o, "id"), secrets,
			NULL);
	if (!kept->token || !token_is_scoped(kept->token))
		return NULL;
	token_shift_clock(kept->token, CLAMP(js_int(o, "clock_ahead", 0), -G_MAXINT32, G_MAXINT32));
	kept->facts = read_facts(js_obj(o, "facts"));
	for (gsize i = 0; i < G_N_ELEMENTS(remembered); i++)
		settings_set(&kept->made_by, remembered[i],
				js_str(made_by, settings_key(remembered[i])));
	if (!settings_get(&kept->made_by, SET_AUTH_URL))
		return NULL;
	return g_steal_pointer(&kept);
}

static struct kept_login *read_file(const char *path, struct redact *secrets)
{
	gsize length;
	char *data = file_read_private(path, MAX_BYTES, &length);
	struct kept_login *kept = data ? token_cache_parse(data, length, secrets) : NULL;

	secret_free(data);
	if (kept)
		kept->path = g_strdup(path);
	return kept;
}

struct kept_login *token_cache_load(const char *path, gint64 now_s, gint64 min_life_s,
		struct redact *secrets)
{
	struct kept_login *kept = read_file(path, secrets);

	if (kept && kept->token->expires < now_s + min_life_s)
		g_clear_pointer(&kept, kept_login_free);
	return kept;
}

static JsonNode *to_json(const struct settings *s, const struct token *token, JsonObject *facts)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	js_begin_obj(b, NULL);
	js_add_int(b, "version", VERSION);
	js_begin_obj(b, "login");
	for (gsize i = 0; i < G_N_ELEMENTS(remembered); i++)
		if (settings_get(s, remembered[i]))
			js_add_str(b, settings_key(remembered[i]), settings_get(s, remembered[i]));
	json_builder_end_object(b);
	js_add_int(b, "clock_ahead", token->clock_ahead_s);
	js_add_str(b, "id", token->id);
	json_builder_set_member_name(b, "answer");
	json_builder_add_value(b, json_node_copy(token->body));
	js_begin_obj(b, "facts");
	for (GList *names = facts ? json_object_get_members(facts) : NULL; names;
			names = g_list_delete_link(names, names))
		js_add_str(b, names->data, js_str(facts, names->data));
	json_builder_end_object(b);
	json_builder_end_object(b);
	return js_finish(b);
}

gboolean token_cache_save(const char *path, const struct settings *s, const struct token *token,
		JsonObject *facts, GError **error)
{
	const struct timespec ends[2] = { { .tv_nsec = UTIME_NOW }, { .tv_sec = token->expires } };
	g_autoptr(JsonNode) root = to_json(s, token, facts);
	char *text = js_dump(root, FALSE);
	gboolean ok = file_write_private(path, text, strlen(text), error);

	secret_free(text);
	if (ok)
		utimensat(AT_FDCWD, path, ends, AT_SYMLINK_NOFOLLOW);
	return ok;
}

void token_cache_remove(const char *path)
{
	unlink(path);
}

/* Logins, and what is left of one whose writing was cut off. */
static char **file_names(const char *directory)
{
	GDir *dir = g_dir_open(directory, 0, NULL);
	GPtrArray *names = g_ptr_array_new();
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_prefix(name, "token-") || g_str_has_prefix(name, "key."))
			g_ptr_array_add(names, g_build_filename(directory, name, NULL));
	if (dir)
		g_dir_close(dir);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

GPtrArray *token_cache_list(const char *directory, struct redact *secrets)
{
	GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)kept_login_free);
	g_auto(GStrv) names = file_names(directory);

	for (char **path = names; *path; path++) {
		struct kept_login *kept = read_file(*path, secrets);

		if (kept)
			g_ptr_array_add(out, kept);
	}
	return out;
}

void token_cache_purge(const char *directory, gint64 now_s)
{
	g_auto(GStrv) names = file_names(directory);
	struct stat st;

	for (char **path = names; *path; path++)
		if (!lstat(*path, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
				st.st_mtim.tv_sec + WRITING_S < now_s)
			unlink(*path);
}
