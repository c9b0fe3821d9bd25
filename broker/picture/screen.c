/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/screen.h"

#include <osvdi-accel-protocol.h>
#include <spice/enums.h>

#define RECT_BYTES 16
#define BASE_BYTES (4 + RECT_BYTES + 1) /* surface, box, kind of clip */
#define IMAGE_BYTES 18 /* id, type, flags, width, height */
#define BITMAP_BYTES 18 /* format, flags, width, height, stride, palette */

static guint pixel_bytes(guint8 format)
{
	switch (format) {
	case SPICE_BITMAP_FMT_16BIT:
		return 2;
	case SPICE_BITMAP_FMT_24BIT:
		return 3;
	case SPICE_BITMAP_FMT_32BIT:
	case SPICE_BITMAP_FMT_RGBA:
		return 4;
	default:
		return 0;
	}
}

static void count_colour(struct screen *s, guint32 colour)
{
	if (s->n_colours == SCREEN_GRAPHIC_COLOURS)
		return;
	for (guint i = 0; i < s->n_colours; i++)
		if (s->colours[i] == colour)
			return;
	s->colours[s->n_colours++] = colour;
}

/* The fourth byte of a pixel is no colour. */
static guint32 colour_at(const guint8 *pixel, guint bytes)
{
	guint32 colour = 0;

	for (guint i = 0; i < MIN(bytes, 3); i++)
		colour |= (guint32)pixel[i] << 8 * i;
	return colour;
}

static void create_surface(struct screen *s, const guint8 *body, gsize size)
{
	if (size < 20 || !(osvdi_get32(body + 16) & SPICE_SURFACE_FLAGS_PRIMARY))
		return;
	s->width = osvdi_get32(body + 4);
	s->height = osvdi_get32(body + 8);
	s->pixels = s->streamed = FALSE;
	s->n_colours = 0;
}

/* Whether an image fills the primary surface, 0: the first one does. */
static gboolean is_whole(const struct screen *s, const guint8 *body)
{
	return osvdi_get32(body) == 0 && osvdi_get32(body + 4) == 0 &&
			osvdi_get32(body + 8) == 0 && osvdi_get32(body + 12) == s->height &&
			osvdi_get32(body + 16) == s->width;
}

/* The rows are `stride` apart: pixels of a row that are not shown count as well, and are
 * copies or black. */
static void count_image(struct screen *s, const guint8 *bitmap, gsize size)
{
	guint64 bytes = (guint64)osvdi_get32(bitmap + 6) * osvdi_get32(bitmap + 10);
	guint each = pixel_bytes(bitmap[0]);

	if (!each || !bytes || bytes % each || bytes > size - BITMAP_BYTES)
		return;
	bitmap += BITMAP_BYTES;
	for (guint64 i = 0; i < bytes && s->n_colours < SCREEN_GRAPHIC_COLOURS; i += each)
		count_colour(s, colour_at(bitmap + i, each));
	s->pixels = TRUE;
}

static void draw_copy(struct screen *s, const guint8 *body, gsize size)
{
	guint64 at;

	/* An image of the whole screen has no list of clips. */
	if (size < BASE_BYTES + 4 || body[BASE_BYTES - 1] == SPICE_CLIP_TYPE_RECTS ||
			!s->width || !is_whole(s, body))
		return;
	at = osvdi_get32(body + BASE_BYTES);
	if (at && at + IMAGE_BYTES + BITMAP_BYTES <= size &&
			body[at + 8] == SPICE_IMAGE_TYPE_BITMAP)
		count_image(s, body + at + IMAGE_BYTES, (gsize)(size - at - IMAGE_BYTES));
}

void screen_message(struct screen *s, guint16 type, const guint8 *body, gsize size)
{
	switch (type) {
	case SPICE_MSG_DISPLAY_SURFACE_CREATE:
		create_surface(s, body, size);
		break;
	case SPICE_MSG_DISPLAY_DRAW_COPY:
		draw_copy(s, body, size);
		break;
	case SPICE_MSG_DISPLAY_STREAM_CREATE:
		s->streamed = TRUE;
		break;
	default:
		break;
	}
}

gboolean screen_is_seen(const struct screen *s)
{
	return s->width && (s->pixels || s->streamed);
}

gboolean screen_is_lit(const struct screen *s)
{
	return s->width && (s->streamed || (s->pixels && s->n_colours > 1));
}

gboolean screen_is_graphic(const struct screen *s)
{
	return s->width && (s->streamed ||
			(s->pixels && s->n_colours >= SCREEN_GRAPHIC_COLOURS));
}
