/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "canvas.h"
#include "convert.h"

gboolean canvas_apply(struct canvas *canvas, const struct picture *picture, const cairo_region_t *damage)
{
	const GstVideoFrame *frame = picture_map(picture);
	int i, n = cairo_region_num_rectangles(damage);

	if (!frame)
		return FALSE;
	for (i = 0; i < n; i++) {
		cairo_rectangle_int_t r;

		cairo_region_get_rectangle(damage, i, &r);
		if (!convert_rect(frame, &r, canvas->data, canvas->stride))
			return FALSE;
	}
	return TRUE;
}

gboolean canvas_grab(const struct canvas *canvas, struct tiles *tiles)
{
	gsize width = (gsize)tiles->rects[0].width, height = (gsize)tiles->rects[0].height, y;

	if (!tiles_copy_fits(tiles, canvas->width, canvas->height))
		return FALSE;
	g_free(tiles->pixels);
	tiles->pixels = g_malloc(width * height * 4);
	for (y = 0; y < height; y++)
		memcpy(tiles->pixels + y * width * 4,
				canvas->data + ((gsize)tiles->from_y + y) * canvas->stride + (gsize)tiles->from_x * 4,
				width * 4);
	return TRUE;
}

static void put_part(const cairo_rectangle_int_t *part, const guint8 *pixels, gsize stride, gpointer data)
{
	struct canvas *canvas = data;
	guint8 *to = canvas->data + (gsize)part->y * canvas->stride + (gsize)part->x * 4;
	int y;

	for (y = 0; y < part->height; y++)
		memcpy(to + (gsize)y * canvas->stride, pixels + (gsize)y * stride, (gsize)part->width * 4);
}

void canvas_put(struct canvas *canvas, const struct tiles *tiles, const cairo_region_t *region)
{
	tiles_foreach(tiles, region, canvas->width, canvas->height, put_part, canvas);
}

void canvas_load(struct canvas *canvas, cairo_surface_t *surface)
{
	const guint8 *src;
	int x, y, stride;

	cairo_surface_flush(surface);
	src = cairo_image_surface_get_data(surface);
	stride = cairo_image_surface_get_stride(surface);
	for (y = 0; y < canvas->height; y++) {
		guint32 *to = (guint32 *)(canvas->data + y * canvas->stride);
		const guint32 *from = (const guint32 *)(src + (gsize)y * stride);

		/* RGB24 leaves the fourth byte undefined; a 32-bit visual shows it. */
		for (x = 0; x < canvas->width; x++)
			to[x] = from[x] | 0xff000000u;
	}
}

cairo_surface_t *canvas_copy(const struct canvas *canvas)
{
	cairo_surface_t *surface;
	guint8 *dst;
	int y, stride;

	if (!canvas->data)
		return NULL;
	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, canvas->width, canvas->height);
	if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
		cairo_surface_destroy(surface);
		return NULL;
	}
	dst = cairo_image_surface_get_data(surface);
	stride = cairo_image_surface_get_stride(surface);
	for (y = 0; y < canvas->height; y++)
		memcpy(dst + (gsize)y * stride, canvas->data + y * canvas->stride, (gsize)canvas->width * 4);
	cairo_surface_mark_dirty(surface);
	return surface;
}
