/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "peer.h"
#include "session/session-end.h"
#include "session/witness.h"
#include "session/wire.h"

#include <string.h>

static const struct peer_manners silent = { NULL };
static const struct peer_manners answers = { .answer = "REDQ" };

/* ---- the witness --------------------------------------------------------- */

struct fixture {
	struct peer *peer;
	struct peer_place place;
	struct witness *witness;
	guint lost, answered;
	gboolean alive;
};

static void on_lost(gpointer data)
{
	((struct fixture *)data)->lost++;
}

static void on_answered(gboolean alive, gpointer data)
{
	((struct fixture *)data)->answered++;
	((struct fixture *)data)->alive = alive;
}

static void set_up(struct fixture *f, gconstpointer manners)
{
	f->peer = peer_new(manners);
	peer_place_init(&f->place, "spice://127.0.0.1", peer_port(f->peer));
	f->witness = witness_new(f->place.session, f->place.address, on_lost, f);
}

static void tear_down(struct fixture *f, gconstpointer manners)
{
	witness_free(f->witness);
	peer_place_finish(&f->place);
	peer_free(f->peer);
	while (g_main_context_iteration(NULL, FALSE))
		;
}

static void start(struct fixture *f)
{
	witness_start(f->witness);
	peer_until(peer_count(f->peer) && witness_look(f->witness) == WITNESS_THERE);
}

static void test_there(struct fixture *f, gconstpointer manners)
{
	char words[1000];

	g_assert_cmpint(witness_look(f->witness), ==, WITNESS_NONE);
	start(f);
	memset(words, 'x', sizeof words - 1);
	words[sizeof words - 1] = '\0';
	peer_say(f->peer, words); /* which nobody asked for */
	while (g_main_context_iteration(NULL, FALSE))
		g_assert_cmpint(witness_look(f->witness), ==, WITNESS_THERE);
	g_assert_cmpuint(peer_heard(f->peer)->len, ==, 0); /* a witness says nothing */
	witness_stop(f->witness);
	g_assert_cmpint(witness_look(f->witness), ==, WITNESS_NONE);
	g_assert_cmpuint(f->lost, ==, 0);
}

static void test_lost(struct fixture *f, gconstpointer manners)
{
	start(f);
	peer_hang_up(f->peer);
	peer_until(f->lost);
	g_assert_cmpint(witness_look(f->witness), ==, WITNESS_LOST);
	peer_until(peer_count(f->peer) == 2); /* another one comes */
	peer_until(witness_look(f->witness) == WITNESS_THERE);
	peer_reset(f->peer);
	/* looked at before the main loop has seen the end */
	peer_until(witness_look(f->witness) == WITNESS_LOST);
	g_assert_cmpuint(f->lost, <=, 2);
}

/* A server that is not there at first; the witness comes when the server does. */
static void test_nobody(void)
{
	struct fixture f = { 0 };
	struct peer *gone = peer_new(&silent);

	f.peer = peer_new(&silent);
	peer_close_port(gone);
	peer_place_init(&f.place, "spice://127.0.0.1", peer_port(gone));
	f.witness = witness_new(f.place.session, f.place.address, on_lost, &f);
	witness_start(f.witness);
	while (g_main_context_iteration(NULL, FALSE))
		;
	g_assert_cmpint(witness_look(f.witness), ==, WITNESS_NONE);
	witness_ask(f.witness, 10, on_answered);
	peer_until(f.answered);
	g_assert_false(f.alive);
	peer_free(gone);
	tear_down(&f, NULL);
}

static void test_asked(struct fixture *f, gconstpointer manners)
{
	const guint8 *question;

	start(f);
	witness_ask(f->witness, G_MAXUINT, on_answered);
	peer_until(f->answered);
	g_assert_true(f->alive);
	g_assert_cmpuint(peer_heard(f->peer)->len, ==, WIRE_QUESTION_SIZE);
	question = peer_heard(f->peer)->data;
	g_assert_cmpmem(question, 4, "REDQ", 4);
	g_assert_cmpuint(question[16], ==, 1); /* a session that does not exist */
	g_assert_cmpuint(question[20], ==, SPICE_CHANNEL_INPUTS); /* main would end another's */
	g_assert_cmpint(witness_look(f->witness), ==, WITNESS_NONE); /* is used up */
	g_assert_cmpuint(f->answered, ==, 1);
}

static void test_silent(struct fixture *f, gconstpointer manners)
{
	start(f);
	witness_ask(f->witness, 50, on_answered);
	peer_until(f->answered);
	g_assert_false(f->alive);
	g_assert_cmpuint(f->lost, ==, 0);
}

static void test_hangs_up(struct fixture *f, gconstpointer manners)
{
	start(f);
	witness_ask(f->witness, G_MAXUINT, on_answered);
	peer_hang_up(f->peer);
	peer_until(f->answered);
	g_assert_false(f->alive);
	g_assert_cmpuint(f->lost, ==, 0); /* the question is all that counts */
}

/* Left in the middle: nobody hears of it any more. */
static void test_stopped(struct fixture *f, gconstpointer manners)
{
	witness_start(f->witness);
	witness_start(f->witness); /* while the first one connects */
	witness_stop(f->witness);
	start(f);
	witness_ask(f->witness, 1, on_answered);
	witness_stop(f->witness);
	while (g_main_context_iteration(NULL, FALSE))
		;
	g_assert_cmpuint(f->answered, ==, 0);
	start(f);
	witness_ask(f->witness, G_MAXUINT, on_answered);
}

/* ---- the end of a session ------------------------------------------------ */

static guint witnesses; /* that have come, by what the log says */

static void count_witnesses(const char *domain, GLogLevelFlags level, const char *message,
		gpointer data)
{
	witnesses += g_str_equal(message, "Witness: there");
}

struct ends {
	struct peer *peer;
	struct peer_place place;
	struct session_end *end;
	SpiceChannel *main, *keys;
	guint concluded, lost;
	enum verdict verdict;
	char *what;
};

static void on_concluded(enum verdict verdict, struct failure *failure, gpointer data)
{
	struct ends *ends = data;

	ends->concluded++;
	ends->verdict = verdict;
	g_free(ends->what);
	ends->what = g_strdup(failure ? failure->what : NULL);
	failure_free(failure);
}

static void on_extra(int type, gpointer data)
{
	g_assert_cmpint(type, ==, SPICE_CHANNEL_PLAYBACK);
	((struct ends *)data)->lost++;
}

static void ends_init(struct ends *ends, const struct peer_manners *manners)
{
	static const struct session_end_listener listener = { on_concluded, on_extra };

	memset(ends, 0, sizeof *ends);
	ends->peer = peer_new(manners);
	peer_place_init(&ends->place, "spice://127.0.0.1", peer_port(ends->peer));
	ends->end = session_end_new(ends->place.session, ends->place.address, &listener, ends);
	ends->main = spice_channel_new(ends->place.session, SPICE_CHANNEL_MAIN, 0);
	ends->keys = spice_channel_new(ends->place.session, SPICE_CHANNEL_INPUTS, 0);
}

static void ends_finish(struct ends *ends)
{
	session_end_free(ends->end);
	spice_session_disconnect(ends->place.session);
	peer_place_finish(&ends->place);
	peer_free(ends->peer);
	g_free(ends->what);
	while (g_main_context_iteration(NULL, FALSE))
		;
}

/* A session that stands. */
static void watch(struct ends *ends, gboolean witnessed)
{
	guint here = peer_count(ends->peer), there = witnesses;

	session_end_watch(ends->end, ends->main);
	if (witnessed)
		peer_until(peer_count(ends->peer) > here && witnesses > there);
}

/* m: the main channel, k: keys, p: playback, w: the witness, r: the witness by a reset. */
static void act(struct ends *ends, const char *what)
{
	for (; *what; what++) {
		switch (*what) {
		case 'm':
			session_end_channel(ends->end, ends->main,
					failure_new("main", NULL, NULL, FALSE));
			break;
		case 'k':
			session_end_channel(ends->end, ends->keys,
					failure_new("keys", NULL, NULL, FALSE));
			break;
		case 'p':
			session_end_extra(ends->end, SPICE_CHANNEL_PLAYBACK);
			break;
		case 'w':
			peer_hang_up(ends->peer);
			break;
		default:
			peer_reset(ends->peer);
		}
	}
}

static const struct {
	const char *name, *acts;
	const struct peer_manners *manners;
	enum verdict verdict;
	const char *what; /* of the failure that counts */
} end_cases[] = {
	{ "another viewer", "mk", &answers, VERDICT_TAKEN, "main" },
	{ "another viewer, the keys first", "km", &answers, VERDICT_TAKEN, "main" },
	{ "another viewer, sound before", "pmk", &answers, VERDICT_TAKEN, "main" },
	{ "main says so twice", "mmk", &answers, VERDICT_TAKEN, "main" },
	{ "a server that hangs", "mk", &silent, VERDICT_BREAK, "main" },
	{ "the same, sound before", "pmk", &silent, VERDICT_BREAK, "main" },
	{ "a server that ends", "mkw", &answers, VERDICT_BREAK, "main" },
	{ "a server that ends, its witness first", "wmk", &answers, VERDICT_BREAK, "main" },
	{ "a network that resets", "rkm", &answers, VERDICT_BREAK, "main" },
	{ "the keys alone", "k", &answers, VERDICT_BREAK, "keys" },
	{ "keys and keys", "kk", &answers, VERDICT_BREAK, "keys" },
	{ "main alone: perhaps another viewer", "m", &answers, VERDICT_GUESS, "main" },
};

static void test_verdicts(void)
{
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(end_cases); i++) {
		struct ends ends;

		g_test_message("%s", end_cases[i].name);
		ends_init(&ends, end_cases[i].manners);
		watch(&ends, TRUE);
		act(&ends, end_cases[i].acts);
		peer_until(ends.concluded);
		g_assert_cmpint(ends.verdict, ==, end_cases[i].verdict);
		g_assert_cmpstr(ends.what, ==, end_cases[i].what);
		g_assert_cmpuint(ends.lost, ==, 0); /* sound that ends with the rest is no news */
		g_assert_cmpuint(ends.concluded, ==, 1);
		ends_finish(&ends);
	}
}

/* Without a witness the viewer comes back once, and not twice. */
static void test_guesses(void)
{
	static const enum verdict verdicts[] = { VERDICT_GUESS, VERDICT_TAKEN, VERDICT_GUESS };
	struct ends ends;
	gsize i;

	ends_init(&ends, &answers);
	peer_close_port(ends.peer);
	for (i = 0; i < G_N_ELEMENTS(verdicts); i++) {
		watch(&ends, FALSE);
		if (i == 2)
			session_end_forget_guess(ends.end);
		act(&ends, "mk");
		peer_until(ends.concluded == i + 1);
		g_assert_cmpint(ends.verdict, ==, verdicts[i]);
		session_end_stop(ends.end);
	}
	g_assert_cmpuint(session_end_take_limit(ends.end), ==, 0); /* no tunnel: no such limits */
	ends_finish(&ends);
}

/* A channel that the session can do without: the user is told, once for each time. */
static void test_extra(void)
{
	struct ends ends;

	ends_init(&ends, &answers);
	watch(&ends, TRUE);
	act(&ends, "pp");
	peer_until(ends.lost);
	act(&ends, "p");
	peer_until(ends.lost == 2);
	g_assert_cmpuint(ends.concluded, ==, 0);
	ends_finish(&ends);
}

/* The user leaves before it is known what an end means. */
static void test_left(void)
{
	static const char *const acts[] = { "m", "k", "mk", "p", "pmk" };
	gsize i;

	for (i = 0; i < G_N_ELEMENTS(acts); i++) {
		struct ends ends;

		ends_init(&ends, &answers);
		watch(&ends, TRUE);
		act(&ends, acts[i]);
		session_end_stop(ends.end);
		watch(&ends, TRUE); /* and the next session is not judged by the last one */
		act(&ends, "m");
		peer_until(ends.concluded);
		g_assert_cmpuint(ends.concluded, ==, 1);
		g_assert_cmpint(ends.verdict, ==, VERDICT_GUESS);
		session_end_stop(ends.end);
		watch(&ends, TRUE);
		act(&ends, acts[i]);
		ends_finish(&ends); /* in the middle */
	}
	session_end_stop(NULL);
	session_end_free(NULL);
}

#define ADD(name, manners, test) \
	g_test_add("/witness/" name, struct fixture, manners, set_up, test, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_log_set_handler(G_LOG_DOMAIN, G_LOG_LEVEL_DEBUG, count_witnesses, NULL);
	ADD("there", &silent, test_there);
	ADD("lost", &silent, test_lost);
	g_test_add_func("/witness/nobody", test_nobody);
	ADD("asked", &answers, test_asked);
	ADD("silent", &silent, test_silent);
	ADD("hangs-up", &silent, test_hangs_up);
	ADD("stopped", &silent, test_stopped);
	g_test_add_func("/session-end/verdicts", test_verdicts);
	g_test_add_func("/session-end/guesses", test_guesses);
	g_test_add_func("/session-end/extra", test_extra);
	g_test_add_func("/session-end/left", test_left);
	return g_test_run();
}
