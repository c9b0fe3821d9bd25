/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* An access unit's SEI, and what its rectangles do to the damage. */
#include <stdlib.h>

#include <osvdi-common/screen.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct screen_picture picture = { .width = 1366, .height = 768 };
	struct region region = { 0 };
	struct rect bounds;

	picture.has_info = osvdi_find_frame_info(data, size, &picture.info);
	if (!screen_damage(&picture, &region))
		abort();
	bounds = region_bounds(&region);
	if (bounds.x < 0 || bounds.y < 0 || bounds.x + bounds.width > 1366 ||
			bounds.y + bounds.height > 768)
		abort();
	region_finish(&region);
	return 0;
}
