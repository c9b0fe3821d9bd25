/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "desks.h"

#include "core/wipe.h"

static void desk_free(gpointer data)
{
	struct desk *d = data;
	char *texts[] = { d->id, d->name, d->status, d->task, d->pool, d->size, d->image,
		d->lease };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_free(d);
}

static struct desk *desk_of(const struct osvdi_broker_desktop *from)
{
	struct desk *d = g_new0(struct desk, 1);

	d->id = g_strdup(osvdi_broker_desktop_id(from));
	d->name = g_strdup(osvdi_broker_desktop_name(from));
	d->status = g_strdup(osvdi_broker_desktop_status(from));
	d->task = g_strdup(osvdi_broker_desktop_task(from));
	d->pool = g_strdup(osvdi_broker_desktop_pool(from));
	d->size = g_strdup(osvdi_broker_desktop_flavor(from));
	d->image = g_strdup(osvdi_broker_desktop_image(from));
	d->lease = g_strdup(osvdi_broker_desktop_lease(from));
	d->lease_end = osvdi_broker_desktop_lease_end(from);
	d->locked = osvdi_broker_desktop_is_locked(from);
	return d;
}

GPtrArray *desks_list(struct account *account, struct trouble *trouble)
{
	struct account_line *line = account_take(account, NULL, trouble);
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_list *list;
	GPtrArray *out = NULL;

	if (!line)
		return NULL;
	list = osvdi_broker_list(line->broker, NULL, &error);
	if (list) {
		out = g_ptr_array_new_with_free_func(desk_free);
		for (gsize i = 0; i < osvdi_broker_list_length(list); i++)
			g_ptr_array_add(out, desk_of(osvdi_broker_list_get(list, i)));
	} else {
		trouble_take(trouble, error);
	}
	osvdi_broker_list_free(list);
	account_give(line);
	return out;
}

struct osvdi_broker_pools *desks_pools(struct account *account, struct trouble *trouble)
{
	struct account_line *line = account_take(account, NULL, trouble);
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_pools *pools;

	if (!line)
		return NULL;
	pools = osvdi_broker_pools(line->broker, &error);
	if (!pools)
		trouble_take(trouble, error);
	account_give(line);
	return pools;
}

gboolean desk_assign(struct account *account, const char *pool, int timeout_s,
		const struct account_watch *watch, struct trouble *trouble)
{
	struct account_line *line = account_take(account, watch, trouble);
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_desktop *desktop;

	if (!line)
		return FALSE;
	desktop = osvdi_broker_assign(line->broker, pool, timeout_s, &error);
	if (!desktop)
		trouble_take(trouble, error);
	osvdi_broker_desktop_free(desktop);
	account_give(line);
	return desktop != NULL;
}

void desk_screen_free(struct desk_screen *screen)
{
	if (!screen)
		return;
	g_free(screen->id);
	g_free(screen->name);
	g_free(screen->host);
	g_free(screen->subject);
	wipe_free(screen->websocket);
	wipe_free(screen->password);
	g_free(screen);
}

static struct desk_screen *screen_of(const struct osvdi_broker_opened *opened)
{
	const struct osvdi_broker_desktop *desktop = osvdi_broker_opened_desktop(opened);
	struct osvdi_broker_address a = { .size = sizeof(a) };
	struct desk_screen *screen = g_new0(struct desk_screen, 1);

	osvdi_broker_opened_address(opened, &a);
	screen->id = g_strdup(osvdi_broker_desktop_id(desktop));
	screen->name = g_strdup(osvdi_broker_desktop_name(desktop));
	screen->host = g_strdup(a.host);
	screen->port = a.port;
	screen->tls_port = a.tls_port;
	screen->subject = g_strdup(a.subject);
	screen->websocket = g_strdup(a.websocket);
	screen->password = g_strdup(a.password);
	return screen;
}

struct desk_screen *desk_open(struct account *account, const char *id, int timeout_s,
		const struct account_watch *watch, struct trouble *trouble)
{
	struct account_line *line = account_take(account, watch, trouble);
	struct osvdi_broker_open_params p = {
		.size = sizeof(p), .name = id, .timeout_s = timeout_s
	};
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_opened *opened;
	struct desk_screen *screen = NULL;

	if (!line)
		return NULL;
	opened = osvdi_broker_open(line->broker, &p, &error);
	if (opened)
		screen = screen_of(opened);
	else
		trouble_take(trouble, error);
	osvdi_broker_opened_free(opened);
	account_give(line);
	return screen;
}

static bool reach(struct osvdi_broker *broker, struct osvdi_broker_desktop *desktop,
		enum osvdi_broker_goal goal, int timeout_s, struct osvdi_broker_error **error)
{
	const struct osvdi_broker_power_params p = {
		.size = sizeof(p),
		.goal = goal,
		.timeout_s = timeout_s,
	};
	bool turned;

	return osvdi_broker_power(broker, desktop, &p, &turned, error);
}

static bool run(struct osvdi_broker *broker, struct osvdi_broker_desktop *desktop,
		enum desk_change change, int timeout_s, struct osvdi_broker_error **error)
{
	const struct osvdi_broker_release_params release = {
		.size = sizeof(release),
		.timeout_s = timeout_s,
	};

	switch (change) {
	case DESK_START: return reach(broker, desktop, OSVDI_BROKER_RUNNING, timeout_s, error);
	case DESK_SUSPEND: return reach(broker, desktop, OSVDI_BROKER_SUSPENDED, timeout_s, error);
	case DESK_STOP: return reach(broker, desktop, OSVDI_BROKER_STOPPED, timeout_s, error);
	case DESK_SHELVE: return reach(broker, desktop, OSVDI_BROKER_SHELVED, timeout_s, error);
	case DESK_RESTART: return osvdi_broker_reboot(broker, desktop, false, timeout_s, error);
	case DESK_RELEASE: return osvdi_broker_release(broker, desktop, &release, error);
	}
	return false;
}

gboolean desk_change(struct account *account, const char *id, enum desk_change change,
		int timeout_s, const struct account_watch *watch, struct trouble *trouble)
{
	struct account_line *line = account_take(account, watch, trouble);
	struct osvdi_broker_error *error = NULL;
	struct osvdi_broker_desktop *desktop;
	gboolean ok;

	if (!line)
		return FALSE;
	desktop = osvdi_broker_find(line->broker, NULL, id, &error);
	ok = desktop && run(line->broker, desktop, change, timeout_s, &error);
	if (!ok)
		trouble_take(trouble, error);
	osvdi_broker_desktop_free(desktop);
	account_give(line);
	return ok;
}
