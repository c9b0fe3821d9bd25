/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_PRESENT_H
#define OSVDI_PRESENT_H

#include <gtk/gtk.h>
#include <osvdi-common/update.h>
#include "media/memory-caps.h"
#include "media/picture.h"

/*
 * Puts pictures on the screen. A presenter belongs to one place in one window. It keeps
 * the last picture as a canvas, so that only damaged parts need work, and so that a
 * picture stays when the connection is lost.
 *
 * Any thread may call show() and put(); only the main thread may call the other functions.
 * A presenter locks itself. Locks are taken in this order: video, presenter, gl_window.
 */
struct presenter {
	const struct presenter_impl *impl;
};

struct presenter_impl {
	const char *name;
	void (*destroy)(struct presenter *presenter);
	void (*show)(struct presenter *presenter, struct picture *picture,
			const cairo_region_t *damage);
	void (*put)(struct presenter *presenter, const struct update *update,
			const struct region *region);
	void (*place)(struct presenter *presenter, const cairo_rectangle_int_t *rect);
	void (*still)(struct presenter *presenter, cairo_surface_t *surface);
	void (*hide)(struct presenter *presenter);
	cairo_surface_t *(*snapshot)(struct presenter *presenter);
	struct memory_caps *(*get_memory_caps)(struct presenter *presenter); /* optional */
};

void presenter_destroy(struct presenter *presenter);

/**
 * Shows a picture. Returns when the picture was handed to the window system.
 *
 * damage: the part of the picture that is new, in picture pixels; the rest of the canvas
 *         stays. A picture of another size replaces the whole canvas.
 * Thread: any.
 */
void presenter_show(
		struct presenter *presenter, struct picture *picture, const cairo_region_t *damage);

/**
 * Replaces a part of the picture by the pixels of an update, or by a copy of another part.
 * Does nothing if there is no picture.
 *
 * region: the part of the update that is used, in picture pixels.
 * Thread: any.
 */
void presenter_put(struct presenter *presenter, const struct update *update,
		const struct region *region);

/* Sets where the picture goes: device pixels, relative to the place in the window. */
void presenter_place(struct presenter *presenter, const cairo_rectangle_int_t *rect);

/* Shows an image surface (RGB24) instead of pictures until the next show(). */
void presenter_still(struct presenter *presenter, cairo_surface_t *surface);

/* Takes the picture off the screen and forgets it. */
void presenter_hide(struct presenter *presenter);

/* A copy of the canvas (RGB24), or NULL if there is no picture. Owner: caller. */
cairo_surface_t *presenter_snapshot(struct presenter *presenter);

/* The memory that the presenter takes besides system memory, or NULL. Owner: caller. */
struct memory_caps *presenter_get_memory_caps(struct presenter *presenter);

/**
 * The shortest way without a GPU: a separate X connection, MIT-SHM, and XRender for
 * scaling. NULL if parent is no X11 window. Destroy the presenter before parent.
 */
struct presenter *presenter_x11_new(GdkWindow *parent);

/**
 * OpenGL ES 3 on an EGL surface of its own. DMA-BUFs and textures of decoders are used in
 * place, planes from memory are uploaded; the CPU converts nothing.
 *
 * parent: for X11. Destroy the presenter before parent.
 * area:   for Wayland: a widget made for this; else NULL.
 * Errors: NULL if there is no OpenGL. Also NULL if the CPU would do the drawing, unless
 *         force is set.
 */
struct presenter *presenter_egl_new(GdkWindow *parent, GtkWidget *area, gboolean force);

/* The same in a given window, which the presenter takes over. Errors: as above. */
struct gl_window;
struct presenter *presenter_egl_new_in(struct gl_window *window, gboolean force);

/* Draws with GTK, which works everywhere. area is a widget made for this. */
struct presenter *presenter_cairo_new(GtkWidget *area);

#endif
