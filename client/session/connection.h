/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_CONNECTION_H
#define OSVDI_CONNECTION_H

#include <spice-client.h>
#include "session/failure.h"
#include "base/options.h"
#include "session/ext-port.h"
#include "media/stats.h"
#include "target/target.h"

/*
 * The life of one session: connects, notices a break, and connects again. The SpiceSession
 * stays the same all along, and so do windows and widgets. Main thread only.
 */
struct connection;

enum connection_state {
	CONNECTION_CONNECTING,   /* for the first time */
	CONNECTION_CONNECTED,
	CONNECTION_RECONNECTING, /* after a break; will be tried again */
	/* Another viewer opened the desktop and keeps it. connection_retry_now() takes it back. */
	CONNECTION_TAKEN,
	/* After a break that is not retried. connection_retry_now() tries again. */
	CONNECTION_LOST,
	CONNECTION_ENDED,        /* given up, or closed by the user */
};

struct connection_listener {
	/* failure: why the connection left the former state, or NULL; borrowed. */
	void (*state)(enum connection_state state, const struct failure *failure, gpointer data);
	/* A display channel, before it is opened. */
	void (*display)(SpiceDisplayChannel *channel, int id, gpointer data);
	/* The password is missing or wrong: call connection_set_password() or connection_close().
	 * reason: why the password is asked for again, or NULL. */
	void (*password)(gboolean user_too, const char *reason, gpointer data);
	/* The proxy wants a login: call connection_set_proxy_login() or connection_close().
	 * again: the proxy did not accept the last login. */
	void (*proxy_login)(const char *proxy, gboolean again, gpointer data);
	/* The session's main channel, before it is opened. */
	void (*main_channel)(SpiceMainChannel *main, gpointer data);
	/* The server has been silent for some seconds, or speaks again. */
	void (*silent)(gboolean silent, gpointer data);
	/* A channel has ended that the session can do without: sound, USB. type: of spice. */
	void (*lost)(int type, gpointer data);
	/* A note that the user should see once. */
	void (*note)(const char *text, gpointer data);
	/* The extension port came or went. */
	void (*extension)(gboolean there, gpointer data);
};

/* Takes the target over, also on failure; borrows options and stats.
 * Errors: NULL if the target cannot be used (a bad CA, a proxy that is not understood). */
struct connection *connection_new(const struct options *options, struct target *target,
		struct stats *stats, const struct connection_listener *listener, gpointer data,
		GError **error);
void connection_free(struct connection *connection);

void connection_open(struct connection *connection);
/* Ends the connection for the user. */
void connection_close(struct connection *connection);
/* The same without telling the listener, at the end of the program. */
void connection_close_quietly(struct connection *connection);
/* Call this after a suspend. Connects again, because the old connection may be dead. */
void connection_awake(struct connection *connection);
/* Tries now, because the user says so: does not wait for the next attempt, takes a desktop
 * back, or begins again. */
void connection_retry_now(struct connection *connection);

/* Strings are copied. */
void connection_set_password(struct connection *connection, const char *user, const char *password);
void connection_set_proxy_login(
		struct connection *connection, const char *user, const char *password);

SpiceSession *connection_get_session(struct connection *connection);
SpiceMainChannel *connection_get_main(struct connection *connection); /* may be NULL */
struct ext_port *connection_get_port(struct connection *connection);
const struct target *connection_get_target(struct connection *connection);

#endif
