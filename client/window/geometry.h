/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GEOMETRY_H
#define OSVDI_GEOMETRY_H

#include <cairo.h>
#include <glib.h>

/**
 * Whether a picture is nearly as large as its place. Enlarging the picture by so little
 * would only blur it.
 *
 * Units: device pixels, sizes > 0.
 */
gboolean geometry_is_natural(int place_width, int place_height, int width, int height);

/**
 * Where a picture goes if it is fitted into a place of another shape: centred, undistorted
 * and whole. Rounds as SpiceDisplay does, so that pointer coordinates agree.
 *
 * natural: a picture that is nearly as large as its place keeps its size.
 * Units: device pixels; sizes > 0 give a rectangle inside the place.
 */
cairo_rectangle_int_t geometry_fit(
		int place_width, int place_height, int width, int height, gboolean natural);

#endif
