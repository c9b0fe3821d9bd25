/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_REGIONS_H
#define OSVDI_REGIONS_H

#include <cairo.h>
#include <osvdi-common/region.h>

/* Converts a region of osvdi-common for drawing with cairo. Owner: caller. */
cairo_region_t *regions_to_cairo(const struct region *region);

#endif
