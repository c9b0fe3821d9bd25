/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "compute/lease.h"
#include "hooks/caller.h"

#define POLL_US (2 * G_USEC_PER_SEC)

char *lease_format_time(gint64 unix_s)
{
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(unix_s);

	return t ? g_date_time_format(t, "%Y-%m-%d %H:%M") : g_strdup("");
}

static char **read_reservations(JsonObject *o)
{
	JsonArray *all = js_arr(o, "reservations");
	GPtrArray *out = g_ptr_array_new();

	for (guint i = 0; i < js_len(all); i++) {
		const char *id = js_str(js_elem_obj(all, i), "id");

		if (text_is_uuid(id))
			g_ptr_array_add(out, g_ascii_strdown(id, -1));
	}
	g_ptr_array_add(out, NULL);
	return (char **)g_ptr_array_free(out, FALSE);
}

struct lease *lease_new(JsonObject *o)
{
	const char *id = js_str(o, "id");
	const char *name = js_str(o, "name");
	gint64 end = text_parse_moment(js_str(o, "end_date"));
	struct lease *l;

	if (!text_is_uuid(id) || !name || !end)
		return NULL;
	l = g_new0(struct lease, 1);
	l->id = g_ascii_strdown(id, -1);
	l->name = g_strdup(name);
	l->status = g_strdup(js_str(o, "status"));
	l->start = text_parse_moment(js_str(o, "start_date"));
	l->end = end;
	l->reservations = read_reservations(o);
	return l;
}

void lease_free(struct lease *l)
{
	if (!l)
		return;
	g_free(l->id);
	g_free(l->name);
	g_free(l->status);
	g_strfreev(l->reservations);
	g_free(l);
}

static struct api_reply *call(struct cloud *cloud, const char *method, const char *path,
		JsonNode *body, GError **error)
{
	struct cloud_request r = { .service = SERVICE_RESERVATION,
		.method = method,
		.path = path,
		.body = body,
		.makes = !strcmp(method, "POST") };
	g_autoptr(auto_api_reply) reply = cloud_call(cloud, &r, error);

	return reply && api_reply_check(reply, error) ? g_steal_pointer(&reply) : NULL;
}

static struct lease *from_reply(const struct api_reply *reply, GError **error)
{
	struct lease *l = reply ? lease_new(js_obj(reply->object, "lease")) : NULL;

	if (reply && !l)
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "%s: the answer is no lease",
				reply->where);
	return l;
}

static GPtrArray *list(struct cloud *cloud, gboolean aside, GError **error)
{
	struct cloud_request r = { .service = SERVICE_RESERVATION,
		.method = "GET",
		.path = "/leases",
		.aside = aside };
	g_autoptr(auto_api_reply) reply = cloud_call(cloud, &r, error);
	JsonArray *all = reply ? js_arr(reply->object, "leases") : NULL;
	GPtrArray *out;

	if (!reply || !api_reply_check_list(reply, error))
		return NULL;
	if (!all) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_SERVICE, "%s: the answer is no list",
				reply->where);
		return NULL;
	}
	out = g_ptr_array_new_with_free_func((GDestroyNotify)lease_free);
	for (guint i = 0; i < js_len(all); i++) {
		struct lease *l = lease_new(js_elem_obj(all, i));

		if (l)
			g_ptr_array_add(out, l);
	}
	return out;
}

GPtrArray *lease_list(struct cloud *cloud, GError **error)
{
	return list(cloud, FALSE, error);
}

struct lease *lease_find(struct cloud *cloud, const char *name, GError **error)
{
	g_autoptr(GPtrArray) all = lease_list(cloud, error);
	guint found = 0, which = 0;
	g_autofree char *shown = text_clean(name, 80);

	if (!all)
		return NULL;
	for (guint i = 0; i < all->len; i++) {
		const struct lease *l = all->pdata[i];

		if (!strcmp(l->name, name) || !g_ascii_strcasecmp(l->id, name)) {
			found++;
			which = i;
		}
	}
	if (found == 1)
		return g_ptr_array_steal_index(all, which);
	g_set_error(error, BROKER_ERROR, found ? BROKER_ERROR_USAGE : BROKER_ERROR_NOT_FOUND,
			"%s \"%s\"%s", found ? "several leases are named" : "there is no lease",
			shown, found ? ": give the id" : "");
	return NULL;
}

static void add_reservation(JsonBuilder *b, const struct lease_request *r)
{
	js_begin_obj(b, NULL);
	js_add_int(b, "amount", r->amount);
	js_add_null(b, "affinity");
	if (r->flavor) {
		js_add_str(b, "resource_type", "flavor:instance");
		js_add_str(b, "flavor_id", r->flavor);
	} else {
		js_add_str(b, "resource_type", "virtual:instance");
		js_add_int(b, "vcpus", r->vcpus);
		js_add_int(b, "memory_mb", r->memory_mb);
		js_add_int(b, "disk_gb", r->disk_gb);
		js_add_str(b, "resource_properties", "");
	}
	json_builder_end_object(b);
}

struct lease *lease_create(struct cloud *cloud, const struct lease_request *r, GError **error)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autoptr(JsonNode) body = NULL;
	g_autoptr(auto_api_reply) reply = NULL;
	g_autofree char *start = r->start ? lease_format_time(r->start) : g_strdup("now");
	g_autofree char *end = lease_format_time(r->end);

	js_begin_obj(b, NULL);
	js_add_str(b, "name", r->name);
	js_add_str(b, "start_date", start);
	js_add_str(b, "end_date", end);
	js_begin_arr(b, "events");
	json_builder_end_array(b);
	js_begin_arr(b, "reservations");
	add_reservation(b, r);
	json_builder_end_array(b);
	json_builder_end_object(b);
	body = js_finish(b);
	reply = call(cloud, "POST", "/leases", body, error);
	return from_reply(reply, error);
}

gboolean lease_extend(struct cloud *cloud, struct lease **l, gint64 end, GError **error)
{
	g_autofree char *path = g_strdup_printf("/leases/%s", (*l)->id);
	g_autofree char *text = lease_format_time(end);
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autoptr(JsonNode) body = NULL;
	g_autoptr(auto_api_reply) reply = NULL;
	struct lease *now;

	js_begin_obj(b, NULL);
	js_add_str(b, "end_date", text);
	json_builder_end_object(b);
	body = js_finish(b);
	reply = call(cloud, "PUT", path, body, error);
	now = from_reply(reply, error);
	if (!now)
		return FALSE;
	lease_free(*l);
	*l = now;
	return TRUE;
}

gboolean lease_delete(struct cloud *cloud, const struct lease *l, GError **error)
{
	g_autofree char *path = g_strdup_printf("/leases/%s", l->id);
	g_autoptr(auto_api_reply) reply = call(cloud, "DELETE", path, NULL, error);

	return reply != NULL;
}

static void show_progress(struct cloud *cloud, const char *status)
{
	g_autofree char *text = g_strconcat("lease ", status, NULL);

	caller_progress(cloud_caller(cloud), text, -1);
}

static gboolean wait_active(struct cloud *cloud, struct lease **l, gint64 deadline_us,
		GError **error)
{
	const struct clock *clock = cloud_clock(cloud);
	g_autofree char *path = g_strdup_printf("/leases/%s", (*l)->id);

	while (g_strcmp0((*l)->status, "ACTIVE")) {
		g_autoptr(auto_api_reply) reply = NULL;
		g_autofree char *status = text_clean((*l)->status, 30);
		struct lease *now;

		if (!g_strcmp0(status, "ERROR") || !g_strcmp0(status, "TERMINATED")) {
			g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY, "the lease is %s",
					status);
			return FALSE;
		}
		if (clock_now_us(clock) >= deadline_us) {
			g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY,
					"the lease is still %s; try again later", status);
			return FALSE;
		}
		show_progress(cloud, status);
		if (!caller_sleep_us(cloud_caller(cloud), clock, POLL_US, error))
			return FALSE;
		reply = call(cloud, "GET", path, NULL, error);
		now = from_reply(reply, error);
		if (!now)
			return FALSE;
		lease_free(*l);
		*l = now;
	}
	return TRUE;
}

gboolean lease_wait(struct cloud *cloud, struct lease **l, gint64 deadline_us, GError **error)
{
	gboolean ok = wait_active(cloud, l, deadline_us, error);

	caller_progress_end(cloud_caller(cloud));
	return ok;
}

gboolean lease_has_server(const struct lease *l, const struct server *s)
{
	const char *reservation = server_reservation(s);

	for (char **r = l->reservations; reservation && *r; r++)
		if (!g_ascii_strcasecmp(*r, reservation))
			return TRUE;
	return FALSE;
}

static void annotate_one(struct server *s, GPtrArray *leases)
{
	for (guint i = 0; i < leases->len; i++) {
		const struct lease *l = leases->pdata[i];

		if (!lease_has_server(l, s))
			continue;
		g_free(s->lease_name);
		g_free(s->lease_end);
		s->lease_name = g_strdup(l->name);
		s->lease_end = text_format_time(l->end);
	}
}

void lease_annotate(struct cloud *cloud, GPtrArray *servers)
{
	g_autoptr(GPtrArray) leases = NULL;
	g_autoptr(GError) error = NULL;
	guint n = 0;

	for (guint i = 0; i < servers->len; i++)
		n += server_reservation(servers->pdata[i]) != NULL;
	if (!n || !cloud_has(cloud, SERVICE_RESERVATION))
		return;
	leases = list(cloud, TRUE, &error);
	if (!leases) {
		log_warning(cloud_caller(cloud), "when the leases end cannot be learned: %s",
				error->message);
		return;
	}
	for (guint i = 0; i < servers->len; i++)
		annotate_one(servers->pdata[i], leases);
}
