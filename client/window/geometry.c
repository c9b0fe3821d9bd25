/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "window/geometry.h"

#include <math.h>

/* A picture is not enlarged if its place is larger by at most this factor. */
#define NATURAL_UP_TO 1.03

static double scale_to_fit(int place_width, int place_height, int width, int height)
{
	double sx = (double)place_width / width, sy = (double)place_height / height;

	return sx < sy ? sx : sy;
}

gboolean geometry_is_natural(int place_width, int place_height, int width, int height)
{
	double s = scale_to_fit(place_width, place_height, width, height);

	return s >= 1 && s <= NATURAL_UP_TO;
}

cairo_rectangle_int_t geometry_fit(
		int place_width, int place_height, int width, int height, gboolean natural)
{
	double s = natural && geometry_is_natural(place_width, place_height, width, height) ? 1 :
			scale_to_fit(place_width, place_height, width, height);
	int w = (int)floor(width * s + 0.5), h = (int)floor(height * s + 0.5);

	return (cairo_rectangle_int_t){ (place_width - w) / 2, (place_height - h) / 2, w, h };
}
