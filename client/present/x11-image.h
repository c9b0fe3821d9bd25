/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_X11_IMAGE_H
#define OSVDI_X11_IMAGE_H

#include <cairo.h>
#include <glib.h>
#include <X11/Xlib.h>
#include <X11/extensions/XShm.h>

/* Pixels that the X server can show. The server shares their memory if it runs on this
 * machine; otherwise they go over its socket. Not locked. */
struct x11_image {
	Display *display;
	Visual *visual;
	int depth;
	gboolean use_shm;
	XImage *image; /* NULL if there are no pixels */
	XShmSegmentInfo shm;
};

void x11_image_init(struct x11_image *image, Display *display, Visual *visual, int depth);

/* Makes the pixels; 4 bytes each. There must be none. FALSE if there is no memory. */
gboolean x11_image_alloc(struct x11_image *image, int width, int height);
void x11_image_free(struct x11_image *image);

/* Sends a rectangle to the same place of a drawable. With shared memory the server reads the
 * pixels later: wait with XSync() before they are changed. */
void x11_image_put(struct x11_image *image, Drawable drawable, GC gc,
		const cairo_rectangle_int_t *rect);

#endif
