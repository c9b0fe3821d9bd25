/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The drawing of a server, and the parts of it that a page has to show. */
#include <osvdi-common/drawing.h>

#include "osvdi-wasm.h"

static struct drawing drawing;
static bool shown;

static void show(void)
{
	uint32_t i;

	if (!shown || !drawing.pixels)
		return;
	page_surface(drawing.width, drawing.height);
	for (i = 0; i < drawing.damage.n; i++) {
		const struct rect *rect = &drawing.damage.rects[i];
		size_t at = (size_t)rect->y * (size_t)drawing.width + (size_t)rect->x;

		page_put(rect->x, rect->y, rect->width, rect->height, drawing.pixels + 4 * at,
				4 * (size_t)drawing.width);
	}
	region_clear(&drawing.damage);
}

EXPORT(drawing_message) uint32_t drawing_message(uint32_t type, const uint8_t *payload, size_t size)
{
	enum drawing_result result = drawing_take(&drawing, type, payload, size);

	show();
	return result;
}

EXPORT(drawing_show) void drawing_show(bool now)
{
	struct rect all = { 0, 0, drawing.width, drawing.height };

	shown = now;
	if (now && region_set(&drawing.damage, &all))
		show();
}

EXPORT(drawing_stop) void drawing_stop(void)
{
	shown = false;
	drawing_finish(&drawing);
}
