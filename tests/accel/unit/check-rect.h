/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CHECK_RECT_H
#define CHECK_RECT_H

#include <glib.h>

#include <spice-accel/frame.h>

static inline void check_rect(const struct spice_accel_rect *r, int32_t x, int32_t y, int32_t width,
		int32_t height)
{
	g_assert_cmpint(r->x, ==, x);
	g_assert_cmpint(r->y, ==, y);
	g_assert_cmpint(r->width, ==, width);
	g_assert_cmpint(r->height, ==, height);
}

#endif
