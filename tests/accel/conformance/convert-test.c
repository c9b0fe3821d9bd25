/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * The CPU converter against a converter written here from the formulas of
 * ITU-T H.273 8.3: every pixel format, from memory and from a buffer behind a
 * descriptor, whole and in part.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <glib.h>

#include "pixels/convert-cpu.h"
#include "planes.h"

struct rgb {
	uint8_t r, g, b;
};

static const struct {
	uint32_t fourcc;
	int tolerance; /* of a sample: rounding, and the bits that the format lacks */
} formats[] = {
	{ DRM_FORMAT_XRGB8888, 2 }, { DRM_FORMAT_ARGB8888, 2 }, { DRM_FORMAT_XBGR8888, 2 },
	{ DRM_FORMAT_ABGR8888, 2 }, { DRM_FORMAT_RGBX8888, 2 }, { DRM_FORMAT_RGBA8888, 2 },
	{ DRM_FORMAT_BGRX8888, 2 }, { DRM_FORMAT_BGRA8888, 2 }, { DRM_FORMAT_XRGB2101010, 2 },
	{ DRM_FORMAT_XBGR2101010, 2 }, { DRM_FORMAT_RGB888, 2 }, { DRM_FORMAT_BGR888, 2 },
	{ DRM_FORMAT_RGB565, 6 }, { DRM_FORMAT_XRGB1555, 6 }, { DRM_FORMAT_ARGB1555, 6 },
	{ DRM_FORMAT_YUYV, 5 }, { DRM_FORMAT_UYVY, 5 },
};

/* 0 to 255 and back */
static uint8_t wave(uint32_t n)
{
	return (uint8_t)(n % 510 < 256 ? n % 510 : 510 - n % 510);
}

/* Smooth, so that a sample's place matters little to chroma, but with all colours. */
static struct rgb colour_at(uint32_t x, uint32_t y, uint32_t seed)
{
	return (struct rgb){ wave(2 * x + seed), wave(3 * y + x / 2),
		wave((x + y) / 2 * 3 + 40 * seed) };
}

static double luma(struct rgb c, bool full)
{
	double y = 0.299 * c.r + 0.587 * c.g + 0.114 * c.b;

	return full ? y : 16 + y * 219 / 255;
}

static void chroma(struct rgb c, bool full, double *cb, double *cr)
{
	double y = luma(c, true), scale = full ? 1 : 224.0 / 255;

	*cb = 128 + (c.b - y) / 1.772 * scale;
	*cr = 128 + (c.r - y) / 1.402 * scale;
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v);
	put16(p + 2, v >> 16);
}

static uint8_t byte(double v)
{
	return (uint8_t)CLAMP(v + 0.5, 0, 255);
}

/* drm_fourcc.h: components named from the most significant bit of a little-endian word */
static void put_pixel(uint8_t *row, uint32_t x, uint32_t fourcc, struct rgb c)
{
	uint32_t r = c.r, g = c.g, b = c.b;
	double cb, cr;

	switch (fourcc) {
	case DRM_FORMAT_XRGB8888: case DRM_FORMAT_ARGB8888:
		put32(row + 4 * x, 0x55000000u | r << 16 | g << 8 | b); break;
	case DRM_FORMAT_XBGR8888: case DRM_FORMAT_ABGR8888:
		put32(row + 4 * x, 0x55000000u | b << 16 | g << 8 | r); break;
	case DRM_FORMAT_RGBX8888: case DRM_FORMAT_RGBA8888:
		put32(row + 4 * x, r << 24 | g << 16 | b << 8 | 0x55); break;
	case DRM_FORMAT_BGRX8888: case DRM_FORMAT_BGRA8888:
		put32(row + 4 * x, b << 24 | g << 16 | r << 8 | 0x55); break;
	case DRM_FORMAT_XRGB2101010:
		put32(row + 4 * x, 0x40000000u | r << 22 | g << 12 | b << 2); break;
	case DRM_FORMAT_XBGR2101010:
		put32(row + 4 * x, 0x40000000u | b << 22 | g << 12 | r << 2); break;
	case DRM_FORMAT_RGB888:
		memcpy(row + 3 * x, (uint8_t[]){ c.b, c.g, c.r }, 3); break;
	case DRM_FORMAT_BGR888:
		memcpy(row + 3 * x, (uint8_t[]){ c.r, c.g, c.b }, 3); break;
	case DRM_FORMAT_RGB565:
		put16(row + 2 * x, r >> 3 << 11 | g >> 2 << 5 | b >> 3); break;
	case DRM_FORMAT_XRGB1555: case DRM_FORMAT_ARGB1555:
		put16(row + 2 * x, 0x8000u | r >> 3 << 10 | g >> 3 << 5 | b >> 3); break;
	case DRM_FORMAT_YUYV: case DRM_FORMAT_UYVY:
		chroma(c, false, &cb, &cr);
		row += 2 * x;
		row[fourcc == DRM_FORMAT_UYVY] = byte(luma(c, false));
		row[fourcc == DRM_FORMAT_YUYV] = byte(x % 2 ? cr : cb);
		break;
	default:
		g_assert_not_reached();
	}
}

struct layout {
	uint32_t width, height, x, y, backing_width, backing_height, padding, offset;
	bool flip;
};

static uint32_t stride_of(const struct layout *l, uint32_t fourcc)
{
	return (l->backing_width + l->backing_width % 2) * frame_bytes_per_pixel(fourcc) +
			l->padding;
}

static void fill(uint8_t *data, const struct layout *l, uint32_t fourcc, uint32_t seed)
{
	uint32_t stride = stride_of(l, fourcc);

	memset(data, 0xee, l->offset + (size_t)stride * l->backing_height);
	for (uint32_t y = 0; y < l->height; y++)
		for (uint32_t x = 0; x < l->width + l->width % 2; x++) {
			uint32_t row = l->y + (l->flip ? l->height - 1 - y : y);

			if (x == l->width && l->x + x >= l->backing_width + l->backing_width % 2)
				continue;
			put_pixel(data + l->offset + (size_t)row * stride, l->x + x, fourcc,
					colour_at(MIN(x, l->width - 1), y, seed));
		}
}

static int difference(double want, uint8_t have)
{
	return (int)(want > have ? want - have : have - want);
}

/* The last column and row are repeated into a picture of even size. */
static void check(const struct picture *p, const struct layout *l, uint32_t seed, int tolerance)
{
	bool full = p->format == PICTURE_J420;
	struct planes have = { 0 };
	int worst = 0;

	planes_from_picture(&have, p);
	for (uint32_t y = 0; y < have.height; y++)
		for (uint32_t x = 0; x < have.width; x++) {
			struct rgb c = colour_at(MIN(x, l->width - 1), MIN(y, l->height - 1), seed);

			worst = MAX(worst, difference(luma(c, full),
					have.data[0][y * have.width + x]));
		}
	for (uint32_t y = 0; y < have.height; y += 2)
		for (uint32_t x = 0; x < have.width; x += 2) {
			double cb = 0, cr = 0, u, v;

			for (uint32_t i = 0; i < 4; i++) {
				chroma(colour_at(MIN(x + i % 2, l->width - 1),
						MIN(y + i / 2, l->height - 1), seed), full, &u, &v);
				cb += u / 4;
				cr += v / 4;
			}
			worst = MAX(worst, difference(cb,
					have.data[1][y / 2 * have.width / 2 + x / 2]));
			worst = MAX(worst, difference(cr,
					have.data[2][y / 2 * have.width / 2 + x / 2]));
		}
	planes_finish(&have);
	if (worst > tolerance)
		g_error("a sample is off by %d", worst);
}

static struct damage whole(const struct layout *l)
{
	struct damage d = { 0 };

	damage_add_all(&d, l->width, l->height);
	return d;
}

static void with_picture(enum picture_format format, const struct layout *l,
		struct spice_accel_frame *frame, uint32_t seed, int tolerance)
{
	struct damage all = whole(l);
	struct picture p;

	g_assert_cmpint(picture_init(&p, format, (l->width + 1) & ~1u, (l->height + 1) & ~1u),
			==, 0);
	g_assert_cmpint(convert_cpu(&p, frame, &all), ==, 0);
	check(&p, l, seed, tolerance);
	picture_finish(&p);
}

static struct spice_accel_frame *memory_frame(const struct layout *l, uint32_t fourcc,
		const uint8_t *data)
{
	struct spice_accel_memory_params params = { .size = sizeof params, .width = l->width,
		.height = l->height, .fourcc = fourcc, .stride = (int32_t)stride_of(l, fourcc) };
	struct spice_accel_frame *frame;

	params.data = data + l->offset;
	if (l->flip) {
		params.data = data + l->offset + (size_t)(l->height - 1) * stride_of(l, fourcc);
		params.stride = -params.stride;
	}
	g_assert_cmpint(spice_accel_frame_create_memory(&frame, &params), ==, 0);
	return frame;
}

static size_t bytes_of(const struct layout *l, uint32_t fourcc)
{
	return l->offset + (size_t)stride_of(l, fourcc) * l->backing_height;
}

static void test_memory(void)
{
	static const struct layout layouts[] = {
		{ 64, 48, 0, 0, 64, 48, 0, 0, false }, { 64, 48, 0, 0, 64, 48, 36, 0, true },
		{ 63, 47, 0, 0, 63, 47, 0, 0, false }, { 1, 1, 0, 0, 1, 1, 0, 0, false },
		{ 62, 33, 0, 0, 62, 33, 4, 0, true }, { 101, 30, 0, 0, 101, 30, 0, 0, false },
	};

	for (unsigned f = 0; f < G_N_ELEMENTS(formats); f++)
		for (unsigned i = 0; i < G_N_ELEMENTS(layouts); i++) {
			const struct layout *l = &layouts[i];
			g_autofree uint8_t *data = g_malloc(bytes_of(l, formats[f].fourcc));
			struct spice_accel_frame *frame;

			g_test_message("%.4s %ux%u", (const char *)&formats[f].fourcc, l->width,
					l->height);
			fill(data, l, formats[f].fourcc, f);
			frame = memory_frame(l, formats[f].fourcc, data);
			with_picture(PICTURE_NV12, l, frame, f, formats[f].tolerance);
			with_picture(PICTURE_J420, l, frame, f, formats[f].tolerance);
			spice_accel_frame_unref(frame);
		}
}

/* A buffer behind a descriptor; a memfd, which maps as a DMA-BUF does. */
static struct spice_accel_frame *dmabuf_frame(const struct layout *l, uint32_t fourcc,
		uint32_t seed, struct spice_accel_dmabuf_params *params)
{
	size_t size = bytes_of(l, fourcc);
	int fd = memfd_create("dmabuf", MFD_CLOEXEC);
	struct spice_accel_frame *frame;
	uint8_t *data;

	g_assert_cmpint(ftruncate(fd, (off_t)size), ==, 0);
	data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	g_assert_true(data != MAP_FAILED);
	fill(data, l, fourcc, seed);
	munmap(data, size);
	*params = (struct spice_accel_dmabuf_params){ .size = sizeof *params, .width = l->width,
		.height = l->height, .x = l->x, .y = l->y, .backing_width = l->backing_width,
		.backing_height = l->backing_height, .fourcc = fourcc,
		.modifier = DRM_FORMAT_MOD_LINEAR,
		.n_planes = 1, .fd = { fd }, .offset = { l->offset },
		.stride = { stride_of(l, fourcc) }, .y_flip = l->flip };
	g_assert_cmpint(spice_accel_frame_create_dmabuf(&frame, params), ==, 0);
	close(fd);
	return frame;
}

static void test_dmabuf(void)
{
	static const struct layout layouts[] = {
		{ 64, 48, 0, 0, 64, 48, 0, 0, false }, { 64, 48, 0, 0, 64, 48, 64, 4096, false },
		{ 60, 40, 2, 7, 80, 64, 16, 0, false }, { 60, 40, 4, 3, 64, 48, 0, 256, true },
		{ 61, 41, 0, 0, 64, 48, 0, 0, true },
	};
	struct spice_accel_dmabuf_params params;

	for (unsigned f = 0; f < G_N_ELEMENTS(formats); f++)
		for (unsigned i = 0; i < G_N_ELEMENTS(layouts); i++) {
			const struct layout *l = &layouts[i];
			struct spice_accel_frame *frame = dmabuf_frame(l, formats[f].fourcc,
					f, &params);

			g_test_message("%.4s %ux%u", (const char *)&formats[f].fourcc, l->width,
					l->height);
			with_picture(PICTURE_NV12, l, frame, f, formats[f].tolerance);
			spice_accel_frame_unref(frame);
		}
}

/* Only the damage is read, grown to even coordinates. */
static void test_damage(void)
{
	static const struct layout l = { 100, 80, 0, 0, 100, 80, 0, 0, false };
	g_autofree uint8_t *data = g_malloc(bytes_of(&l, DRM_FORMAT_XRGB8888));
	struct spice_accel_frame *frame = memory_frame(&l, DRM_FORMAT_XRGB8888, data);
	struct spice_accel_rect r = { 21, 31, 8, 6 };
	struct damage all = whole(&l), part = { 0 };
	struct planes before = { 0 }, after = { 0 };
	struct picture p;

	fill(data, &l, DRM_FORMAT_XRGB8888, 1);
	g_assert_cmpint(picture_init(&p, PICTURE_NV12, 100, 80), ==, 0);
	g_assert_cmpint(convert_cpu(&p, frame, &all), ==, 0);
	planes_from_picture(&before, &p);
	memset(data, 0, bytes_of(&l, DRM_FORMAT_XRGB8888));
	damage_add(&part, &r, 100, 80);
	g_assert_cmpint(convert_cpu(&p, frame, &part), ==, 0);
	planes_from_picture(&after, &p);
	g_assert_cmpuint(planes_difference_outside(&before, &after, 20, 30, 10, 8), ==, 0);
	for (int y = 31; y < 37; y++)
		for (int x = 21; x < 29; x++)
			g_assert_cmpuint(after.data[0][y * 100 + x], ==, 16);
	planes_finish(&before);
	planes_finish(&after);
	picture_finish(&p);
	spice_accel_frame_unref(frame);
}

/* In two threads it is the same, odd sizes and bands included. */
static void test_helped(void)
{
	static const uint32_t fourccs[] = { DRM_FORMAT_XRGB8888, DRM_FORMAT_RGB565,
		DRM_FORMAT_YUYV };
	static const struct layout layouts[] = {
		{ 1024, 768, 0, 0, 1024, 768, 0, 0, false },
		{ 1026, 771, 0, 0, 1026, 771, 0, 0, false },
		{ 802, 601, 0, 0, 802, 601, 0, 0, true },
	};
	struct side_thread *helper;

	g_assert_cmpint(side_thread_create(&helper), ==, 0);
	for (unsigned i = 0; i < G_N_ELEMENTS(fourccs) * G_N_ELEMENTS(layouts); i++) {
		const struct layout *l = &layouts[i % G_N_ELEMENTS(layouts)];
		uint32_t fourcc = fourccs[i / G_N_ELEMENTS(layouts)];
		g_autofree uint8_t *data = g_malloc(bytes_of(l, fourcc));
		struct spice_accel_frame *frame = memory_frame(l, fourcc, data);
		struct planes one = { 0 }, two = { 0 };
		struct damage all = whole(l);
		struct picture p;

		fill(data, l, fourcc, i);
		g_assert_cmpint(picture_init(&p, PICTURE_NV12, (l->width + 1) & ~1u,
				(l->height + 1) & ~1u), ==, 0);
		g_assert_cmpint(convert_cpu(&p, frame, &all), ==, 0);
		planes_from_picture(&one, &p);
		for (int plane = 0; plane < 2; plane++)
			memset(p.plane[plane], 0, (size_t)p.stride[plane] * (p.height >> plane));
		g_assert_cmpint(convert_cpu_helped(&p, frame, &all, helper), ==, 0);
		planes_from_picture(&two, &p);
		g_assert_cmpuint(planes_difference_outside(&one, &two, 0, 0, 0, 0), ==, 0);
		planes_finish(&one);
		planes_finish(&two);
		picture_finish(&p);
		spice_accel_frame_unref(frame);
	}
	side_thread_destroy(helper);
	side_thread_destroy(NULL);
}

static void test_refuses(void)
{
	static const struct layout l = { 64, 48, 0, 0, 64, 48, 0, 0, false };
	struct spice_accel_dmabuf_params params, bad;
	struct spice_accel_frame *frame = dmabuf_frame(&l, DRM_FORMAT_XRGB8888, 1, &params), *other;
	struct damage all = whole(&l);
	struct picture p, wrong;

	g_assert_cmpint(picture_init(&p, PICTURE_NV12, 64, 48), ==, 0);
	g_assert_cmpint(picture_init(&wrong, PICTURE_NV12, 64, 50), ==, 0);
	g_assert_cmpint(convert_cpu(&wrong, frame, &all), ==, -EINVAL);
	bad = params;
	bad.fd[0] = frame->dmabuf.fd[0];
	bad.offset[0] = 4; /* beyond the end: a SIGBUS if it were mapped and read */
	g_assert_cmpint(spice_accel_frame_create_dmabuf(&other, &bad), ==, 0);
	g_assert_cmpint(convert_cpu(&p, other, &all), ==, -EINVAL);
	spice_accel_frame_unref(other);
	bad.offset[0] = 0;
	bad.modifier = I915_FORMAT_MOD_X_TILED;
	g_assert_cmpint(spice_accel_frame_create_dmabuf(&other, &bad), ==, 0);
	g_assert_cmpint(convert_cpu(&p, other, &all), ==, -ENODEV);
	spice_accel_frame_unref(other);
	picture_finish(&p);
	picture_finish(&wrong);
	spice_accel_frame_unref(frame);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/convert/memory", test_memory);
	g_test_add_func("/convert/dmabuf", test_dmabuf);
	g_test_add_func("/convert/damage", test_damage);
	g_test_add_func("/convert/helped", test_helped);
	g_test_add_func("/convert/refuses", test_refuses);
	return g_test_run();
}
