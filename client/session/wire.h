/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WIRE_H
#define OSVDI_WIRE_H

#include "session/address.h"

/*
 * A connection of our own to where a session's main channel goes, by the same
 * way (proxy, tunnel, Unix socket, host after a migration): to look at what is
 * there without being a viewer. Main thread.
 */

/* Whether the main channel goes to the TLS port. */
gboolean wire_is_tls(SpiceSession *session);

/* tls: to the TLS port, without a handshake. Errors: GIO's. */
void wire_open_async(SpiceSession *session, struct address *address, gboolean tls, GCancellable *cancellable,
		GAsyncReadyCallback done, gpointer data);
GSocketConnection *wire_open_finish(GAsyncResult *result, GError **error);

#define WIRE_QUESTION_SIZE 38

/**
 * Writes a SPICE link message for a channel of a session that no server has, so
 * that an answer can be had without opening anything: a server says so before it
 * looks at who asks. Returns WIRE_QUESTION_SIZE.
 */
gsize wire_question(guint8 *message);

#endif
