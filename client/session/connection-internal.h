/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_CONNECTION_INTERNAL_H
#define OSVDI_CONNECTION_INTERNAL_H

#include "session/address.h"
#include "session/connection.h"
#include "session/diagnosis.h"
#include "session/tcp-probe.h"
#include "session/retry.h"
#include "session/witness.h"

/* What the connection-*.c files share; nobody else includes this. */
struct connection {
	const struct options *options;
	struct target *target;
	struct stats *stats;
	const struct connection_listener *listener;
	gpointer data;

	SpiceSession *session;
	SpiceMainChannel *main;
	struct ext_port *port;
	enum connection_state state;
	gboolean was_connected, asking, waiting_for_end, silent;
	gboolean has_session;    /* which tells of its end */
	gboolean password_given; /* by the user, and not yet accepted */
	struct failure *failure; /* the latest, until connected */
	guint attempts;          /* since it was last connected */
	gint64 attempt_us;       /* when the latest began */
	guint setup_ms;          /* what the latest good one took */
	guint tunnels;           /* that had reached the proxy when it began */
	guint retry_timer, attempt_timer, silence_timer, listen_timer;
	struct diagnosis *diagnosis; /* of a first attempt */
	struct tcp_probe *probe; /* a look that goes before an attempt */
	struct address *address;
	GNetworkMonitor *network;
	gulong network_changed;

	/* What the tries since the break were answered. */
	guint denials;
	gint64 nobody_us; /* since when nothing but "nobody is there"; 0: not so */
	gboolean wake;    /* the user wants the desktop to be started */

	struct witness *witness;
	GSource *main_watch;   /* tells of the main socket's end before spice-glib does */
	gboolean ending;       /* a vital channel has ended, and what that means is not known yet */
	gboolean main_ended, main_reset, others_ended;
	gboolean guessed;      /* the session before was perhaps taken */
	guint ending_timer, extra_timer;
	int extra_type;        /* of the channel that extra_timer is about */
	struct failure *ended; /* of the channel that ended first, or of main */
	gint64 opened_us;      /* when the session began */
	gint64 cut_age_us;     /* how old the one before was when it was cut; 0 */
	guint limit_s;         /* after which sessions are ended from outside, to be told; 0 */
	gboolean limit_told;
};

/* connection.c. Takes the failure over. */
void connection_fail(struct connection *connection, struct failure *failure);
/* The same, and nothing is tried until the user says so. */
void connection_rest(struct connection *connection, enum connection_state state, struct failure *failure);
void connection_set_state(struct connection *connection, enum connection_state state);
void connection_clear_timers(struct connection *connection);

/* connection-channels.c */
struct ext_port *connection_make_port(struct connection *connection);
void connection_watch_session(struct connection *connection);

/* connection-end.c: a channel of an open session has ended; takes the failure over. */
void connection_channel_ended(struct connection *connection, SpiceChannel *channel, struct failure *failure);
/* From the opening of main until the session is left. */
void connection_ending_watch(struct connection *connection, SpiceChannel *main);
/* The same of a channel that the session can do without. */
void connection_extra_ended(struct connection *connection, int type);
void connection_ending_stop(struct connection *connection);
void connection_witness_lost(gpointer data);

#endif
