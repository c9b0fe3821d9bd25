/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * The in-process stream device (spice/stream-device.h, normally spoken by a
 * guest agent over virtio-serial): a SPICE char device of subtype "port" that
 * libspice-server turns into a display channel.
 */
#ifndef STREAM_PORT_H
#define STREAM_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "frame/packet.h"

struct RedsState;

struct stream_port_ops {
	/* Viewers want a stream, in a codec of `codecs` (bit n: SPICE_VIDEO_CODEC_TYPE
	 * n). What was queued is gone. Answer with stream_port_set_format() and a
	 * key frame. May come again without a stop between. */
	void (*start)(void *opaque, uint32_t codecs);
	/* Nobody is watching. */
	void (*stop)(void *opaque);
	/* The last frame has left: there is room for a frame. Comes once. Put a frame at any time
	 * after this call, but not inside it. */
	void (*asked)(void *opaque);
	/* libspice-server refuses our messages; `text` says why. */
	void (*refused)(void *opaque, const char *text);
	/* The port needs a frame's packet no more, sent or not. The callee takes the memory.
	 * Optional: the memory is freed. */
	void (*done)(void *opaque, struct packet *packet);
};

/** Thread: host thread. */
struct stream_port;

/* Errors: 0; -ENOMEM; -EIO libspice-server refused. */
int stream_port_create(struct stream_port **out, struct RedsState *spice,
		const struct stream_port_ops *ops, void *opaque);
void stream_port_destroy(struct stream_port *port); /* clients connected or not */

/* Queues a FORMAT; an unsent frame is dropped. codec: SPICE_VIDEO_CODEC_TYPE_*. */
void stream_port_set_format(struct stream_port *port, uint32_t width, uint32_t height,
		uint8_t codec);

/* Takes the packet's memory; the packet is empty after. */
void stream_port_put(struct stream_port *port, struct packet *packet);
/* A frame waits that libspice-server has not taken. */
bool stream_port_full(const struct stream_port *port);
/* Room for a frame? (asked() came, and no put since) */
bool stream_port_wants_frame(const struct stream_port *port);

/* ARGB8888 rows without padding; only the newest shape and position are sent. */
int stream_port_cursor_set(struct stream_port *port, uint32_t width, uint32_t height,
		uint32_t hot_x, uint32_t hot_y, const uint32_t *pixels);
void stream_port_cursor_move(struct stream_port *port, int32_t x, int32_t y);

#endif
