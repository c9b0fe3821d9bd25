/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_STATS_H
#define OSVDI_STATS_H

#include <glib.h>
#include <osvdi-common/update.h>
#include "media/picture.h"

/* Measurements for the overlay and for --stats-file. Any thread. */
struct stats;

/* The way of one frame. Times are microseconds of the local CLOCK_MONOTONIC. */
struct stats_frame {
	int display;
	guint64 frame;     /* the server's number; 0 if the stream has none */
	gint64 capture_us; /* at the server, by the server's clock; 0 if unknown */
	gint64 received_us, decoded_us;
	gint64 presented_us; /* 0: dropped, because a newer picture was there */
	gsize bytes;
	int width, height;
	int damage_rects; /* -1: the whole picture */
};

struct stats_summary {
	double seconds;      /* the time that the figures below cover */
	double fps;          /* presented */
	double dropped_fps;
	double kbps;         /* of video */
	double decode_ms;    /* mean */
	double present_ms;
	double latency_ms;   /* source to screen, median; < 0 if unknown */
	int width, height;
	guint64 total, total_dropped;
	double tiles_per_s;  /* messages of lossless tiles */
	gboolean exact;      /* the picture equals its source */
	char codec[24], decoder[32], presenter[16];
};

/* path: a file that gets a JSON line for each frame, or NULL. */
struct stats *stats_new(const char *path, GError **error);
void stats_free(struct stats *stats);

void stats_add(struct stats *stats, const struct stats_frame *frame);
/* Counts an update that was shown. exact: the whole picture now equals its source. */
void stats_add_update(struct stats *stats, const struct update *update, gint64 presented_us,
		gboolean exact);
void stats_set_exact(struct stats *stats, int display, gboolean exact);
void stats_set_names(
		struct stats *stats, const char *codec, const char *decoder, const char *presenter);

/* The server's clock minus our clock, in microseconds; makes capture_us comparable. */
void stats_set_clock_offset(struct stats *stats, gint64 offset_us);

/* Writes {"event": name, "time_us": now} to the file; for tests and benchmarks. */
void stats_event(struct stats *stats, const char *name);

/* The figures of one display since the last call for that display, of at most some
 * seconds. */
void stats_read(struct stats *stats, int display, struct stats_summary *summary);

#endif
