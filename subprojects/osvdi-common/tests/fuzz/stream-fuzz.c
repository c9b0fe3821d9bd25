/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The extension port at a viewer: bytes of a server, in pieces that the first byte sets. */
#include <stdlib.h>

#include <osvdi-common/stream.h>
#include <osvdi-common/update.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void paint(struct update *update, const struct rect *where)
{
	uint32_t pixels[8 * 8] = { 0 };
	const struct update_canvas canvas = { (uint8_t *)pixels, 32, 8, 8 };
	struct region region = { 0 };

	if (!update || !region_set(&region, where))
		abort();
	update_paint(update, &region, &canvas);
	region_finish(&region);
}

static bool on_tiles(void *opaque, const struct osvdi_tiles *message, size_t bytes)
{
	const struct rect most = { 0, 0, 70000, 5 };
	struct update *update = update_new_tiles(message, bytes, 1);

	if (!update)
		return false;
	paint(update, &most);
	update_free(update);
	return true;
}

static bool on_copy(void *opaque, const struct osvdi_copy *message, size_t bytes)
{
	const struct rect all = { 0, 0, 70000, 70000 };
	struct update *update = update_new_copy(message, bytes, 1);

	paint(update, &all);
	update_free(update);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct stream_viewer_ops ops = { .tiles = on_tiles, .copy = on_copy };
	struct stream stream = { 0 };
	size_t piece = size ? data[0] + 1u : 1;
	bool alive = true;

	for (size_t at = 1; at < size; at += piece) {
		size_t n = size - at < piece ? size - at : piece;
		bool ok = stream_feed_viewer(&stream, data + at, n, &ops, NULL) == STREAM_OK;

		/* A broken stream stays broken, and keeps no more than one message. */
		if ((ok && !alive) ||
				stream.size >= OSVDI_MSG_HEADER_SIZE + OSVDI_ACCEL_MAX_FROM_SERVER)
			abort();
		alive = ok;
	}
	stream_finish(&stream);
	return 0;
}
