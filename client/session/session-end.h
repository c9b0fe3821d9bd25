/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_SESSION_END_H
#define OSVDI_SESSION_END_H

#include "session/address.h"
#include "session/retry.h"

/*
 * Finds out what the end of a channel means: the network broke, or another viewer opened
 * the desktop and must not be thrown out again. Main thread only.
 */
struct session_end;

struct session_end_listener {
	/* The session has ended. failure: of the channel that ended; to be taken over. */
	void (*concluded)(enum verdict verdict, struct failure *failure, gpointer data);
	/* A channel ended that the session can do without. type: of spice. */
	void (*lost)(int type, gpointer data);
};

struct session_end *session_end_new(SpiceSession *session, struct address *address,
		const struct session_end_listener *listener, gpointer data);
void session_end_free(struct session_end *end);

/* From the opening of the main channel until the session is left. */
void session_end_watch(struct session_end *end, SpiceChannel *main);
void session_end_stop(struct session_end *end); /* accepts NULL */

/* A channel ended that the session needs. Takes the failure over. */
void session_end_channel(struct session_end *end, SpiceChannel *channel, struct failure *failure);
/* A channel ended that the session can do without. */
void session_end_extra(struct session_end *end, int type);

/* Forgets the guess that another viewer has taken an earlier session over. */
void session_end_forget_guess(struct session_end *end);

/* After how many seconds sessions are ended from outside; 0: not known, or told before. */
guint session_end_take_limit(struct session_end *end);

#endif
