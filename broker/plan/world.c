/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "plan/world.h"

static void server_free(gpointer data)
{
	struct world_server *s = data;

	g_free(s->id);
	g_free(s->class_id);
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

static void violate(struct world *w, const char *what, const struct world_server *s)
{
	if (!w->violation)
		w->violation = g_strdup_printf("%s: %s", s->id, what);
}

/* Bring a server to the state that it has by now. */
static void age(struct world *w, struct world_server *s)
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

static void give_place_back(struct world *w, struct world_server *s)
{
	if (s->placed)
		place_take(&s->place, w->free, -1);
	s->placed = FALSE;
}

static gboolean happens(struct world *w, int of_1000)
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
	s->breaks = happens(w, w->faults.boot_broken);
	s->viewer = VIEWER_NONE;
	if (s->breaks)
		s->why = "it never showed a picture";
	if (s->host < 0)
		s->why = "no host has room";
	else if (happens(w, w->faults.boot_error))
		s->why = "Nova could not boot it";
	if (s->host < 0 || (s->why && !s->breaks)) {
		s->state = WORLD_ERROR;
		give_place_back(w, s);
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
		s->breaks = TRUE;
		s->why = "its host was lost";
		if (s->state == WORLD_RUNNING)
			s->state = WORLD_BROKEN;
	}
}

/* ------------------------------------------------------------- requests */

static gboolean die(struct world_actor *a, GError **error)
{
	a->dead = TRUE;
	broker_set_error(error, BROKER_ERROR_FAILED, OSVDI_BROKER_REASON_CANCELLED, "killed");
	return FALSE;
}

static gboolean enter(struct world_actor *a, GError **error)
{
	struct world *w = a->world;

	if (a->turn && !a->dead)
		a->turn(a->turn_data);
	if (a->dead)
		return die(a, error);
	a->requests++;
	w->requests++;
	if (a->requests == a->dies_at && !a->dies_after)
		return die(a, error);
	for (guint i = 0; i < w->servers->len; i++)
		age(w, w->servers->pdata[i]);
	if (happens(w, w->faults.request)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY, "too many requests (429)");
		return FALSE;
	}
	return TRUE;
}

static gboolean leave(struct world_actor *a, GError **error)
{
	return a->requests != a->dies_at || !a->dies_after || die(a, error);
}

static struct world_server *find(struct world *w, const char *id)
{
	for (guint i = 0; i < w->servers->len; i++) {
		struct world_server *s = w->servers->pdata[i];

		if (!strcmp(s->id, id) && s->state != WORLD_GONE)
			return s;
	}
	return NULL;
}

static gboolean find_string(GPtrArray *strings, const char *string, guint *index)
{
	return g_ptr_array_find_with_equal_func(strings, string, g_str_equal, index);
}

static gboolean op_add_key(void *data, const char *name, GError **error)
{
	struct world_actor *a = data;

	if (!enter(a, error))
		return FALSE;
	if (find_string(a->world->keys, name, NULL)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY, "it exists (409)");
		return FALSE;
	}
	g_ptr_array_add(a->world->keys, g_strdup(name));
	return leave(a, error);
}

static gboolean op_remove_key(void *data, const char *name, GError **error)
{
	struct world_actor *a = data;
	guint index;

	if (!enter(a, error))
		return FALSE;
	if (find_string(a->world->keys, name, &index))
		g_ptr_array_remove_index(a->world->keys, index);
	return leave(a, error);
}

static GPtrArray *op_list_keys(void *data, GError **error)
{
	struct world_actor *a = data;
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);

	if (!enter(a, error))
		return NULL;
	for (guint i = 0; i < a->world->keys->len; i++)
		g_ptr_array_add(keys, g_strdup(a->world->keys->pdata[i]));
	return leave(a, error) ? g_steal_pointer(&keys) : NULL;
}

static char **tags_of(const struct world_server *s)
{
	char **tags = g_new0(char *, s->tags->len + 1);

	for (guint i = 0; i < s->tags->len; i++)
		tags[i] = g_strdup(s->tags->pdata[i]);
	return tags;
}

/* Nova says ACTIVE long before there is a picture. */
#define ACTIVE_S 20

static struct seen *see(const struct world *w, const struct world_server *s)
{
	static const enum seen_status status[] = { SEEN_BUILD, SEEN_ACTIVE, SEEN_ACTIVE, SEEN_ERROR,
		SEEN_SHELVED };
	struct seen *seen = g_new0(struct seen, 1);

	seen->id = g_strdup(s->id);
	seen->class_id = g_strdup(s->class_id);
	seen->session = s->window.start;
	seen->until = s->window.end;
	seen->created = s->created;
	seen->status = status[s->state];
	if (s->state == WORLD_BOOTING && w->now >= s->created + ACTIVE_S)
		seen->status = SEEN_ACTIVE;
	seen->viewer = s->viewer;
	seen->tags = tags_of(s);
	return seen;
}

static GPtrArray *op_list(void *data, gboolean *incomplete, GError **error)
{
	struct world_actor *a = data;
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)seen_free);

	if (!enter(a, error))
		return NULL;
	*incomplete = a->world->incomplete;
	for (guint i = 0; i < a->world->servers->len; i++) {
		const struct world_server *s = a->world->servers->pdata[i];

		if (s->session && s->state != WORLD_GONE &&
				!(*incomplete && g_rand_boolean(a->world->rand)))
			g_ptr_array_add(list, see(a->world, s));
	}
	return leave(a, error) ? g_steal_pointer(&list) : NULL;
}

static gboolean op_create(void *data, const struct session *session, const char *key,
		GError **error)
{
	struct world_actor *a = data;
	struct world *w = a->world;
	struct world_server *s;

	if (!enter(a, error))
		return FALSE;
	if (!find_string(w->keys, key, NULL)) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_FAILED, "invalid key_name (400)");
		return FALSE;
	}
	w->creates++;
	s = world_add(w, session);
	if (world_count(w, session) > session->count + session->spares)
		violate(w, "one desktop too many was made", s);
	return leave(a, error);
}

static gboolean may_remove(const struct world *w, const struct world_server *s)
{
	if (!s->session)
		return FALSE;
	return !s->used || (s->session->after == AFTER_DELETE && w->now >= s->window.end &&
					   s->viewer == VIEWER_NONE);
}

static gboolean op_remove(void *data, const char *id, GError **error)
{
	struct world_actor *a = data;
	struct world_server *s;

	if (!enter(a, error))
		return FALSE;
	s = find(a->world, id);
	if (s && !may_remove(a->world, s))
		violate(a->world, "a used or foreign desktop was deleted", s);
	if (s) {
		s->state = WORLD_GONE;
		give_place_back(a->world, s);
		a->world->removes++;
	}
	return leave(a, error);
}

static gboolean op_shelve(void *data, const char *id, GError **error)
{
	struct world_actor *a = data;
	struct world_server *s;

	if (!enter(a, error))
		return FALSE;
	s = find(a->world, id);
	if (!s || s->state == WORLD_SHELVED) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY, "not now (409)");
		return FALSE;
	}
	if (!s->session || (s->viewer != VIEWER_NONE && a->world->now < s->window.end))
		violate(a->world, "a desktop was shelved under its user", s);
	s->state = WORLD_SHELVED;
	give_place_back(a->world, s);
	a->world->shelves++;
	return leave(a, error);
}

static gboolean op_tag(void *data, const char *id, const char *tag, gboolean add, gboolean *done,
		GError **error)
{
	struct world_actor *a = data;
	struct world_server *s;
	guint index;

	*done = FALSE;
	if (!enter(a, error))
		return FALSE;
	s = find(a->world, id);
	if (s && s->state != WORLD_SHELVED) {
		*done = find_string(s->tags, tag, &index) != add;
		if (*done && add)
			g_ptr_array_add(s->tags, g_strdup(tag));
		else if (*done)
			g_ptr_array_remove_index(s->tags, index);
	}
	return leave(a, error);
}

static char **op_tags(void *data, const char *id, GError **error)
{
	struct world_actor *a = data;
	struct world_server *s;

	if (!enter(a, error) || !leave(a, error))
		return NULL;
	s = find(a->world, id);
	return s ? tags_of(s) : g_new0(char *, 1);
}

static gboolean op_probe(void *data, const char *id, gboolean *picture, GError **error)
{
	struct world_actor *a = data;
	struct world_server *s;

	if (!enter(a, error) || !leave(a, error))
		return FALSE;
	s = find(a->world, id);
	*picture = s && s->state == WORLD_RUNNING;
	return TRUE;
}

static void op_tell(void *data, const char *id, const char *what, const char *why)
{
	struct world_actor *a = data;

	if (a->told)
		a->told(a->told_data, id, what, why);
}

static void op_pause(void *data)
{
}

static gint64 op_now(void *data)
{
	struct world_actor *a = data;

	return a->world->now + a->clock_error_s;
}

static guint32 op_nonce(void *data)
{
	return g_rand_int(((struct world_actor *)data)->world->rand);
}

const struct plan_ops world_ops = {
	.add_key = op_add_key,
	.remove_key = op_remove_key,
	.list_keys = op_list_keys,
	.list = op_list,
	.create = op_create,
	.remove = op_remove,
	.shelve = op_shelve,
	.tag = op_tag,
	.tags = op_tags,
	.probe = op_probe,
	.tell = op_tell,
	.pause = op_pause,
	.now = op_now,
	.nonce = op_nonce,
};
