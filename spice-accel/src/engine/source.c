/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "engine/source.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

/* Memory without a cache is read at 100 to 300 MB/s, other memory at several GB/s. */
#define SLOW_BYTES_PER_US 1000u
#define SLACK_US 1000u /* of the measurement: a small picture is never slow */

static void drop(struct source *s)
{
	if (s->pixels)
		s->read_bytes += s->pixels->read_bytes;
	pixels_destroy(s->pixels);
	s->pixels = NULL;
}

static void say(struct source *s, const char *what, uint64_t bytes, uint64_t us)
{
	if (!s->said)
		log_info("the processor maps DMA-BUFs and reads %llu MB/s: %s",
				(unsigned long long)(bytes / (us ? us : 1)), what);
	s->said = true;
}

/* Reads all of the frame once. Time that the thread had to wait for a processor is none. */
static bool is_slow(struct source *s, struct pixels *pixels,
		const struct spice_accel_frame *frame)
{
	const struct spice_accel_rect all = { 0, 0, (int32_t)frame->width, (int32_t)frame->height };
	uint64_t us = clock_thread_cpu_us(), bytes = pixels->read_bytes;
	bool slow;

	if (pixels_show(pixels, frame) < 0 || pixels_remember(pixels, &all) < 0)
		return true;
	pixels_show(pixels, NULL);
	bytes = pixels->read_bytes - bytes;
	us = clock_thread_cpu_us() - us;
	slow = us > bytes / SLOW_BYTES_PER_US + SLACK_US;
	say(s, slow ? "a GPU is to compare them" : "it compares their pixels", bytes, us);
	return slow;
}

/* Opening a GPU may end the pixels on the one before, so s->pixels is set last. */
static int open_pixels(struct source *s, const struct spice_accel_frame *frame,
		const char *render_node)
{
	struct pixels *mapped = NULL, *other = NULL;
	int ret = pixels_create(&mapped, frame);
	bool maps;

	if (ret == 0 && !is_slow(s, mapped, frame)) {
		s->pixels = mapped;
		return 0;
	}
	maps = ret == 0 && pixels_error(mapped) == 0;
	if (gpu_way_create(&s->way, &other, s->gpu, frame, maps, render_node) == 0) {
		s->read_bytes += mapped ? mapped->read_bytes : 0;
		pixels_destroy(mapped);
		s->pixels = other;
		return 0;
	}
	s->pixels = mapped;
	return ret < 0 ? ret : pixels_error(mapped);
}

/* Pixels that failed end; and so does OpenGL, which may have been reset or hang. */
static void judge(struct source *s)
{
	if (s->error)
		drop(s);
	if (s->error == -ETIME || s->error == -EIO)
		gpu_lose(s->gpu);
}

int source_show(struct source *s, const struct spice_accel_frame *frame, uint32_t serial,
		const char *render_node)
{
	if (serial != s->serial) {
		drop(s);
		s->serial = serial;
		s->error = open_pixels(s, frame, render_node);
	}
	if (!s->error && !pixels_fits(s->pixels, frame))
		s->error = -ESTALE;
	if (!s->error)
		s->error = pixels_show(s->pixels, frame);
	judge(s);
	return s->error;
}

void source_hide(struct source *s)
{
	if (!s->pixels)
		return;
	pixels_show(s->pixels, NULL);
	s->error = pixels_error(s->pixels);
	judge(s);
}

uint64_t source_read_bytes(const struct source *s)
{
	return s->read_bytes + (s->pixels ? s->pixels->read_bytes : 0);
}

void source_lose(struct source *s)
{
	s->way.device = NULL;
	if (s->pixels)
		s->error = -ESTALE;
	drop(s);
}

void source_finish(struct source *s)
{
	drop(s);
	memset(s, 0, sizeof *s);
}
