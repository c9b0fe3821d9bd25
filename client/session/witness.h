/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WITNESS_H
#define OSVDI_WITNESS_H

#include "session/address.h"

/*
 * An idle connection to the server, beside those of the session and by the same way. If
 * another viewer opens the desktop, the server ends the connections of the session and
 * leaves this one. Any other cause (the end of the server, a proxy, the network) ends this
 * connection too. So the witness shows the difference, which SPICE does not tell. Main
 * thread.
 */
struct witness;

enum witness_state {
	WITNESS_NONE,  /* was never there, or not recently */
	WITNESS_LOST,  /* ended a moment ago */
	WITNESS_THERE,
};

/* lost: called when the witness has ended, but not by witness_stop(). */
struct witness *witness_new(SpiceSession *session, struct address *address,
		void (*lost)(gpointer data), gpointer data);
void witness_free(struct witness *witness);

/* Keeps a witness while a session is open. A lost witness is replaced; if that fails, the
 * attempts become ever rarer. */
void witness_start(struct witness *witness);
void witness_stop(struct witness *witness);

/* The state right now, even if the witness has ended only just before. */
enum witness_state witness_look(struct witness *witness);

/**
 * Makes the server answer over the witness, because a connection that looks open may be
 * dead. The witness is used up by this.
 *
 * answered: called once, unless witness_stop() comes first.
 */
void witness_ask(struct witness *witness, guint timeout_ms,
		void (*answered)(gboolean alive, gpointer data));

#endif
