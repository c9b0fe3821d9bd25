/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_CONNECTION_INTERNAL_H
#define OSVDI_CONNECTION_INTERNAL_H

#include "session/address.h"
#include "session/connection.h"
#include "session/diagnosis.h"
#include "session/retry.h"
#include "session/session-end.h"
#include "session/tcp-probe.h"

/*
 * The connection*.c files share this; no other file includes this header. connection.c
 * calls connection-channels.c, and both call connection-attempt.c.
 */
struct connection {
	const struct options *options;
	struct target *given;        /* as it was parsed */
	const struct target *target; /* with the address that is good now; the address's */
	struct stats *stats;
	const struct connection_listener *listener;
	gpointer data;

	SpiceSession *session;
	SpiceMainChannel *main;
	struct ext_port *port;
	struct address *address;
	struct session_end *end;
	enum connection_state state;
	gboolean was_connected, asking, waiting_for_end, silent;
	gboolean has_session;    /* the session is open and will report its end */
	gboolean password_given, proxy_login_given; /* by the user, and not accepted yet */
	struct failure *failure; /* the latest, until connected */

	/* the attempt under way */
	guint attempts;      /* since the session was last connected */
	gint64 attempt_us;   /* when the latest attempt began */
	guint setup_ms;      /* how long the latest good attempt took */
	guint tunnels;       /* that had reached the proxy when the attempt began */
	guint retry_timer, attempt_timer, silence_timer, listen_timer;
	struct diagnosis *diagnosis; /* of a first attempt */
	struct tcp_probe *probe;     /* before an attempt */
	GNetworkMonitor *network;
	gulong network_changed;

	/* how the attempts since the break were answered */
	guint denials;    /* in a row */
	gint64 nobody_us; /* since when every answer was "nobody is there"; 0: not so */
	gboolean wake;    /* the user wants the desktop to be started */
};

/* connection-attempt.c */
void connection_attempt(struct connection *connection);
/* An attempt or a session failed. Takes the failure over. */
void connection_fail(struct connection *connection, struct failure *failure);
/* The same, but the next attempt waits for the user. */
void connection_rest(struct connection *connection, enum connection_state state,
		struct failure *failure);
/* The address was renewed; failure: why it was not, or NULL. Takes the failure over. */
void connection_renewed(struct failure *failure, gpointer connection);
void connection_disconnected(SpiceSession *session, struct connection *connection);
void connection_set_state(struct connection *connection, enum connection_state state);
void connection_clear_timers(struct connection *connection);

/* connection-channels.c */
struct ext_port *connection_make_port(struct connection *connection);
void connection_watch_session(struct connection *connection);

#endif
