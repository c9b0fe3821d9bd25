/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The server's side of osvdi-accel-protocol.h: what messages of a viewer mean. No
 * libspice-server, so that it can be fuzzed. */
#ifndef EXT_MESSAGES_H
#define EXT_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <osvdi-accel-protocol.h>
#include <osvdi-common/stream.h>

struct ext_message_ops {
	void (*hello)(void *opaque, const struct osvdi_client_hello *hello);
	void (*ack)(void *opaque, const struct osvdi_ack *ack);
	void (*ping)(void *opaque, const struct osvdi_ping *ping);
	void (*key_frame)(void *opaque, const struct osvdi_key_frame *key);
	void (*preferences)(void *opaque, const struct osvdi_preferences *preferences);
	void (*monitors)(void *opaque, const struct osvdi_monitors *monitors);
};

/* Calls ops for each whole message. False, with the reason in *why, once the
 * peer broke the protocol. The stream is of the connection, for this alone. */
bool ext_messages_feed(struct stream *stream, const uint8_t *data, size_t size,
		const struct ext_message_ops *ops, void *opaque, const char **why);

#endif
