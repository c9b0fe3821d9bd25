/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/error.h"
#include "plan/world-private.h"

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
		world_age(w, w->servers->pdata[i]);
	if (world_happens(w, w->faults.request)) {
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

/* The hosts tell of a viewer some time after it has come. */
static enum seen_viewer shown_viewer(const struct world *w, const struct world_server *s)
{
	return s->viewer == VIEWER_THERE && w->now - s->viewer_since < w->viewer_lag_s ? VIEWER_NONE
										       : s->viewer;
}

static struct seen *see(const struct world *w, const struct world_server *s)
{
	static const enum seen_status status[] = { SEEN_BUILD, SEEN_ACTIVE, SEEN_ACTIVE, SEEN_ERROR,
		SEEN_SHELVED, SEEN_OFF, SEEN_OFF };
	struct seen *seen = g_new0(struct seen, 1);

	seen->id = g_strdup(s->id);
	seen->class_id = g_strdup(s->class_id);
	seen->session = s->window.start;
	seen->until = s->window.end;
	seen->created = s->created;
	seen->status = status[s->state];
	if (s->state == WORLD_BOOTING && w->now >= s->created + ACTIVE_S)
		seen->status = SEEN_ACTIVE;
	seen->viewer = shown_viewer(w, s);
	seen->last_input = s->last_input;
	seen->pool = g_strdup(s->pool);
	seen->idle_id = g_strdup(s->idle_id);
	seen->locked = s->locked;
	seen->busy = s->busy;
	seen->shut_down = s->state == WORLD_SHUT_DOWN;
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

		if ((s->session || s->pool || s->idle_id) && s->state != WORLD_GONE &&
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
		world_violate(w, "one desktop too many was made", s);
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
		world_violate(a->world, "a used or foreign desktop was deleted", s);
	if (s) {
		s->state = WORLD_GONE;
		world_give_place_back(a->world, s);
		a->world->removes++;
	}
	return leave(a, error);
}

static gboolean may_save(const struct world *w, const struct world_server *s)
{
	return s->viewer == VIEWER_NONE || w->now >= s->window.end;
}

/* Whether a desktop that is of no class may be put to rest. */
static gboolean may_rest(const struct world *w, const struct world_server *s)
{
	return (s->pool || s->idle_id) && s->viewer == VIEWER_NONE && !s->opening && !s->locked &&
			!s->busy && s->last_input >= 0 && w->now - s->last_input >= w->idle_s;
}

static gboolean op_rest(void *data, const char *id, enum rest rest, GError **error)
{
	static const enum world_state states[] = { WORLD_SHELVED, WORLD_SUSPENDED,
		WORLD_SHUT_DOWN };
	struct world_actor *a = data;
	struct world_server *s;

	if (!enter(a, error))
		return FALSE;
	s = find(a->world, id);
	if (!s || s->state == WORLD_SHELVED || s->state == states[rest]) {
		g_set_error(error, BROKER_ERROR, BROKER_ERROR_NOT_READY, "not now (409)");
		return FALSE;
	}
	if (s->session ? !may_save(a->world, s) : !may_rest(a->world, s))
		world_violate(a->world, "a desktop was put to rest under its user", s);
	s->state = states[rest];
	if (rest == REST_SHELVE)
		world_give_place_back(a->world, s);
	a->world->shelves++;
	return leave(a, error);
}

static struct seen *op_look(void *data, const char *id, GError **error)
{
	struct world_actor *a = data;
	struct world_server *s;

	if (!enter(a, error) || !leave(a, error))
		return NULL;
	s = find(a->world, id);
	return s ? see(a->world, s) : NULL;
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

static gboolean op_probe(void *data, const struct session *session, const char *id,
		enum picture *picture, GError **error)
{
	struct world_actor *a = data;
	struct world_server *s;

	if (!enter(a, error) || !leave(a, error))
		return FALSE;
	s = find(a->world, id);
	*picture = !s || s->host_lost ? PICTURE_UNKNOWN :
			s->state == WORLD_RUNNING ? PICTURE_YES :
						    PICTURE_NO;
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
