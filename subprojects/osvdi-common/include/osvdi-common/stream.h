/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef OSVDI_COMMON_STREAM_H
#define OSVDI_COMMON_STREAM_H

#include <osvdi-accel-protocol.h>

/* Faults of a peer that end the extension for this connection. */
enum stream_error {
	STREAM_OK,
	STREAM_TOO_LONG,    /* a message above the limit of its direction */
	STREAM_TOO_SHORT,   /* a payload without all of its fields, or fields beyond their limits */
	STREAM_TOO_EARLY,   /* a message before the hello */
	STREAM_BAD_VERSION, /* a hello of a version that never was */
	STREAM_DAMAGED,     /* the content is not what the message says of it */
	STREAM_NO_MEMORY,   /* our own fault */
	STREAM_BROKEN,      /* an earlier one of these */
};

/*
 * One direction of the extension port: bytes to messages (osvdi-accel-protocol.h).
 *
 * Memory: at most the message that is not whole yet: its direction's limit and a header.
 * Owner:  one at a time. Zeroed: a new connection. End it with stream_finish().
 */
struct stream {
	uint8_t *data; /* private: the front of a message */
	size_t size, capacity;
	bool greeted; /* the hello was taken: set by its taker before anything is answered */
	bool broken;  /* nothing more is read from this connection */
};

/* A new connection, with the memory of the last. */
void stream_reset(struct stream *stream);
void stream_finish(struct stream *stream);
/* A connection whose hello another stream took, from a message's begin on. */
void stream_join(struct stream *stream);
/* Whether all that came were whole messages. */
bool stream_whole(const struct stream *stream);

/**
 * One end of the port.
 *
 * max:   the limit of a payload in this direction.
 * hello: the type that must come first.
 * take:  gets each whole message, those of unknown types too; the bytes are there
 *        until it returns. It may break the stream, but neither reset nor end it.
 */
struct stream_end {
	uint32_t max;
	uint16_t hello;
	enum stream_error (*take)(struct stream *stream, uint16_t type, const uint8_t *payload,
			size_t size, void *opaque);
};

/**
 * Takes bytes in, in pieces of any size.
 *
 * Errors: STREAM_OK; otherwise the peer has to be given up: the stream is broken.
 */
enum stream_error stream_feed(struct stream *stream, const struct stream_end *end,
		const uint8_t *data, size_t size, void *opaque);

/* The messages of a server; members may be NULL. bytes: of the whole message. */
struct stream_viewer_ops {
	void (*hello)(void *opaque, const struct osvdi_server_hello *hello);
	void (*pong)(void *opaque, const struct osvdi_pong *pong);
	/* False: the content is damaged. */
	bool (*tiles)(void *opaque, const struct osvdi_tiles *tiles, size_t bytes);
	bool (*copy)(void *opaque, const struct osvdi_copy *copy, size_t bytes);
};

/* stream_feed() for a viewer's end. */
enum stream_error stream_feed_viewer(struct stream *stream, const uint8_t *data, size_t size,
		const struct stream_viewer_ops *ops, void *opaque);

#endif
