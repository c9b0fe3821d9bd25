/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "media/regions.h"

#include <glib.h>

cairo_region_t *regions_to_cairo(const struct region *region)
{
	g_autofree cairo_rectangle_int_t *rects = g_new(cairo_rectangle_int_t, region->n + 1);
	guint i;

	for (i = 0; i < region->n; i++) {
		const struct rect *r = &region->rects[i];

		rects[i] = (cairo_rectangle_int_t){ r->x, r->y, r->width, r->height };
	}
	return cairo_region_create_rectangles(rects, (int)region->n);
}
