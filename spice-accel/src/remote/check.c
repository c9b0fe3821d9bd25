/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "remote/check.h"

#include <string.h>

#include "base/damage.h"

#define MAX_EDGE 16384u /* as of frames */

bool check_text(const char *text, size_t size)
{
	return memchr(text, 0, size) != NULL;
}

bool check_size(uint32_t width, uint32_t height)
{
	return width && height && width <= MAX_EDGE && height <= MAX_EDGE;
}

bool check_rect(const struct spice_accel_rect *rect, uint32_t width, uint32_t height)
{
	return rect->x >= 0 && rect->y >= 0 && rect->width > 0 && rect->height > 0 &&
			(int64_t)rect->x + rect->width <= (int64_t)width &&
			(int64_t)rect->y + rect->height <= (int64_t)height;
}

bool check_rects(const struct spice_accel_rect *rects, uint32_t n, uint32_t width, uint32_t height)
{
	if (n > DAMAGE_MAX_RECTS)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!check_rect(&rects[i], width, height))
			return false;
	return true;
}
