/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The extension port, "org.osvdi.accel.0": a SPICE port channel. */
#ifndef EXT_PORT_H
#define EXT_PORT_H

#include "wire/ext-messages.h"

struct RedsState;
struct packet;

struct ext_port_ops {
	/* A viewer of ours is there, and has gone. */
	void (*connected)(void *opaque, const struct osvdi_client_hello *hello);
	void (*disconnected)(void *opaque);
	void (*ack)(void *opaque, const struct osvdi_ack *ack);
	void (*key_frame)(void *opaque, uint32_t display);
	void (*preferences)(void *opaque, const struct osvdi_preferences *preferences);
	void (*monitors)(void *opaque, const struct osvdi_monitors *monitors);
	/* There is an answer: call ext_port_flush() soon, but not from here. */
	void (*answer)(void *opaque);
};

/** Thread: host thread. */
struct ext_port;

/* 0; -ENOMEM; -EIO libspice-server refused. max_fps: for the hello. */
int ext_port_create(struct ext_port **out, struct RedsState *spice, unsigned max_fps,
		const struct ext_port_ops *ops, void *opaque);
/* Queues a whole message. The port takes the packet's memory where it can, and may leave other
 * memory in the packet. False: no viewer of ours is there, or the viewer does not read. */
bool ext_port_send(struct ext_port *port, struct packet *message);
void ext_port_destroy(struct ext_port *port);
/* Has libspice-server read what waits. */
void ext_port_flush(struct ext_port *port);

#endif
