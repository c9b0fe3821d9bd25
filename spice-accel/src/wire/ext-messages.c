/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wire/ext-messages.h"

struct taker {
	const struct ext_message_ops *ops;
	void *opaque;
};

static enum stream_error take_hello(struct stream *stream, const uint8_t *p, size_t size,
		const struct taker *t)
{
	struct osvdi_client_hello hello;

	if (!osvdi_read_client_hello(p, size, &hello))
		return STREAM_TOO_SHORT;
	if (hello.version < 1)
		return STREAM_BAD_VERSION;
	stream->greeted = true;
	t->ops->hello(t->opaque, &hello);
	return STREAM_OK;
}

static enum stream_error take(struct stream *stream, uint16_t type, const uint8_t *p, size_t size,
		void *opaque)
{
	const struct taker *t = opaque;
	struct osvdi_ack ack;
	struct osvdi_ping ping;
	struct osvdi_key_frame key;
	struct osvdi_preferences preferences;
	struct osvdi_monitors monitors;

	switch (type) {
	case OSVDI_MSG_CLIENT_HELLO:
		return take_hello(stream, p, size, t);
	case OSVDI_MSG_ACK:
		if (!osvdi_read_ack(p, size, &ack))
			return STREAM_TOO_SHORT;
		t->ops->ack(t->opaque, &ack);
		break;
	case OSVDI_MSG_PING:
		if (!osvdi_read_ping(p, size, &ping))
			return STREAM_TOO_SHORT;
		t->ops->ping(t->opaque, &ping);
		break;
	case OSVDI_MSG_KEY_FRAME:
		if (!osvdi_read_key_frame(p, size, &key))
			return STREAM_TOO_SHORT;
		t->ops->key_frame(t->opaque, &key);
		break;
	case OSVDI_MSG_PREFERENCES:
		if (!osvdi_read_preferences(p, size, &preferences))
			return STREAM_TOO_SHORT;
		t->ops->preferences(t->opaque, &preferences);
		break;
	case OSVDI_MSG_MONITORS:
		if (!osvdi_read_monitors(p, size, &monitors))
			return STREAM_DAMAGED;
		t->ops->monitors(t->opaque, &monitors);
		break;
	default: /* of a newer client */
		break;
	}
	return STREAM_OK;
}

/* "the viewer sent ..." */
static const char *reason(enum stream_error error)
{
	static const char *const reasons[] = {
		[STREAM_TOO_LONG] = "a message that is too long",
		[STREAM_TOO_SHORT] = "a message that is too short",
		[STREAM_TOO_EARLY] = "a message before the hello",
		[STREAM_BAD_VERSION] = "a version that never was",
		[STREAM_DAMAGED] = "sizes of displays that cannot be",
		[STREAM_NO_MEMORY] = "a message that no memory is left for",
	};

	return error == STREAM_BROKEN ? NULL : reasons[error];
}

bool ext_messages_feed(struct stream *stream, const uint8_t *data, size_t size,
		const struct ext_message_ops *ops, void *opaque, const char **why)
{
	static const struct stream_end end = { OSVDI_ACCEL_MAX_FROM_CLIENT, OSVDI_MSG_CLIENT_HELLO,
			take };
	struct taker t = { ops, opaque };
	enum stream_error error = stream_feed(stream, &end, data, size, &t);

	if (error)
		*why = reason(error);
	return !error;
}
