/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdint.h>
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An access unit's SEI, and what its rectangles do to the damage. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct picture picture = { 0 };
	cairo_region_t *region;

	picture.frame.info.width = 1366;
	picture.frame.info.height = 768;
	picture.has_info = osvdi_find_frame_info(data, size, &picture.info);
	region = picture_damage(&picture);
	cairo_region_destroy(region);
	return 0;
}
