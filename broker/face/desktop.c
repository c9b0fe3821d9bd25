/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "compute/lease.h"
#include "compute/power.h"
#include "desktop/desktop-json.h"
#include "desktop/limits.h"
#include "desktop/open.h"
#include "desktop/rest.h"
#include "face/face.h"

struct osvdi_broker_list {
	GPtrArray *desktops; /* of struct osvdi_broker_desktop */
	char *json;
	char *region; /* that was looked in; see the header */
};

struct osvdi_broker_desktop *face_desktop(struct server *server)
{
	struct osvdi_broker_desktop *d = g_new0(struct osvdi_broker_desktop, 1);

	d->server = server;
	return d;
}

void face_query(const struct osvdi_broker *b, const struct osvdi_broker_query *q,
		struct desktops_query *out)
{
	memset(out, 0, sizeof(*out));
	out->user_id = b->user_id;
	if (!q)
		return;
	out->pool = q->pool;
	out->no_pools = q->no_pools;
	out->all_projects = q->all_projects;
}

const char *osvdi_broker_desktop_id(const struct osvdi_broker_desktop *d)
{
	return d->server->id;
}

const char *osvdi_broker_desktop_name(const struct osvdi_broker_desktop *d)
{
	return d->server->name;
}

const char *osvdi_broker_desktop_status(const struct osvdi_broker_desktop *d)
{
	return d->server->status;
}

const char *osvdi_broker_desktop_pool(const struct osvdi_broker_desktop *d)
{
	return d->server->pool;
}

const char *osvdi_broker_desktop_task(const struct osvdi_broker_desktop *d)
{
	return d->server->task_state;
}

const char *osvdi_broker_desktop_flavor(const struct osvdi_broker_desktop *d)
{
	return d->server->flavor;
}

const char *osvdi_broker_desktop_image(const struct osvdi_broker_desktop *d)
{
	return d->server->image_name ? d->server->image_name : d->server->image_id;
}

const char *osvdi_broker_desktop_lease(const struct osvdi_broker_desktop *d)
{
	return d->server->lease_name;
}

int64_t osvdi_broker_desktop_lease_end(const struct osvdi_broker_desktop *d)
{
	return d->server->lease_end ? text_parse_time(d->server->lease_end) : 0;
}

bool osvdi_broker_desktop_is_locked(const struct osvdi_broker_desktop *d)
{
	return d->server->locked;
}

void osvdi_broker_desktop_free(struct osvdi_broker_desktop *d)
{
	if (!d)
		return;
	server_free(d->server);
	g_free(d->json);
	g_free(d);
}

static char *list_json(const struct osvdi_broker *b, GPtrArray *servers)
{
	g_autoptr(JsonNode) rows = desktop_list_json(servers, b->config.desktop);

	return js_dump(rows, FALSE);
}

const char *osvdi_broker_desktop_json(struct osvdi_broker *b, struct osvdi_broker_desktop *d)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();
	g_autoptr(JsonNode) rows = NULL;

	g_ptr_array_add(one, d->server);
	desktops_name_images(b->cloud, one);
	lease_annotate(b->cloud, one);
	rows = desktop_list_json(one, b->config.desktop);
	g_free(d->json);
	d->json = js_dump(json_array_get_element(json_node_get_array(rows), 0), FALSE);
	return d->json;
}

struct osvdi_broker_list *face_list(struct osvdi_broker *b, GPtrArray *servers)
{
	struct osvdi_broker_list *list = g_new0(struct osvdi_broker_list, 1);

	list->json = list_json(b, servers);
	list->region = servers->len ? NULL : cloud_region_note(b->cloud);
	list->desktops = g_ptr_array_new_with_free_func((GDestroyNotify)osvdi_broker_desktop_free);
	while (servers->len)
		g_ptr_array_add(list->desktops, face_desktop(g_ptr_array_steal_index(servers, 0)));
	return list;
}

struct osvdi_broker_list *osvdi_broker_list(struct osvdi_broker *b,
		const struct osvdi_broker_query *query, struct osvdi_broker_error **error)
{
	g_autoptr(GPtrArray) servers = NULL;
	struct desktops_query q;
	GError *e = NULL;

	if (!face_begin(b, 0, &e))
		return face_fail(b, e, error);
	face_query(b, query, &q);
	servers = desktops_list(b->cloud, &q, &e);
	if (!servers)
		return face_fail(b, e, error);
	desktops_name_images(b->cloud, servers);
	lease_annotate(b->cloud, servers);
	if (!caller_check(&b->caller, &e))
		return face_fail(b, e, error);
	return face_list(b, servers);
}

size_t osvdi_broker_list_length(const struct osvdi_broker_list *list)
{
	return list->desktops->len;
}

const struct osvdi_broker_desktop *osvdi_broker_list_get(const struct osvdi_broker_list *list,
		size_t i)
{
	return i < list->desktops->len ? list->desktops->pdata[i] : NULL;
}

const char *osvdi_broker_list_json(const struct osvdi_broker_list *list)
{
	return list->json;
}

const char *osvdi_broker_list_region(const struct osvdi_broker_list *list)
{
	return list->region;
}

void osvdi_broker_list_free(struct osvdi_broker_list *list)
{
	if (!list)
		return;
	g_ptr_array_unref(list->desktops);
	g_free(list->json);
	g_free(list->region);
	g_free(list);
}

struct osvdi_broker_desktop *osvdi_broker_find(struct osvdi_broker *b,
		const struct osvdi_broker_query *query, const char *name,
		struct osvdi_broker_error **error)
{
	struct desktops_query q;
	struct server *s = NULL;
	GError *e = NULL;

	if (face_begin(b, 0, &e)) {
		face_query(b, query, &q);
		s = open_find(b->cloud, &q, name, b->config.desktop, &e);
	}
	return s ? face_desktop(s) : face_fail(b, e, error);
}

static bool finish(const struct osvdi_broker *b, gboolean ok, GError *e,
		struct osvdi_broker_error **error)
{
	if (!ok)
		face_fail(b, e, error);
	return ok;
}

static enum power_goal goal_of(enum osvdi_broker_goal goal)
{
	static const enum power_goal goals[] = {
		[OSVDI_BROKER_RUNNING] = GOAL_RUNNING,
		[OSVDI_BROKER_STOPPED] = GOAL_STOPPED,
		[OSVDI_BROKER_SUSPENDED] = GOAL_SUSPENDED,
		[OSVDI_BROKER_RESUMED] = GOAL_RESUMED,
		[OSVDI_BROKER_SHELVED] = GOAL_SHELVED,
		[OSVDI_BROKER_UNSHELVED] = GOAL_UNSHELVED,
	};

	return goals[goal];
}

/* One that is woken is used, also before its viewer is there. Nova takes no tag from what
 * is shelved. */
static gboolean power_to(struct osvdi_broker *b, struct osvdi_broker_desktop *d,
		enum power_goal goal, const struct power_params *p, GError **error)
{
	gboolean wakes = !power_goal_is_rest(goal);

	if (wakes && !limits_check_wake(b->cloud, d->server, error))
		return FALSE;
	if (wakes)
		rest_cancel(b->cloud, &d->server, b->deadline_us);
	if (!power_reach(b->cloud, &d->server, goal, p, NULL, error))
		return FALSE;
	if (wakes)
		rest_cancel(b->cloud, &d->server, b->deadline_us);
	return TRUE;
}

bool osvdi_broker_power(struct osvdi_broker *b, struct osvdi_broker_desktop *d,
		const struct osvdi_broker_power_params *params, bool *turned,
		struct osvdi_broker_error **error)
{
	struct osvdi_broker_power_params given;
	struct power_params p = { 0 };
	gboolean again = FALSE, ok;
	GError *e = NULL;

	face_take_params(&given, sizeof(given), params, params->size);
	p.repair = given.repair;
	p.turned = turned ? &again : NULL;
	ok = face_begin(b, given.timeout_s, &e);
	p.deadline_us = b->deadline_us;
	ok = ok && power_to(b, d, goal_of(given.goal), &p, &e);
	if (turned)
		*turned = again;
	return finish(b, ok, e, error);
}

bool osvdi_broker_reboot(struct osvdi_broker *b, struct osvdi_broker_desktop *d, bool hard,
		int timeout_s, struct osvdi_broker_error **error)
{
	struct power_params p = { 0 };
	GError *e = NULL;
	gboolean ok = face_begin(b, timeout_s, &e);

	p.deadline_us = b->deadline_us;
	ok = ok && power_reboot(b->cloud, &d->server, hard, &p, &e);
	return finish(b, ok, e, error);
}

bool osvdi_broker_is_status(const char *status)
{
	return power_is_status(status);
}

static gboolean wait_for(struct osvdi_broker *b, struct osvdi_broker_desktop *d,
		const char *status, GError **error)
{
	const struct power_params p = { .deadline_us = b->deadline_us };

	if (power_is_status(status))
		return power_wait(b->cloud, &d->server, status, &p, error);
	g_set_error(error, BROKER_ERROR, BROKER_ERROR_USAGE, "Nova has no status of this name");
	return FALSE;
}

bool osvdi_broker_wait(struct osvdi_broker *b, struct osvdi_broker_desktop *d,
		const char *status, int timeout_s, struct osvdi_broker_error **error)
{
	GError *e = NULL;
	gboolean ok = face_begin(b, timeout_s, &e) && wait_for(b, d, status, &e);

	return finish(b, ok, e, error);
}
