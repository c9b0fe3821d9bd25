/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tiles.h"

#include <zstd.h>

/* Differences of one plane to its values, in place. */
static void restore_plane(guint8 *p, gsize width, gsize height)
{
	gsize x, y;

	for (x = 1; x < width; x++)
		p[x] = (guint8)(p[x] + p[x - 1]);
	for (y = 1; y < height; y++) {
		const guint8 *above = p;

		p += width;
		p[0] = (guint8)(p[0] + above[0]);
		for (x = 1; x < width; x++)
			p[x] = (guint8)(p[x] + osvdi_tiles_guess(p[x - 1], above[x], above[x - 1]));
	}
}

static void from_planes(guint8 *planes, gsize width, gsize height, guint8 *out)
{
	gsize n = width * height, i;

	for (i = 0; i < 3; i++)
		restore_plane(planes + i * n, width, height);
	for (i = 0; i < n; i++, out += 4) {
		out[1] = planes[i];
		out[0] = (guint8)(planes[n + i] + out[1]);
		out[2] = (guint8)(planes[2 * n + i] + out[1]);
		out[3] = 0xff;
	}
}

static void from_pixels(const guint8 *bgr, gsize n, guint8 *out)
{
	for (; n; n--, bgr += 3, out += 4) {
		out[0] = bgr[0];
		out[1] = bgr[1];
		out[2] = bgr[2];
		out[3] = 0xff;
	}
}

static gboolean decode(struct tiles *tiles, guint coding, guint8 *raw)
{
	guint8 *out = tiles->pixels;
	guint i;

	if (coding != OSVDI_TILES_ZSTD && coding != OSVDI_TILES_ZSTD_MED)
		return FALSE;
	for (i = 0; i < tiles->n_rects; i++) {
		gsize width = (gsize)tiles->rects[i].width, height = (gsize)tiles->rects[i].height;

		if (coding == OSVDI_TILES_ZSTD)
			from_pixels(raw, width * height, out);
		else
			from_planes(raw, width, height, out);
		raw += width * height * 3;
		out += width * height * 4;
	}
	return TRUE;
}

static void fill(struct tiles *tiles, const struct osvdi_tiles *message)
{
	guint i;

	tiles->display = (int)message->display;
	tiles->exact = (message->flags & OSVDI_TILES_EXACT) != 0;
	tiles->change = (message->flags & OSVDI_TILES_CHANGE) != 0;
	tiles->number = message->number;
	tiles->after_frame = message->after_frame;
	tiles->capture_us = (gint64)message->capture_us;
	tiles->received_us = g_get_monotonic_time();
	tiles->n_rects = message->n_rects;
	for (i = 0; i < message->n_rects; i++) {
		const struct osvdi_rect *r = &message->rects[i];

		tiles->rects[i] = (cairo_rectangle_int_t){ r->x, r->y, r->width, r->height };
		tiles->n_pixels += (gsize)r->width * r->height;
	}
}

struct tiles *tiles_new(const struct osvdi_tiles *message, gsize bytes)
{
	struct tiles *tiles = g_new0(struct tiles, 1);
	g_autofree guint8 *raw = NULL;
	gsize size, n;

	fill(tiles, message);
	tiles->bytes = bytes;
	size = tiles->n_pixels * 3;
	raw = g_malloc(size);
	tiles->pixels = g_malloc(tiles->n_pixels * 4);
	n = ZSTD_decompress(raw, size, message->data, message->data_size);
	if (ZSTD_isError(n) || n != size || !decode(tiles, message->coding, raw)) {
		tiles_free(tiles);
		return NULL;
	}
	return tiles;
}

struct tiles *tiles_new_copy(const struct osvdi_copy *message, gsize bytes)
{
	struct tiles *tiles = g_new0(struct tiles, 1);

	tiles->display = (int)message->display;
	tiles->copy = tiles->change = TRUE;
	tiles->number = message->number;
	tiles->after_frame = message->after_frame;
	tiles->capture_us = (gint64)message->capture_us;
	tiles->received_us = g_get_monotonic_time();
	tiles->bytes = bytes;
	tiles->n_rects = 1;
	tiles->rects[0] = (cairo_rectangle_int_t){ message->to.x, message->to.y, message->to.width, message->to.height };
	tiles->from_x = message->from_x;
	tiles->from_y = message->from_y;
	return tiles;
}

void tiles_free(struct tiles *tiles)
{
	if (!tiles)
		return;
	g_free(tiles->pixels);
	g_free(tiles);
}

gboolean tiles_copy_fits(const struct tiles *copy, int width, int height)
{
	return copy->from_x + copy->rects[0].width <= width && copy->from_y + copy->rects[0].height <= height;
}

void tiles_foreach(const struct tiles *tiles, const cairo_region_t *region, int width, int height,
		tiles_part_func func, gpointer data)
{
	const cairo_rectangle_int_t all = { 0, 0, width, height };
	const guint8 *pixels = tiles->pixels;
	guint i;

	for (i = 0; i < tiles->n_rects; i++) {
		const cairo_rectangle_int_t *r = &tiles->rects[i];
		cairo_region_t *parts = cairo_region_create_rectangle(r);
		gsize stride = (gsize)r->width * 4;
		int k;

		cairo_region_intersect(parts, region);
		cairo_region_intersect_rectangle(parts, &all);
		for (k = 0; k < cairo_region_num_rectangles(parts); k++) {
			cairo_rectangle_int_t part;

			cairo_region_get_rectangle(parts, k, &part);
			func(&part, pixels ? pixels + (gsize)(part.y - r->y) * stride + (gsize)(part.x - r->x) * 4 : NULL,
					stride, data);
		}
		cairo_region_destroy(parts);
		if (pixels)
			pixels += (gsize)r->height * stride;
	}
}

cairo_region_t *tiles_region(const struct tiles *tiles)
{
	return cairo_region_create_rectangles(tiles->rects, (int)tiles->n_rects);
}
