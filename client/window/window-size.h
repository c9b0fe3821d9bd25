/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WINDOW_SIZE_H
#define OSVDI_WINDOW_SIZE_H

#include <glib.h>

/*
 * The size of a window, and who leads: at first the guest does, and the window
 * takes each size that the guest has (a machine that starts goes through
 * several). Once the user has given the window a size, the window leads and
 * the guest is asked to follow. Pure: knows no widgets.
 *
 * Units: sizes of windows are logical pixels, without decorations.
 */
struct window_room {
	int width, height;         /* what the screen has for the content */
	int min_width, min_height; /* what a window needs for its header */
	int scale;                 /* device pixels in a logical one */
};

/* The size for a guest of so many pixels at so many percent: as large as the
 * guest; in a room too small for that of the guest's shape. */
void window_size_for_guest(const struct window_room *room, int guest_width, int guest_height, int percent,
		int *width, int *height);

/* Whether a window of that size has to scale its guest down. */
gboolean window_size_is_limited(const struct window_room *room, int guest_width, int guest_height, int percent);

/* Sizes that the viewer itself asked for, as the window manager may answer late. */
#define WINDOW_SIZE_ASKED 8

struct window_size {
	gboolean window_leads;
	struct {
		int width, height;
	} asked[WINDOW_SIZE_ASKED];
	guint n_asked; /* ever */
};

/* The viewer asks for this size. */
void window_size_asked(struct window_size *size, int width, int height);

/* Whether the viewer asked for this size; otherwise nobody but the user can have chosen it. */
gboolean window_size_is_ours(const struct window_size *size, int width, int height);

#endif
