/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pixels/convert-cpu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>
#include <libyuv.h>

#include "pixels/dmabuf-map.h"

/* So many rows at a time go through an ARGB copy, so that the copy stays in the cache. */
#define BAND_ROWS 16

/* Pixels that are worth waking another thread. */
#define SPLIT_PIXELS (256 * 1024)

struct source {
	struct side_thread *side_thread; /* or NULL */
	const uint8_t *data; /* top row */
	int stride;          /* bytes */
	uint32_t fourcc;
	uint32_t width, height;
};

/* To libyuv's ARGB, whose bytes in memory are B, G, R, A as DRM_FORMAT_ARGB8888's. */
static int to_argb(uint32_t fourcc, const uint8_t *src, int stride, uint8_t *dst, int dst_stride,
		int width, int height)
{
	switch (fourcc) {
	case DRM_FORMAT_XRGB8888:
	case DRM_FORMAT_ARGB8888:
		return ARGBCopy(src, stride, dst, dst_stride, width, height);
	case DRM_FORMAT_XBGR8888:
	case DRM_FORMAT_ABGR8888:
		return ABGRToARGB(src, stride, dst, dst_stride, width, height);
	case DRM_FORMAT_RGBX8888:
	case DRM_FORMAT_RGBA8888:
		return RGBAToARGB(src, stride, dst, dst_stride, width, height);
	case DRM_FORMAT_BGRX8888:
	case DRM_FORMAT_BGRA8888:
		return BGRAToARGB(src, stride, dst, dst_stride, width, height);
	case DRM_FORMAT_XRGB2101010:
		return AR30ToARGB(src, stride, dst, dst_stride, width, height);
	case DRM_FORMAT_RGB888:
		return RGB24ToARGB(src, stride, dst, dst_stride, width, height);
	case DRM_FORMAT_BGR888:
		return RAWToARGB(src, stride, dst, dst_stride, width, height);
	case DRM_FORMAT_RGB565:
		return RGB565ToARGB(src, stride, dst, dst_stride, width, height);
	case DRM_FORMAT_XRGB1555:
	case DRM_FORMAT_ARGB1555:
		return ARGB1555ToARGB(src, stride, dst, dst_stride, width, height);
	case DRM_FORMAT_YUYV:
		return YUY2ToARGB(src, stride, dst, dst_stride, width, height);
	case DRM_FORMAT_UYVY:
		return UYVYToARGB(src, stride, dst, dst_stride, width, height);
	case DRM_FORMAT_XBGR2101010: {
		/* libyuv has this one only with 8 bits behind it: AB30 to ARGB by
		 * swapping R and B of AR30's result. */
		int ret = AR30ToARGB(src, stride, dst, dst_stride, width, height);

		return ret ? ret : ABGRToARGB(dst, dst_stride, dst, dst_stride, width, height);
	}
	default:
		return -1;
	}
}

/* Even x, y, width and height. */
static int argb_to_picture(struct picture *p, const uint8_t *src, int stride, bool swapped,
		int x, int y, int width, int height)
{
	uint8_t *luma = p->plane[0] + (size_t)y * (size_t)p->stride[0] + x;
	size_t chroma_row = (size_t)(y / 2);

	if (p->format == PICTURE_NV12) {
		uint8_t *uv = p->plane[1] + chroma_row * (size_t)p->stride[1] + x;

		return (swapped ? ABGRToNV12 : ARGBToNV12)(src, stride, luma, p->stride[0], uv,
				p->stride[1], width, height);
	}
	return (swapped ? ABGRToJ420 : ARGBToJ420)(src, stride, luma, p->stride[0],
			p->plane[1] + chroma_row * (size_t)p->stride[1] + x / 2, p->stride[1],
			p->plane[2] + chroma_row * (size_t)p->stride[2] + x / 2, p->stride[2],
			width, height);
}

static bool direct_format(uint32_t fourcc, bool *swapped)
{
	*swapped = fourcc == DRM_FORMAT_XBGR8888 || fourcc == DRM_FORMAT_ABGR8888;
	return *swapped || fourcc == DRM_FORMAT_XRGB8888 || fourcc == DRM_FORMAT_ARGB8888;
}

/* Repeats the last pixel and row of an ARGB band that the source is too small for. */
static void pad_band(uint32_t *band, int stride_px, int have_w, int have_h, int width, int height)
{
	for (int y = 0; y < have_h && have_w < width; y++)
		for (int x = have_w; x < width; x++)
			band[y * stride_px + x] = band[y * stride_px + have_w - 1];
	for (int y = have_h; y < height; y++)
		memcpy(band + y * stride_px, band + (have_h - 1) * stride_px, (size_t)width * 4);
}

/* Through an ARGB copy: other formats, and the edges of odd sizes. */
static int convert_bands(struct picture *p, const struct source *s, int x, int y, int width,
		int height)
{
	int stride = width * 4, ret = 0;
	uint32_t *band = malloc((size_t)stride * BAND_ROWS);
	/* packed 4:2:2 pairs pixels: x is even, so a pair is never split */
	const uint8_t *column = s->data + (size_t)x * frame_bytes_per_pixel(s->fourcc);

	if (!band)
		return -ENOMEM;
	for (int row = 0; row < height && !ret; row += BAND_ROWS) {
		int rows = height - row < BAND_ROWS ? height - row : BAND_ROWS;
		int have_w = (int)s->width - x < width ? (int)s->width - x : width;
		int have_h = (int)s->height - (y + row) < rows ? (int)s->height - (y + row) : rows;

		ret = to_argb(s->fourcc, column + (ptrdiff_t)(y + row) * s->stride, s->stride,
				(uint8_t *)band, stride, have_w, have_h);
		if (ret)
			break;
		pad_band(band, width, have_w, have_h, width, rows);
		ret = argb_to_picture(p, (uint8_t *)band, stride, false, x, y + row, width, rows);
	}
	free(band);
	return ret ? -EIO : 0;
}

/* Even x, y, x1 and y1. */
static int convert_area(struct picture *p, const struct source *s, int x, int y, int x1, int y1)
{
	bool swapped, direct = direct_format(s->fourcc, &swapped);

	if (!direct || (uint32_t)x1 > s->width || (uint32_t)y1 > s->height)
		return convert_bands(p, s, x, y, x1 - x, y1 - y);
	return argb_to_picture(p, s->data + (ptrdiff_t)y * s->stride + x * 4, s->stride, swapped,
			x, y, x1 - x, y1 - y) ? -EIO : 0;
}

struct half {
	struct picture *picture;
	const struct source *source;
	int x, y, x1, y1;
	int ret;
};

static void convert_half(void *arg)
{
	struct half *h = arg;

	h->ret = convert_area(h->picture, h->source, h->x, h->y, h->x1, h->y1);
}

static int convert_rect(struct picture *p, const struct source *s, const struct spice_accel_rect *r)
{
	int x = r->x & ~1, y = r->y & ~1;
	int x1 = (r->x + r->width + 1) & ~1, y1 = (r->y + r->height + 1) & ~1;
	struct half lower = { p, s, x, (y + y1) / 2 & ~1, x1, y1, 0 };
	int ret;

	if (!s->side_thread || (x1 - x) * (y1 - y) < SPLIT_PIXELS)
		return convert_area(p, s, x, y, x1, y1);
	side_thread_start(s->side_thread, convert_half, &lower);
	ret = convert_area(p, s, x, y, x1, lower.y);
	side_thread_wait(s->side_thread);
	return ret < 0 ? ret : lower.ret;
}

static int convert_source(struct picture *p, const struct source *s, const struct damage *damage)
{
	for (unsigned i = 0; i < damage->n; i++) {
		int ret = convert_rect(p, s, &damage->rects[i]);

		if (ret < 0)
			return ret;
	}
	return 0;
}

static int convert_dmabuf(struct picture *p, const struct spice_accel_frame *frame,
		const struct damage *damage)
{
	struct dmabuf_map map;
	int ret = dmabuf_map(&map, frame);

	if (ret < 0)
		return ret;
	ret = convert_cpu(p, map.memory, damage);
	dmabuf_unmap(&map);
	return ret;
}

int convert_cpu(struct picture *picture, const struct spice_accel_frame *frame,
		const struct damage *damage)
{
	return convert_cpu_helped(picture, frame, damage, NULL);
}

int convert_cpu_helped(struct picture *picture, const struct spice_accel_frame *frame,
		const struct damage *damage, struct side_thread *side_thread)
{
	struct source s = {
		.side_thread = side_thread,
		.fourcc = frame->fourcc,
		.width = frame->width,
		.height = frame->height,
	};

	if (picture->width != ((frame->width + 1) & ~1u) ||
			picture->height != ((frame->height + 1) & ~1u))
		return -EINVAL;
	if (frame->kind == FRAME_DMABUF)
		return convert_dmabuf(picture, frame, damage);
	s.data = frame->memory.data;
	s.stride = frame->memory.stride;
	return convert_source(picture, &s, damage);
}

/* Through an ARGB copy of some rows at a time. */
static int copy_bands(uint8_t *dst, int stride, const struct spice_accel_frame *frame,
		const struct spice_accel_rect *rect)
{
	/* packed 4:2:2 pairs pixels */
	int x = rect->x & ~1, skip = rect->x - x;
	int width = rect->width + skip, ret = 0;
	const uint8_t *src = frame->memory.data + (ptrdiff_t)rect->y * frame->memory.stride +
			(size_t)x * frame_bytes_per_pixel(frame->fourcc);
	uint8_t *band = malloc((size_t)width * 4 * BAND_ROWS);

	if (!band)
		return -ENOMEM;
	for (int row = 0; row < rect->height && !ret; row += BAND_ROWS) {
		int rows = rect->height - row < BAND_ROWS ? rect->height - row : BAND_ROWS;

		ret = to_argb(frame->fourcc, src + (ptrdiff_t)row * frame->memory.stride,
				frame->memory.stride, band, width * 4, width, rows);
		if (!ret)
			ret = ARGBToRGB24(band + skip * 4, width * 4, dst + row * stride, stride,
					rect->width, rows);
	}
	free(band);
	return ret ? -EIO : 0;
}

int convert_cpu_bgr(uint8_t *dst, int stride, const struct spice_accel_frame *frame,
		const struct spice_accel_rect *rect)
{
	const uint8_t *src;
	bool swapped;

	if (frame->kind != FRAME_MEMORY || rect->x < 0 || rect->y < 0 || rect->width <= 0 ||
			rect->height <= 0 ||
			(int64_t)rect->x + rect->width > frame->width ||
			(int64_t)rect->y + rect->height > frame->height)
		return -EINVAL;
	if (!direct_format(frame->fourcc, &swapped))
		return copy_bands(dst, stride, frame, rect);
	src = frame->memory.data + (ptrdiff_t)rect->y * frame->memory.stride + rect->x * 4;
	/* libyuv names bytes from the highest of a word: its RGB24 is B, G, R in memory */
	return (swapped ? ARGBToRAW : ARGBToRGB24)(src, frame->memory.stride, dst, stride,
			rect->width, rect->height) ? -EIO : 0;
}
