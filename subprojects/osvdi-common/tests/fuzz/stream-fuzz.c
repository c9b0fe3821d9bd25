/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The extension port at a viewer: bytes of a server, in pieces that the first byte sets. */
#include <stdlib.h>

#include <osvdi-common/stream.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool on_tiles(void *opaque, const struct osvdi_tiles *message, size_t bytes)
{
	unsigned *sum = opaque;

	if (message->data_size)
		*sum += message->data[message->data_size - 1];
	return true;
}

static bool on_copy(void *opaque, const struct osvdi_copy *message, size_t bytes)
{
	return message->to.width && message->to.height;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct stream_viewer_ops ops = { .tiles = on_tiles, .copy = on_copy };
	struct stream stream = { 0 };
	size_t piece = size ? data[0] + 1u : 1;
	unsigned sum = 0;
	bool alive = true;

	for (size_t at = 1; at < size; at += piece) {
		size_t n = size - at < piece ? size - at : piece;
		bool ok = stream_feed_viewer(&stream, data + at, n, &ops, &sum) == STREAM_OK;

		/* What breaks stays broken, and no more is kept than one message. */
		if ((ok && !alive) || stream.size >= OSVDI_MSG_HEADER_SIZE + OSVDI_ACCEL_MAX_FROM_SERVER)
			abort();
		alive = ok;
	}
	stream_finish(&stream);
	return 0;
}
