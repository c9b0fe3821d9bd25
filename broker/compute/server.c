/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/json.h"
#include "base/limit-note.h"
#include "base/plan-names.h"
#include "base/text.h"
#include "compute/server.h"

static char **read_tags(JsonObject *o)
{
	JsonArray *tags = js_arr(o, "tags");
	GPtrArray *out = g_ptr_array_new();

	for (guint i = 0; i < js_len(tags); i++)
		if (js_elem_str(tags, i))
			g_ptr_array_add(out, g_strdup(js_elem_str(tags, i)));
	g_ptr_array_add(out, NULL);
	return (char **)g_ptr_array_free(out, FALSE);
}

static void read_image(struct server *s, JsonObject *o)
{
	JsonObject *image = js_obj(o, "image");

	/* A server that boots from a volume has "" here. */
	s->image_id = g_strdup(js_str(image, "id"));
}

static void read_flavor(struct server *s, JsonObject *o)
{
	JsonObject *flavor = js_obj(o, "flavor");
	const char *name = js_str(flavor, "original_name");

	s->flavor = g_strdup(name ? name : js_str(flavor, "id"));
}

static void read_fault(struct server *s, JsonObject *o)
{
	const char *message = js_str(js_obj(o, "fault"), "message");

	s->fault = message ? text_clean(message, 300) : NULL;
}

static char **read_users(JsonObject *metadata)
{
	g_autoptr(GString) all = g_string_new(NULL);

	for (int i = 0; i < PLAN_META_MAX_USERS; i++) {
		g_autofree char *key = g_strdup_printf(PLAN_META_USERS, i);
		const char *users = js_str(metadata, key);

		if (!users)
			break;
		g_string_append_printf(all, "%s%s", i ? "," : "", users);
	}
	return all->len ? g_strsplit(all->str, ",", -1) : NULL;
}

static char **read_limits(JsonObject *metadata)
{
	g_autoptr(GStrvBuilder) limits = g_strv_builder_new();
	int n = 0;

	for (int i = 0; i < LIMIT_META_MAX; i++) {
		g_autofree char *key = g_strdup_printf(LIMIT_META, i);
		const char *limit = js_str(metadata, key);

		if (limit)
			g_strv_builder_add(limits, limit);
		n += limit != NULL;
	}
	return n ? g_strv_builder_end(limits) : NULL;
}

/* Any word that does not clearly say no. */
static gboolean says_busy(const char *text)
{
	gboolean busy = TRUE;

	return text && *text && (!text_parse_bool(text, &busy) || busy);
}

static void read_plan(struct server *s, JsonObject *metadata)
{
	s->plan_class = g_strdup(js_str(metadata, PLAN_META_CLASS));
	s->plan_session = text_parse_time(js_str(metadata, PLAN_META_SESSION));
	s->plan_until = text_parse_time(js_str(metadata, PLAN_META_UNTIL));
	s->plan_opens = text_parse_time(js_str(metadata, PLAN_META_OPENS));
	s->plan_deletes = !g_strcmp0(js_str(metadata, PLAN_META_AFTER), "delete");
	s->plan_users = read_users(metadata);
	s->plan_group = g_strdup(js_str(metadata, PLAN_META_GROUP));
	s->limits = read_limits(metadata);
	s->idle_id = g_strdup(js_str(metadata, PLAN_META_IDLE));
	s->busy = says_busy(js_str(metadata, PLAN_META_BUSY));
}

struct server *server_new(JsonObject *o)
{
	const char *id = js_str(o, "id");
	const char *name = js_str(o, "name");
	const char *status = js_str(o, "status");
	JsonObject *metadata = js_obj(o, "metadata");
	struct server *s;

	/* The id becomes part of paths. Of a server in a cell that is down Nova knows little
	 * more (2.69): no name, no owner. */
	if (!text_is_uuid(id))
		return NULL;
	s = g_new0(struct server, 1);
	s->id = g_ascii_strdown(id, -1);
	s->name = g_strdup(name ? name : "");
	s->status = g_strdup(status ? status : SERVER_UNREACHED);
	s->task_state = g_strdup(js_str(o, "OS-EXT-STS:task_state"));
	s->power_state = js_int(o, "OS-EXT-STS:power_state", -1);
	s->user_id = g_strdup(js_str(o, "user_id"));
	s->project_id = g_strdup(js_str(o, "tenant_id"));
	s->host = g_strdup(js_str(o, "OS-EXT-SRV-ATTR:host"));
	s->locked = js_bool(o, "locked", FALSE);
	s->lock_reason = g_strdup(js_str(o, "locked_reason"));
	s->pool = g_strdup(js_str(metadata, "osvdi:pool"));
	read_plan(s, metadata);
	s->created = text_parse_time(js_str(o, "created"));
	s->marked_default = text_is_true(js_str(metadata, "osvdi:default"));
	read_image(s, o);
	read_flavor(s, o);
	read_fault(s, o);
	s->tags = read_tags(o);
	return s;
}

void server_free(struct server *s)
{
	if (!s)
		return;
	g_free(s->id);
	g_free(s->name);
	g_free(s->status);
	g_free(s->task_state);
	g_free(s->user_id);
	g_free(s->project_id);
	g_free(s->image_id);
	g_free(s->image_name);
	g_free(s->flavor);
	g_free(s->host);
	g_free(s->fault);
	g_free(s->lock_reason);
	g_free(s->pool);
	g_free(s->plan_class);
	g_strfreev(s->plan_users);
	g_free(s->plan_group);
	g_strfreev(s->limits);
	g_free(s->idle_id);
	g_free(s->lease_name);
	g_free(s->lease_end);
	g_strfreev(s->tags);
	g_free(s);
}

const char *server_power_name(const struct server *s)
{
	/* nova/objects/fields.py, InstancePowerState */
	switch (s->power_state) {
	case 0: return "nostate";
	case 1: return "running";
	case 3: return "paused";
	case 4: return "shutdown";
	case 6: return "crashed";
	case 7: return "suspended";
	default: return NULL;
	}
}

gboolean server_is(const struct server *s, const char *status)
{
	return !g_ascii_strcasecmp(s->status, status);
}

gboolean server_is_unreached(const struct server *s)
{
	return server_is(s, SERVER_UNREACHED);
}

const char *server_reservation(const struct server *s)
{
	static const char prefix[] = "reservation:";

	if (!s->flavor || !g_str_has_prefix(s->flavor, prefix))
		return NULL;
	return s->flavor + strlen(prefix);
}
