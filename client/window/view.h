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
 * One guest display in a window: a SpiceDisplay for input, pointer and
 * classic drawing, and above it the presenter of our video.
 *
 * Signals: "guest-size" (width, height) in guest pixels, when it changes;
 *          "video-event" (enum video_event).
 */
#define OSVDI_TYPE_VIEW (osvdi_view_get_type())
G_DECLARE_FINAL_TYPE(OsvdiView, osvdi_view, OSVDI, VIEW, GtkOverlay)

/**
 * channel: display channel id; monitor: monitor of that channel, or -1 for
 * all of it. channel_object: the channel, before it is opened.
 */
OsvdiView *osvdi_view_new(struct connection *connection, const struct options *options,
		struct stats *stats, SpiceDisplayChannel *channel_object, int channel, int monitor);

/* The same display of a session that came back. Call before it is opened. */
void osvdi_view_attach(OsvdiView *view, SpiceDisplayChannel *channel);

/* The connection broke: keeps the last picture, in grey, until a new one comes. */
void osvdi_view_freeze(OsvdiView *view);

/* 0: fit the allocation; otherwise percent of the guest's pixels. */
void osvdi_view_set_zoom(OsvdiView *view, int percent);

/* Size of the guest's picture in pixels; FALSE when unknown. */
gboolean osvdi_view_get_guest_size(OsvdiView *view, int *width, int *height);

SpiceDisplay *osvdi_view_get_display(OsvdiView *view);
int osvdi_view_get_channel_id(OsvdiView *view);

/* What is to be seen, in guest pixels; NULL when nothing. Owner: caller. */
cairo_surface_t *osvdi_view_snapshot(OsvdiView *view);

G_END_DECLS

#endif
