/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef OSVDI_COMMON_CHANNEL_H
#define OSVDI_COMMON_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A message from the server above this size ends the channel. */
#define CHANNEL_MAX_MESSAGE (64u << 20)
/* The largest payload that channel_send() takes. */
#define CHANNEL_MAX_SEND 8192u
#define CHANNEL_KEY_SIZE 162u    /* SubjectPublicKeyInfo of an RSA key, DER */
#define CHANNEL_TICKET_SIZE 128u /* the password and its final zero, RSA-OAEP with SHA-1 */

/* Causes that end a channel. */
enum channel_error {
	CHANNEL_OK,
	CHANNEL_NOT_SPICE,   /* the other end speaks something else */
	CHANNEL_BAD_VERSION, /* another version of SPICE, or a server older than 2010 */
	CHANNEL_NEEDS_TLS,   /* the server takes this channel over TLS only */
	CHANNEL_DENIED,      /* wrong password */
	/* any other refusal: the session is over, or there is no such channel */
	CHANNEL_REFUSED,
	CHANNEL_TOO_LONG,    /* a message above CHANNEL_MAX_MESSAGE */
	CHANNEL_DAMAGED,     /* bytes that cannot be, or that nobody asked for */
	CHANNEL_NO_MEMORY,   /* our own fault */
	CHANNEL_BROKEN,      /* an earlier one of these */
};

/* The acts of a channel on the world. None may feed or finish the channel. */
struct channel_ops {
	/* Bytes to the server. */
	void (*send)(void *opaque, const uint8_t *data, size_t size);
	/* The server's key: encrypt the password with it, now or later, and call
	 * channel_login(). A server without a password takes an empty one. */
	void (*key)(void *opaque, const uint8_t *key);
	/* The server took the password: messages may go both ways. */
	void (*open)(void *opaque);
	/* Each message but those that the channel answers itself. False: it is damaged. */
	bool (*message)(void *opaque, uint16_t type, const uint8_t *payload, size_t size);
};

enum channel_state {
	CHANNEL_CLOSED,
	CHANNEL_LINKING, /* waits for the server's answer and key */
	CHANNEL_LOGIN,   /* waits for channel_login() */
	CHANNEL_JUDGED,  /* waits for what the server says of the password */
	CHANNEL_OPEN,
	CHANNEL_ENDED,   /* broken */
};

/*
 * A viewer's end of one SPICE channel, without a socket: link handshake, framing by
 * mini headers, answers to pings and to the server's flow control.
 *
 * Memory: at most the message that is not whole yet; it grows with the bytes that came,
 *         not with what a header says.
 * Owner:  one at a time. End it with channel_finish().
 */
struct channel {
	/* private */
	const struct channel_ops *ops;
	void *opaque;
	enum channel_state state;
	bool selects;          /* the server wants the mechanism of the login named */
	uint32_t caps;         /* of the server for this type of channel, a bit each */
	uint32_t window, left; /* messages from one acknowledgement to the next; 0: none wanted */
	uint8_t *data;         /* the front of what is not whole */
	size_t size, capacity;
};

struct channel_offer {
	uint32_t connection; /* of the main channel's INIT; 0 for the main channel itself */
	uint8_t type, id;
	uint32_t caps;       /* of this type of channel, a bit each */
};

void channel_init(struct channel *channel, const struct channel_ops *ops, void *opaque);
void channel_finish(struct channel *channel);

/* Begins the handshake on a new connection. */
void channel_start(struct channel *channel, const struct channel_offer *offer);

/* The server's capabilities for this type of channel, a bit each; 0 before its answer came. */
uint32_t channel_caps(const struct channel *channel);

/* ticket: CHANNEL_TICKET_SIZE bytes. False: nobody waits for one. */
bool channel_login(struct channel *channel, const uint8_t *ticket);

/**
 * Takes bytes of the server in, in pieces of any size.
 *
 * Errors: CHANNEL_OK; otherwise the connection has to be given up.
 */
enum channel_error channel_feed(struct channel *channel, const uint8_t *data, size_t size);

/* False: the channel is not open, or the payload is larger than CHANNEL_MAX_SEND. */
bool channel_send(struct channel *channel, uint16_t type, const uint8_t *payload, size_t size);

#endif
