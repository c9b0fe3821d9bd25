/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wire/ext-messages.h"

static const char *handle_hello(struct ext_messages *m, const uint8_t *p, size_t size,
		const struct ext_message_ops *ops, void *opaque)
{
	struct osvdi_client_hello hello;

	if (!osvdi_read_client_hello(p, size, &hello))
		return "a hello that is too short";
	if (hello.version < 1)
		return "a version that never was";
	m->greeted = true;
	ops->hello(opaque, &hello);
	return NULL;
}

static const char *handle_message(struct ext_messages *m, uint16_t type, const uint8_t *p,
		size_t size, const struct ext_message_ops *ops, void *opaque)
{
	static const char too_short[] = "a message that is too short";
	struct osvdi_ack ack;
	struct osvdi_ping ping;
	struct osvdi_key_frame key;
	struct osvdi_preferences preferences;
	struct osvdi_monitors monitors;

	if (type == OSVDI_MSG_CLIENT_HELLO)
		return handle_hello(m, p, size, ops, opaque);
	if (!m->greeted)
		return "a message before the hello";
	switch (type) {
	case OSVDI_MSG_ACK:
		if (!osvdi_read_ack(p, size, &ack))
			return too_short;
		ops->ack(opaque, &ack);
		break;
	case OSVDI_MSG_PING:
		if (!osvdi_read_ping(p, size, &ping))
			return too_short;
		ops->ping(opaque, &ping);
		break;
	case OSVDI_MSG_KEY_FRAME:
		if (!osvdi_read_key_frame(p, size, &key))
			return too_short;
		ops->key_frame(opaque, &key);
		break;
	case OSVDI_MSG_PREFERENCES:
		if (!osvdi_read_preferences(p, size, &preferences))
			return too_short;
		ops->preferences(opaque, &preferences);
		break;
	case OSVDI_MSG_MONITORS:
		if (!osvdi_read_monitors(p, size, &monitors))
			return "sizes of displays that cannot be";
		ops->monitors(opaque, &monitors);
		break;
	default: /* of a newer client */
		break;
	}
	return NULL;
}

static void drop(struct ext_messages *m, size_t n)
{
	m->n -= n;
	memmove(m->data, m->data + n, m->n);
}

static bool give_up(struct ext_messages *m, const char **why, const char *reason)
{
	m->broken = true;
	*why = reason;
	return false;
}

bool ext_messages_feed(struct ext_messages *m, const uint8_t *data, size_t size,
		const struct ext_message_ops *ops, void *opaque, const char **why)
{
	while (size && !m->broken) {
		size_t n = sizeof m->data - m->n;
		struct osvdi_msg_header header;
		int whole;

		n = n < size ? n : size;
		memcpy(m->data + m->n, data, n);
		m->n += n;
		data += n;
		size -= n;
		while ((whole = osvdi_msg_peek(m->data, m->n, OSVDI_ACCEL_MAX_FROM_CLIENT,
				&header)) > 0) {
			const char *reason = handle_message(m, header.type,
					m->data + OSVDI_MSG_HEADER_SIZE, header.size, ops, opaque);

			if (reason)
				return give_up(m, why, reason);
			drop(m, OSVDI_MSG_HEADER_SIZE + header.size);
		}
		if (whole < 0)
			return give_up(m, why, "a message that is too long");
	}
	return !m->broken;
}
