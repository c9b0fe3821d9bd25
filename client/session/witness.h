/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WITNESS_H
#define OSVDI_WITNESS_H

#include "session/address.h"

/*
 * A second connection to the server, beside those of the session and by the same
 * way, over which nothing goes. A server that ends a session, since another
 * viewer opened the desktop, ends that session's connections and no others. All
 * else that ends a session (the server's end, a proxy, a network) ends this one
 * too. SPICE itself says nothing of the kind. Main thread.
 */
struct witness;

enum witness_state {
	WITNESS_NONE,  /* was not there, or not yet */
	WITNESS_LOST,  /* ended not long ago */
	WITNESS_THERE,
};

/* lost: the witness has ended; not by witness_stop(). */
struct witness *witness_new(SpiceSession *session, struct address *address, void (*lost)(gpointer data), gpointer data);
void witness_free(struct witness *witness);

/* While a session is open: one that is lost is replaced, ever more seldom where none can be had. */
void witness_start(struct witness *witness);
void witness_stop(struct witness *witness);

/* What is known now; a witness that has just ended is noticed. */
enum witness_state witness_look(struct witness *witness);

/**
 * Has the server answer over the witness, which is used up by that: what merely
 * looks open may lead nowhere.
 *
 * answered: called once, unless witness_stop() comes first.
 */
void witness_ask(struct witness *witness, guint timeout_ms, void (*answered)(gboolean alive, gpointer data));

#endif
