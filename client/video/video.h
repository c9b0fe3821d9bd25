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
 * The video of one display channel. Takes the streams over from spice-gtk, decodes them,
 * and presents the newest picture at once, regardless of the server's clock. Lives as long
 * as the window, across reconnects.
 */
struct video;

enum video_event {
	VIDEO_STARTING,      /* a stream begins that we show: a presenter is needed */
	VIDEO_FIRST_PICTURE, /* the first picture of a stream is on the screen */
	VIDEO_NO_DECODER,    /* this machine has no decoder for the stream */
	VIDEO_CLASSIC,       /* the server draws without our video: spice-gtk shows it */
};

/* Main thread. */
typedef void (*video_event_func)(struct video *video, enum video_event event, gpointer data);

/**
 * order: see decoder_table_list().
 * stats: must outlive the video.
 * port:  referenced.
 */
struct video *video_new(int display, const char *order, struct stats *stats, struct ext_port *port,
		video_event_func event, gpointer data);
/* Ends everything in flight. The callback is not called any more. */
void video_free(struct video *video);

/* Attaches to a channel. Call this before a SpiceDisplay is made for the channel. */
void video_attach(struct video *video, SpiceDisplayChannel *channel);

/**
 * Sets the presenter of the pictures; NULL: none for now. When this returns, no thread
 * uses the former presenter any more. The last picture is shown again at once.
 */
void video_set_presenter(struct video *video, struct presenter *presenter);

/* The size of the newest picture in pixels; FALSE if there is none. */
gboolean video_get_size(struct video *video, int *width, int *height);

/* The server is gone: forgets the stream, but leaves the picture on the screen. */
void video_stop(struct video *video);

#endif
