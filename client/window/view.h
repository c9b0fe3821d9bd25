/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_VIEW_H
#define OSVDI_VIEW_H

#include <spice-client-gtk.h>
#include "session/connection.h"
#include "video/video.h"

G_BEGIN_DECLS

/*
 * One guest display in a window: a SpiceDisplay for input, pointer and classic drawing, and
 * above it the presenter of our video.
 *
 * Signals: "guest-size" (width, height): the size in guest pixels has changed;
 *          "video-event" (enum video_event).
 */
#define OSVDI_TYPE_VIEW (osvdi_view_get_type())
G_DECLARE_FINAL_TYPE(OsvdiView, osvdi_view, OSVDI, VIEW, GtkOverlay)

/**
 * channel:        id of the display channel.
 * monitor:        a monitor of the channel, or -1 for the whole channel.
 * channel_object: the channel, which must not be open yet.
 */
OsvdiView *osvdi_view_new(struct connection *connection, const struct options *options,
		struct stats *stats, SpiceDisplayChannel *channel_object, int channel, int monitor);

/* Attaches the channel of the same display after a reconnect, before it is opened. */
void osvdi_view_attach(OsvdiView *view, SpiceDisplayChannel *channel);

/* The connection broke: shows the last picture in grey until a new one comes. */
void osvdi_view_freeze(OsvdiView *view);

/* percent: of the guest's pixels; 0: fit the allocation. */
void osvdi_view_set_zoom(OsvdiView *view, int percent);

/* The size of the guest's picture in pixels; FALSE if not known. */
gboolean osvdi_view_get_guest_size(OsvdiView *view, int *width, int *height);

SpiceDisplay *osvdi_view_get_display(OsvdiView *view);
int osvdi_view_get_channel_id(OsvdiView *view);

/* The picture that is shown, in guest pixels; NULL if none. Owner: caller. */
cairo_surface_t *osvdi_view_snapshot(OsvdiView *view);

G_END_DECLS

#endif
