/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "plan/world-private.h"

static void server_free(gpointer data)
{
	struct world_server *s = data;

	g_free(s->id);
	g_free(s->class_id);
	g_free(s->pool);
	g_free(s->idle_id);
	g_ptr_array_unref(s->tags);
	g_free(s);
}

struct world *world_new(guint32 seed, int hosts, int seats)
{
	struct world *w = g_new0(struct world, 1);

	w->rand = g_rand_new_with_seed(seed);
	w->boot_min_s = 60;
	w->boot_max_s = 240;
	w->servers = g_ptr_array_new_with_free_func(server_free);
	w->keys = g_ptr_array_new_with_free_func(g_free);
	w->seats = g_array_new(FALSE, FALSE, sizeof(int));
	for (int i = 0; i < hosts; i++)
		g_array_append_val(w->seats, seats);
	return w;
}

void world_free(struct world *w)
{
	if (!w)
		return;
	g_rand_free(w->rand);
	g_ptr_array_unref(w->servers);
	g_ptr_array_unref(w->keys);
	g_array_unref(w->seats);
	g_free(w->free);
	g_free(w->violation);
	g_free(w);
}

void world_set_capacity(struct world *w, const struct capacity *capacity,
		const struct need *(*need_of)(void *need_data, const struct session *session),
		void *need_data)
{
	w->capacity = capacity;
	w->need_of = need_of;
	w->need_data = need_data;
	w->free = g_new(gint64, capacity->stocks->len + 1);
	for (guint i = 0; i < capacity->stocks->len; i++) {
		const struct stock *stock = &g_array_index(capacity->stocks, struct stock, i);

		w->free[i] = stock->size - stock->used;
	}
	g_array_set_size(w->seats, 0);
	for (guint i = 0; i < capacity->hosts->len; i++)
		g_array_append_val(w->seats, (int){ 1 });
}

void world_violate(struct world *w, const char *what, const struct world_server *s)
{
	if (!w->violation)
		w->violation = g_strdup_printf("%s: %s", s->id, what);
}

/* Bring a server to the state that it has by now. */
void world_age(struct world *w, struct world_server *s)
{
	if (s->state == WORLD_BOOTING && w->now >= s->boots)
		s->state = s->breaks ? WORLD_BROKEN : WORLD_RUNNING;
}

gboolean world_server_is_ready(const struct world_server *s)
{
	return s->state == WORLD_RUNNING &&
			g_ptr_array_find_with_equal_func(s->tags, TAG_READY, g_str_equal, NULL);
}

int world_count(const struct world *w, const struct session *session)
{
	int n = 0;

	for (guint i = 0; i < w->servers->len; i++) {
		const struct world_server *s = w->servers->pdata[i];

		n += s->state != WORLD_GONE && (session ? s->session == session : !!s->session);
	}
	return n;
}

int world_count_ready(const struct world *w, const struct session *session)
{
	int n = 0;

	for (guint i = 0; i < w->servers->len; i++) {
		const struct world_server *s = w->servers->pdata[i];

		n += s->session == session && world_server_is_ready(s);
	}
	return n;
}

static int used_seats(const struct world *w, int host)
{
	int n = 0;

	for (guint i = 0; i < w->servers->len; i++) {
		const struct world_server *s = w->servers->pdata[i];

		n += s->host == host && s->state != WORLD_GONE && s->state != WORLD_SHELVED &&
				s->state != WORLD_ERROR;
	}
	return n;
}

static int find_seat(const struct world *w)
{
	for (guint i = 0; i < w->seats->len; i++)
		if (used_seats(w, (int)i) < g_array_index(w->seats, int, i))
			return (int)i;
	return -1;
}

static int find_host(struct world *w, struct world_server *s)
{
	const struct need *need;

	if (!w->capacity || !s->session)
		return w->capacity ? -1 : find_seat(w);
	need = w->need_of(w->need_data, s->session);
	for (guint i = 0; i < w->capacity->hosts->len; i++) {
		const struct host *host = &g_array_index(w->capacity->hosts, struct host, i);

		if (!g_array_index(w->seats, int, i) ||
				!place_find(w->capacity, host, need, FALSE, w->free, &s->place))
			continue;
		place_take(&s->place, w->free, 1);
		s->placed = TRUE;
		return (int)i;
	}
	return -1;
}

void world_give_place_back(struct world *w, struct world_server *s)
{
	if (s->placed)
		place_take(&s->place, w->free, -1);
	s->placed = FALSE;
}

gboolean world_happens(struct world *w, int of_1000)
{
	return of_1000 && g_rand_int_range(w->rand, 0, 1000) < of_1000;
}

struct world_server *world_add(struct world *w, const struct session *session)
{
	struct world_server *s = g_new0(struct world_server, 1);

	s->id = g_strdup_printf("%08x-0000-4000-8000-%012x", g_rand_int(w->rand), w->servers->len);
	s->session = session;
	if (session) {
		s->class_id = g_strdup(session->class_id);
		s->window = session->window;
	}
	s->tags = g_ptr_array_new_with_free_func(g_free);
	s->created = w->now;
	s->boots = w->now + g_rand_int_range(w->rand, w->boot_min_s, w->boot_max_s + 1);
	s->host = find_host(w, s);
	s->breaks = world_happens(w, w->faults.boot_broken);
	s->viewer = VIEWER_NONE;
	if (s->breaks)
		s->why = "it never showed a picture";
	if (s->host < 0)
		s->why = "no host has room";
	else if (world_happens(w, w->faults.boot_error))
		s->why = "Nova could not boot it";
	if (s->host < 0 || (s->why && !s->breaks)) {
		s->state = WORLD_ERROR;
		world_give_place_back(w, s);
	}
	g_ptr_array_add(w->servers, s);
	return s;
}

void world_lose_host(struct world *w, int host)
{
	g_array_index(w->seats, int, host) = 0;
	for (guint i = 0; i < w->servers->len; i++) {
		struct world_server *s = w->servers->pdata[i];

		if (s->host != host)
			continue;
		s->breaks = s->host_lost = TRUE;
		s->why = "its host was lost";
		if (s->state == WORLD_RUNNING)
			s->state = WORLD_BROKEN;
	}
}

struct world_server *world_add_own(struct world *w, const char *pool, const char *idle_id)
{
	struct world_server *s = world_add(w, NULL);

	s->pool = g_strdup(pool);
	s->idle_id = g_strdup(idle_id);
	return s;
}
