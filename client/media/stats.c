/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "media/stats.h"

#include <errno.h>
#include <gio/gio.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#define MAX_DISPLAYS 16
#define MAX_SAMPLES 512

/* The figures of one display since they were last read. */
struct window {
	gint64 since_us;
	guint shown, dropped;
	guint64 bytes, total, total_dropped;
	gint64 decode_us, present_us;
	gint32 latency[MAX_SAMPLES]; /* microseconds */
	guint n_latency;
	int width, height;
	guint tiles;
	gboolean exact;
};

struct stats {
	GMutex lock;
	FILE *file;
	gint64 offset_us;
	gboolean has_offset;
	struct window displays[MAX_DISPLAYS];
	char codec[24], decoder[32], presenter[16];
};

struct stats *stats_new(const char *path, GError **error)
{
	struct stats *stats = g_new0(struct stats, 1);

	g_mutex_init(&stats->lock);
	if (path) {
		int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

		stats->file = fd < 0 ? NULL : fdopen(fd, "a");
		if (!stats->file) {
			g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(errno),
					"cannot write statistics to %s: %s", path,
					g_strerror(errno));
			stats_free(stats);
			return NULL;
		}
		setvbuf(stats->file, NULL, _IOLBF, 1024);
	}
	return stats;
}

void stats_free(struct stats *stats)
{
	if (!stats)
		return;
	if (stats->file)
		fclose(stats->file);
	g_mutex_clear(&stats->lock);
	g_free(stats);
}

static void write_offset(struct stats *stats)
{
	if (stats->has_offset)
		fprintf(stats->file, "%" G_GINT64_FORMAT "}\n", stats->offset_us);
	else
		fprintf(stats->file, "null}\n");
}

static void write_line(struct stats *stats, const struct stats_frame *f)
{
	fprintf(stats->file,
			"{\"display\": %d, \"frame\": %" G_GUINT64_FORMAT
			", \"capture_us\": %" G_GINT64_FORMAT ", \"received_us\": %" G_GINT64_FORMAT
			", \"decoded_us\": %" G_GINT64_FORMAT
			", \"presented_us\": %" G_GINT64_FORMAT
			", \"bytes\": %zu, \"width\": %d, \"height\": %d"
			", \"rects\": %d, \"dropped\": %s, \"clock_offset_us\": ",
			f->display, f->frame, f->capture_us, f->received_us, f->decoded_us,
			f->presented_us, f->bytes, f->width, f->height, f->damage_rects,
			f->presented_us ? "false" : "true");
	write_offset(stats);
}

/* The network gives both values, so subtract without overflow and limit the result. */
static void note_latency(
		struct stats *stats, struct window *w, gint64 capture_us, gint64 presented_us)
{
	guint64 source = (guint64)capture_us - (guint64)stats->offset_us;
	gint64 latency = (gint64)((guint64)presented_us - source);

	if (presented_us && capture_us && stats->has_offset && w->n_latency < MAX_SAMPLES)
		w->latency[w->n_latency++] = (gint32)CLAMP(latency, -1000000, 100000000);
}

static struct window *window_of(struct stats *stats, int display)
{
	return &stats->displays[CLAMP(display, 0, MAX_DISPLAYS - 1)];
}

static void write_update(
		struct stats *stats, const struct update *u, gint64 presented_us, gboolean exact)
{
	fprintf(stats->file,
			"{\"display\": %u, \"tiles\": %" PRIu64 ", \"capture_us\": %" PRId64
			", \"received_us\": %" PRId64 ", \"presented_us\": %" G_GINT64_FORMAT
			", \"bytes\": %zu, \"rects\": %u, \"pixels\": %zu, \"change\": %s, "
			"\"exact\": %s, \"clock_offset_us\": ",
			u->display, u->number, u->capture_us, u->received_us, presented_us,
			u->bytes, u->n_rects, u->n_pixels, u->change ? "true" : "false",
			exact ? "true" : "false");
	write_offset(stats);
}

void stats_add_update(
		struct stats *stats, const struct update *u, gint64 presented_us, gboolean exact)
{
	struct window *w = window_of(stats, (int)u->display);

	g_mutex_lock(&stats->lock);
	if (stats->file)
		write_update(stats, u, presented_us, exact);
	w->bytes += u->bytes;
	w->tiles++;
	if (u->change)
		note_latency(stats, w, u->capture_us, presented_us);
	g_mutex_unlock(&stats->lock);
}

void stats_set_exact(struct stats *stats, int display, gboolean exact)
{
	g_mutex_lock(&stats->lock);
	window_of(stats, display)->exact = exact;
	g_mutex_unlock(&stats->lock);
}

void stats_add(struct stats *stats, const struct stats_frame *f)
{
	struct window *w = window_of(stats, f->display);

	g_mutex_lock(&stats->lock);
	if (stats->file)
		write_line(stats, f);
	w->bytes += f->bytes;
	w->total++;
	w->width = f->width;
	w->height = f->height;
	if (f->presented_us) {
		w->shown++;
		w->decode_us += f->decoded_us - f->received_us;
		w->present_us += f->presented_us - f->decoded_us;
	} else {
		w->dropped++;
		w->total_dropped++;
	}
	note_latency(stats, w, f->capture_us, f->presented_us);
	g_mutex_unlock(&stats->lock);
}

void stats_set_names(
		struct stats *stats, const char *codec, const char *decoder, const char *presenter)
{
	g_mutex_lock(&stats->lock);
	if (codec)
		g_strlcpy(stats->codec, codec, sizeof stats->codec);
	if (decoder)
		g_strlcpy(stats->decoder, decoder, sizeof stats->decoder);
	if (presenter)
		g_strlcpy(stats->presenter, presenter, sizeof stats->presenter);
	g_mutex_unlock(&stats->lock);
}

void stats_set_clock_offset(struct stats *stats, gint64 offset_us)
{
	g_mutex_lock(&stats->lock);
	stats->offset_us = offset_us;
	stats->has_offset = TRUE;
	g_mutex_unlock(&stats->lock);
}

void stats_event(struct stats *stats, const char *name)
{
	g_mutex_lock(&stats->lock);
	if (stats->file)
		fprintf(stats->file, "{\"event\": \"%s\", \"time_us\": %" G_GINT64_FORMAT "}\n",
				name, g_get_monotonic_time());
	g_mutex_unlock(&stats->lock);
}

static int compare_int(const void *a, const void *b)
{
	gint32 x = *(const gint32 *)a, y = *(const gint32 *)b;

	return (x > y) - (x < y);
}

void stats_read(struct stats *stats, int display, struct stats_summary *s)
{
	struct window *w = window_of(stats, display);
	gint64 now = g_get_monotonic_time();

	memset(s, 0, sizeof *s);
	g_mutex_lock(&stats->lock);
	s->seconds = w->since_us ? (double)(now - w->since_us) / 1e6 : 1;
	s->fps = w->shown / s->seconds;
	s->dropped_fps = w->dropped / s->seconds;
	s->kbps = (double)w->bytes * 8e-3 / s->seconds;
	s->decode_ms = w->shown ? (double)w->decode_us / w->shown / 1e3 : 0;
	s->present_ms = w->shown ? (double)w->present_us / w->shown / 1e3 : 0;
	s->tiles_per_s = w->tiles / s->seconds;
	s->exact = w->exact;
	s->width = w->width;
	s->height = w->height;
	s->total = w->total;
	s->total_dropped = w->total_dropped;
	s->latency_ms = -1;
	if (w->n_latency) {
		qsort(w->latency, w->n_latency, sizeof w->latency[0], compare_int);
		s->latency_ms = w->latency[w->n_latency / 2] / 1e3;
	}
	memcpy(s->codec, stats->codec, sizeof s->codec);
	memcpy(s->decoder, stats->decoder, sizeof s->decoder);
	memcpy(s->presenter, stats->presenter, sizeof s->presenter);
	w->since_us = now;
	w->shown = w->dropped = w->n_latency = w->tiles = 0;
	w->bytes = 0;
	w->decode_us = w->present_us = 0;
	g_mutex_unlock(&stats->lock);
}
