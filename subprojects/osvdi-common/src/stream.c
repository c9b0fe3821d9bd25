/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <osvdi-common/stream.h>

#include <osvdi-common/memory.h>

#define FIRST_CAPACITY 256u

void stream_reset(struct stream *stream)
{
	stream->size = 0;
	stream->greeted = stream->broken = false;
}

void stream_join(struct stream *stream)
{
	stream_reset(stream);
	stream->greeted = true;
}

bool stream_whole(const struct stream *stream)
{
	return !stream->size && !stream->broken;
}

void stream_finish(struct stream *stream)
{
	free(stream->data);
	*stream = (struct stream){ 0 };
}

/* The memory grows with what has come, not with what a header announces. */
static bool keep(struct stream *stream, const uint8_t *data, size_t size)
{
	size_t capacity = stream->capacity ? stream->capacity : FIRST_CAPACITY;
	uint8_t *bytes;

	while (capacity < stream->size + size)
		capacity *= 2;
	if (capacity > stream->capacity) {
		bytes = realloc(stream->data, capacity);
		if (!bytes)
			return false;
		stream->data = bytes;
		stream->capacity = capacity;
	}
	memcpy(stream->data + stream->size, data, size);
	stream->size += size;
	return true;
}

static enum stream_error handle(struct stream *stream, const struct stream_end *end,
		const struct osvdi_msg_header *header, const uint8_t *message, void *opaque)
{
	if (!stream->greeted && header->type != end->hello)
		return STREAM_TOO_EARLY;
	return end->take(stream, header->type, message + OSVDI_MSG_HEADER_SIZE, header->size,
			opaque);
}

/* The bytes that are missing from the message whose front is kept, or from its header. */
static size_t lacking(const struct stream *stream)
{
	size_t want = OSVDI_MSG_HEADER_SIZE;

	if (stream->size >= OSVDI_MSG_HEADER_SIZE)
		want += osvdi_get32(stream->data);
	return want - stream->size;
}

/* Adds to the front of a message, and handles the message when it is whole. */
static enum stream_error complete(struct stream *stream, const struct stream_end *end,
		const uint8_t **data, size_t *size, void *opaque)
{
	size_t n = lacking(stream);
	struct osvdi_msg_header header;
	enum stream_error error;
	int whole;

	n = n < *size ? n : *size;
	if (!keep(stream, *data, n))
		return STREAM_NO_MEMORY;
	*data += n;
	*size -= n;
	whole = osvdi_msg_peek(stream->data, stream->size, end->max, &header);
	if (whole <= 0)
		return whole < 0 ? STREAM_TOO_LONG : STREAM_OK;
	error = handle(stream, end, &header, stream->data, opaque);
	stream->size = 0;
	return error;
}

/* One message where it is, or the front of one into our memory. */
static enum stream_error next(struct stream *stream, const struct stream_end *end,
		const uint8_t **data, size_t *size, void *opaque)
{
	const uint8_t *message = *data;
	struct osvdi_msg_header header;
	size_t n;
	int whole;

	if (stream->size)
		return complete(stream, end, data, size, opaque);
	whole = osvdi_msg_peek(message, *size, end->max, &header);
	if (whole < 0)
		return STREAM_TOO_LONG;
	n = whole ? OSVDI_MSG_HEADER_SIZE + header.size : *size;
	*data += n;
	*size -= n;
	if (whole)
		return handle(stream, end, &header, message, opaque);
	return keep(stream, message, n) ? STREAM_OK : STREAM_NO_MEMORY;
}

enum stream_error stream_feed(struct stream *stream, const struct stream_end *end,
		const uint8_t *data, size_t size, void *opaque)
{
	while (size && !stream->broken) {
		enum stream_error error = next(stream, end, &data, &size, opaque);

		if (error) {
			stream->broken = true;
			return error;
		}
	}
	return stream->broken ? STREAM_BROKEN : STREAM_OK;
}

/* ---- a viewer's end ------------------------------------------------------ */

struct viewer {
	const struct stream_viewer_ops *ops;
	void *opaque;
};

static enum stream_error take_hello(struct stream *stream, const uint8_t *payload, size_t size,
		const struct viewer *v)
{
	struct osvdi_server_hello hello;

	if (!osvdi_read_server_hello(payload, size, &hello))
		return STREAM_TOO_SHORT;
	stream->greeted = true;
	if (v->ops->hello)
		v->ops->hello(v->opaque, &hello);
	return STREAM_OK;
}

static enum stream_error take_pong(const uint8_t *payload, size_t size, const struct viewer *v)
{
	struct osvdi_pong pong;

	if (!osvdi_read_pong(payload, size, &pong))
		return STREAM_TOO_SHORT;
	if (v->ops->pong)
		v->ops->pong(v->opaque, &pong);
	return STREAM_OK;
}

static enum stream_error take_tiles(const uint8_t *payload, size_t size, const struct viewer *v)
{
	struct osvdi_tiles tiles;

	if (!osvdi_read_tiles(payload, size, &tiles))
		return STREAM_TOO_SHORT;
	if (v->ops->tiles && !v->ops->tiles(v->opaque, &tiles, OSVDI_MSG_HEADER_SIZE + size))
		return STREAM_DAMAGED;
	return STREAM_OK;
}

static enum stream_error take_copy(const uint8_t *payload, size_t size, const struct viewer *v)
{
	struct osvdi_copy copy;

	if (!osvdi_read_copy(payload, size, &copy))
		return STREAM_TOO_SHORT;
	if (v->ops->copy && !v->ops->copy(v->opaque, &copy, OSVDI_MSG_HEADER_SIZE + size))
		return STREAM_DAMAGED;
	return STREAM_OK;
}

static enum stream_error take_from_server(struct stream *stream, uint16_t type,
		const uint8_t *payload, size_t size, void *opaque)
{
	const struct viewer *v = opaque;

	switch (type) {
	case OSVDI_MSG_SERVER_HELLO:
		return take_hello(stream, payload, size, v);
	case OSVDI_MSG_PONG:
		return take_pong(payload, size, v);
	case OSVDI_MSG_TILES:
		return take_tiles(payload, size, v);
	case OSVDI_MSG_COPY:
		return take_copy(payload, size, v);
	default: /* of a newer server */
		return STREAM_OK;
	}
}

enum stream_error stream_feed_viewer(struct stream *stream, const uint8_t *data, size_t size,
		const struct stream_viewer_ops *ops, void *opaque)
{
	static const struct stream_end end = {
		OSVDI_ACCEL_MAX_FROM_SERVER, OSVDI_MSG_SERVER_HELLO, take_from_server
	};
	struct viewer v = { ops, opaque };

	return stream_feed(stream, &end, data, size, &v);
}
