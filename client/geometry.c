/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "geometry.h"

#include <math.h>

cairo_rectangle_int_t geometry_fit(int place_width, int place_height, int width, int height)
{
	double sx = (double)place_width / width, sy = (double)place_height / height;
	double s = sx < sy ? sx : sy;
	int w = (int)floor(width * s + 0.5), h = (int)floor(height * s + 0.5);

	return (cairo_rectangle_int_t){ (place_width - w) / 2, (place_height - h) / 2, w, h };
}
