/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WIRE_H
#define OSVDI_WIRE_H

#include "session/address.h"

/*
 * A connection to the address of a session's main channel, by the same way: proxy, tunnel,
 * Unix socket, or new host after a migration. Lets us look at the server without being a
 * viewer. Main thread.
 */

/* Whether the main channel goes to the TLS port. */
gboolean wire_is_tls(SpiceSession *session);

/* tls: connect to the TLS port, without a handshake. Errors: of GIO. */
void wire_open_async(SpiceSession *session, struct address *address, gboolean tls,
		GCancellable *cancellable, GAsyncReadyCallback done, gpointer data);
GSocketConnection *wire_open_finish(GAsyncResult *result, GError **error);

#define WIRE_QUESTION_SIZE 38

/**
 * Writes a SPICE link message for a session that does not exist. Any SPICE server answers
 * this before it checks who asks, and nothing is opened. Returns WIRE_QUESTION_SIZE.
 */
gsize wire_question(guint8 *message);

#endif
