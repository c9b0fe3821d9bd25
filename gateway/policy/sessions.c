/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sessions-internal.h"

#include <string.h>

static void session_free(gpointer data)
{
	struct session *s = data;

	g_free(s->id);
	g_free(s->desktop);
	g_free(s->user);
	g_free(s);
}

static void desktop_free(gpointer data)
{
	struct desktop *d = data;

	g_free(d->id);
	g_free(d);
}

struct sessions *sessions_new(const struct sessions_rules *rules)
{
	struct sessions *sessions = g_new0(struct sessions, 1);

	sessions->rules = *rules;
	sessions->sessions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, session_free);
	sessions->desktops = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, desktop_free);
	sessions->revoked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return sessions;
}

void sessions_free(struct sessions *sessions)
{
	if (!sessions)
		return;
	g_hash_table_unref(sessions->sessions);
	g_hash_table_unref(sessions->desktops);
	g_hash_table_unref(sessions->revoked);
	g_free(sessions);
}

static guint session_end_all(struct session *s, enum cause cause)
{
	GList *next;
	guint n = 0;

	for (GList *l = s->members.head; l; l = next, n++) {
		struct member *m = l->data;

		next = l->next;
		m->end(m, cause);
	}
	return n;
}

/* ---- coming and going ---------------------------------------------------- */

static enum refusal check_times(const struct sessions_rules *rules, const struct ticket *ticket,
		gint64 now)
{
	if (ticket->expires - ticket->issued > rules->max_life_s)
		return REFUSE_LIFE;
	if (now + rules->skew_s < ticket->issued)
		return REFUSE_EARLY;
	if (now - rules->skew_s >= ticket->expires)
		return REFUSE_EXPIRED;
	return REFUSE_NOTHING;
}

/* A session that is known has had its first use: late channels may come. */
static enum refusal check_use(const struct sessions *sessions, const struct ticket *ticket,
		gint64 now)
{
	const struct session *s = g_hash_table_lookup(sessions->sessions, ticket->session);

	if (!s)
		return now - sessions->rules.skew_s > ticket->use_by ? REFUSE_LATE : REFUSE_NOTHING;
	/* A session's id with another desktop or user is a mistake of whoever gives tickets. */
	if (strcmp(s->desktop, ticket->desktop) != 0 || strcmp(s->user, ticket->user) != 0)
		return REFUSE_USED;
	if (s->members.length >= ticket->max_channels)
		return REFUSE_FULL;
	if (s->once && !s->members.length && now - s->closed > sessions->rules.grace_s)
		return REFUSE_USED;
	return REFUSE_NOTHING;
}

static struct session *get_session(struct sessions *sessions, const struct ticket *ticket)
{
	struct session *s = g_hash_table_lookup(sessions->sessions, ticket->session);

	if (s)
		return s;
	s = g_new0(struct session, 1);
	s->id = g_strdup(ticket->session);
	s->desktop = g_strdup(ticket->desktop);
	s->user = g_strdup(ticket->user);
	s->issued = ticket->issued;
	s->expires = ticket->expires;
	s->once = ticket->once;
	g_hash_table_insert(sessions->sessions, s->id, s);
	return s;
}

static struct desktop *get_desktop(struct sessions *sessions, const char *id)
{
	struct desktop *d = g_hash_table_lookup(sessions->desktops, id);

	if (d)
		return d;
	d = g_new0(struct desktop, 1);
	d->id = g_strdup(id);
	d->generation = d->accepted = 1;
	g_hash_table_insert(sessions->desktops, d->id, d);
	return d;
}

enum refusal sessions_join(struct sessions *sessions, const struct ticket *ticket, gint64 now,
		struct member *member)
{
	enum refusal refusal = check_times(&sessions->rules, ticket, now);

	if (!refusal && sessions_is_revoked(sessions, ticket->session, ticket->desktop,
			ticket->user, ticket->issued))
		refusal = REFUSE_REVOKED;
	if (!refusal)
		refusal = check_use(sessions, ticket, now);
	if (refusal)
		return refusal;
	member->session = get_session(sessions, ticket);
	member->desktop = get_desktop(sessions, ticket->desktop);
	member->generation = 0;
	member->undecided = FALSE;
	member->link.data = member->desktop_link.data = member;
	g_queue_push_tail_link(&member->session->members, &member->link);
	g_queue_push_tail_link(&member->desktop->members, &member->desktop_link);
	return REFUSE_NOTHING;
}

void sessions_leave(struct sessions *sessions, struct member *member, gint64 now)
{
	if (!member->session)
		return;
	member_answered(member, FALSE);
	g_queue_unlink(&member->session->members, &member->link);
	g_queue_unlink(&member->desktop->members, &member->desktop_link);
	member->session->closed = now;
	if (!member->desktop->members.length)
		g_hash_table_remove(sessions->desktops, member->desktop->id);
	member->session = NULL;
	member->desktop = NULL;
}

/* ---- takeover ------------------------------------------------------------ */

void member_speaks(struct member *member, gboolean new_session)
{
	struct desktop *d = member->desktop;

	if (new_session) {
		d->generation++;
		d->undecided++;
		member->undecided = TRUE;
	}
	member->generation = d->generation;
}

static void end_older(struct desktop *d)
{
	GList *next;

	for (GList *l = d->members.head; l; l = next) {
		struct member *m = l->data;

		next = l->next;
		if (m->generation && m->generation < d->accepted)
			m->end(m, END_TAKEN);
	}
}

void member_answered(struct member *member, gboolean accepted)
{
	struct desktop *d = member->desktop;

	if (!member->undecided)
		return;
	member->undecided = FALSE;
	d->undecided--;
	if (!accepted || member->generation <= d->accepted)
		return;
	d->accepted = member->generation;
	end_older(d);
}

gboolean member_is_taken(const struct member *member)
{
	const struct desktop *d = member->desktop;

	return member->generation &&
			(member->generation < d->accepted ||
					(d->undecided && member->generation < d->generation));
}

guint member_silent(const struct member *member)
{
	guint n = 0;

	for (const GList *l = member->session->members.head; l; l = l->next)
		n += ((const struct member *)l->data)->generation == 0;
	return n;
}

/* ---- time ---------------------------------------------------------------- */

void sessions_tick(struct sessions *sessions, gint64 now)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, sessions->sessions);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct session *s = value;

		if (now - sessions->rules.skew_s < s->expires)
			continue;
		if (s->members.length)
			session_end_all(s, END_EXPIRED);
		else
			g_hash_table_iter_remove(&iter);
	}
	sessions_forget_revoked(sessions, now);
}

/* ---- revoking ------------------------------------------------------------ */

static gboolean is_named(const struct session *s, enum revoke_kind kind, const char *name)
{
	const char *const names[] = { [REVOKE_SESSION] = s->id, [REVOKE_DESKTOP] = s->desktop,
		[REVOKE_USER] = s->user };

	return strcmp(names[kind], name) == 0;
}

/* A ticket may be issued "later" than now, by a clock that is ahead of this one. The name's
 * revocation does not reach this ticket, but its session is here and ends for good. */
guint sessions_revoke(struct sessions *sessions, enum revoke_kind kind, const char *name,
		gint64 now)
{
	GHashTableIter iter;
	gpointer value;
	guint n = 0;

	sessions_note_revoked(sessions, kind, name, now);
	g_hash_table_iter_init(&iter, sessions->sessions);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct session *s = value;

		if (!is_named(s, kind, name))
			continue;
		if (s->issued > now)
			sessions_note_revoked(sessions, REVOKE_SESSION, s->id, now);
		n += session_end_all(s, END_REVOKED);
	}
	return n;
}

/* ---- telling ------------------------------------------------------------- */

void sessions_foreach(struct sessions *sessions,
		void (*func)(const struct session_info *info, gpointer data), gpointer data)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, sessions->sessions);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct session *s = value;
		struct session_info info = { s->id, s->desktop, s->user, s->expires,
			s->members.length };

		if (s->members.length)
			func(&info, data);
	}
}

guint sessions_count_open(const struct sessions *sessions)
{
	GHashTableIter iter;
	gpointer value;
	guint n = 0;

	g_hash_table_iter_init(&iter, sessions->sessions);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		n += ((struct session *)value)->members.length != 0;
	return n;
}
