/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "session/connection-internal.h"

#include <glib-unix.h>
#include <poll.h>

/* What the end of one channel means: a network that broke, or somebody else who
 * opened the desktop and is not to be thrown out again. */

/* So long the other channels of a session may take to end after the first. */
#define MAIN_GRACE_MS 150
#define OTHERS_GRACE_MS 500
/* A proxy takes its time for a WebSocket's end. */
#define TUNNEL_GRACE_MS 1000
#define ANSWER_MS 1500

/* ---- main's socket ------------------------------------------------------- */

/* spice-glib's reading takes the error away, and what it tells is an orderly end. */
static gboolean on_main_hung_up(gint fd, GIOCondition condition, gpointer data)
{
	struct connection *connection = data;

	connection->main_reset = (condition & G_IO_ERR) != 0;
	g_clear_pointer(&connection->main_watch, g_source_unref);
	return G_SOURCE_REMOVE;
}

static void unwatch_main(struct connection *connection)
{
	if (connection->main_watch)
		g_source_destroy(connection->main_watch);
	g_clear_pointer(&connection->main_watch, g_source_unref);
}

void connection_ending_watch(struct connection *connection, SpiceChannel *main)
{
	g_autoptr(GSocket) socket = NULL;

	witness_start(connection->witness);
	unwatch_main(connection);
	g_object_get(main, "socket", &socket, NULL);
	if (!socket || address_is_websocket(connection->address))
		return;
	connection->main_watch = g_unix_fd_source_new(g_socket_get_fd(socket), (GIOCondition)POLLRDHUP);
	g_source_set_priority(connection->main_watch, G_PRIORITY_HIGH);
	g_source_set_callback(connection->main_watch, (GSourceFunc)(void (*)(void))on_main_hung_up, connection, NULL);
	g_source_attach(connection->main_watch, NULL);
}

/* ---- the verdict --------------------------------------------------------- */

void connection_ending_stop(struct connection *connection)
{
	g_clear_handle_id(&connection->ending_timer, g_source_remove);
	g_clear_handle_id(&connection->extra_timer, g_source_remove);
	g_clear_pointer(&connection->ended, failure_free);
	connection->ending = connection->main_ended = connection->main_reset = connection->others_ended = FALSE;
	unwatch_main(connection);
	if (connection->witness)
		witness_stop(connection->witness);
}

/* Tunnels are cut by clouds whose sessions end with their token. */
static void note_age(struct connection *connection)
{
	gint64 age_us = g_get_monotonic_time() - connection->opened_us;

	if (!address_is_websocket(connection->address))
		return;
	if (!connection->limit_told)
		connection->limit_s = retry_session_limit_s(age_us, connection->cut_age_us);
	connection->cut_age_us = age_us;
}

static void conclude(struct connection *connection, gboolean witnessed, enum witness_state state)
{
	struct ending ending = {
		.main = connection->main_ended,
		.alone = !connection->others_ended,
		.reset = connection->main_reset,
		.witnessed = witnessed,
		.unknown = state == WITNESS_NONE,
		.guessed = connection->guessed,
	};
	enum verdict verdict = retry_judge(&ending);

	g_debug("Session ended: main %d, alone %d, reset %d, witness %d, answered %d, guessed before %d: verdict %d", ending.main,
			ending.alone, ending.reset, state, witnessed, ending.guessed, verdict);
	connection->guessed = verdict == VERDICT_GUESS;
	note_age(connection);
	if (verdict == VERDICT_TAKEN)
		connection_rest(connection, CONNECTION_TAKEN, failure_taken(connection->target));
	else
		connection_fail(connection, g_steal_pointer(&connection->ended));
}

static void on_answer(gboolean alive, gpointer data)
{
	conclude(data, alive, WITNESS_THERE);
}

static gboolean judge(gpointer data)
{
	struct connection *connection = data;
	enum witness_state state = witness_look(connection->witness);

	connection->ending_timer = 0;
	if (!connection->main_ended || state != WITNESS_THERE)
		conclude(connection, FALSE, state);
	else
		witness_ask(connection->witness, ANSWER_MS, on_answer);
	return G_SOURCE_REMOVE;
}

static void judge_in(struct connection *connection, guint ms)
{
	g_clear_handle_id(&connection->ending_timer, g_source_remove);
	connection->ending_timer = g_timeout_add(ms, judge, connection);
}

static void main_channel_ended(struct connection *connection, struct failure *failure)
{
	gboolean known = witness_look(connection->witness) == WITNESS_LOST;

	connection->main_ended = TRUE;
	failure_free(connection->ended);
	connection->ended = failure;
	judge_in(connection, known ? 0 : address_is_websocket(connection->address) ? TUNNEL_GRACE_MS : MAIN_GRACE_MS);
}

void connection_channel_ended(struct connection *connection, SpiceChannel *channel, struct failure *failure)
{
	gboolean first = !connection->ending;

	if (connection->state != CONNECTION_CONNECTED || connection->waiting_for_end) {
		failure_free(failure);
		return;
	}
	connection->ending = TRUE;
	connection->others_ended |= !SPICE_IS_MAIN_CHANNEL(channel);
	if (SPICE_IS_MAIN_CHANNEL(channel) && !connection->main_ended) {
		main_channel_ended(connection, failure);
	} else if (first) {
		connection->ended = failure;
		judge_in(connection, OTHERS_GRACE_MS);
	} else {
		failure_free(failure);
	}
}

void connection_witness_lost(gpointer data)
{
	struct connection *connection = data;

	if (connection->ending && connection->main_ended && connection->ending_timer)
		judge_in(connection, 0);
}

/* ---- channels that a session can do without ------------------------------ */

static gboolean tell_lost(gpointer data)
{
	struct connection *connection = data;

	connection->extra_timer = 0;
	if (connection->state == CONNECTION_CONNECTED && !connection->ending)
		connection->listener->lost(connection->extra_type, connection->data);
	return G_SOURCE_REMOVE;
}

void connection_extra_ended(struct connection *connection, int type)
{
	if (connection->state != CONNECTION_CONNECTED || connection->extra_timer)
		return;
	connection->extra_type = type;
	/* It may be the first of all. */
	connection->extra_timer = g_timeout_add(OTHERS_GRACE_MS, tell_lost, connection);
}
