/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm_fourcc.h>

#include "check.h"
#include "csc.h"

struct scene scene_new(uint32_t width, uint32_t height)
{
	struct scene scene = { .width = width, .height = height,
		.pixels = calloc((size_t)width * height, 4) };

	CHECK(scene.pixels);
	return scene;
}

void scene_free(struct scene *scene)
{
	free(scene->pixels);
}

static uint32_t desktop_pixel(uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
	if (y < h / 2) /* lines of "text" */
		return y % 16 < 10 && (x * 7 + y / 16 * 5) % 11 < 4 ? 0x202020 : 0xf0f0f0;
	return (x * 255 / w) << 16 | (y * 255 / h) << 8 | ((x + y) * 255 / (w + h));
}

void scene_draw(struct scene *s, unsigned t)
{
	uint32_t size = s->height / 4, left = t * 8 % (s->width - size + 1);

	for (uint32_t y = 0; y < s->height; y++) {
		for (uint32_t x = 0; x < s->width; x++) {
			int in = x >= left && x < left + size && y >= size && y < 2 * size;

			s->pixels[y * s->width + x] = in ? 0xc04010 :
					desktop_pixel(x, y, s->width, s->height);
		}
	}
}

void scene_noise(struct scene *s, unsigned t)
{
	uint32_t seed = t * 2654435761u + 1;

	for (size_t i = 0; i < (size_t)s->width * s->height; i++) {
		seed = seed * 1664525 + 1013904223;
		s->pixels[i] = seed >> 8;
	}
}

static uint32_t ten_bits(uint32_t p, int swap)
{
	uint32_t r = (p >> 16 & 255) << 2, g = (p >> 8 & 255) << 2, b = (p & 255) << 2;

	return swap ? b << 20 | g << 10 | r : r << 20 | g << 10 | b;
}

static void put_pixel(uint8_t *row, uint32_t x, uint32_t p, uint32_t fourcc)
{
	uint32_t swapped = (p & 255) << 16 | (p & 0xff00) | (p >> 16 & 255);
	uint16_t rgb565 = (uint16_t)((p >> 19 & 31) << 11 | (p >> 10 & 63) << 5 | (p >> 3 & 31));

	switch (fourcc) {
	case DRM_FORMAT_XRGB8888:
	case DRM_FORMAT_ARGB8888: p |= 0xff000000; break;
	case DRM_FORMAT_XBGR8888:
	case DRM_FORMAT_ABGR8888: p = swapped | 0xff000000; break;
	case DRM_FORMAT_XRGB2101010: p = ten_bits(p, 0); break;
	case DRM_FORMAT_XBGR2101010: p = ten_bits(p, 1); break;
	case DRM_FORMAT_RGB565: memcpy(row + x * 2, &rgb565, 2); return;
	default: CHECK(!"a format that scene.c writes");
	}
	memcpy(row + x * 4, &p, 4);
}

static void put_yuyv(uint8_t *row, const uint32_t *pixels, uint32_t width)
{
	static const struct csc bt601;

	for (uint32_t x = 0; x < width; x += 2) {
		uint32_t pair[2] = { pixels[x], pixels[x + 1 < width ? x + 1 : x] };
		uint8_t y[2], uv[2];

		csc_argb_to_nv12(&bt601, (uint8_t *)pair, 8, y, 2, uv, 2, 2, 1);
		memcpy(row + x * 2, (uint8_t[]){ y[0], uv[0], y[1], uv[1] }, 4);
	}
}

static uint32_t bytes_per_pixel(uint32_t fourcc)
{
	return fourcc == DRM_FORMAT_RGB565 || fourcc == DRM_FORMAT_YUYV ? 2 : 4;
}

static void layout(const struct scene *s, const struct scene_options *o,
		const struct soft_va_api *soft, uint32_t *width, uint32_t *height, size_t *pitch,
		size_t *size)
{
	*width = o->backing_width ? o->backing_width : s->width;
	*height = o->backing_height ? o->backing_height : s->height;
	*pitch = soft->plane_pitch(o->modifier, (size_t)*width * bytes_per_pixel(o->fourcc));
	*size = soft->plane_size(o->modifier, *pitch, *height);
}

void scene_update(const struct scene *s, const struct scene_options *o,
		const struct soft_va_api *soft, int fd)
{
	uint32_t width, height, bpp = bytes_per_pixel(o->fourcc);
	size_t pitch, size;
	uint8_t *linear, *map;

	layout(s, o, soft, &width, &height, &pitch, &size);
	linear = malloc((size_t)width * height * bpp + 4);
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(linear && map != MAP_FAILED);
	memset(linear, 0x55, (size_t)width * height * bpp); /* outside of the crop */
	for (uint32_t y = 0; y < s->height; y++) {
		const uint32_t *from = s->pixels +
				(size_t)(o->y_flip ? s->height - 1 - y : y) * s->width;
		uint8_t *row = linear + ((size_t)(y + o->y) * width + o->x) * bpp;

		if (o->fourcc == DRM_FORMAT_YUYV)
			put_yuyv(row, from, s->width);
		else
			for (uint32_t x = 0; x < s->width; x++)
				put_pixel(row, x, from[x], o->fourcc);
	}
	CHECK_INT(soft->tile(o->modifier, map, pitch, linear, (size_t)width * bpp,
				(size_t)width * bpp, height), 0);
	munmap(map, size);
	free(linear);
}

struct spice_accel_frame *scene_frame(const struct scene *s, const struct scene_options *o,
		const struct soft_va_api *soft, int *fd)
{
	struct spice_accel_dmabuf_params p = { .size = sizeof(p), .width = s->width,
		.height = s->height, .x = o->x, .y = o->y, .fourcc = o->fourcc,
		.modifier = o->hide_modifier ? SPICE_ACCEL_MODIFIER_UNKNOWN : o->modifier,
		.n_planes = 1, .y_flip = o->y_flip, .render_node = o->render_node };
	struct spice_accel_frame *frame;
	size_t pitch, size;

	layout(s, o, soft, &p.backing_width, &p.backing_height, &pitch, &size);
	*fd = memfd_create("scene", MFD_CLOEXEC);
	CHECK(*fd >= 0 && ftruncate(*fd, (off_t)size) == 0);
	CHECK_INT(soft->set_bo_tiling(*fd, o->modifier), 0);
	p.fd[0] = *fd;
	p.stride[0] = (uint32_t)pitch;
	CHECK_INT(spice_accel_frame_create_dmabuf(&frame, &p), 0);
	scene_update(s, o, soft, *fd);
	return frame;
}

void scene_picture(const struct scene *s, struct picture *picture)
{
	static const struct csc bt601;

	csc_argb_to_nv12(&bt601, (uint8_t *)s->pixels, (size_t)s->width * 4, picture->plane[0],
			(size_t)picture->stride[0], picture->plane[1], (size_t)picture->stride[1],
			s->width, s->height);
}

double scene_psnr(const struct scene *s, const uint8_t *luma, int stride)
{
	double sum = 0;

	for (uint32_t y = 0; y < s->height; y++) {
		for (uint32_t x = 0; x < s->width; x++) {
			uint32_t p = s->pixels[y * s->width + x];
			double want = 16 + 219.0 / 255 * (0.299 * (p >> 16 & 255) +
					0.587 * (p >> 8 & 255) + 0.114 * (p & 255));
			double d = luma[(size_t)y * (size_t)stride + x] - want;

			sum += d * d;
		}
	}
	sum /= (double)s->width * s->height;
	return sum < 1e-6 ? 99 : 10 * log10(255.0 * 255 / sum);
}
