/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "present/egl-swap.h"

#include <string.h>

void egl_swap_forget(struct egl_swap *swap)
{
	int i;

	for (i = 0; i < EGL_SWAP_MAX_AGE; i++)
		g_clear_pointer(&swap->shown[i], cairo_region_destroy);
}

static cairo_region_t *missing(const struct egl_swap *swap, const struct gl_window *window,
		const cairo_region_t *parts)
{
	struct egl_device *d = window->device;
	cairo_region_t *region;
	EGLint age = 0, i;

	if (!d->has_buffer_age ||
			!eglQuerySurface(d->display, window->surface, EGL_BUFFER_AGE_EXT, &age) ||
			age < 1 || age > EGL_SWAP_MAX_AGE + 1)
		return NULL;
	region = cairo_region_copy(parts);
	for (i = 0; i < age - 1; i++) {
		if (!swap->shown[i]) {
			cairo_region_destroy(region);
			return NULL;
		}
		cairo_region_union(region, swap->shown[i]);
	}
	return region;
}

static EGLint *list_rects(const cairo_region_t *region, EGLint *n)
{
	EGLint *list;
	int i;

	*n = cairo_region_num_rectangles(region);
	list = g_new(EGLint, (gsize)*n * 4 + 1);
	for (i = 0; i < *n; i++) {
		cairo_rectangle_int_t r;

		cairo_region_get_rectangle(region, i, &r);
		memcpy(list + 4 * i, (EGLint[]){ r.x, r.y, r.width, r.height }, 4 * sizeof(EGLint));
	}
	return list;
}

cairo_region_t *egl_swap_begin(const struct egl_swap *swap, const struct gl_window *window,
		const cairo_region_t *parts)
{
	cairo_region_t *lacking = parts ? missing(swap, window, parts) : NULL;
	g_autofree EGLint *rects = NULL;
	EGLint n;

	if (!lacking || !window->device->has_partial_update)
		return lacking;
	rects = list_rects(lacking, &n);
	eglSetDamageRegionKHR(window->device->display, window->surface, rects, n);
	return lacking;
}

static void hand_over(struct gl_window *window, const cairo_region_t *damage)
{
	struct egl_device *d = window->device;
	g_autofree EGLint *rects = NULL;
	EGLint n = 0;

	if (window->impl->sending)
		window->impl->sending(window);
	if (!damage || !d->swap_with_damage) {
		eglSwapBuffers(d->display, window->surface);
		return;
	}
	rects = list_rects(damage, &n);
	d->swap_with_damage(d->display, window->surface, rects, n);
}

void egl_swap_end(struct egl_swap *swap, struct gl_window *window, cairo_region_t *parts)
{
	hand_over(window, parts);
	g_clear_pointer(&swap->shown[EGL_SWAP_MAX_AGE - 1], cairo_region_destroy);
	memmove(swap->shown + 1, swap->shown, sizeof swap->shown - sizeof *swap->shown);
	swap->shown[0] = parts;
}
