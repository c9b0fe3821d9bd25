/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "convert.h"

#ifdef HAVE_LIBYUV
#include <libyuv.h>
#endif

static cairo_rectangle_int_t even_rect(const GstVideoFrame *frame, const cairo_rectangle_int_t *rect)
{
	int width = GST_VIDEO_FRAME_WIDTH(frame), height = GST_VIDEO_FRAME_HEIGHT(frame);
	int x0 = CLAMP(rect->x, 0, width) & ~1, y0 = CLAMP(rect->y, 0, height) & ~1;
	int x1 = MIN((CLAMP(rect->x + rect->width, 0, width) + 1) & ~1, width);
	int y1 = MIN((CLAMP(rect->y + rect->height, 0, height) + 1) & ~1, height);

	return (cairo_rectangle_int_t){ x0, y0, MAX(x1 - x0, 0), MAX(y1 - y0, 0) };
}

#ifdef HAVE_LIBYUV
static const struct YuvConstants *yuv_constants(const GstVideoColorimetry *colour)
{
	gboolean full = colour->range == GST_VIDEO_COLOR_RANGE_0_255;

	switch (colour->matrix) {
	case GST_VIDEO_COLOR_MATRIX_BT601: return full ? &kYuvJPEGConstants : &kYuvI601Constants;
	case GST_VIDEO_COLOR_MATRIX_BT709: return full ? &kYuvF709Constants : &kYuvH709Constants;
	case GST_VIDEO_COLOR_MATRIX_BT2020: return full ? &kYuvV2020Constants : &kYuv2020Constants;
	default: return NULL;
	}
}

static gboolean convert_yuv(const GstVideoFrame *frame, const cairo_rectangle_int_t *r,
		guint8 *dst, gsize stride)
{
	const struct YuvConstants *constants = yuv_constants(&frame->info.colorimetry);
	const guint8 *y;

	if (!constants)
		return FALSE;
	dst += r->y * stride + r->x * 4;
	y = (const guint8 *)GST_VIDEO_FRAME_PLANE_DATA(frame, 0) +
			(gsize)r->y * GST_VIDEO_FRAME_PLANE_STRIDE(frame, 0) + r->x;
	if (GST_VIDEO_FRAME_FORMAT(frame) == GST_VIDEO_FORMAT_NV12) {
		int cs = GST_VIDEO_FRAME_PLANE_STRIDE(frame, 1);
		const guint8 *c = (const guint8 *)GST_VIDEO_FRAME_PLANE_DATA(frame, 1) +
				(gsize)(r->y / 2) * cs + r->x;

		return NV12ToARGBMatrix(y, GST_VIDEO_FRAME_PLANE_STRIDE(frame, 0), c, cs,
				       dst, (int)stride, constants, r->width, r->height) == 0;
	}
	if (GST_VIDEO_FRAME_FORMAT(frame) == GST_VIDEO_FORMAT_I420) {
		int us = GST_VIDEO_FRAME_PLANE_STRIDE(frame, 1), vs = GST_VIDEO_FRAME_PLANE_STRIDE(frame, 2);
		const guint8 *u = (const guint8 *)GST_VIDEO_FRAME_PLANE_DATA(frame, 1) +
				(gsize)(r->y / 2) * us + r->x / 2;
		const guint8 *v = (const guint8 *)GST_VIDEO_FRAME_PLANE_DATA(frame, 2) +
				(gsize)(r->y / 2) * vs + r->x / 2;

		return I420ToARGBMatrix(y, GST_VIDEO_FRAME_PLANE_STRIDE(frame, 0), u, us, v, vs,
				       dst, (int)stride, constants, r->width, r->height) == 0;
	}
	return FALSE;
}
#else
static gboolean convert_yuv(const GstVideoFrame *frame, const cairo_rectangle_int_t *r,
		guint8 *dst, gsize stride)
{
	return FALSE;
}
#endif

/* Any format, at about a third of the speed. */
static gboolean convert_gst(const GstVideoFrame *frame, const cairo_rectangle_int_t *r,
		guint8 *dst, gsize stride)
{
	GstVideoConverter *converter;
	GstVideoFrame out = { 0 };

	gst_video_info_set_format(&out.info, GST_VIDEO_FORMAT_BGRA, r->width, r->height);
	out.info.stride[0] = (gint)stride;
	out.data[0] = dst + r->y * stride + r->x * 4;
	converter = gst_video_converter_new(&frame->info, &out.info,
			gst_structure_new("config",
					GST_VIDEO_CONVERTER_OPT_SRC_X, G_TYPE_INT, r->x,
					GST_VIDEO_CONVERTER_OPT_SRC_Y, G_TYPE_INT, r->y,
					GST_VIDEO_CONVERTER_OPT_SRC_WIDTH, G_TYPE_INT, r->width,
					GST_VIDEO_CONVERTER_OPT_SRC_HEIGHT, G_TYPE_INT, r->height,
					GST_VIDEO_CONVERTER_OPT_DITHER_METHOD, GST_TYPE_VIDEO_DITHER_METHOD,
					GST_VIDEO_DITHER_NONE, NULL));
	if (!converter)
		return FALSE;
	gst_video_converter_frame(converter, frame, &out);
	gst_video_converter_free(converter);
	return TRUE;
}

gboolean convert_rect(const GstVideoFrame *frame, const cairo_rectangle_int_t *rect,
		guint8 *dst, gsize stride)
{
	cairo_rectangle_int_t r = even_rect(frame, rect);

	if (r.width == 0 || r.height == 0)
		return TRUE;
	return convert_yuv(frame, &r, dst, stride) || convert_gst(frame, &r, dst, stride);
}
