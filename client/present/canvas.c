/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "present/canvas.h"
#include "media/convert.h"

gboolean canvas_apply(
		struct canvas *canvas, const struct picture *picture, const cairo_region_t *damage)
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

void canvas_put(struct canvas *canvas, const struct update *update, const struct region *region)
{
	const struct update_canvas target = { canvas->data, canvas->stride, canvas->width,
		canvas->height };

	update_paint(update, region, &target);
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

		/* RGB24 leaves the fourth byte undefined, but a 32-bit visual shows that byte. */
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
		memcpy(dst + (gsize)y * stride, canvas->data + y * canvas->stride,
				(gsize)canvas->width * 4);
	cairo_surface_mark_dirty(surface);
	return surface;
}
