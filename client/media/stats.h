/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_STATS_H
#define OSVDI_STATS_H

#include <glib.h>
#include <osvdi-common/update.h>
#include "media/picture.h"

/* What was measured, for the overlay and for --stats-file. Any thread. */
struct stats;

/* One frame's way, times in microseconds of the local CLOCK_MONOTONIC. */
struct stats_frame {
	int display;
	guint64 frame;     /* server's number; 0 when the stream has none */
	gint64 capture_us; /* at the server, by the server's clock; 0 unknown */
	gint64 received_us, decoded_us;
	gint64 presented_us; /* 0: dropped, a newer one was there */
	gsize bytes;
	int width, height;
	int damage_rects; /* -1: all of the picture */
};

struct stats_summary {
	double seconds;      /* that the figures below cover */
	double fps;          /* presented */
	double dropped_fps;
	double kbps;         /* of video */
	double decode_ms;    /* mean */
	double present_ms;
	double latency_ms;   /* source to pixel, median; < 0 unknown */
	int width, height;
	guint64 total, total_dropped;
	double tiles_per_s;  /* messages of lossless tiles */
	gboolean exact;      /* the picture equals its source */
	char codec[24], decoder[32], presenter[16];
};

/* path: file to append a JSON line a frame to, or NULL. */
struct stats *stats_new(const char *path, GError **error);
void stats_free(struct stats *stats);

void stats_add(struct stats *stats, const struct stats_frame *frame);
/* An update that was shown; presented_us as above. exact: the whole picture is, with them. */
void stats_add_update(struct stats *stats, const struct update *update, gint64 presented_us, gboolean exact);
void stats_set_exact(struct stats *stats, int display, gboolean exact);
void stats_set_names(struct stats *stats, const char *codec, const char *decoder, const char *presenter);

/* server's clock - our clock, microseconds; makes capture_us comparable. */
void stats_set_clock_offset(struct stats *stats, gint64 offset_us);

/* Writes {"event": name, "time_us": now} to the file; for tests and benchmarks. */
void stats_event(struct stats *stats, const char *name);

/* Figures of one display since the last call for it (at most some seconds). */
void stats_read(struct stats *stats, int display, struct stats_summary *summary);

#endif
