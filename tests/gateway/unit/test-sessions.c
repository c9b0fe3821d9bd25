/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/sessions.h"

#include <string.h>

#define NOW 100000

struct one {
	struct member member; /* first */
	enum cause cause;
	gboolean ended;
	struct sessions *leaves; /* at once when it ends, as a relay may */
};

static void on_end(struct member *member, enum cause cause)
{
	struct one *one = (struct one *)member;

	one->ended = TRUE;
	one->cause = cause;
	if (one->leaves)
		sessions_leave(one->leaves, member, NOW);
}

static struct one make(void)
{
	return (struct one){ .member = { .end = on_end } };
}

static struct sessions *create(void)
{
	static const struct sessions_rules rules = { .skew_s = 30, .grace_s = 20,
		.max_life_s = 10000 };

	return sessions_new(&rules);
}

static struct ticket ticket(const char *session, const char *desktop, const char *user)
{
	return (struct ticket){ .session = (char *)session, .desktop = (char *)desktop,
		.user = (char *)user, .issued = NOW,
		.use_by = NOW + 60, .expires = NOW + 1000, .channels = 2, .max_channels = 2 };
}

static void test_times(void)
{
	struct sessions *s = create();
	struct ticket t = ticket("a", "d", "u");
	struct one m = make();

	g_assert_cmpint(sessions_join(s, &t, NOW - 31, &m.member), ==, REFUSE_EARLY);
	g_assert_cmpint(sessions_join(s, &t, NOW + 91, &m.member), ==, REFUSE_LATE);
	g_assert_cmpint(sessions_join(s, &t, NOW + 1030, &m.member), ==, REFUSE_EXPIRED);
	t.expires = NOW + 10001;
	g_assert_cmpint(sessions_join(s, &t, NOW, &m.member), ==, REFUSE_LIFE);
	t.expires = NOW + 1000;
	g_assert_cmpint(sessions_join(s, &t, NOW + 90, &m.member), ==, REFUSE_NOTHING);
	sessions_tick(s, NOW + 1029);
	g_assert_false(m.ended);
	m.leaves = s;
	sessions_tick(s, NOW + 1030);
	g_assert_true(m.ended && m.cause == END_EXPIRED);
	sessions_tick(s, NOW + 1031);
	g_assert_cmpuint(sessions_count_open(s), ==, 0);
	sessions_free(s);
}

static void test_use(void)
{
	struct sessions *s = create();
	struct ticket t = ticket("a", "d", "u"), other = ticket("a", "d2", "u"),
			others = ticket("a", "d", "v");
	struct one m[3] = { make(), make(), make() };

	t.once = TRUE;
	g_assert_cmpint(sessions_join(s, &t, NOW, &m[0].member), ==, REFUSE_NOTHING);
	/* a late channel */
	g_assert_cmpint(sessions_join(s, &t, NOW + 500, &m[1].member), ==, REFUSE_NOTHING);
	g_assert_cmpint(sessions_join(s, &t, NOW + 500, &m[2].member), ==, REFUSE_FULL);
	g_assert_cmpint(sessions_join(s, &other, NOW, &m[2].member), ==, REFUSE_USED);
	g_assert_cmpint(sessions_join(s, &others, NOW, &m[2].member), ==, REFUSE_USED);
	sessions_leave(s, &m[0].member, NOW + 500);
	sessions_leave(s, &m[1].member, NOW + 510);
	/* a broken line */
	g_assert_cmpint(sessions_join(s, &t, NOW + 530, &m[0].member), ==, REFUSE_NOTHING);
	sessions_leave(s, &m[0].member, NOW + 540);
	g_assert_cmpint(sessions_join(s, &t, NOW + 561, &m[0].member), ==, REFUSE_USED);
	sessions_free(s);
}

static void test_takeover(void)
{
	struct sessions *s = create();
	struct ticket a = ticket("a", "d", "u"), b = ticket("b", "d", "v"),
			c = ticket("c", "e", "u");
	struct one main_a = make(), silent_a = make(), main_b = make(), main_c = make();

	sessions_join(s, &a, NOW, &main_a.member);
	sessions_join(s, &a, NOW, &silent_a.member);
	sessions_join(s, &b, NOW, &main_b.member);
	sessions_join(s, &c, NOW, &main_c.member);
	member_speaks(&main_a.member, TRUE);
	member_answered(&main_a.member, TRUE);
	member_speaks(&main_c.member, TRUE);
	member_answered(&main_c.member, TRUE);
	g_assert_cmpuint(member_silent(&main_a.member), ==, 1);
	g_assert_false(member_is_taken(&main_a.member));
	/* one whom the desktop refuses */
	member_speaks(&main_b.member, TRUE);
	g_assert_true(member_is_taken(&main_a.member));
	member_answered(&main_b.member, FALSE);
	g_assert_false(member_is_taken(&main_a.member));
	g_assert_false(main_a.ended);
	/* one whom it takes */
	member_speaks(&main_b.member, TRUE);
	main_a.leaves = s;
	member_answered(&main_b.member, TRUE);
	g_assert_true(main_a.ended && main_a.cause == END_TAKEN);
	g_assert_false(silent_a.ended || main_b.ended || main_c.ended);
	g_assert_false(member_is_taken(&main_b.member));
	sessions_leave(s, &silent_a.member, NOW);
	sessions_leave(s, &main_b.member, NOW);
	sessions_leave(s, &main_c.member, NOW);
	g_assert_cmpuint(sessions_count_open(s), ==, 0);
	sessions_free(s);
}

/* A newcomer that leaves undecided ends nobody, and leaves no doubt behind. */
static void test_undecided(void)
{
	struct sessions *s = create();
	struct ticket a = ticket("a", "d", "u"), b = ticket("b", "d", "v");
	struct one older = make(), newer = make();

	sessions_join(s, &a, NOW, &older.member);
	member_speaks(&older.member, TRUE);
	member_answered(&older.member, TRUE);
	sessions_join(s, &b, NOW, &newer.member);
	member_speaks(&newer.member, TRUE);
	sessions_leave(s, &newer.member, NOW);
	g_assert_false(older.ended || member_is_taken(&older.member));
	sessions_leave(s, &older.member, NOW);
	sessions_free(s);
}

static void test_revoke(void)
{
	struct sessions *s = create(), *restarted = create();
	struct ticket a = ticket("a", "d", "u v"), b = ticket("b", "d", "w"),
			later = ticket("c", "d", "u v");
	struct one m[4] = { make(), make(), make(), make() };
	g_autofree char *text = NULL;

	later.issued = NOW + 6;
	sessions_join(s, &a, NOW, &m[0].member);
	sessions_join(s, &a, NOW, &m[1].member);
	sessions_join(s, &b, NOW, &m[2].member);
	m[0].leaves = m[1].leaves = s;
	g_assert_cmpuint(sessions_revoke(s, REVOKE_USER, "u v", NOW + 5), ==, 2);
	g_assert_true(m[0].ended && m[1].ended && m[0].cause == END_REVOKED && !m[2].ended);
	g_assert_cmpint(sessions_join(s, &a, NOW + 5, &m[0].member), ==, REFUSE_REVOKED);
	g_assert_cmpint(sessions_join(s, &later, NOW + 6, &m[3].member), ==, REFUSE_NOTHING);
	text = sessions_format_revoked(s);
	g_assert_cmpstr(text, ==, "user 100005 u v\n");
	g_assert_true(sessions_parse_revoked(restarted, text));
	g_assert_cmpint(sessions_join(restarted, &a, NOW + 5, &m[0].member), ==, REFUSE_REVOKED);
	g_assert_false(sessions_parse_revoked(restarted, "user x u\n"));
	g_assert_false(sessions_parse_revoked(restarted, "group 1 u\n"));
	g_assert_false(sessions_parse_revoked(restarted, "user 1 \n"));
	/* The longest life, of a ticket from a clock that is ahead, seen by one that is behind */
	sessions_tick(restarted, NOW + 5 + 10000 + 60);
	g_assert_cmpint(sessions_join(restarted, &a, NOW + 5, &m[0].member), ==, REFUSE_REVOKED);
	/* forgotten when no such ticket can live any more */
	sessions_tick(restarted, NOW + 5 + 10000 + 61);
	g_free(text);
	text = sessions_format_revoked(restarted);
	g_assert_cmpstr(text, ==, "");
	sessions_leave(s, &m[2].member, NOW);
	sessions_leave(s, &m[3].member, NOW);
	sessions_free(s);
	sessions_free(restarted);
}

/* The clock of the portal may be ahead of the gateway's, by less than the skew. */
static void test_revoke_ahead(void)
{
	static const struct {
		enum revoke_kind kind;
		const char *name;
		guint ended;
	} cases[] = {
		{ REVOKE_SESSION, "a", 1 },
		{ REVOKE_DESKTOP, "d", 1 },
		{ REVOKE_USER, "u", 1 },
		{ REVOKE_SESSION, "d", 0 },
		{ REVOKE_DESKTOP, "u", 0 },
		{ REVOKE_USER, "a", 0 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct sessions *s = create();
		struct ticket t = ticket("a", "d", "u"), others = ticket("b", "e", "v");
		struct one m = make(), other = make(), again = make();
		enum refusal wanted = cases[i].ended ? REFUSE_REVOKED : REFUSE_NOTHING;

		m.leaves = s;
		g_assert_cmpint(sessions_join(s, &t, NOW - 20, &m.member), ==, REFUSE_NOTHING);
		sessions_join(s, &others, NOW - 20, &other.member);
		g_assert_cmpuint(sessions_revoke(s, cases[i].kind, cases[i].name, NOW - 20), ==,
				cases[i].ended);
		g_assert_cmpint(m.ended, ==, cases[i].ended);
		g_assert_false(other.ended);
		g_assert_cmpint(sessions_join(s, &t, NOW, &again.member), ==, wanted);
		sessions_leave(s, &m.member, NOW);
		sessions_leave(s, &other.member, NOW);
		sessions_leave(s, &again.member, NOW);
		sessions_free(s);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gateway/sessions/times", test_times);
	g_test_add_func("/gateway/sessions/use", test_use);
	g_test_add_func("/gateway/sessions/takeover", test_takeover);
	g_test_add_func("/gateway/sessions/undecided", test_undecided);
	g_test_add_func("/gateway/sessions/revoke", test_revoke);
	g_test_add_func("/gateway/sessions/revoke-ahead", test_revoke_ahead);
	return g_test_run();
}
