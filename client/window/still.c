/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "window/still.h"

#include <gdk/gdk.h>

cairo_surface_t *still_from_pixbuf(GdkPixbuf *pixbuf)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
			gdk_pixbuf_get_width(pixbuf), gdk_pixbuf_get_height(pixbuf));
	cairo_t *cr = cairo_create(surface);

	gdk_cairo_set_source_pixbuf(cr, pixbuf, 0, 0);
	cairo_paint(cr);
	cairo_destroy(cr);
	return surface;
}

void still_make_grey(cairo_surface_t *surface)
{
	cairo_t *cr = cairo_create(surface);

	cairo_set_operator(cr, CAIRO_OPERATOR_HSL_SATURATION);
	cairo_set_source_rgb(cr, 0.5, 0.5, 0.5);
	cairo_paint(cr);
	cairo_set_operator(cr, CAIRO_OPERATOR_OVER);
	cairo_set_source_rgba(cr, 0, 0, 0, 0.35);
	cairo_paint(cr);
	cairo_destroy(cr);
}
