/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/witness.h"
#include "session/wire.h"

/* A witness that was lost within this time counts as lost together with its session. */
#define LOST_LATELY_US (2 * G_USEC_PER_SEC)
/* If a witness lives for less than this, the server does not want it. */
#define SHORT_LIFE_US (5 * G_USEC_PER_SEC)
#define FIRST_REOPEN_S 1
#define LAST_REOPEN_S 64

struct witness {
	guint refs; /* held by the owner and by each operation under way */
	SpiceSession *session;
	struct address *address;
	void (*lost)(gpointer data);
	gpointer data;

	GCancellable *cancellable; /* while opening or asking */
	GSocketConnection *connection;
	GSource *watch;
	gint64 opened_us, lost_us;
	guint reopen_timer, reopen_s;

	void (*answered)(gboolean alive, gpointer data); /* while asked */
	guint ask_timer;
	GIOStream *tls; /* over the connection, if the question is a TLS handshake */
	guint8 question[WIRE_QUESTION_SIZE], answer[4];
};

static void open_one(struct witness *witness);

static struct witness *witness_ref(struct witness *witness)
{
	witness->refs++;
	return witness;
}

static void witness_unref(struct witness *witness)
{
	if (--witness->refs == 0)
		g_free(witness);
}
#define witness_auto __attribute__((cleanup(witness_autounref))) struct witness *

static void witness_autounref(struct witness **witness)
{
	witness_unref(*witness);
}

static void stop_watch(struct witness *witness)
{
	if (!witness->watch)
		return;
	g_source_destroy(witness->watch);
	g_clear_pointer(&witness->watch, g_source_unref);
}

static void drop(struct witness *witness)
{
	stop_watch(witness);
	if (witness->cancellable)
		g_cancellable_cancel(witness->cancellable);
	g_clear_object(&witness->cancellable);
	g_clear_object(&witness->tls);
	if (witness->connection)
		g_io_stream_close(G_IO_STREAM(witness->connection), NULL, NULL);
	g_clear_object(&witness->connection);
}

/* ---- having one ---------------------------------------------------------- */

static gboolean reopen(gpointer data)
{
	struct witness *witness = data;

	witness->reopen_timer = 0;
	open_one(witness);
	return G_SOURCE_REMOVE;
}

static void reopen_later(struct witness *witness)
{
	g_clear_handle_id(&witness->reopen_timer, g_source_remove);
	witness->reopen_timer = g_timeout_add_seconds(witness->reopen_s, reopen, witness);
	witness->reopen_s = MIN(witness->reopen_s * 2, LAST_REOPEN_S);
}

static void note_loss(struct witness *witness)
{
	witness->lost_us = g_get_monotonic_time();
	if (witness->lost_us - witness->opened_us > SHORT_LIFE_US)
		witness->reopen_s = FIRST_REOPEN_S;
	drop(witness);
}

/* Whether the other end has hung up. Ignores bytes that come unasked. */
static gboolean has_ended(struct witness *witness)
{
	GSocket *socket = g_socket_connection_get_socket(witness->connection);
	char bytes[256];

	if (!(g_socket_condition_check(socket, G_IO_IN | G_IO_HUP | G_IO_ERR) &
			    (G_IO_IN | G_IO_HUP | G_IO_ERR)))
		return FALSE;
	return g_socket_receive_with_blocking(socket, bytes, sizeof bytes, FALSE, NULL, NULL) <= 0;
}

static gboolean on_ready(GSocket *socket, GIOCondition condition, gpointer data)
{
	struct witness *witness = data;

	if (!has_ended(witness))
		return G_SOURCE_CONTINUE;
	note_loss(witness);
	reopen_later(witness);
	witness->lost(witness->data);
	return G_SOURCE_REMOVE;
}

static void opened(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	GSocketConnection *connection = wire_open_finish(result, &error);
	witness_auto witness = data;

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	g_clear_object(&witness->cancellable);
	if (!connection) {
		g_debug("Witness: %s", error->message);
		reopen_later(witness);
		return;
	}
	witness->connection = connection;
	witness->opened_us = g_get_monotonic_time();
	g_debug("Witness: there");
	witness->watch = g_socket_create_source(g_socket_connection_get_socket(connection),
			G_IO_IN | G_IO_HUP | G_IO_ERR, NULL);
	g_source_set_callback(witness->watch, (GSourceFunc)(void (*)(void))on_ready, witness, NULL);
	g_source_attach(witness->watch, NULL);
}

static void open_one(struct witness *witness)
{
	/* Wait for a fresh address; a witness is not worth a login at the cloud. */
	if (address_is_stale(witness->address)) {
		reopen_later(witness);
		return;
	}
	witness->cancellable = g_cancellable_new();
	wire_open_async(witness->session, witness->address, wire_is_tls(witness->session),
			witness->cancellable, opened, witness_ref(witness));
}

void witness_start(struct witness *witness)
{
	witness_stop(witness);
	witness->lost_us = 0;
	witness->reopen_s = FIRST_REOPEN_S;
	open_one(witness);
}

void witness_stop(struct witness *witness)
{
	g_clear_handle_id(&witness->reopen_timer, g_source_remove);
	g_clear_handle_id(&witness->ask_timer, g_source_remove);
	witness->answered = NULL;
	drop(witness);
}

enum witness_state witness_look(struct witness *witness)
{
	if (witness->connection && has_ended(witness))
		note_loss(witness);
	if (witness->connection)
		return WITNESS_THERE;
	if (witness->lost_us && g_get_monotonic_time() - witness->lost_us < LOST_LATELY_US)
		return WITNESS_LOST;
	return WITNESS_NONE;
}

/* ---- asking it ----------------------------------------------------------- */

static void tell(struct witness *witness, gboolean alive)
{
	void (*answered)(gboolean alive, gpointer data) = witness->answered;

	witness_stop(witness);
	if (answered)
		answered(alive, witness->data);
}

static gboolean ask_timed_out(gpointer data)
{
	struct witness *witness = data;

	witness->ask_timer = 0;
	tell(witness, FALSE);
	return G_SOURCE_REMOVE;
}

static void answer_read(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	gssize n = g_input_stream_read_finish(G_INPUT_STREAM(source), result, &error);
	witness_auto witness = data;

	if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		tell(witness, n > 0);
}

static void question_written(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	witness_auto witness = data;

	if (!g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, &error)) {
		if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
			tell(witness, FALSE);
		return;
	}
	g_input_stream_read_async(g_io_stream_get_input_stream(G_IO_STREAM(witness->connection)),
			witness->answer, sizeof witness->answer, G_PRIORITY_DEFAULT,
			witness->cancellable, answer_read, witness_ref(witness));
}

/* Accepts any certificate, because we tell the server nothing. */
static gboolean accept_any(GTlsConnection *tls, GTlsCertificate *certificate,
		GTlsCertificateFlags errors, gpointer data)
{
	return TRUE;
}

static void shaken(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	gboolean ok = g_tls_connection_handshake_finish(G_TLS_CONNECTION(source), result, &error);
	witness_auto witness = data;

	if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		tell(witness, ok);
}

static void ask_by_tls(struct witness *witness)
{
	g_autoptr(GError) error = NULL;

	witness->tls = g_tls_client_connection_new(G_IO_STREAM(witness->connection), NULL, &error);
	if (!witness->tls) {
		g_warning("Witness: %s", error->message);
		tell(witness, FALSE);
		return;
	}
	g_signal_connect(witness->tls, "accept-certificate", G_CALLBACK(accept_any), NULL);
	g_tls_connection_handshake_async(G_TLS_CONNECTION(witness->tls), G_PRIORITY_DEFAULT,
			witness->cancellable, shaken, witness_ref(witness));
}

void witness_ask(struct witness *witness, guint timeout_ms,
		void (*answered)(gboolean alive, gpointer data))
{
	witness->answered = answered;
	witness->ask_timer = g_timeout_add(timeout_ms, ask_timed_out, witness);
	if (!witness->connection)
		return;
	stop_watch(witness);
	witness->cancellable = g_cancellable_new();
	if (!address_is_websocket(witness->address) && wire_is_tls(witness->session)) {
		ask_by_tls(witness);
		return;
	}
	g_output_stream_write_all_async(
			g_io_stream_get_output_stream(G_IO_STREAM(witness->connection)),
			witness->question, wire_question(witness->question), G_PRIORITY_DEFAULT,
			witness->cancellable, question_written, witness_ref(witness));
}

/* ---- life ---------------------------------------------------------------- */

struct witness *witness_new(SpiceSession *session, struct address *address,
		void (*lost)(gpointer data), gpointer data)
{
	struct witness *witness = g_new0(struct witness, 1);

	witness->refs = 1;
	witness->session = session;
	witness->address = address;
	witness->lost = lost;
	witness->data = data;
	return witness;
}

void witness_free(struct witness *witness)
{
	if (!witness)
		return;
	witness_stop(witness);
	witness_unref(witness);
}
