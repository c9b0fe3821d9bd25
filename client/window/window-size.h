/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WINDOW_SIZE_H
#define OSVDI_WINDOW_SIZE_H

#include <glib.h>

/*
 * The size of a window, and who leads. At first the guest leads: the window takes each size
 * of the guest (a machine that starts has several). Once the user has sized the window,
 * the window leads and the guest is asked to follow. These functions know no widgets.
 *
 * Units: sizes of windows are logical pixels, without decorations.
 */
struct window_room {
	int width, height;         /* room on the screen for the content */
	int min_width, min_height; /* least size of a window with its header */
	int scale;                 /* device pixels in a logical one */
};

/* The size of the window for a guest at a zoom: as large as the guest. If there is not
 * enough room, smaller but of the guest's shape. */
void window_size_for_guest(const struct window_room *room, int guest_width, int guest_height,
		int percent, int *width, int *height);

/* Whether a window of this size must scale the guest down. */
gboolean window_size_is_limited(
		const struct window_room *room, int guest_width, int guest_height, int percent);

/* Sizes that the viewer asked for; remembered because a window manager may answer late. */
#define WINDOW_SIZE_ASKED 8

struct window_size {
	gboolean window_leads;
	struct {
		int width, height;
	} asked[WINDOW_SIZE_ASKED];
	guint n_asked; /* in all */
};

/* Notes that the viewer asks for this size. */
void window_size_asked(struct window_size *size, int width, int height);

/* Whether the viewer asked for this size. If not, the user has chosen it. */
gboolean window_size_is_ours(const struct window_size *size, int width, int height);

#endif
