/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_VIDEO_H
#define OSVDI_VIDEO_H

#include <spice-client.h>
#include "session/ext-port.h"
#include "present/present.h"
#include "media/stats.h"

/*
 * The video of one display channel: takes its streams over from spice-gtk,
 * decodes them and has the newest picture presented at once, whatever the
 * server's clock says. Lives as long as the window, across reconnects.
 */
struct video;

enum video_event {
	VIDEO_STARTING,      /* a stream that we shall show: a presenter is needed */
	VIDEO_FIRST_PICTURE, /* of a stream, it is on the screen */
	VIDEO_NO_DECODER,    /* nothing here decodes the stream */
	VIDEO_CLASSIC,       /* the server draws in another way: spice-gtk shows it */
};

/* Main thread. */
typedef void (*video_event_func)(struct video *video, enum video_event event, gpointer data);

/**
 * order: see decoder_table_list(); stats and port outlive the video (port is
 *        referenced).
 */
struct video *video_new(int display, const char *order, struct stats *stats, struct ext_port *port,
		video_event_func event, gpointer data);
/* Ends everything in flight; the callback is not called any more. */
void video_free(struct video *video);

/* Call before any SpiceDisplay is made for the channel. */
void video_attach(struct video *video, SpiceDisplayChannel *channel);

/**
 * Where pictures go; NULL: nowhere for now. When this returns no thread uses
 * the former presenter any more. The last picture is shown again at once.
 */
void video_set_presenter(struct video *video, struct presenter *presenter);

/* Size of the newest picture in pixels; FALSE when there is none. */
gboolean video_get_size(struct video *video, int *width, int *height);

/* The server is gone: forgets the stream, not what is on the screen. */
void video_stop(struct video *video);

#endif
