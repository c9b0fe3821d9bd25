/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_EGL_SWAP_H
#define OSVDI_EGL_SWAP_H

#include <cairo.h>
#include "present/gl-window.h"

/* For how many earlier buffers the damage is remembered; a window system has no more. */
#define EGL_SWAP_MAX_AGE 4

/* Hands the buffers of a window over and knows what each of them lacks. The context must be
 * current. Not locked. Starts as zeros. */
struct egl_swap {
	cairo_region_t *shown[EGL_SWAP_MAX_AGE]; /* damage of the window, newest first; NULL: all */
};

/* Forgets the damage of earlier buffers. */
void egl_swap_forget(struct egl_swap *swap);

/**
 * The part of the window that is out of date in the next buffer.
 *
 * parts: what has changed since the last buffer; NULL: all.
 * Returns NULL for all of the window. Owner: caller.
 */
cairo_region_t *egl_swap_begin(const struct egl_swap *swap, const struct gl_window *window,
		const cairo_region_t *parts);

/* Hands the buffer over. Takes parts over. */
void egl_swap_end(struct egl_swap *swap, struct gl_window *window, cairo_region_t *parts);

#endif
