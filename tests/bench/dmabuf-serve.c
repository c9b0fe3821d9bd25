/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* spice-accel-serve with pictures in DMA-BUFs, which are memfds. How their pixels are compared,
 * OSVDI_DMABUF says: mapped, shaders, read-back, or gpu: the faster one of the last two, as
 * measured. The program is linked with --wrap for the functions below and those of
 * gl-double.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <spice-accel/server.h>

#include "gl-double.h"
#include "source.h"

int __wrap_source_picture_frame(struct spice_accel_frame **out,
		const struct source_picture *picture);
void __real_spice_accel_display_submit(struct spice_accel_display *display,
		struct spice_accel_frame *frame, const struct spice_accel_rect *damage, unsigned n,
		uint64_t capture_us);
void __wrap_spice_accel_display_submit(struct spice_accel_display *display,
		struct spice_accel_frame *frame, const struct spice_accel_rect *damage, unsigned n,
		uint64_t capture_us);

/* The source draws into its own memory, and what it drew is copied. */
static struct source_picture from;
static uint8_t *to;
static size_t to_size;

static uint64_t modifier(void)
{
	const char *way = getenv("OSVDI_DMABUF");

	if (!g_strcmp0(way, "mapped"))
		return SPICE_ACCEL_MODIFIER_UNKNOWN;
	if (!g_strcmp0(way, "shaders"))
		gl_double_ways(true, false);
	else if (!g_strcmp0(way, "read-back"))
		gl_double_ways(false, true);
	else if (!g_strcmp0(way, "gpu"))
		gl_double_ways(true, true);
	else
		g_error("OSVDI_DMABUF is mapped, shaders, read-back or gpu");
	return I915_FORMAT_MOD_X_TILED; /* which the processor cannot map */
}

static void copy(const struct spice_accel_rect *r)
{
	for (int32_t y = r->y; y < r->y + r->height; y++) {
		size_t at = (size_t)y * from.stride + (size_t)r->x * 4;

		memcpy(to + at, (const uint8_t *)from.pixels + at, (size_t)r->width * 4);
	}
}

int __wrap_source_picture_frame(struct spice_accel_frame **out,
		const struct source_picture *picture)
{
	struct spice_accel_dmabuf_params params = { .size = sizeof params,
		.width = picture->width, .height = picture->height,
		.fourcc = DRM_FORMAT_XRGB8888, .n_planes = 1, .stride = { picture->stride },
		.modifier = modifier() };
	int fd = memfd_create("picture", MFD_CLOEXEC), ret;

	if (to)
		munmap(to, to_size);
	from = *picture;
	to_size = (size_t)picture->stride * picture->height;
	if (fd < 0 || ftruncate(fd, (off_t)to_size) < 0)
		g_error("no memory for a picture: %s", g_strerror(errno));
	to = mmap(NULL, to_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (to == MAP_FAILED)
		g_error("no memory for a picture: %s", g_strerror(errno));
	memcpy(to, picture->pixels, to_size);
	params.fd[0] = fd;
	ret = spice_accel_frame_create_dmabuf(out, &params);
	close(fd);
	return ret;
}

void __wrap_spice_accel_display_submit(struct spice_accel_display *display,
		struct spice_accel_frame *frame, const struct spice_accel_rect *damage, unsigned n,
		uint64_t capture_us)
{
	const struct spice_accel_rect all = { 0, 0, (int32_t)from.width, (int32_t)from.height };

	for (unsigned i = 0; i < n; i++)
		copy(&damage[i]);
	if (!n)
		copy(&all);
	__real_spice_accel_display_submit(display, frame, damage, n, capture_us);
}
