/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_STILL_H
#define OSVDI_STILL_H

#include <cairo.h>
#include <gdk-pixbuf/gdk-pixbuf.h>

/* Still pictures of a desktop that is not connected any more. */

/* Owner: caller. */
cairo_surface_t *still_from_pixbuf(GdkPixbuf *pixbuf);

/* Makes a picture grey and darker. */
void still_make_grey(cairo_surface_t *surface);

#endif
