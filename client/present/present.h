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
 * Puts pictures on the screen. One presenter belongs to one place in one
 * window; it keeps the last picture as a canvas, so that a damaged part costs
 * only that part, and so that a lost connection leaves something to look at.
 *
 * show() and put() may be called from any thread, everything else from the main thread;
 * a presenter locks itself.
 */
struct presenter {
	const struct presenter_impl *impl;
};

struct presenter_impl {
	const char *name;
	void (*destroy)(struct presenter *presenter);
	void (*show)(struct presenter *presenter, struct picture *picture, const cairo_region_t *damage);
	void (*put)(struct presenter *presenter, const struct update *update, const struct region *region);
	void (*place)(struct presenter *presenter, const cairo_rectangle_int_t *rect);
	void (*still)(struct presenter *presenter, cairo_surface_t *surface);
	void (*hide)(struct presenter *presenter);
	cairo_surface_t *(*snapshot)(struct presenter *presenter);
	struct memory_caps *(*get_memory_caps)(struct presenter *presenter); /* optional */
};

void presenter_destroy(struct presenter *presenter);

/**
 * Shows a picture; returns when it was handed to the window system.
 *
 * damage: what to take from it, in picture pixels; the rest of the canvas
 *         stays. A picture of another size replaces all of the canvas.
 * Thread: any.
 */
void presenter_show(struct presenter *presenter, struct picture *picture, const cairo_region_t *damage);

/**
 * Shows the source's pixels, or those of another part, in place of a part of the picture.
 *
 * region: what to take of the update, in picture pixels. Without a picture
 *         there is nothing to put them on, and nothing happens.
 * Thread: any.
 */
void presenter_put(struct presenter *presenter, const struct update *update, const struct region *region);

/* Where the picture goes: device pixels, relative to the place in the window. */
void presenter_place(struct presenter *presenter, const cairo_rectangle_int_t *rect);

/* Shows an image surface (RGB24) instead of pictures until the next show(). */
void presenter_still(struct presenter *presenter, cairo_surface_t *surface);

/* Takes the picture off the screen (and forgets it). */
void presenter_hide(struct presenter *presenter);

/* A copy of the canvas (RGB24), or NULL when there is no picture. Owner: caller. */
cairo_surface_t *presenter_snapshot(struct presenter *presenter);

/* What it takes besides system memory, or NULL. Owner: caller. */
struct memory_caps *presenter_get_memory_caps(struct presenter *presenter);

/**
 * Own X connection, MIT-SHM, XRender when the size differs: the shortest way
 * without a GPU. NULL when parent is no X11 window. The presenter must go
 * before parent does.
 */
struct presenter *presenter_x11_new(GdkWindow *parent);

/**
 * OpenGL ES 3 on an own EGL surface: DMA-BUFs and textures of decoders where
 * they are, planes from memory as textures; no conversion on the CPU.
 *
 * parent: where there is X11: the presenter must go before it does.
 * area:   where there is Wayland: a widget made for it; else NULL.
 * Errors: NULL when there is no OpenGL, or, unless force, when the CPU would
 *         draw it.
 */
struct presenter *presenter_egl_new(GdkWindow *parent, GtkWidget *area, gboolean force);

/* The same in any window that OpenGL draws to, which it takes over; NULL as above. */
struct gl_window;
struct presenter *presenter_egl_new_in(struct gl_window *window, gboolean force);

/* GTK's own drawing, everywhere. area is a widget made for it. */
struct presenter *presenter_cairo_new(GtkWidget *area);

#endif
