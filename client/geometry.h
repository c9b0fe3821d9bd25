/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GEOMETRY_H
#define OSVDI_GEOMETRY_H

#include <cairo.h>

/**
 * Where a picture goes when it is fitted into a place of another shape:
 * centred, undistorted. Same rounding as SpiceDisplay, whose pointer
 * coordinates must agree.
 *
 * Units: device pixels; sizes > 0 give a rectangle inside the place.
 */
cairo_rectangle_int_t geometry_fit(int place_width, int place_height, int width, int height);

#endif
