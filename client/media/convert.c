/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "media/convert.h"
#include "media/yuv.h"

static cairo_rectangle_int_t even_rect(
		const GstVideoFrame *frame, const cairo_rectangle_int_t *rect)
{
	int width = GST_VIDEO_FRAME_WIDTH(frame), height = GST_VIDEO_FRAME_HEIGHT(frame);
	int x0 = CLAMP(rect->x, 0, width), y0 = CLAMP(rect->y, 0, height);
	int x1 = CLAMP(rect->x + rect->width, 0, width);
	int y1 = CLAMP(rect->y + rect->height, 0, height);

	if (x1 <= x0 || y1 <= y0)
		return (cairo_rectangle_int_t){ 0 };
	x0 &= ~1;
	y0 &= ~1;
	return (cairo_rectangle_int_t){ x0, y0, MIN((x1 + 1) & ~1, width) - x0,
		MIN((y1 + 1) & ~1, height) - y0 };
}

static const guint8 *plane_at(const GstVideoFrame *frame, guint component, int x, int y)
{
	return (const guint8 *)GST_VIDEO_FRAME_COMP_DATA(frame, component) +
			(gsize)y * (gsize)GST_VIDEO_FRAME_COMP_STRIDE(frame, component) +
			(gsize)x * (gsize)GST_VIDEO_FRAME_COMP_PSTRIDE(frame, component);
}

static gboolean convert_420(const GstVideoFrame *frame, const cairo_rectangle_int_t *r,
		guint8 *dst, gsize stride)
{
	const GstVideoColorimetry *colour = &frame->info.colorimetry;
	GstVideoFormat format = GST_VIDEO_FRAME_FORMAT(frame);
	struct yuv_matrix matrix;
	struct yuv_planes planes;
	double kr, kb;

	if ((format != GST_VIDEO_FORMAT_I420 && format != GST_VIDEO_FORMAT_YV12 &&
			    format != GST_VIDEO_FORMAT_NV12) ||
			!gst_video_color_matrix_get_Kr_Kb(colour->matrix, &kr, &kb))
		return FALSE;
	yuv_matrix_init(&matrix, kr, kb, colour->range == GST_VIDEO_COLOR_RANGE_0_255);
	planes = (struct yuv_planes){
		.y = plane_at(frame, 0, r->x, r->y),
		.u = plane_at(frame, 1, r->x / 2, r->y / 2),
		.v = plane_at(frame, 2, r->x / 2, r->y / 2),
		.y_stride = GST_VIDEO_FRAME_COMP_STRIDE(frame, 0),
		.uv_stride = GST_VIDEO_FRAME_COMP_STRIDE(frame, 1),
		.uv_step = GST_VIDEO_FRAME_COMP_PSTRIDE(frame, 1),
	};
	yuv_to_bgrx(&matrix, &planes, dst + r->y * stride + r->x * 4, stride, r->width, r->height);
	return TRUE;
}

/* GStreamer copies the fourth byte of formats like BGRx, which is undefined there. */
static void make_opaque(guint8 *dst, gsize stride, int width, int height)
{
	int x, y;

	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			dst[(gsize)y * stride + 4 * (gsize)x + 3] = 0xff;
}

/* Converts any format, but takes several times as long. */
static gboolean convert_gst(const GstVideoFrame *frame, const cairo_rectangle_int_t *r,
		guint8 *dst, gsize stride)
{
	GstVideoConverter *converter;
	GstVideoFrame out = { 0 };

	gst_video_info_set_format(&out.info, GST_VIDEO_FORMAT_BGRA, r->width, r->height);
	out.info.stride[0] = (gint)stride;
	out.data[0] = dst + r->y * stride + r->x * 4;
	converter = gst_video_converter_new(&frame->info, &out.info,
			gst_structure_new("config", GST_VIDEO_CONVERTER_OPT_SRC_X, G_TYPE_INT, r->x,
					GST_VIDEO_CONVERTER_OPT_SRC_Y, G_TYPE_INT, r->y,
					GST_VIDEO_CONVERTER_OPT_SRC_WIDTH, G_TYPE_INT, r->width,
					GST_VIDEO_CONVERTER_OPT_SRC_HEIGHT, G_TYPE_INT, r->height,
					GST_VIDEO_CONVERTER_OPT_DITHER_METHOD,
					GST_TYPE_VIDEO_DITHER_METHOD, GST_VIDEO_DITHER_NONE,
					/* no filter: a part needs no neighbours */
					GST_VIDEO_CONVERTER_OPT_CHROMA_MODE,
					GST_TYPE_VIDEO_CHROMA_MODE, GST_VIDEO_CHROMA_MODE_NONE,
					NULL));
	if (!converter)
		return FALSE;
	gst_video_converter_frame(converter, frame, &out);
	make_opaque(out.data[0], stride, r->width, r->height);
	gst_video_converter_free(converter);
	return TRUE;
}

gboolean convert_rect(const GstVideoFrame *frame, const cairo_rectangle_int_t *rect,
		guint8 *dst, gsize stride)
{
	cairo_rectangle_int_t r = even_rect(frame, rect);

	if (r.width == 0 || r.height == 0)
		return TRUE;
	return convert_420(frame, &r, dst, stride) || convert_gst(frame, &r, dst, stride);
}
