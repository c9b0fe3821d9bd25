/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_EXT_PORT_H
#define OSVDI_EXT_PORT_H

#include <spice-client.h>
#include <osvdi-common/update.h>

/*
 * The extension port of one session: hello, clock, acknowledgements. Without
 * the port (any other server) all of it is silent.
 */
struct ext_port;

struct ext_port_listener {
	/* The server answered the hello. */
	void (*ready)(const struct osvdi_server_hello *hello, gpointer data);
	/* server's clock - CLOCK_MONOTONIC, microseconds, and half the round trip. */
	void (*clock)(gint64 offset_us, gint64 uncertainty_us, gpointer data);
	void (*gone)(gpointer data);
};

struct ext_port *ext_port_new(const struct ext_port_listener *listener, gpointer data);
struct ext_port *ext_port_ref(struct ext_port *port);
void ext_port_unref(struct ext_port *port);

/* refresh_mhz: of the screen; 0 unknown. Takes effect with the next hello. */
void ext_port_set_refresh(struct ext_port *port, guint32 refresh_mhz);
/* Ceilings that the user wants, 0: none. */
void ext_port_set_preferences(struct ext_port *port, guint32 max_fps_mhz, guint32 max_kbps);

/* A ceiling of this session's own, besides what the user wants; 0: none. */
void ext_port_limit_fps(struct ext_port *port, guint32 max_fps_mhz);

/* An update of one display's picture. Main thread. Owner: the callee. */
typedef void (*ext_port_update_func)(struct update *update, gpointer data);
/* Who gets them from now on; func NULL: nobody. */
void ext_port_set_updates(struct ext_port *port, guint display, ext_port_update_func func, gpointer data);

/* A new port channel of the session; ignored unless it is ours. Main thread. */
void ext_port_offer_channel(struct ext_port *port, SpicePortChannel *channel);
void ext_port_detach(struct ext_port *port);
/* Whether the channel is the one that carries the port. */
gboolean ext_port_uses(struct ext_port *port, SpiceChannel *channel);

/* Sizes that displays should have; without the port nothing happens. */
void ext_port_send_monitors(struct ext_port *port, const struct osvdi_monitors *monitors);

gboolean ext_port_is_ready(struct ext_port *port);

/* Any thread: sent from the main loop, at once. */
void ext_port_ack(struct ext_port *port, const struct osvdi_ack *ack);
void ext_port_request_key_frame(struct ext_port *port, guint32 display);

#endif
