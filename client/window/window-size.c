/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "window/window-size.h"

/* A window manager may round sizes to its own grid. */
#define TOLERANCE 2

/* Rounds up: a size that lacks half a pixel would blur the whole picture. */
static int to_logical(int pixels, int percent, int scale)
{
	return (int)(((gint64)pixels * percent + 100 * scale - 1) / (100 * scale));
}

gboolean window_size_is_limited(
		const struct window_room *room, int guest_width, int guest_height, int percent)
{
	return to_logical(guest_width, percent, room->scale) > room->width ||
			to_logical(guest_height, percent, room->scale) > room->height;
}

void window_size_for_guest(const struct window_room *room, int guest_width, int guest_height,
		int percent, int *width, int *height)
{
	int w = to_logical(guest_width, percent, room->scale),
	    h = to_logical(guest_height, percent, room->scale);

	/* Keep the shape of the picture: another shape would show bars. */
	if (window_size_is_limited(room, guest_width, guest_height, percent)) {
		double sx = (double)room->width / w, sy = (double)room->height / h;
		double s = MIN(sx, sy);

		w = (int)(w * s + 0.001);
		h = (int)(h * s + 0.001);
	}
	*width = MAX(w, MIN(room->min_width, room->width));
	*height = MAX(h, MIN(room->min_height, room->height));
}

void window_size_asked(struct window_size *size, int width, int height)
{
	guint i = size->n_asked++ % WINDOW_SIZE_ASKED;

	size->asked[i].width = width;
	size->asked[i].height = height;
}

gboolean window_size_is_ours(const struct window_size *size, int width, int height)
{
	guint i;

	for (i = 0; i < MIN(size->n_asked, WINDOW_SIZE_ASKED); i++)
		if (ABS(size->asked[i].width - width) <= TOLERANCE &&
				ABS(size->asked[i].height - height) <= TOLERANCE)
			return TRUE;
	return FALSE;
}
