/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "present/canvas.h"
#include "media/convert.h"
#include "window/geometry.h"

#include <stdlib.h>

#define W 64
#define H 48

/* One colour everywhere, or a picture that differs in each sample. */
static GstBuffer *make_buffer(GstVideoInfo *info, GstVideoFormat format, const char *colour, int y,
		int u, int v)
{
	GstBuffer *buffer;
	GstVideoFrame frame;
	int i, j;

	gst_video_info_set_format(info, format, W, H);
	g_assert_true(gst_video_colorimetry_from_string(&info->colorimetry, colour));
	buffer = gst_buffer_new_allocate(NULL, info->size, NULL);
	g_assert_true(gst_video_frame_map(&frame, info, buffer, GST_MAP_WRITE));
	for (i = 0; i < H; i++)
		for (j = 0; j < W; j++) {
			guint8 *p = (guint8 *)GST_VIDEO_FRAME_COMP_DATA(&frame, 0) +
					i * GST_VIDEO_FRAME_COMP_STRIDE(&frame, 0);
			guint8 *pu = (guint8 *)GST_VIDEO_FRAME_COMP_DATA(&frame, 1) +
					i / 2 * GST_VIDEO_FRAME_COMP_STRIDE(&frame, 1);
			guint8 *pv = (guint8 *)GST_VIDEO_FRAME_COMP_DATA(&frame, 2) +
					i / 2 * GST_VIDEO_FRAME_COMP_STRIDE(&frame, 2);

			p[j] = (guint8)(y < 0 ? 16 + (i * 7 + j * 3) % 220 : y);
			pu[j / 2 * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, 1)] =
					(guint8)(u < 0 ? 100 + i : u);
			pv[j / 2 * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, 2)] =
					(guint8)(v < 0 ? 100 + j : v);
		}
	gst_video_frame_unmap(&frame);
	return buffer;
}

static void check_colour(GstVideoFormat format, const char *colour, int y, int u, int v, int r,
		int g, int b)
{
	GstVideoInfo info;
	g_autoptr(GstBuffer) buffer = make_buffer(&info, format, colour, y, u, v);
	struct picture *picture = picture_new(buffer, &info);
	g_autofree guint8 *out = g_malloc0(W * H * 4);
	cairo_rectangle_int_t all = { 0, 0, W, H };

	g_assert_nonnull(picture);
	g_assert_true(convert_rect(&picture->frame, &all, out, W * 4));
	g_assert_cmpint(abs(out[0] - b), <=, 1);
	g_assert_cmpint(abs(out[1] - g), <=, 1);
	g_assert_cmpint(abs(out[2] - r), <=, 1);
	g_assert_cmpint(out[3], ==, 255);
	g_assert_cmpint(abs(out[(W * H - 1) * 4] - b), <=, 1);
	picture_unref(picture);
}

/* ITU-T H.273: Kr, Kb 0.299, 0.114 (601) and 0.2126, 0.0722 (709), limited range. */
static void test_colours(void)
{
	static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12 };
	guint i;

	for (i = 0; i < G_N_ELEMENTS(formats); i++) {
		check_colour(formats[i], "bt601", 235, 128, 128, 255, 255, 255);
		check_colour(formats[i], "bt601", 16, 128, 128, 0, 0, 0);
		check_colour(formats[i], "bt601", 81, 90, 240, 255, 0, 0);
		check_colour(formats[i], "bt709", 63, 102, 240, 255, 1, 0);
		check_colour(formats[i], "bt709", 32, 240, 118, 0, 0, 255);
		check_colour(formats[i], "1:4:0:0", 255, 128, 128, 255, 255, 255);
	}
	check_colour(GST_VIDEO_FORMAT_YV12, "bt601", 81, 90, 240, 255, 0, 0);
}

static void check_rect(GstVideoFormat format, int x, int y, int width, int height)
{
	GstVideoInfo info;
	g_autoptr(GstBuffer) buffer = make_buffer(&info, format, "bt601", -1, -1, -1);
	struct picture *picture = picture_new(buffer, &info);
	g_autofree guint32 *whole = g_malloc0(W * H * 4), *part = g_malloc0(W * H * 4);
	cairo_rectangle_int_t all = { 0, 0, W, H }, r = { x, y, width, height };
	int i, j;

	g_assert_true(convert_rect(&picture->frame, &all, (guint8 *)whole, W * 4));
	g_assert_true(convert_rect(&picture->frame, &r, (guint8 *)part, W * 4));
	for (i = 0; i < H; i++)
		for (j = 0; j < W; j++) {
			gboolean inside = j >= x && j < x + width && i >= y && i < y + height;

			if (inside)
				g_assert_cmphex(part[i * W + j], ==, whole[i * W + j]);
			else if (j < x - 1 || j > x + width || i < y - 1 || i > y + height)
				g_assert_cmphex(part[i * W + j], ==, 0);
		}
	picture_unref(picture);
}

static void test_rects(void)
{
	check_rect(GST_VIDEO_FORMAT_I420, 0, 0, W, H);
	check_rect(GST_VIDEO_FORMAT_I420, 16, 8, 16, 16);
	check_rect(GST_VIDEO_FORMAT_I420, 3, 5, 7, 9);
	check_rect(GST_VIDEO_FORMAT_NV12, 3, 5, 7, 9);
	check_rect(GST_VIDEO_FORMAT_NV12, 61, 45, 3, 3);
	check_rect(GST_VIDEO_FORMAT_I420, 60, 40, 100, 100); /* beyond the edge */
	check_rect(GST_VIDEO_FORMAT_I420, 200, 200, 5, 5);   /* all beyond */
}

/* ---- every format that a decoder may give ---------------------------------- */

/* A picture whose samples are all different numbers, with opaque pixels. */
static struct picture *make_noise(GstVideoFormat format, int width, int height)
{
	GRand *random = g_rand_new_with_seed(7);
	g_autoptr(GstBuffer) buffer = NULL;
	struct picture *picture;
	GstVideoInfo info;
	GstMapInfo map;
	gsize i;

	gst_video_info_set_format(&info, format, (guint)width, (guint)height);
	buffer = gst_buffer_new_allocate(NULL, info.size, NULL);
	g_assert_true(gst_buffer_map(buffer, &map, GST_MAP_WRITE));
	for (i = 0; i < map.size; i++)
		map.data[i] = GST_VIDEO_INFO_HAS_ALPHA(&info) && i % 4 == 3 ?
				255 :
				(guint8)g_rand_int_range(random, 0, 256);
	gst_buffer_unmap(buffer, &map);
	g_rand_free(random);
	picture = picture_new(buffer, &info);
	g_assert_nonnull(picture);
	return picture;
}

static gboolean is_in(const cairo_rectangle_int_t *r, int grown, int x, int y)
{
	return x >= r->x - grown && x < r->x + r->width + grown && y >= r->y - grown &&
			y < r->y + r->height + grown;
}

/* A part is the same as this part of the whole, and changes nothing else. */
static void check_part(const struct picture *picture, const guint32 *whole,
		const cairo_rectangle_int_t *r)
{
	int width = GST_VIDEO_FRAME_WIDTH(&picture->frame);
	int height = GST_VIDEO_FRAME_HEIGHT(&picture->frame);
	gsize stride = (gsize)width * 4 + 12; /* rows of the canvas have a rest */
	g_autofree guint8 *part = g_malloc0(stride * (gsize)height);
	int x, y;

	g_assert_true(convert_rect(&picture->frame, r, part, stride));
	for (y = 0; y < height; y++) {
		const guint32 *row = (const guint32 *)(const void *)(part + (gsize)y * stride);

		for (x = 0; x < width; x++)
			if (is_in(r, 0, x, y))
				g_assert_cmphex(row[x], ==, whole[y * width + x]);
			else if (!is_in(r, 1, x, y))
				g_assert_cmphex(row[x], ==, 0);
		for (x = 0; x < 3; x++)
			g_assert_cmphex(row[width + x], ==, 0);
	}
}

static void check_format(const char *name, int width, int height)
{
	static const cairo_rectangle_int_t parts[] = { { 0, 0, 1, 1 }, { 3, 5, 7, 9 },
		{ 8, 8, 16, 2 }, { 31, 0, 900, 900 }, { -5, -5, 9, 9 }, { 0, 22, 37, 1 },
		{ 36, 0, 1, 23 }, { 4, 4, 0, 5 }, { 900, 900, 5, 5 }, { 5, 5, -3, -3 } };
	struct picture *picture = make_noise(gst_video_format_from_string(name), width, height);
	g_autofree guint32 *whole = g_malloc0((gsize)width * (gsize)height * 4);
	cairo_rectangle_int_t all = { 0, 0, width, height };
	int i;

	g_test_message("%s %dx%d", name, width, height);
	g_assert_true(convert_rect(&picture->frame, &all, (guint8 *)whole, (gsize)width * 4));
	for (i = 0; i < width * height; i++)
		g_assert_cmphex(whole[i] >> 24, ==, 0xff);
	for (i = 0; i < (int)G_N_ELEMENTS(parts); i++)
		check_part(picture, whole, &parts[i]);
	picture_unref(picture);
}

static void test_formats(void)
{
	g_auto(GStrv) names = g_strsplit(CONVERT_FORMATS, ", ", -1);
	guint i;

	g_assert_cmpuint(g_strv_length(names), ==, 11);
	for (i = 0; names[i]; i++) {
		check_format(names[i], 38, 24);
		check_format(names[i], 37, 23); /* half a chroma sample at each edge */
		check_format(names[i], 1, 1);
	}
}

/* Bytes of the fourth channel are undefined in one direction, and opaque in the other. */
static void test_load(void)
{
	guint32 pixels[3 * 2] = { 0 };
	struct canvas canvas = { (guint8 *)pixels, 3, 2, 12 };
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 3, 2);
	guint32 *from = (guint32 *)(void *)cairo_image_surface_get_data(surface);
	int i;

	for (i = 0; i < 3; i++) {
		from[i] = 0x00102030u + (guint32)i;
		from[cairo_image_surface_get_stride(surface) / 4 + i] = 0x80405060u;
	}
	cairo_surface_mark_dirty(surface);
	canvas_load(&canvas, surface);
	for (i = 0; i < 3; i++) {
		g_assert_cmphex(pixels[i], ==, 0xff102030u + (guint32)i);
		g_assert_cmphex(pixels[3 + i], ==, 0xff405060u);
	}
	cairo_surface_destroy(surface);
}

static void test_canvas(void)
{
	GstVideoInfo info;
	g_autoptr(GstBuffer) buffer = make_buffer(&info, GST_VIDEO_FORMAT_I420, "bt601",
			235, 128, 128);
	struct picture *picture = picture_new(buffer, &info);
	struct canvas canvas = { g_malloc0(W * H * 4), W, H, W * 4 };
	cairo_rectangle_int_t r = { 16, 16, 16, 16 };
	cairo_region_t *region = cairo_region_create_rectangle(&r);
	cairo_surface_t *copy;

	g_assert_true(canvas_apply(&canvas, picture, region));
	g_assert_cmphex(((guint32 *)(void *)canvas.data)[0], ==, 0);
	g_assert_cmphex(((guint32 *)(void *)canvas.data)[20 * W + 20], ==, 0xffffffff);
	copy = canvas_copy(&canvas);
	g_assert_cmpint(cairo_image_surface_get_width(copy), ==, W);
	g_assert_cmphex(((guint32 *)(void *)cairo_image_surface_get_data(copy))[20 * W + 20],
			==, 0xffffffff);
	cairo_surface_destroy(copy);
	cairo_region_destroy(region);
	picture_unref(picture);
	g_free(canvas.data);
	g_assert_null(canvas_copy(&(struct canvas){ 0 }));
}

static const struct {
	int place_width, place_height, width, height;
	gboolean natural; /* allowed */
	int x, y, to_width, to_height;
} fits[] = {
	{ 1920, 1080, 1920, 1080, TRUE, 0, 0, 1920, 1080 },
	{ 1000, 1000, 2000, 1000, TRUE, 0, 250, 1000, 500 },
	{ 3840, 2160, 1920, 1080, TRUE, 0, 0, 3840, 2160 }, /* whole multiples stay */
	{ 5760, 3240, 1920, 1080, TRUE, 0, 0, 5760, 3240 },
	{ 500, 1000, 1000, 1000, TRUE, 0, 250, 500, 500 },
	{ 1600, 900, 1592, 896, TRUE, 4, 2, 1592, 896 },
	{ 1600, 900, 1592, 896, FALSE, 0, 0, 1599, 900 }, /* a zoom of another percentage */
	{ 1601, 901, 1600, 900, TRUE, 0, 0, 1600, 900 },
	{ 1600, 1600, 1592, 100, TRUE, 4, 750, 1592, 100 },
	{ 1030, 1030, 1000, 1000, TRUE, 15, 15, 1000, 1000 },
	{ 1031, 1031, 1000, 1000, TRUE, 0, 0, 1031, 1031 },
	{ 1599, 900, 1600, 900, TRUE, 0, 0, 1599, 899 }, /* nothing is ever cut off */
	{ 1920, 1080, 1360, 768, TRUE, 3, 0, 1913, 1080 },
	{ 320, 200, 16, 16, TRUE, 60, 0, 200, 200 },
	{ 1, 1, 1, 1, TRUE, 0, 0, 1, 1 },
};

static void test_geometry(void)
{
	guint i;

	for (i = 0; i < G_N_ELEMENTS(fits); i++) {
		cairo_rectangle_int_t r = geometry_fit(fits[i].place_width, fits[i].place_height,
				fits[i].width, fits[i].height, fits[i].natural);

		g_test_message("%dx%d in %dx%d", fits[i].width, fits[i].height, fits[i].place_width,
				fits[i].place_height);
		g_assert_cmpint(r.x, ==, fits[i].x);
		g_assert_cmpint(r.y, ==, fits[i].y);
		g_assert_cmpint(r.width, ==, fits[i].to_width);
		g_assert_cmpint(r.height, ==, fits[i].to_height);
	}
}

int main(int argc, char **argv)
{
	gst_init(&argc, &argv);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/picture/colours", test_colours);
	g_test_add_func("/picture/rects", test_rects);
	g_test_add_func("/picture/formats", test_formats);
	g_test_add_func("/picture/load", test_load);
	g_test_add_func("/picture/canvas", test_canvas);
	g_test_add_func("/picture/geometry", test_geometry);
	return g_test_run();
}
