/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_STILL_H
#define OSVDI_STILL_H

#include <cairo.h>
#include <gdk-pixbuf/gdk-pixbuf.h>

/* Still pictures, for what has no connection any more. */

/* Owner: caller. */
cairo_surface_t *still_from_pixbuf(GdkPixbuf *pixbuf);

/* Takes the colours away, and some of the light. */
void still_make_grey(cairo_surface_t *surface);

#endif
