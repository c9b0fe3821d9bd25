/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "hooks/caller.h"
#include "base/error.h"
#include "base/json.h"
#include "base/limit-note.h"
#include "base/text.h"
#include "compute/create.h"
#include "plan/idle.h"
#include "plan/plan.h"
#include "planner/nova-ops.h"
#include "planner/viewers.h"

#define PAUSE_US G_USEC_PER_SEC

struct nova_plan {
	struct cloud *cloud;
	nova_plan_probe probe;
	void *probe_data;
	char **viewers; /* borrowed */
	const GPtrArray *limits; /* struct limit, borrowed; or NULL */
	const GPtrArray *idle; /* struct idle_rule, borrowed; or NULL */
	GHashTable *ids; /* "flavor NAME", "image NAME" -> id */
};

struct nova_plan *nova_plan_new(struct cloud *cloud, nova_plan_probe probe, void *probe_data)
{
	struct nova_plan *p = g_new0(struct nova_plan, 1);

	p->cloud = cloud;
	p->probe = probe;
	p->probe_data = probe_data;
	p->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return p;
}

void nova_plan_set_viewers(struct nova_plan *p, char **addresses)
{
	p->viewers = addresses;
}

void nova_plan_set_idle(struct nova_plan *p, const GPtrArray *rules)
{
	p->idle = rules;
}

void nova_plan_set_limits(struct nova_plan *p, const GPtrArray *limits)
{
	p->limits = limits;
}

void nova_plan_free(struct nova_plan *p)
{
	if (!p)
		return;
	g_hash_table_unref(p->ids);
	g_free(p);
}

/* TRUE also where what is meant is gone (404). */
static gboolean is_done(struct api_reply *reply, GError **error)
{
	return reply && (reply->status == 404 || api_reply_check(reply, error));
}

/* ------------------------------------------------------------- key pairs */

static void add_field(GByteArray *blob, const void *data, guint32 length)
{
	guint32 n = GUINT32_TO_BE(length);

	g_byte_array_append(blob, (const guint8 *)&n, sizeof(n));
	g_byte_array_append(blob, data, length);
}

/* A public key of Ed25519 (RFC 8709, 4) that is drawn: nobody knows a private one. */
static char *drawn_key(void)
{
	static const char type[] = "ssh-ed25519";
	g_autoptr(GByteArray) blob = g_byte_array_new();
	g_autofree char *text = NULL;
	guint32 point[8];

	for (gsize i = 0; i < G_N_ELEMENTS(point); i++)
		point[i] = g_random_int();
	add_field(blob, type, strlen(type));
	add_field(blob, point, sizeof(point));
	text = g_base64_encode(blob->data, blob->len);
	return g_strdup_printf("%s %s osvdi-plan", type, text);
}

static gboolean op_add_key(void *data, const char *name, GError **error)
{
	struct nova_plan *p = data;
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *key = drawn_key();
	g_autoptr(JsonNode) body = NULL;
	g_autoptr(auto_api_reply) reply = NULL;

	js_begin_obj(b, NULL);
	js_begin_obj(b, "keypair");
	js_add_str(b, "name", name);
	js_add_str(b, "public_key", key);
	json_builder_end_object(b);
	json_builder_end_object(b);
	body = js_finish(b);
	reply = nova_call(p->cloud, "POST", "/os-keypairs", body, error);
	return reply && api_reply_check(reply, error);
}

static gboolean op_remove_key(void *data, const char *name, GError **error)
{
	struct nova_plan *p = data;
	g_autofree char *escaped = g_uri_escape_string(name, NULL, FALSE);
	g_autofree char *path = g_strdup_printf("/os-keypairs/%s", escaped);
	g_autoptr(auto_api_reply) reply = nova_call(p->cloud, "DELETE", path, NULL, error);

	return is_done(reply, error);
}

static GPtrArray *op_list_keys(void *data, GError **error)
{
	struct nova_plan *p = data;
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(auto_api_reply) reply = nova_call(p->cloud, "GET", "/os-keypairs", NULL, error);
	JsonArray *list;

	if (!reply || !api_reply_check_list(reply, error))
		return NULL;
	list = js_arr(reply->object, "keypairs");
	for (guint i = 0; i < js_len(list); i++) {
		const char *name = js_str(js_obj(js_elem_obj(list, i), "keypair"), "name");

		if (name)
			g_ptr_array_add(keys, g_strdup(name));
	}
	/* A lock that is not seen would be no lock. */
	if (list && keys->len == js_len(list) && !js_len(js_arr(reply->object, "keypairs_links")))
		return g_steal_pointer(&keys);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE,
			"%s: the list of key pairs is not whole", reply->where);
	return NULL;
}

/* ------------------------------------------------------------- desktops */

static enum seen_status status_of(const struct server *s)
{
	if (server_is_unreached(s))
		return SEEN_UNREACHED;
	if (server_is(s, "BUILD"))
		return SEEN_BUILD;
	if (server_is(s, "ERROR"))
		return SEEN_ERROR;
	if (s->task_state)
		return SEEN_BUSY;
	if (server_is(s, "ACTIVE"))
		return SEEN_ACTIVE;
	if (server_is(s, "SHELVED") || server_is(s, "SHELVED_OFFLOADED"))
		return SEEN_SHELVED;
	if (server_is(s, "SHUTOFF") || server_is(s, "PAUSED") || server_is(s, "SUSPENDED"))
		return SEEN_OFF;
	return SEEN_BUSY;
}

static struct seen *see(struct server *s)
{
	struct seen *seen = g_new0(struct seen, 1);

	seen->id = g_strdup(s->id);
	seen->class_id = g_strdup(s->plan_class);
	seen->session = s->plan_session;
	seen->until = s->plan_until;
	seen->created = s->created;
	seen->status = status_of(s);
	seen->viewer = VIEWER_UNKNOWN;
	seen->last_input = -1;
	seen->pool = g_strdup(s->pool);
	seen->idle_id = g_strdup(s->idle_id);
	seen->shut_down = server_is(s, "SHUTOFF");
	seen->locked = s->locked;
	seen->busy = s->busy;
	seen->fault = g_strdup(s->fault);
	seen->tags = g_strdupv(s->tags);
	return seen;
}

/* The lock is one of a user: two users would make twice as many. */
static gboolean check_owner(struct nova_plan *p, const struct server *s, GError **error)
{
	const struct token *token = cloud_token(p->cloud, error);
	g_autofree char *class = text_clean(s->plan_class, 60);

	if (!token)
		return FALSE;
	if (!s->user_id || !g_strcmp0(s->user_id, token->user_id))
		return TRUE;
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE,
			"the desktop %s of the class \"%s\" was made by another user; only one "
			"user can run the plans of a project",
			s->id, class);
	return FALSE;
}

/* Whether a viewer decides about the desktop now. */
static gboolean needs_viewer(const struct nova_plan *p, const struct seen *s, gint64 now)
{
	if (!s->class_id)
		return s->status == SEEN_ACTIVE && idle_rule_of(p->idle, s);
	return s->until && s->until <= now && seen_is_claimed(s) &&
			(s->status == SEEN_ACTIVE || s->status == SEEN_OFF);
}

static void look_for_viewers(struct nova_plan *p, GPtrArray *seen)
{
	gint64 now = clock_unix_s(cloud_clock(p->cloud));
	g_autoptr(auto_viewers) viewers = NULL;

	for (guint i = 0; p->viewers && i < seen->len; i++) {
		struct seen *s = seen->pdata[i];

		if (!needs_viewer(p, s, now))
			continue;
		if (!viewers) {
			viewers = viewers_new(now);
			viewers_ask(viewers, p->cloud, p->viewers);
		}
		s->viewer = viewers_of(viewers, s->id);
		s->last_input = viewers_last_input(viewers, s->id);
	}
}

static GPtrArray *op_list(void *data, gboolean *incomplete, GError **error)
{
	struct nova_plan *p = data;
	const struct nova_list all = { .incomplete = incomplete };
	g_autoptr(GPtrArray) servers = nova_list_servers(p->cloud, &all, error);
	g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func((GDestroyNotify)seen_free);

	for (guint i = 0; servers && i < servers->len; i++) {
		struct server *s = servers->pdata[i];

		if (!s->plan_class && !s->pool && !s->idle_id)
			continue;
		if (s->plan_class && !check_owner(p, s, error))
			return NULL;
		g_ptr_array_add(seen, see(s));
	}
	if (servers)
		look_for_viewers(p, seen);
	return servers ? g_steal_pointer(&seen) : NULL;
}

static const char *id_of(struct nova_plan *p, const char *what, const char *name,
		char *(*look_up)(struct cloud *cloud, const char *name, GError **error),
		GError **error)
{
	g_autofree char *key = g_strdup_printf("%s %s", what, name);
	char *id = g_hash_table_lookup(p->ids, key);

	if (!id) {
		id = look_up(p->cloud, name, error);
		if (id)
			g_hash_table_insert(p->ids, g_steal_pointer(&key), id);
	}
	return id;
}

static void note(GHashTable *metadata, const char *key, char *value)
{
	g_hash_table_insert(metadata, g_strdup(key), value);
}

/* As many in a value as fit. */
static void note_users(GHashTable *metadata, char **users)
{
	g_autoptr(GString) value = g_string_new(NULL);
	int n = 0;

	for (; users && *users; users++) {
		g_string_append(value, *users);
		if (users[1] && value->len + 1 + strlen(users[1]) <= PLAN_META_MAX_BYTES) {
			g_string_append_c(value, ',');
			continue;
		}
		g_hash_table_insert(metadata, g_strdup_printf(PLAN_META_USERS, n++),
				g_strdup(value->str));
		g_string_truncate(value, 0);
	}
}

/* A class is a booking: of its desktops no flavor's limit holds anybody off. */
static void note_limits(GHashTable *metadata, const GPtrArray *limits, const char *pool)
{
	int n = 0;

	for (guint i = 0; limits && i < limits->len; i++) {
		const struct limit *limit = limits->pdata[i];

		if (!g_strcmp0(limit->pool, pool))
			g_hash_table_insert(metadata, g_strdup_printf(LIMIT_META, n++),
					limit_note(limit));
	}
}

static GHashTable *metadata_of(const struct nova_plan *p, const struct session *session)
{
	const struct plan_class *class = session->class_data;
	const struct window *w = &session->window;
	GHashTable *metadata = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	note(metadata, PLAN_META_CLASS, g_strdup(session->class_id));
	note(metadata, "osvdi:pool", g_strdup(session->class_id));
	note(metadata, PLAN_META_SESSION, text_format_time(w->start));
	note(metadata, PLAN_META_UNTIL, text_format_time(w->end));
	note(metadata, PLAN_META_OPENS, text_format_time(w->start - session->open_s));
	if (session->after == AFTER_DELETE)
		note(metadata, PLAN_META_AFTER, g_strdup("delete"));
	note_users(metadata, class->users);
	note_limits(metadata, p->limits, session->class_id);
	if (class->group)
		note(metadata, PLAN_META_GROUP, g_strdup(class->group));
	return metadata;
}

static gboolean op_create(void *data, const struct session *session, const char *key,
		GError **error)
{
	struct nova_plan *p = data;
	const struct plan_class *class = session->class_data;
	g_autoptr(GHashTable) metadata = metadata_of(p, session);
	g_autofree char *name = g_strdup_printf("%s-%08x", class->id, g_random_int());
	struct create_request r = { .name = name, .key_name = key, .metadata = metadata,
		.networks = class->networks, .ids = TRUE };

	r.image = id_of(p, "image", class->image, create_image_id, error);
	r.flavor = r.image ? id_of(p, "flavor", class->flavor, create_flavor_id, error) : NULL;
	return r.flavor && create_server_only(p->cloud, &r, error);
}

static gboolean op_remove(void *data, const char *id, GError **error)
{
	struct nova_plan *p = data;
	g_autofree char *path = g_strdup_printf("/servers/%s", id);
	g_autoptr(auto_api_reply) reply = nova_call(p->cloud, "DELETE", path, NULL, error);

	return is_done(reply, error);
}

static gboolean op_rest(void *data, const char *id, enum rest rest, GError **error)
{
	static const char *const verbs[] = { "shelve", "suspend", "os-stop" };
	struct nova_plan *p = data;
	g_autoptr(auto_api_reply) reply = nova_action(p->cloud, id,
			nova_action_body(verbs[rest], NULL, NULL), error);

	return reply && api_reply_check(reply, error);
}

static struct seen *op_look(void *data, const char *id, GError **error)
{
	struct nova_plan *p = data;
	g_autoptr(GError) e = NULL;
	g_autoptr(auto_server) s = nova_get_server(p->cloud, id, &e);

	if (s)
		return see(s);
	if (!broker_error_is(e, BROKER_ERROR_NOT_FOUND))
		g_propagate_error(error, g_steal_pointer(&e));
	return NULL;
}

static gboolean op_tag(void *data, const char *id, const char *tag, gboolean add, gboolean *done,
		GError **error)
{
	struct nova_plan *p = data;
	g_autoptr(auto_api_reply) reply = nova_tag(p->cloud, id, tag, add, error);

	*done = FALSE;
	if (!reply)
		return FALSE;
	/* Gone, or in a state that takes no tag. */
	if (reply->status == 404 || reply->status == 409)
		return TRUE;
	/* 204 for a tag to add: it was there. */
	*done = !add || reply->status == 201;
	return api_reply_check(reply, error);
}

static char **op_tags(void *data, const char *id, GError **error)
{
	struct nova_plan *p = data;
	g_autoptr(GError) e = NULL;
	char **tags = nova_get_tags(p->cloud, id, &e);

	if (broker_error_is(e, BROKER_ERROR_NOT_FOUND))
		return g_new0(char *, 1);
	if (e)
		g_propagate_error(error, g_steal_pointer(&e));
	return tags;
}

static gboolean op_probe(void *data, const struct session *session, const char *id,
		enum picture *picture, GError **error)
{
	struct nova_plan *p = data;

	return p->probe(p->probe_data, session, id, picture, error);
}

static void op_tell(void *data, const char *id, const char *what, const char *why)
{
	struct nova_plan *p = data;

	log_info(cloud_caller(p->cloud), "desktop %s: %s: %s", id ? id : "(new)", what, why);
}

static void op_pause(void *data)
{
	struct nova_plan *p = data;

	caller_sleep_us(cloud_caller(p->cloud), cloud_clock(p->cloud), PAUSE_US, NULL);
}

static gint64 op_now(void *data)
{
	struct nova_plan *p = data;

	return clock_unix_s(cloud_clock(p->cloud));
}

static guint32 op_nonce(void *data)
{
	return g_random_int();
}

const struct plan_ops nova_plan_ops = {
	.add_key = op_add_key,
	.remove_key = op_remove_key,
	.list_keys = op_list_keys,
	.list = op_list,
	.create = op_create,
	.remove = op_remove,
	.rest = op_rest,
	.look = op_look,
	.tag = op_tag,
	.tags = op_tags,
	.probe = op_probe,
	.tell = op_tell,
	.pause = op_pause,
	.now = op_now,
	.nonce = op_nonce,
};
