/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/sessions.h"

#include <string.h>

/*
 * Random comings and goings at a few desktops, and the promises that hold after each
 * step, whatever the order: who may be in, who had to go, and what is counted.
 */

#define SEATS 12
#define SESSIONS 6
#define CHANNELS 3
#define STEPS 3000
#define START 100000
#define LIFE 500
#define SKEW 5

/* A session's ticket. Sessions 0 and 3 are of desktop 0 and so on. */
struct pass {
	char session[8], desktop[8], user[8];
	struct ticket ticket;
	gboolean revoked; /* also by its desktop or user */
};

struct seat {
	struct member member; /* first */
	struct pass *pass;    /* NULL: nobody sits there */
	guint spoke;          /* the moment of its last word, 0: none */
	gboolean asks;        /* for a new session; not answered yet */
	gboolean ended;
	enum cause cause;
};

struct rig {
	struct sessions *sessions;
	struct pass passes[SESSIONS];
	struct seat seats[SEATS];
	gint64 now;
	guint moment;
};

static struct rig *the_rig; /* for on_end(), which gets the member alone */

static void leave(struct rig *r, struct seat *seat)
{
	sessions_leave(r->sessions, &seat->member, r->now);
	seat->pass = NULL;
}

/* Half of the relays are gone at once, the other half later. */
static void on_end(struct member *member, enum cause cause)
{
	struct seat *seat = (struct seat *)member;

	g_assert_nonnull(seat->pass);
	seat->ended = TRUE;
	seat->cause = cause;
	if (g_test_rand_bit())
		leave(the_rig, seat);
}

static void issue(struct rig *r, struct pass *pass, guint i)
{
	static guint number;

	g_snprintf(pass->session, sizeof pass->session, "s%u", number++ % 100000);
	g_snprintf(pass->desktop, sizeof pass->desktop, "d%u", i % 3);
	g_snprintf(pass->user, sizeof pass->user, "u%u", i % 2);
	pass->revoked = FALSE;
	pass->ticket = (struct ticket){ .session = pass->session, .desktop = pass->desktop,
		.user = pass->user, .issued = r->now, .use_by = r->now + 60,
		.expires = r->now + LIFE / 2, .once = i == 5, .channels = 2,
		.max_channels = CHANNELS };
}

static guint count_of(const struct rig *r, const struct pass *pass)
{
	guint n = 0;

	for (guint i = 0; i < SEATS; i++)
		n += r->seats[i].pass == pass;
	return n;
}

/* ---- steps ---------------------------------------------------------------- */

static void step_join(struct rig *r, struct seat *seat)
{
	struct pass *pass = &r->passes[g_test_rand_int_range(0, SESSIONS)];
	guint before = count_of(r, pass);
	enum refusal refusal;

	if (seat->pass)
		return;
	*seat = (struct seat){ .member = { .end = on_end } };
	refusal = sessions_join(r->sessions, &pass->ticket, r->now, &seat->member);
	if (refusal) {
		g_assert_null(seat->member.session);
		return;
	}
	g_assert_false(pass->revoked);
	g_assert_cmpuint(before, <, CHANNELS);
	g_assert_cmpint(r->now - SKEW, <, pass->ticket.expires);
	seat->pass = pass;
}

static void step_speak(struct rig *r, struct seat *seat)
{
	gboolean new_session = g_test_rand_int_range(0, 3) == 0;

	if (!seat->pass || seat->ended || seat->spoke)
		return;
	member_speaks(&seat->member, new_session);
	seat->spoke = ++r->moment;
	seat->asks = new_session;
}

/* A desktop that takes a newcomer ends all that spoke before, and nobody else. */
static void step_answer(struct rig *r, struct seat *seat)
{
	gboolean accepted = g_test_rand_bit(), was[SEATS];

	if (!seat->pass || !seat->asks || seat->ended)
		return;
	for (guint i = 0; i < SEATS; i++)
		was[i] = !r->seats[i].pass || r->seats[i].ended;
	seat->asks = FALSE;
	member_answered(&seat->member, accepted);
	for (guint i = 0; i < SEATS; i++) {
		const struct seat *other = &r->seats[i];
		gboolean same = other->member.desktop == seat->member.desktop;

		if (was[i])
			continue;
		if (other->ended)
			g_assert_true(accepted && other->cause == END_TAKEN && other->spoke &&
					other->spoke < seat->spoke);
		else if (accepted && same && other->spoke && other != seat)
			g_assert_cmpuint(other->spoke, >, seat->spoke);
	}
	g_assert_false(seat->ended);
}

static void step_leave(struct rig *r, struct seat *seat)
{
	if (!seat->pass)
		return;
	leave(r, seat);
	sessions_leave(r->sessions, &seat->member, r->now); /* twice is fine */
}

static void step_revoke(struct rig *r)
{
	enum revoke_kind kind = (enum revoke_kind)g_test_rand_int_range(0, 3);
	const struct pass *of = &r->passes[g_test_rand_int_range(0, SESSIONS)];
	const char *name = kind == REVOKE_SESSION ? of->session :
			kind == REVOKE_DESKTOP ? of->desktop : of->user;
	g_autofree char *copy = g_strdup(name);
	guint open = 0;

	for (guint i = 0; i < SESSIONS; i++) {
		struct pass *p = &r->passes[i];

		if (strcmp(kind == REVOKE_SESSION ? p->session :
				kind == REVOKE_DESKTOP ? p->desktop : p->user, copy))
			continue;
		p->revoked = TRUE;
		open += count_of(r, p);
	}
	/* All of their channels end, also those that were about to. */
	g_assert_cmpuint(sessions_revoke(r->sessions, kind, copy, r->now), >=, open);
	for (guint i = 0; i < SEATS; i++)
		g_assert_true(!r->seats[i].pass || !r->seats[i].pass->revoked ||
				r->seats[i].ended);
}

static void step_time(struct rig *r)
{
	r->now += g_test_rand_int_range(1, 40);
	sessions_tick(r->sessions, r->now);
	for (guint i = 0; i < SEATS; i++)
		g_assert_true(!r->seats[i].pass || r->seats[i].ended ||
				r->now - SKEW < r->seats[i].pass->ticket.expires);
}

/* A ticket that nobody sits with is given anew, of a later moment than any revocation. */
static void step_issue(struct rig *r)
{
	guint i = (guint)g_test_rand_int_range(0, SESSIONS);

	if (count_of(r, &r->passes[i]))
		return;
	r->now++;
	issue(r, &r->passes[i], i);
}

/* ---- promises ------------------------------------------------------------- */

static void count_one(const struct session_info *info, gpointer data)
{
	guint *n = data;

	g_assert_cmpuint(info->channels, >, 0);
	g_assert_cmpuint(info->channels, <=, CHANNELS);
	n[0]++;
	n[1] += info->channels;
}

static void check(const struct rig *r)
{
	guint told[2] = { 0, 0 }, open = 0, seated = 0;

	for (guint i = 0; i < SESSIONS; i++) {
		open += count_of(r, &r->passes[i]) != 0;
		seated += count_of(r, &r->passes[i]);
	}
	sessions_foreach(r->sessions, count_one, told);
	g_assert_cmpuint(sessions_count_open(r->sessions), ==, open);
	g_assert_cmpuint(told[0], ==, open);
	g_assert_cmpuint(told[1], ==, seated);
	for (guint i = 0; i < SEATS; i++) {
		const struct seat *seat = &r->seats[i];

		if (!seat->pass)
			continue;
		/* By silence a viewer tells a takeover from a break. */
		g_assert_false(!seat->spoke && member_is_taken(&seat->member));
		g_assert_cmpuint(member_silent(&seat->member), <=, CHANNELS);
	}
}

/* Revocations are the same after a restart. */
static void check_restart(const struct rig *r)
{
	static const struct sessions_rules rules = { SKEW, 20, LIFE };
	struct sessions *again = sessions_new(&rules);
	g_autofree char *text = sessions_format_revoked(r->sessions);

	g_assert_true(sessions_parse_revoked(again, text));
	for (guint i = 0; i < SESSIONS; i++) {
		struct member member = { .end = on_end };

		if (!r->passes[i].revoked)
			continue;
		g_assert_cmpint(sessions_join(again, &r->passes[i].ticket,
				r->passes[i].ticket.issued, &member), ==, REFUSE_REVOKED);
	}
	sessions_free(again);
}

static void test_random(void)
{
	static const struct sessions_rules rules = { SKEW, 20, LIFE };
	struct rig r = { .sessions = sessions_new(&rules), .now = START };

	the_rig = &r;
	for (guint i = 0; i < SESSIONS; i++)
		issue(&r, &r.passes[i], i);
	for (guint i = 0; i < STEPS; i++) {
		struct seat *seat = &r.seats[g_test_rand_int_range(0, SEATS)];

		switch (g_test_rand_int_range(0, 20)) {
		case 0: step_revoke(&r); break;
		case 1: step_time(&r); break;
		case 2: case 3: step_issue(&r); break;
		case 4: case 5: case 6: step_leave(&r, seat); break;
		case 7: case 8: case 9: case 10: step_speak(&r, seat); break;
		case 11: case 12: case 13: step_answer(&r, seat); break;
		default: step_join(&r, seat); break;
		}
		check(&r);
		if (i % 100 == 0)
			check_restart(&r);
	}
	for (guint i = 0; i < SEATS; i++)
		step_leave(&r, &r.seats[i]);
	g_assert_cmpuint(sessions_count_open(r.sessions), ==, 0);
	/* Long after all of it, nothing is kept. */
	sessions_tick(r.sessions, r.now + 2 * LIFE);
	{
		g_autofree char *text = sessions_format_revoked(r.sessions);

		g_assert_cmpstr(text, ==, "");
	}
	sessions_free(r.sessions);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gateway/sessions/random", test_random);
	return g_test_run();
}
