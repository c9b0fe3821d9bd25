/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan-people.h"

#include "base/rest-tags.h"

static struct seen *look(struct world_actor *a, const struct world_server *s)
{
	return world_ops.look(a, s->id, NULL);
}

static gboolean is_asleep(const struct world_server *s)
{
	return s->state == WORLD_SHELVED || s->state == WORLD_SUSPENDED ||
			s->state == WORLD_SHUT_DOWN;
}

/* A guest that begins anew has had no input. */
static void wake(struct world_server *s)
{
	if (s->state == WORLD_SHELVED || s->state == WORLD_SHUT_DOWN)
		s->last_input = 0;
	s->state = WORLD_RUNNING;
}

static gboolean is_told(const struct seen *seen, gint64 now)
{
	return rest_tags_time(seen->tags) ||
			rest_tags_have_mark(seen->tags, REST_TAG_RESTING, now);
}

static void take_away(struct world_actor *a, const struct world_server *s, char **tags)
{
	gboolean done;

	for (char **t = tags; *t; t++)
		if (rest_tag_time(*t))
			world_ops.tag(a, s->id, *t, FALSE, &done, NULL);
}

static void cancel(struct world_actor *a, struct world_server *s, struct seen *seen)
{
	g_autofree char *mark = rest_mark(REST_TAG_OPEN, a->world->now, world_ops.nonce(a));
	gboolean done, wait = TRUE;

	if (!world_ops.tag(a, s->id, mark, TRUE, &done, NULL) || !done)
		return;
	take_away(a, s, seen->tags);
	while (wait && !a->dead) {
		struct seen *again = look(a, s);

		wait = again && again->status == SEEN_ACTIVE &&
				rest_tags_have_mark(again->tags, REST_TAG_RESTING, a->world->now);
		seen_free(again);
	}
	world_ops.tag(a, s->id, mark, FALSE, &done, NULL);
}

gboolean people_open(struct world_actor *a, struct world_server *s)
{
	/* A look sees the state and the tags at once. */
	for (int i = 0; i < 20 && !a->dead; i++) {
		struct seen *seen = look(a, s);
		gboolean asleep = is_asleep(s), told = seen && is_told(seen, a->world->now);

		if (!seen)
			return FALSE;
		if (!asleep && !told) {
			seen_free(seen);
			s->opening = TRUE;
			return TRUE;
		}
		if (asleep)
			wake(s);
		else
			cancel(a, s, seen);
		seen_free(seen);
	}
	return FALSE;
}

void people_come(struct world *w, struct world_server *s)
{
	if (!s->opening)
		return;
	s->opening = FALSE;
	s->viewer = VIEWER_THERE;
	s->viewer_since = s->last_input = w->now;
}

void people_leave(struct world *w, struct world_server *s)
{
	if (s->viewer == VIEWER_THERE)
		s->last_input = w->now;
	s->viewer = VIEWER_NONE;
}
