/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_EXT_PORT_H
#define OSVDI_EXT_PORT_H

#include <spice-client.h>
#include <osvdi-common/update.h>

/*
 * The extension port of one session: hello, clock, acknowledgements. If the server has no
 * such port, these functions do nothing.
 */
struct ext_port;

struct ext_port_listener {
	/* The server answered the hello. */
	void (*ready)(const struct osvdi_server_hello *hello, gpointer data);
	/* offset: the server's clock minus CLOCK_MONOTONIC; uncertainty: half the round trip. */
	void (*clock)(gint64 offset_us, gint64 uncertainty_us, gpointer data);
	void (*gone)(gpointer data);
};

struct ext_port *ext_port_new(const struct ext_port_listener *listener, gpointer data);
struct ext_port *ext_port_ref(struct ext_port *port);
void ext_port_unref(struct ext_port *port);

/* refresh_mhz: of the screen; 0 if unknown. Takes effect with the next hello. */
void ext_port_set_refresh(struct ext_port *port, guint32 refresh_mhz);
/* Sets the limits that the user wants; 0: no limit. */
void ext_port_set_preferences(struct ext_port *port, guint32 max_fps_mhz, guint32 max_kbps);

/* Sets another limit for this session, besides the user's; 0: no limit. */
void ext_port_limit_fps(struct ext_port *port, guint32 max_fps_mhz);

/* Takes an update of a display's picture. Main thread. Owner: the callee. */
typedef void (*ext_port_update_func)(struct update *update, gpointer data);
/* Sets who gets the updates of a display; func NULL: nobody. Returns the number of the last
 * update that went by while nobody took them, 0: none did. The port's connection may be ahead
 * of the display's, whose window comes with its first picture. */
guint64 ext_port_set_updates(
		struct ext_port *port, guint display, ext_port_update_func func, gpointer data);

/* Tells of a new port channel of the session. Ignored unless the channel is ours. Main
 * thread. */
void ext_port_offer_channel(struct ext_port *port, SpicePortChannel *channel);
void ext_port_detach(struct ext_port *port);
/* Whether this channel carries the port. */
gboolean ext_port_uses(struct ext_port *port, SpiceChannel *channel);

/* Sends the sizes that displays should have. */
void ext_port_send_monitors(struct ext_port *port, const struct osvdi_monitors *monitors);

gboolean ext_port_is_ready(struct ext_port *port);

/* Both: any thread. The main loop sends them at once. */
void ext_port_ack(struct ext_port *port, const struct osvdi_ack *ack);
void ext_port_request_key_frame(struct ext_port *port, guint32 display);

#endif
