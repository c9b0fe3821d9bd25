/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_PORT_H
#define OSVDI_PORT_H

#include <spice-client.h>
#include <osvdi-common/update.h>

/*
 * The extension port of one session: hello, clock, acknowledgements. Without
 * the port (any other server) all of it is silent.
 */
struct port;

struct port_listener {
	/* The server answered the hello. */
	void (*ready)(const struct osvdi_server_hello *hello, gpointer data);
	/* server's clock - CLOCK_MONOTONIC, microseconds, and half the round trip. */
	void (*clock)(gint64 offset_us, gint64 uncertainty_us, gpointer data);
	void (*gone)(gpointer data);
};

struct port *port_new(const struct port_listener *listener, gpointer data);
struct port *port_ref(struct port *port);
void port_unref(struct port *port);

/* refresh_mhz: of the screen; 0 unknown. Takes effect with the next hello. */
void port_set_refresh(struct port *port, guint32 refresh_mhz);
/* Ceilings that the user wants, 0: none. */
void port_set_preferences(struct port *port, guint32 max_fps_mhz, guint32 max_kbps);

/* A ceiling of this session's own, besides what the user wants; 0: none. */
void port_limit_fps(struct port *port, guint32 max_fps_mhz);

/* An update of one display's picture. Main thread. Owner: the callee. */
typedef void (*port_update_func)(struct update *update, gpointer data);
/* Who gets them from now on; func NULL: nobody. */
void port_set_updates(struct port *port, guint display, port_update_func func, gpointer data);

/* A new port channel of the session; ignored unless it is ours. Main thread. */
void port_offer_channel(struct port *port, SpicePortChannel *channel);
void port_detach(struct port *port);
/* Whether the channel is the one that carries the port. */
gboolean port_uses(struct port *port, SpiceChannel *channel);

/* Sizes that displays should have; without the port nothing happens. */
void port_send_monitors(struct port *port, const struct osvdi_monitors *monitors);

gboolean port_is_ready(struct port *port);

/* Any thread: sent from the main loop, at once. */
void port_ack(struct port *port, const struct osvdi_ack *ack);
void port_request_key_frame(struct port *port, guint32 display);

#endif
