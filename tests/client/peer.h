/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_PEER_H
#define OSVDI_PEER_H

#include "session/address.h"

/*
 * The other end of TCP connections, in the main loop of a test: what it says first, what it
 * answers, and how each connection ends. Waiting runs the main loop until a state is there.
 */
struct peer;

struct peer_manners {
	const char *greeting; /* said to whoever connects; NULL: none */
	const char *answer;   /* to the first bytes that come; NULL: none */
	gboolean hangs_up;    /* after the greeting */
	GTlsCertificate *certificate; /* of TLS, which begins at once; NULL: none */
};

struct peer *peer_new(const struct peer_manners *manners); /* manners: borrowed */
void peer_free(struct peer *peer);

guint peer_port(const struct peer *peer);
/* Nobody listens at the port any more; connections stay. */
void peer_close_port(struct peer *peer);

/* How many connections came so far. */
guint peer_count(const struct peer *peer);
/* The connections that came so far end, in order or by a reset. */
void peer_hang_up(struct peer *peer);
void peer_reset(struct peer *peer);
/* Says bytes over the newest connection. */
void peer_say(struct peer *peer, const char *text);
/* All bytes that came over the newest connection. */
GByteArray *peer_heard(struct peer *peer);

/* A session to a port of this computer, and its address. uri: scheme and host. */
struct peer_place {
	struct options *options;
	struct target *target;
	struct address *address;
	SpiceSession *session;
};
void peer_place_init(struct peer_place *place, const char *uri, guint port);
void peer_place_finish(struct peer_place *place);

/* Runs the main loop until the condition holds. */
#define peer_until(condition) \
	do { \
		while (!(condition)) \
			g_main_context_iteration(NULL, TRUE); \
	} while (0)

#endif
