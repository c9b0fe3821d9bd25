/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/session-end.h"
#include "session/witness.h"

#include <glib-unix.h>
#include <poll.h>

/* How long the other channels may take to end after the main channel, or after another
 * channel. */
#define MAIN_GRACE_MS 150
#define OTHERS_GRACE_MS 500
/* A proxy is slower to end the WebSockets of the other channels. */
#define TUNNEL_GRACE_MS 1000
/* How long the server may take to answer the witness: one that is busy, and far away, too. Who
 * is not believed in time is thrown out by a viewer that comes back. */
#define ANSWER_MS 5000

struct session_end {
	struct address *address;
	const struct session_end_listener *listener;
	gpointer data;
	struct witness *witness;

	/* of the session that is open */
	GSource *main_watch;   /* sees the end of main's socket before spice-glib does */
	gint64 opened_us;
	gboolean ending;       /* a vital channel has ended, and its meaning is not known yet */
	gboolean main_ended, main_reset, others_ended;
	guint ending_timer, extra_timer;
	int extra_type;        /* type of the channel that extra_timer is about */
	struct failure *ended; /* of the main channel, or of the channel that ended first */

	/* of earlier sessions */
	gboolean guessed;      /* the last one was perhaps taken */
	gint64 cut_age_us;     /* age of the last one when it was cut; 0 */
	guint limit_s;         /* the age at which sessions are ended from outside; 0 */
	gboolean limit_told;
};

/* ---- main's socket ------------------------------------------------------- */

/* spice-glib reads the socket's error away and reports an orderly end, so look first. */
static gboolean on_main_hung_up(gint fd, GIOCondition condition, gpointer data)
{
	struct session_end *end = data;

	end->main_reset = (condition & G_IO_ERR) != 0;
	g_clear_pointer(&end->main_watch, g_source_unref);
	return G_SOURCE_REMOVE;
}

static void unwatch_main(struct session_end *end)
{
	if (end->main_watch)
		g_source_destroy(end->main_watch);
	g_clear_pointer(&end->main_watch, g_source_unref);
}

void session_end_watch(struct session_end *end, SpiceChannel *main)
{
	g_autoptr(GSocket) socket = NULL;

	witness_start(end->witness);
	end->opened_us = g_get_monotonic_time();
	unwatch_main(end);
	g_object_get(main, "socket", &socket, NULL);
	if (!socket || address_is_websocket(end->address))
		return;
	end->main_watch = g_unix_fd_source_new(g_socket_get_fd(socket), (GIOCondition)POLLRDHUP);
	g_source_set_priority(end->main_watch, G_PRIORITY_HIGH);
	g_source_set_callback(end->main_watch, (GSourceFunc)(void (*)(void))on_main_hung_up,
			end, NULL);
	g_source_attach(end->main_watch, NULL);
}

/* ---- the verdict --------------------------------------------------------- */

void session_end_stop(struct session_end *end)
{
	if (!end)
		return;
	g_clear_handle_id(&end->ending_timer, g_source_remove);
	g_clear_handle_id(&end->extra_timer, g_source_remove);
	g_clear_pointer(&end->ended, failure_free);
	end->ending = end->main_ended = end->main_reset = end->others_ended = FALSE;
	unwatch_main(end);
	witness_stop(end->witness);
}

/* Some clouds end a session, and with it the tunnels, when its token expires. */
static void note_age(struct session_end *end)
{
	gint64 age_us = g_get_monotonic_time() - end->opened_us;

	if (!address_is_websocket(end->address))
		return;
	if (!end->limit_told)
		end->limit_s = retry_session_limit_s(age_us, end->cut_age_us);
	end->cut_age_us = age_us;
}

static void conclude(struct session_end *end, gboolean witnessed, enum witness_state state)
{
	struct ending ending = {
		.main = end->main_ended,
		.alone = !end->others_ended,
		.reset = end->main_reset,
		.witnessed = witnessed,
		.unknown = state == WITNESS_NONE,
		.guessed = end->guessed,
	};
	enum verdict verdict = retry_judge(&ending);

	g_debug("Session ended: main %d, alone %d, reset %d, witness %d, answered %d, "
		"guessed before %d: verdict %d", ending.main, ending.alone, ending.reset, state,
			witnessed, ending.guessed, verdict);
	end->guessed = verdict == VERDICT_GUESS;
	note_age(end);
	end->listener->concluded(verdict, g_steal_pointer(&end->ended), end->data);
}

static void on_answer(gboolean alive, gpointer data)
{
	conclude(data, alive, WITNESS_THERE);
}

static gboolean judge(gpointer data)
{
	struct session_end *end = data;
	enum witness_state state = witness_look(end->witness);

	end->ending_timer = 0;
	if (!end->main_ended || state != WITNESS_THERE)
		conclude(end, FALSE, state);
	else
		witness_ask(end->witness, ANSWER_MS, on_answer);
	return G_SOURCE_REMOVE;
}

static void judge_in(struct session_end *end, guint ms)
{
	g_clear_handle_id(&end->ending_timer, g_source_remove);
	end->ending_timer = g_timeout_add(ms, judge, end);
}

static void main_channel_ended(struct session_end *end, struct failure *failure)
{
	gboolean known = witness_look(end->witness) == WITNESS_LOST;

	end->main_ended = TRUE;
	failure_free(end->ended);
	end->ended = failure;
	judge_in(end, known ? 0 :
			address_is_websocket(end->address) ? TUNNEL_GRACE_MS : MAIN_GRACE_MS);
}

void session_end_channel(struct session_end *end, SpiceChannel *channel, struct failure *failure)
{
	gboolean first = !end->ending;

	end->ending = TRUE;
	end->others_ended |= !SPICE_IS_MAIN_CHANNEL(channel);
	if (SPICE_IS_MAIN_CHANNEL(channel) && !end->main_ended) {
		main_channel_ended(end, failure);
	} else if (first) {
		end->ended = failure;
		judge_in(end, OTHERS_GRACE_MS);
	} else {
		failure_free(failure);
	}
}

static void witness_lost(gpointer data)
{
	struct session_end *end = data;

	if (end->ending && end->main_ended && end->ending_timer)
		judge_in(end, 0);
}

/* ---- channels that a session can do without ------------------------------ */

static gboolean tell_lost(gpointer data)
{
	struct session_end *end = data;

	end->extra_timer = 0;
	if (!end->ending)
		end->listener->lost(end->extra_type, end->data);
	return G_SOURCE_REMOVE;
}

void session_end_extra(struct session_end *end, int type)
{
	if (end->extra_timer)
		return;
	end->extra_type = type;
	/* Wait: this channel may be the first of all channels to end. */
	end->extra_timer = g_timeout_add(OTHERS_GRACE_MS, tell_lost, end);
}

/* ---- what earlier sessions taught ---------------------------------------- */

void session_end_forget_guess(struct session_end *end)
{
	end->guessed = FALSE;
}

guint session_end_take_limit(struct session_end *end)
{
	guint seconds = end->limit_s;

	end->limit_s = 0;
	end->limit_told |= seconds != 0;
	return seconds;
}

/* ---- life ---------------------------------------------------------------- */

struct session_end *session_end_new(SpiceSession *session, struct address *address,
		const struct session_end_listener *listener, gpointer data)
{
	struct session_end *end = g_new0(struct session_end, 1);

	end->address = address;
	end->listener = listener;
	end->data = data;
	end->witness = witness_new(session, address, witness_lost, end);
	return end;
}

void session_end_free(struct session_end *end)
{
	if (!end)
		return;
	session_end_stop(end);
	witness_free(end->witness);
	g_free(end);
}
