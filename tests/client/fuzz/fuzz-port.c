/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdint.h>
#include "port-parser.h"
#include "canvas.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_hello(const struct osvdi_server_hello *hello, gpointer data)
{
	*(guint64 *)data += hello->time_us;
}

static void on_pong(const struct osvdi_pong *pong, gpointer data)
{
	*(guint64 *)data += pong->time_us;
}

static gboolean on_tiles(const struct osvdi_tiles *message, gsize bytes, gpointer data)
{
	struct tiles *tiles = tiles_new(message, bytes);
	gboolean good = tiles != NULL;

	if (tiles)
		*(guint64 *)data += tiles->pixels[tiles->n_pixels * 4 - 1];
	tiles_free(tiles);
	return good;
}

static void on_copy(const struct osvdi_copy *message, gsize bytes, gpointer data)
{
	guint32 pixels[8 * 8] = { 0 };
	struct canvas canvas = { (guint8 *)pixels, 8, 8, 32 };
	struct tiles *tiles = tiles_new_copy(message, bytes);
	cairo_region_t *region = tiles_region(tiles);

	if (canvas_grab(&canvas, tiles))
		canvas_put(&canvas, tiles, region);
	*(guint64 *)data += pixels[63];
	cairo_region_destroy(region);
	tiles_free(tiles);
}

/* The first byte says in which pieces the rest arrives. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct port_handlers handlers = { on_hello, on_pong, on_tiles, on_copy };
	struct port_parser parser;
	size_t at = 1, step = size ? data[0] + 1u : 1;
	guint64 sum = 0;

	port_parser_init(&parser);
	for (; at < size; at += step)
		if (!port_parser_feed(&parser, data + at, MIN(step, size - at), &handlers, &sum))
			break;
	port_parser_finish(&parser);
	return 0;
}
