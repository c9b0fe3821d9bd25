/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_PICTURE_SCREEN_H
#define OSVDI_BROKER_PICTURE_SCREEN_H

#include <glib.h>

/*
 * The picture on a desktop's screen, as far as it tells whether the desktop is up. A
 * server sends the whole screen first, as plain pixels when asked to, so its colours can
 * be counted: a text console and a firmware's messages have 16 at most.
 */
#define SCREEN_GRAPHIC_COLOURS 32

struct screen {
	guint32 width, height; /* 0: no surface yet */
	gboolean pixels; /* an image of the whole screen has come */
	gboolean streamed; /* something moves so much that the server makes a video of it */
	guint n_colours; /* different ones, at most SCREEN_GRAPHIC_COLOURS */
	/* private: */
	guint32 colours[SCREEN_GRAPHIC_COLOURS];
};

/** A message of the display channel. The body is not trusted. */
void screen_message(struct screen *screen, guint16 type, const guint8 *body, gsize size);

/** Whether an image has come, or a video has begun: enough to judge. */
gboolean screen_is_seen(const struct screen *screen);
/** Not all of one colour. */
gboolean screen_is_lit(const struct screen *screen);
/** More than text. */
gboolean screen_is_graphic(const struct screen *screen);

#endif
