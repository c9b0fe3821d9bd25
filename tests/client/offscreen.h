/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_OFFSCREEN_H
#define OSVDI_OFFSCREEN_H

#include "present/gl-window.h"

/*
 * A window for the OpenGL presenter without any screen: a pbuffer of Mesa's
 * surfaceless platform. NULL where there is no such platform.
 */
struct gl_window *offscreen_new(int width, int height);

/* Says, as is true, that each buffer holds what was shown before. */
void offscreen_keep_content(struct gl_window *window);

/* Its pixel at x, y from the upper left corner: 0xRRGGBB. After showing, from any thread. */
guint32 offscreen_pixel(struct gl_window *window, int x, int y);

#endif
