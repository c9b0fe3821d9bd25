/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * The OpenGL presenter by its pixels, against the CPU's conversion of the same
 * samples. DMA-BUFs are memfds here, and EGL's import of them a double; with
 * "real" as the first argument DMA-BUFs are the kernel's (udmabuf), where it
 * has them, and the import is EGL's own.
 */
#include "present/canvas.h"
#include "media/dmabuf.h"
#include "egl-double.h"
#include "offscreen.h"
#include "present/present.h"

#include <epoxy/gl.h>
#include <fcntl.h>
#include <gst/allocators/gstdmabuf.h>
#include <linux/udmabuf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "present/egl-import.h"
#include "present/gl-canvas.h"

#define W 66
#define H 50

static const char *const colours[] = { "bt601", "bt709", "bt2020", "1:4:0:0", "1:3:5:1" };
static const struct egl_double_rules plane_by_plane = { 0, true, false, false };

/* ---- pictures ------------------------------------------------------------ */

static void fill_frame(GstVideoFrame *frame, int seed)
{
	guint c;
	int x, y;

	for (c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS(frame); c++)
		for (y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(frame, c); y++)
			for (x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH(frame, c); x++) {
				guint8 *p = (guint8 *)GST_VIDEO_FRAME_COMP_DATA(frame, c) +
						y * GST_VIDEO_FRAME_COMP_STRIDE(frame, c) +
						x * GST_VIDEO_FRAME_COMP_PSTRIDE(frame, c);
				int value = c ? 40 + (x * 5 + y * 3 + (int)c * 31 + seed) % 180 :
						16 + (x * 3 + y * 7 + seed) % 220;

				/* GStreamer counts samples here, not bytes */
				if (GST_VIDEO_FRAME_COMP_DEPTH(frame, c) == 10)
					GST_WRITE_UINT16_LE(p + GST_VIDEO_FRAME_COMP_POFFSET(frame,
							c), value << 8);
				else
					*p = (guint8)value;
			}
}

static void fill(GstBuffer *buffer, const GstVideoInfo *info, int seed)
{
	GstVideoFrame frame;

	g_assert_true(gst_video_frame_map(&frame, info, buffer, GST_MAP_WRITE));
	fill_frame(&frame, seed);
	gst_video_frame_unmap(&frame);
}

static void init_info(GstVideoInfo *info, GstVideoFormat format, const char *colour)
{
	gst_video_info_set_format(info, format, W, H);
	g_assert_true(gst_video_colorimetry_from_string(&info->colorimetry, colour));
}

static struct picture *make_picture(GstVideoFormat format, const char *colour, int seed)
{
	GstVideoInfo info;
	g_autoptr(GstBuffer) buffer = NULL;

	init_info(&info, format, colour);
	buffer = gst_buffer_new_allocate(NULL, info.size, NULL);
	fill(buffer, &info, seed);
	return picture_new(buffer, &info);
}

/* -1 where the kernel does not make any. */
static int make_udmabuf(int memfd, gsize size)
{
	int device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), fd;
	struct udmabuf_create create = { .memfd = (guint32)memfd, .flags = UDMABUF_FLAGS_CLOEXEC,
		.size = size };

	if (device < 0 || fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK) < 0)
		return -1;
	fd = ioctl(device, UDMABUF_CREATE, &create);
	close(device);
	return fd;
}

static gboolean real; /* no double */

static int make_memory(gsize size)
{
	int memfd = memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING), fd;

	g_assert_cmpint(ftruncate(memfd, (off_t)size), ==, 0);
	fd = real ? make_udmabuf(memfd, size) : -1;
	if (fd < 0)
		return memfd;
	close(memfd);
	return fd;
}

/* Rows wider than the picture, and the planes not where one would guess. */
static GstBuffer *make_dmabuf(GstVideoInfo *info, GstVideoFormat format, const char *colour,
		int seed)
{
	g_autoptr(GstAllocator) allocator = gst_dmabuf_allocator_new();
	const int stride = 256, chroma_stride = 320;
	gsize offset[GST_VIDEO_MAX_PLANES] = { 4096, 4096 + (gsize)stride * 64 };
	gint strides[GST_VIDEO_MAX_PLANES] = { stride, chroma_stride };
	gsize size = (offset[1] + (gsize)chroma_stride * 32 + 4095) & ~(gsize)4095;
	GstBuffer *buffer = gst_buffer_new();

	init_info(info, format, colour);
	gst_buffer_append_memory(buffer,
			gst_dmabuf_allocator_alloc(allocator, make_memory(size), size));
	gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, format, W, H, 2,
			offset, strides);
	fill(buffer, info, seed);
	return buffer;
}

/* As a decoder does, which does not ask whether anyone reads. */
static void refill(GstBuffer *buffer, const GstVideoInfo *info, int seed)
{
	GstVideoMeta *meta = gst_buffer_get_video_meta(buffer);
	GstMemory *memory = gst_buffer_peek_memory(buffer, 0);
	guint8 *p = mmap(NULL, memory->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			gst_dmabuf_memory_get_fd(memory), 0);
	GstVideoFrame frame = { .info = *info };
	int i;

	g_assert_true(p != MAP_FAILED);
	for (i = 0; i < 2; i++) {
		frame.data[i] = p + meta->offset[i];
		frame.info.stride[i] = meta->stride[i];
	}
	fill_frame(&frame, seed);
	munmap(p, memory->size);
}

static cairo_region_t *everything(void)
{
	return cairo_region_create_rectangle(&(cairo_rectangle_int_t){ 0, 0, W, H });
}

/* ---- comparing ----------------------------------------------------------- */

static int difference(guint32 a, guint32 b)
{
	int i, most = 0;

	for (i = 0; i < 24; i += 8)
		most = MAX(most, abs((int)(a >> i & 0xff) - (int)(b >> i & 0xff)));
	return most;
}

static guint32 pixel(cairo_surface_t *surface, int x, int y)
{
	return *(guint32 *)(void *)(cairo_image_surface_get_data(surface) +
			y * cairo_image_surface_get_stride(surface) + x * 4);
}

/* OpenGL shows what the CPU makes of the picture. */
static void check_surface(cairo_surface_t *shown, const struct picture *picture, int tolerance)
{
	struct canvas canvas = { g_malloc0(W * H * 4), W, H, W * 4 };
	g_autoptr(cairo_region_t) all = everything();
	int x, y, most = 0;

	g_assert_nonnull(shown);
	g_assert_true(canvas_apply(&canvas, picture, all));
	for (y = 0; y < H; y++)
		for (x = 0; x < W; x++)
			most = MAX(most, difference(pixel(shown, x, y),
					((guint32 *)(void *)canvas.data)[y * W + x]));
	g_assert_cmpint(most, <=, tolerance);
	cairo_surface_destroy(shown);
	g_free(canvas.data);
}

static void check_picture(struct presenter *presenter, const struct picture *picture, int tolerance)
{
	check_surface(presenter_snapshot(presenter), picture, tolerance);
}

static struct gl_window *window; /* of the presenter of the test at hand */

static struct presenter *start(void)
{
	struct presenter *presenter;

	window = offscreen_new(4 * W, 4 * H);
	presenter = window ? presenter_egl_new_in(window, TRUE) : NULL;
	if (!presenter) {
		g_test_skip("no OpenGL ES 3 without a screen here (libegl1, libgl1-mesa-dri)");
		return NULL;
	}
	presenter_place(presenter, &(cairo_rectangle_int_t){ 0, 0, W, H });
	return presenter;
}

static void show_all(struct presenter *presenter, struct picture *picture)
{
	g_autoptr(cairo_region_t) all = everything();

	presenter_show(presenter, picture, all);
}

/* ---- from memory --------------------------------------------------------- */

static void test_upload(void)
{
	static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12,
		GST_VIDEO_FORMAT_YV12, GST_VIDEO_FORMAT_Y444 };
	struct presenter *presenter = start();
	guint f, c;

	if (!presenter)
		return;
	for (f = 0; f < G_N_ELEMENTS(formats); f++)
		for (c = 0; c < G_N_ELEMENTS(colours); c++) {
			struct picture *picture = make_picture(formats[f], colours[c],
					(int)(f + c));

			show_all(presenter, picture);
			check_picture(presenter, picture, 1);
			picture_unref(picture);
		}
	presenter_destroy(presenter);
}

static void test_damage(void)
{
	struct presenter *presenter = start();
	struct picture *a = make_picture(GST_VIDEO_FORMAT_I420, "bt709", 0);
	struct picture *b = make_picture(GST_VIDEO_FORMAT_I420, "bt709", 60);
	cairo_rectangle_int_t r = { 11, 7, 21, 15 };
	cairo_region_t *part = cairo_region_create_rectangle(&r);
	cairo_surface_t *before, *after;
	int x, y, changed = 0;

	if (!presenter)
		goto end;
	offscreen_keep_content(window);
	show_all(presenter, a);
	before = presenter_snapshot(presenter);
	presenter_show(presenter, b, part);
	after = presenter_snapshot(presenter);
	for (y = 0; y < H; y++)
		for (x = 0; x < W; x++) {
			gboolean inside = x >= r.x && x < r.x + r.width && y >= r.y &&
					y < r.y + r.height;

			if (!inside)
				g_assert_cmphex(pixel(before, x, y), ==, pixel(after, x, y));
			else
				changed += pixel(before, x, y) != pixel(after, x, y);
			g_assert_cmpint(difference(pixel(after, x, y),
					offscreen_pixel(window, x, y)), ==, 0);
		}
	g_assert_cmpint(changed, >, 21 * 15 * 9 / 10);
	/* twice as large, somewhere else: the part is where it belongs */
	presenter_place(presenter, &(cairo_rectangle_int_t){ 30, 20, 2 * W, 2 * H });
	presenter_show(presenter, a, part);
	cairo_surface_destroy(after);
	after = presenter_snapshot(presenter);
	for (y = 0; y < 2 * H; y++)
		for (x = 0; x < 2 * W; x++)
			g_assert_cmpint(difference(offscreen_pixel(window, 30 + x, 20 + y),
					pixel(after, x / 2, y / 2)), ==, 0);
	show_all(presenter, b);
	check_picture(presenter, b, 1);
	cairo_surface_destroy(before);
	cairo_surface_destroy(after);
	presenter_destroy(presenter);
end:
	cairo_region_destroy(part);
	picture_unref(a);
	picture_unref(b);
}

/* Lossless tiles and copies, and then a part of a picture again: as in memory. */
static void test_tiles(void)
{
	const struct osvdi_copy down = { .to = { 3, 12, 40, 20 }, .from_x = 3, .from_y = 5 };
	const struct osvdi_copy outside = { .to = { 0, 0, 40, 20 }, .from_x = 40, .from_y = 5 };
	struct presenter *presenter = start();
	struct picture *a = make_picture(GST_VIDEO_FORMAT_Y444, "bt709", 0);
	struct picture *b = make_picture(GST_VIDEO_FORMAT_Y444, "bt709", 60);
	struct update *copy = update_new_copy(&down, 52, 0),
			*bad = update_new_copy(&outside, 52, 0);
	struct update *pixels = calloc(1, sizeof *pixels);
	g_autoptr(cairo_region_t) all = everything();
	const struct rect hole = { 8, 9, 4, 30 }, whole = { 0, 0, W, H };
	cairo_rectangle_int_t even = { 30, 10, 10, 10 };
	struct region every = { 0 }, most = { 0 }, less = { 0 };
	g_autoptr(cairo_region_t) part = cairo_region_create_rectangle(&even);
	struct canvas canvas = { g_malloc0(W * H * 4), W, H, W * 4 };
	cairo_surface_t *shown;
	int x, y;

	pixels->n_rects = 2;
	pixels->rects[0] = (struct rect){ 5, 5, 17, 9 };
	pixels->rects[1] = (struct rect){ W - 3, H - 3, 8, 8 }; /* reaches out */
	pixels->pixels = malloc(4 * (17 * 9 + 64));
	for (x = 0; x < 4 * (17 * 9 + 64); x++)
		pixels->pixels[x] = (guint8)(x * 37);
	g_assert_true(region_set(&every, &whole) && region_set(&most, &whole) &&
			region_set(&less, &hole));
	g_assert_true(region_subtract(&most, &less));
	if (presenter) {
		presenter_put(presenter, pixels, &every); /* onto nothing: nothing */
		show_all(presenter, a);
		presenter_put(presenter, pixels, &most);
		presenter_put(presenter, copy, &most);
		presenter_put(presenter, bad, &every);
		presenter_show(presenter, b, part);
		g_assert_true(canvas_apply(&canvas, a, all));
		canvas_put(&canvas, pixels, &most);
		canvas_put(&canvas, copy, &most);
		canvas_put(&canvas, bad, &every);
		g_assert_true(canvas_apply(&canvas, b, part));
		shown = presenter_snapshot(presenter);
		for (y = 0; y < H; y++)
			for (x = 0; x < W; x++) {
				g_assert_cmphex(pixel(shown, x, y) & 0xffffff, ==, ((guint32 *)(
						void *)canvas.data)[y * W + x] & 0xffffff);
				g_assert_cmpint(difference(pixel(shown, x, y),
						offscreen_pixel(window, x, y)), ==, 0);
			}
		cairo_surface_destroy(shown);
		presenter_destroy(presenter);
	}
	g_free(canvas.data);
	update_free(copy);
	update_free(bad);
	update_free(pixels);
	region_finish(&every);
	region_finish(&most);
	region_finish(&less);
	picture_unref(a);
	picture_unref(b);
}

/* Whole multiples are sharp, the first row is at the top, bars are black. */
static void test_place(void)
{
	struct presenter *presenter = start();
	struct picture *picture = make_picture(GST_VIDEO_FORMAT_NV12, "bt601", 3);
	cairo_surface_t *shown;
	int x, y;

	if (presenter) {
		show_all(presenter, picture);
		presenter_place(presenter, &(cairo_rectangle_int_t){ 10, 20, 2 * W, 2 * H });
		shown = presenter_snapshot(presenter);
		for (y = 0; y < 2 * H; y++)
			for (x = 0; x < 2 * W; x++)
				g_assert_cmpint(difference(offscreen_pixel(window, 10 + x, 20 + y),
						pixel(shown, x / 2, y / 2)), ==, 0);
		g_assert_cmphex(offscreen_pixel(window, 5, 50), ==, 0);
		g_assert_cmphex(offscreen_pixel(window, 50, 19), ==, 0);
		g_assert_cmphex(offscreen_pixel(window, 50, 20 + 2 * H), ==, 0);
		/* interpolated: somewhere between its neighbours */
		presenter_place(presenter, &(cairo_rectangle_int_t){ 0, 0, 3 * W / 2, 3 * H / 2 });
		g_assert_cmpint(difference(offscreen_pixel(window, 0, 0), pixel(shown, 0, 0)),
				<=, 3);
		cairo_surface_destroy(shown);
		presenter_destroy(presenter);
	}
	picture_unref(picture);
}

static void test_still(void)
{
	struct presenter *presenter = start();
	cairo_surface_t *still = cairo_image_surface_create(CAIRO_FORMAT_RGB24, W, H), *shown;
	cairo_t *cr = cairo_create(still);

	cairo_set_source_rgb(cr, 1, 0.5, 0.25);
	cairo_paint(cr);
	cairo_destroy(cr);
	if (presenter) {
		presenter_still(presenter, still);
		shown = presenter_snapshot(presenter);
		g_assert_cmpint(difference(pixel(shown, 3, 4), pixel(still, 3, 4)), ==, 0);
		g_assert_cmpint(difference(offscreen_pixel(window, 3, 4), pixel(still, 3, 4)),
				==, 0);
		cairo_surface_destroy(shown);
		presenter_hide(presenter);
		g_assert_null(presenter_snapshot(presenter));
		presenter_destroy(presenter);
	}
	cairo_surface_destroy(still);
}

/* ---- DMA-BUFs ------------------------------------------------------------ */

static void check_dmabuf(struct presenter *presenter, GstVideoFormat format, const char *colour,
		int tolerance)
{
	GstVideoInfo info;
	g_autoptr(GstBuffer) buffer = make_dmabuf(&info, format, colour, 5);
	struct picture *picture = picture_new(buffer, &info);

	g_assert_cmpint(picture->memory, ==, PICTURE_DMABUF);
	show_all(presenter, picture);
	check_picture(presenter, picture, tolerance);
	picture_unref(picture);
}

static void test_planes(void)
{
	const struct egl_double_image *last = egl_double_last();
	struct presenter *presenter;
	guint c;

	egl_double_set_rules(&plane_by_plane);
	presenter = start();
	if (!presenter)
		return;
	for (c = 0; c < G_N_ELEMENTS(colours); c++)
		check_dmabuf(presenter, GST_VIDEO_FORMAT_NV12, colours[c], 1);
	g_assert_cmpint(egl_double_count_created(), ==, 2 * (int)G_N_ELEMENTS(colours));
	g_assert_cmphex(last->fourcc, ==, DMABUF_GR88);
	g_assert_cmpint(last->width, ==, W / 2);
	g_assert_cmpint(last->height, ==, H / 2);
	g_assert_cmpint(last->offset[0], ==, 4096 + 256 * 64);
	g_assert_cmpint(last->pitch[0], ==, 320);
	g_assert_false(last->has_modifier);
	check_dmabuf(presenter, GST_VIDEO_FORMAT_P010_10LE, "bt2020", 2);
	g_assert_cmphex(last->fourcc, ==, DMABUF_GR1616);
	presenter_destroy(presenter);
	g_assert_cmpint(egl_double_count_alive(), ==, 0);
	g_assert_cmpint(egl_double_count_refused(), ==, 0);
}

/* A buffer that comes again needs no new image, and shows what it holds now. */
static void test_again(void)
{
	GstVideoInfo info;
	g_autoptr(GstBuffer) buffer = make_dmabuf(&info, GST_VIDEO_FORMAT_NV12, "bt709", 1);
	struct presenter *presenter;
	int i, before = egl_double_count_created();

	egl_double_set_rules(&plane_by_plane);
	presenter = start();
	if (!presenter)
		return;
	for (i = 0; i < 5; i++) {
		struct picture *picture = picture_new(buffer, &info);

		refill(buffer, &info, 10 * i);
		show_all(presenter, picture);
		check_picture(presenter, picture, 1);
		picture_unref(picture);
	}
	g_assert_cmpint(egl_double_count_created(), ==, before + 2);
	for (i = 0; i < 40; i++) /* more than are kept */
		check_dmabuf(presenter, GST_VIDEO_FORMAT_NV12, "bt709", 1);
	g_assert_cmpint(egl_double_count_alive(), <=, 64);
	presenter_destroy(presenter);
	g_assert_cmpint(egl_double_count_alive(), ==, 0);
}

/* The driver converts: by our hints. */
static void test_whole(void)
{
	static const struct egl_double_rules rules = { 0x0100000000000002, false, true, false };
	static const EGLint hints[][2] = { { EGL_ITU_REC601_EXT, EGL_YUV_NARROW_RANGE_EXT },
		{ EGL_ITU_REC709_EXT, EGL_YUV_NARROW_RANGE_EXT },
		{ EGL_ITU_REC2020_EXT, EGL_YUV_NARROW_RANGE_EXT },
		{ EGL_ITU_REC601_EXT, EGL_YUV_FULL_RANGE_EXT },
		{ EGL_ITU_REC709_EXT, EGL_YUV_FULL_RANGE_EXT } };
	const struct egl_double_image *last = egl_double_last();
	struct presenter *presenter;
	guint c;

	egl_double_set_rules(&rules);
	presenter = start();
	if (!presenter)
		return;
	for (c = 0; c < G_N_ELEMENTS(colours); c++) {
		check_dmabuf(presenter, GST_VIDEO_FORMAT_NV12, colours[c], 1);
		g_assert_cmphex(last->fourcc, ==, DMABUF_NV12);
		g_assert_cmpint(last->n_planes, ==, 2);
		g_assert_cmpint(last->offset[1], ==, 4096 + 256 * 64);
		g_assert_cmpint(last->pitch[0], ==, 256);
		g_assert_cmpint(last->pitch[1], ==, 320);
		g_assert_cmphex(last->colour, ==, hints[c][0]);
		g_assert_cmphex(last->range, ==, hints[c][1]);
	}
	presenter_destroy(presenter);
	g_assert_cmpint(egl_double_count_alive(), ==, 0);
}

/* A modifier is passed on, or kept away from a driver that does not know it. */
static void test_modifier(void)
{
	static const struct egl_double_rules rules = { 0x0100000000000002, true, false, false };
	const struct egl_double_image *last = egl_double_last();
	GstVideoInfo info;
	g_autoptr(GstBuffer) known = make_dmabuf(&info, GST_VIDEO_FORMAT_NV12, "bt709", 1);
	g_autoptr(GstBuffer) unknown = make_dmabuf(&info, GST_VIDEO_FORMAT_NV12, "bt709", 40);
	struct picture *a = picture_new(known, &info), *b = picture_new(unknown, &info);
	struct presenter *presenter;
	int before;

	egl_double_set_rules(&rules);
	presenter = start();
	if (presenter) {
		a->modifier = rules.modifier;
		b->modifier = 0x0100000000000004;
		show_all(presenter, a);
		g_assert_true(last->has_modifier);
		g_assert_cmphex(last->modifier[0], ==, rules.modifier);
		before = egl_double_count_created();
		show_all(presenter, b); /* read by the CPU */
		g_assert_cmpint(egl_double_count_created(), ==, before);
		g_assert_cmpint(egl_double_count_refused(), ==, 0);
		check_picture(presenter, b, 1);
		presenter_destroy(presenter);
	}
	picture_unref(a);
	picture_unref(b);
}

/* Another GPU's buffer, say. Said once, and the picture is there. */
static void test_refused(void)
{
	static const struct egl_double_rules rules = { 0, true, true, true };
	struct presenter *presenter;
	int before = egl_double_count_refused();

	egl_double_set_rules(&rules);
	presenter = start();
	if (!presenter)
		return;
	g_test_expect_message("osvdi-viewer", G_LOG_LEVEL_INFO,
			"OpenGL cannot read the decoder's DMA-BUFs*copied");
	check_dmabuf(presenter, GST_VIDEO_FORMAT_NV12, "bt709", 1);
	g_test_assert_expected_messages();
	check_dmabuf(presenter, GST_VIDEO_FORMAT_NV12, "bt601", 1);
	g_assert_cmpint(egl_double_count_refused(), >, before);
	presenter_destroy(presenter);
}

/* Buffers go back when the GPU has read them, and not many are kept. */
static void test_held(void)
{
	GstVideoInfo info;
	GstBuffer *buffers[12];
	struct presenter *presenter;
	guint i, kept = 0;

	egl_double_set_rules(&plane_by_plane);
	presenter = start();
	if (!presenter)
		return;
	for (i = 0; i < G_N_ELEMENTS(buffers); i++) {
		struct picture *picture;

		buffers[i] = make_dmabuf(&info, GST_VIDEO_FORMAT_NV12, "bt709", 1);
		picture = picture_new(buffers[i], &info);
		show_all(presenter, picture);
		/* the GPU may still read it */
		g_assert_cmpint(g_atomic_int_get(&picture->refs), >, 1);
		picture_unref(picture);
	}
	for (i = 0; i < G_N_ELEMENTS(buffers); i++)
		kept += GST_MINI_OBJECT_REFCOUNT_VALUE(buffers[i]) > 1;
	g_assert_cmpint(kept, <=, 3);
	presenter_hide(presenter);
	for (i = 0; i < G_N_ELEMENTS(buffers); i++) {
		g_assert_cmpint(GST_MINI_OBJECT_REFCOUNT_VALUE(buffers[i]), ==, 1);
		gst_buffer_unref(buffers[i]);
	}
	presenter_destroy(presenter);
}

static void test_memory_caps(void)
{
	static const struct egl_double_rules rules = { 0x0100000000000002, true, false, false },
			none = { 0 };
	struct presenter *presenter;
	struct memory_caps *memory_caps;
	g_autofree char *text = NULL;

	egl_double_set_rules(&rules);
	presenter = start();
	if (!presenter)
		return;
	memory_caps = presenter_get_memory_caps(presenter);
	g_assert_nonnull(memory_caps);
	text = gst_caps_to_string(memory_caps->caps);
	g_assert_nonnull(strstr(text, "(memory:DMABuf), format=(string)DMA_DRM"));
	g_assert_nonnull(strstr(text, "NV12:0x0100000000000002"));
	g_assert_nonnull(strstr(text, "P010_10LE"));
	g_assert_true(!dmabuf_has_va() || strstr(text, "memory:VAMemory"));
	presenter_destroy(presenter);
	memory_caps_unref(memory_caps); /* outlives it */
	egl_double_set_rules(&none);
	presenter = start();
	memory_caps = presenter_get_memory_caps(presenter);
	g_free(text);
	text = memory_caps ? gst_caps_to_string(memory_caps->caps) : g_strdup("");
	g_assert_null(strstr(text, "DMABuf"));
	memory_caps_unref(memory_caps);
	presenter_destroy(presenter);
}

/* ---- without the double -------------------------------------------------- */

struct rig {
	struct gl_window *window;
	struct gl_canvas canvas;
	struct egl_import import;
};

static gboolean set_up(struct rig *rig)
{
	g_autofree char *log = NULL;
	gboolean usable = FALSE;

	rig->window = offscreen_new(16, 16);
	if (rig->window) {
		struct egl_device *d = rig->window->device;

		eglBindAPI(EGL_OPENGL_ES_API);
		g_assert_true(eglMakeCurrent(d->display, rig->window->surface, rig->window->surface,
				d->context));
		g_assert_true(gl_canvas_init(&rig->canvas, &log));
		egl_import_init(&rig->import, d->display, rig->canvas.program.external != 0);
		usable = rig->import.usable;
		g_test_message("%s, Mesa or driver %s, %s", glGetString(GL_RENDERER),
				glGetString(GL_VERSION),
				access("/dev/udmabuf", R_OK | W_OK) == 0 ? "udmabuf" : "memfd");
	}
	if (!usable)
		g_test_skip("EGL imports no DMA-BUFs here");
	return usable;
}

static void tear_down(struct rig *rig)
{
	struct egl_device *d;

	if (!rig->window)
		return;
	d = rig->window->device;
	egl_import_finish(&rig->import);
	gl_canvas_finish(&rig->canvas);
	eglMakeCurrent(d->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
	rig->window->impl->destroy(rig->window);
}

/* Twice, with other content: the second time the image is there already. */
static void check_import(struct rig *rig, GstVideoFormat format, const char *colour,
		guint64 modifier, enum gl_layout expected, int tolerance)
{
	GstVideoInfo info;
	g_autoptr(GstBuffer) buffer = make_dmabuf(&info, format, colour, 5);
	g_autoptr(cairo_region_t) all = everything();
	int i;

	for (i = 0; i < 2; i++) {
		struct picture *picture = picture_new(buffer, &info);
		const guint *names;

		refill(buffer, &info, 30 * i);
		picture->modifier = modifier;
		g_assert_cmpint(egl_import_take(&rig->import, picture, &names), ==, expected);
		gl_canvas_resize(&rig->canvas, W, H);
		gl_canvas_draw(&rig->canvas, names, expected, &info, all);
		check_surface(gl_canvas_read(&rig->canvas), picture, tolerance);
		g_assert_cmpint(glGetError(), ==, GL_NO_ERROR);
		picture_unref(picture);
	}
}

static void test_real_planes(void)
{
	struct rig rig = { 0 };
	guint c;

	if (set_up(&rig)) {
		for (c = 0; c < G_N_ELEMENTS(colours); c++)
			check_import(&rig, GST_VIDEO_FORMAT_NV12, colours[c], DMABUF_NO_MODIFIER,
					GL_LAYOUT_NV12, 1);
		check_import(&rig, GST_VIDEO_FORMAT_NV12, "bt709", DMABUF_LINEAR,
				GL_LAYOUT_NV12, 1);
		if (rig.import.formats[2].known) /* R16 */
			check_import(&rig, GST_VIDEO_FORMAT_P010_10LE, "bt2020", DMABUF_NO_MODIFIER,
					GL_LAYOUT_NV12, 2);
	}
	tear_down(&rig);
}

/* Mesa's llvmpipe lists NV12, and cannot make an image of it. */
static gboolean can_import_whole(struct rig *rig)
{
	GstVideoInfo info;
	g_autoptr(GstBuffer) buffer = make_dmabuf(&info, GST_VIDEO_FORMAT_NV12, "bt709", 5);
	struct picture *picture = picture_new(buffer, &info);
	const guint *names;
	gboolean good = egl_import_take(&rig->import, picture, &names) == GL_LAYOUT_EXTERNAL;

	picture_unref(picture);
	if (!good)
		g_test_skip("EGL makes no image of NV12 as a whole here");
	return good;
}

/* Drivers differ in how they filter chroma and round. */
static void test_real_whole(void)
{
	struct rig rig = { 0 };
	guint c;

	if (set_up(&rig)) {
		gboolean can;

		rig.import.formats[0].known = FALSE; /* R8 */
		can = can_import_whole(&rig);
		for (c = 0; can && c < G_N_ELEMENTS(colours); c++)
			check_import(&rig, GST_VIDEO_FORMAT_NV12, colours[c], DMABUF_NO_MODIFIER,
					GL_LAYOUT_EXTERNAL, 8);
	}
	tear_down(&rig);
}

int main(int argc, char **argv)
{
	gst_init(&argc, &argv);
	g_test_init(&argc, &argv, NULL);
	real = argc > 1 && g_str_equal(argv[1], "real");
	if (real) {
		g_test_add_func("/present-gl/real/planes", test_real_planes);
		g_test_add_func("/present-gl/real/whole", test_real_whole);
		return g_test_run();
	}
	egl_double_install();
	g_test_add_func("/present-gl/upload", test_upload);
	g_test_add_func("/present-gl/damage", test_damage);
	g_test_add_func("/present-gl/tiles", test_tiles);
	g_test_add_func("/present-gl/place", test_place);
	g_test_add_func("/present-gl/still", test_still);
	g_test_add_func("/present-gl/dmabuf/planes", test_planes);
	g_test_add_func("/present-gl/dmabuf/again", test_again);
	g_test_add_func("/present-gl/dmabuf/whole", test_whole);
	g_test_add_func("/present-gl/dmabuf/modifier", test_modifier);
	g_test_add_func("/present-gl/dmabuf/refused", test_refused);
	g_test_add_func("/present-gl/dmabuf/held", test_held);
	g_test_add_func("/present-gl/memory-caps", test_memory_caps);
	return g_test_run();
}
