/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "engine/gpu-way.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "config.h"

#if HAVE_EGL
#include "gpu/gl-device.h"
#include "pixels/copied-pixels.h"
#include "pixels/gpu-pixels.h"

#define TRIES 3u
/* Reading back takes time of the processor, and is worth it if it takes at most one in so many
 * parts of the shaders' time. */
#define WORTH_PART 2u

/* Microseconds from a frame to the answer for each block, at best; UINT64_MAX: it fails. */
static uint64_t time_of(struct pixels *p, const struct spice_accel_frame *frame, uint8_t *ask,
		uint8_t *answer)
{
	const struct tile_span all = { 0, 0, p->blocks.columns, p->blocks.rows };
	const struct spice_accel_rect rect = { 0, 0, (int32_t)frame->width,
		(int32_t)frame->height };
	uint64_t best = UINT64_MAX;

	if (pixels_show(p, frame) < 0 || pixels_remember(p, &rect) < 0)
		return UINT64_MAX;
	for (unsigned i = 0; i < TRIES; i++) {
		uint64_t start = clock_now_us(), us;

		if (pixels_show(p, frame) < 0 || pixels_changed(p, &all, ask, answer) < 0)
			return UINT64_MAX;
		us = clock_now_us() - start;
		best = us < best ? us : best;
	}
	pixels_show(p, NULL);
	return best;
}

/* Time of one way; UINT64_MAX: the way is not there. */
static uint64_t measure(struct pixels *p, const struct spice_accel_frame *frame)
{
	size_t n = p ? blocks_count(&p->blocks) : 0;
	uint8_t *ask = malloc(n * 2);
	uint64_t us = UINT64_MAX;

	if (p && ask) {
		memset(ask, PIXELS_COMPARE, n);
		us = time_of(p, frame, ask, ask + n);
	}
	free(ask);
	return us;
}

static struct pixels *open_shaders(struct gpu *gpu, const struct spice_accel_frame *frame)
{
	struct pixels *p;
	char why[512] = "";
	int ret = gpu_pixels_create(&p, gpu->device, frame, why, sizeof why);

	if (ret == 0)
		return p;
	log_error("%s cannot compare pixels: %s", gpu->node, why[0] ? why : strerror(-ret));
	return NULL;
}

static struct pixels *open_read_back(struct gpu *gpu, const struct spice_accel_frame *frame)
{
	struct pixels *p;

	return copied_pixels_create(&p, gpu->device, frame) == 0 ? p : NULL;
}

static void say(const struct gpu *gpu, const struct spice_accel_frame *frame, bool read_back,
		uint64_t by_shaders, uint64_t by_reading)
{
	const char *name = read_back ? "the processor, which reads them back" : "shaders";

	if (by_shaders == UINT64_MAX || by_reading == UINT64_MAX)
		log_info("pixels of DMA-BUFs on %s are compared by %s, as there is no other way",
				gpu->node, name);
	else
		log_info("pixels of DMA-BUFs on %s are compared by %s: %ux%u of them take %.1f ms "
				"by shaders, %.1f ms by the processor",
				gpu->node, name, frame->width, frame->height,
				(double)by_shaders / 1000, (double)by_reading / 1000);
}

/* Both ways, and the better one stays. */
static struct pixels *open_better(struct gpu_way *way, struct gpu *gpu,
		const struct spice_accel_frame *frame)
{
	struct pixels *shaders = open_shaders(gpu, frame), *copied = open_read_back(gpu, frame);
	uint64_t by_shaders = measure(shaders, frame), by_reading = measure(copied, frame);

	if (by_shaders == UINT64_MAX && by_reading == UINT64_MAX) {
		log_error("%s cannot import or compare the guest's DMA-BUFs", gpu->node);
		pixels_destroy(shaders);
		pixels_destroy(copied);
		return NULL;
	}
	way->device = gpu->device;
	way->read_back = by_reading < by_shaders / WORTH_PART;
	say(gpu, frame, way->read_back, by_shaders, by_reading);
	pixels_destroy(way->read_back ? shaders : copied);
	return way->read_back ? copied : shaders;
}

/* A software renderer reads DMA-BUFs as the processor does that maps them. */
static bool is_no_help(const struct gpu *gpu)
{
	if (!gl_device_is_software(gpu->device))
		return false;
	log_info("OpenGL on %s is drawn by the processor: DMA-BUFs are mapped instead", gpu->node);
	return true;
}

int gpu_way_create(struct gpu_way *way, struct pixels **out, struct gpu *gpu,
		const struct spice_accel_frame *frame, bool mapped, const char *render_node)
{
	struct gl_device *device = gpu_open(gpu, frame, render_node);

	if (!device || (mapped && is_no_help(gpu)))
		return -ENODEV;
	if (way->device != device) {
		*out = open_better(way, gpu, frame);
	} else {
		*out = way->read_back ? open_read_back(gpu, frame) : NULL;
		if (!*out) /* another format than the one that was measured */
			*out = open_shaders(gpu, frame);
	}
	return *out ? 0 : -ENODEV;
}

#else
int gpu_way_create(struct gpu_way *way, struct pixels **out, struct gpu *gpu,
		const struct spice_accel_frame *frame, bool mapped, const char *render_node)
{
	gpu_open(gpu, frame, render_node); /* says why not */
	return -ENODEV;
}
#endif
