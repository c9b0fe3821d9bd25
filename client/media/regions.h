/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_REGIONS_H
#define OSVDI_REGIONS_H

#include <cairo.h>
#include <osvdi-common/region.h>

/* osvdi-common's set of pixels for what draws with cairo. Owner: caller. */
cairo_region_t *regions_to_cairo(const struct region *region);

#endif
