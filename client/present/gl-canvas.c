/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "present/gl-canvas.h"

#ifndef GL_TEXTURE_EXTERNAL_OES
#define GL_TEXTURE_EXTERNAL_OES 0x8D65
#endif

static void bind(int unit, GLenum target, GLuint name, GLint filter)
{
	glActiveTexture((GLenum)(GL_TEXTURE0 + unit));
	glBindTexture(target, name);
	glTexParameteri(target, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
	glTexParameteri(target, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
	glTexParameteri(target, GL_TEXTURE_MIN_FILTER, filter);
	glTexParameteri(target, GL_TEXTURE_MAG_FILTER, filter);
}

gboolean gl_canvas_init(struct gl_canvas *canvas, char **log)
{
	*canvas = (struct gl_canvas){ 0 };
	if (!gl_program_init(&canvas->program, log))
		return FALSE;
	glGenTextures(1, &canvas->texture);
	glGenTextures(1, &canvas->staging);
	glGenTextures(3, canvas->upload);
	glGenFramebuffers(1, &canvas->framebuffer);
	glGenFramebuffers(1, &canvas->staging_framebuffer);
	glDisable(GL_DITHER);
	return TRUE;
}

void gl_canvas_finish(struct gl_canvas *canvas)
{
	glDeleteFramebuffers(1, &canvas->framebuffer);
	glDeleteFramebuffers(1, &canvas->staging_framebuffer);
	glDeleteTextures(3, canvas->upload);
	glDeleteTextures(1, &canvas->staging);
	glDeleteTextures(1, &canvas->texture);
	gl_program_finish(&canvas->program);
}

gboolean gl_canvas_resize(struct gl_canvas *canvas, int width, int height)
{
	if (canvas->width == width && canvas->height == height)
		return FALSE;
	canvas->width = width;
	canvas->height = height;
	bind(0, GL_TEXTURE_2D, canvas->texture, GL_NEAREST);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glBindFramebuffer(GL_FRAMEBUFFER, canvas->framebuffer);
	glFramebufferTexture2D(
			GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, canvas->texture, 0);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	return TRUE;
}

/* ---- into the canvas ----------------------------------------------------- */

static void scissor(const cairo_region_t *region, int i)
{
	cairo_rectangle_int_t r;

	cairo_region_get_rectangle(region, i, &r);
	glScissor(r.x, r.y, r.width, r.height);
}

static void draw_parts(struct gl_canvas *canvas, const cairo_region_t *parts)
{
	int i, n = cairo_region_num_rectangles(parts);

	glBindFramebuffer(GL_FRAMEBUFFER, canvas->framebuffer);
	glViewport(0, 0, canvas->width, canvas->height);
	glEnable(GL_SCISSOR_TEST);
	for (i = 0; i < n; i++) {
		scissor(parts, i);
		gl_program_draw(&canvas->program);
	}
	glDisable(GL_SCISSOR_TEST);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

void gl_canvas_draw(struct gl_canvas *canvas, const guint *names, enum gl_layout layout,
		const GstVideoInfo *info, const cairo_region_t *damage)
{
	int i, n = layout == GL_LAYOUT_EXTERNAL ? 1 : (int)layout;

	for (i = 0; i < n; i++)
		bind(i, layout == GL_LAYOUT_EXTERNAL ? GL_TEXTURE_EXTERNAL_OES : GL_TEXTURE_2D,
				names[i], GL_NEAREST);
	gl_program_use_samples(&canvas->program, layout, &info->colorimetry,
			(int)GST_VIDEO_INFO_COMP_DEPTH(info, 0), 0, 0);
	draw_parts(canvas, damage);
}

gboolean gl_canvas_takes(const GstVideoInfo *info)
{
	GstVideoFormat format = GST_VIDEO_INFO_FORMAT(info);

	return (format == GST_VIDEO_FORMAT_I420 || format == GST_VIDEO_FORMAT_YV12 ||
			       format == GST_VIDEO_FORMAT_NV12) &&
			gl_program_knows(&info->colorimetry);
}

static void set_plane(struct gl_canvas *canvas, int plane, int width, int height, GLenum internal,
		GLenum format)
{
	bind(plane, GL_TEXTURE_2D, canvas->upload[plane], GL_NEAREST);
	glTexImage2D(GL_TEXTURE_2D, 0, (GLint)internal, width, height, 0, format, GL_UNSIGNED_BYTE,
			NULL);
}

/* Makes new textures if the old ones have another size; TRUE then. */
static gboolean set_layout(struct gl_canvas *canvas, int width, int height, enum gl_layout layout)
{
	int i;

	if (canvas->upload_width == width && canvas->upload_height == height &&
			canvas->upload_layout == layout)
		return FALSE;
	canvas->upload_width = width;
	canvas->upload_height = height;
	canvas->upload_layout = layout;
	set_plane(canvas, 0, width, height, GL_R8, GL_RED);
	for (i = 1; i < (int)layout; i++)
		set_plane(canvas, i, (width + 1) / 2, (height + 1) / 2,
				layout == GL_LAYOUT_NV12 ? GL_RG8 : GL_R8,
				layout == GL_LAYOUT_NV12 ? GL_RG : GL_RED);
	return TRUE;
}

static void upload_plane(struct gl_canvas *canvas, const GstVideoFrame *frame, int plane,
		const cairo_rectangle_int_t *r)
{
	gboolean swapped = GST_VIDEO_FRAME_FORMAT(frame) == GST_VIDEO_FORMAT_YV12;
	int source = swapped && plane ? 3 - plane : plane, half = plane > 0;
	int bytes = canvas->upload_layout == GL_LAYOUT_NV12 && plane ? 2 : 1;
	int x = r->x >> half, y = r->y >> half;
	int width = (r->x + r->width + half) / (1 + half) - x,
	    height = (r->y + r->height + half) / (1 + half) - y;
	int stride = GST_VIDEO_FRAME_PLANE_STRIDE(frame, source);
	const guint8 *data = GST_VIDEO_FRAME_PLANE_DATA(frame, source);

	glActiveTexture((GLenum)(GL_TEXTURE0 + plane));
	glBindTexture(GL_TEXTURE_2D, canvas->upload[plane]);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, stride / bytes);
	glTexSubImage2D(GL_TEXTURE_2D, 0, x, y, width, height, bytes == 2 ? GL_RG : GL_RED,
			GL_UNSIGNED_BYTE,
			data + (gsize)y * (gsize)stride + (gsize)x * (gsize)bytes);
}

void gl_canvas_upload(
		struct gl_canvas *canvas, const GstVideoFrame *frame, const cairo_region_t *damage)
{
	enum gl_layout layout = GST_VIDEO_FRAME_FORMAT(frame) == GST_VIDEO_FORMAT_NV12 ?
			GL_LAYOUT_NV12 :
			GL_LAYOUT_I420;
	int i, plane, n = cairo_region_num_rectangles(damage);
	cairo_rectangle_int_t r;

	set_layout(canvas, GST_VIDEO_FRAME_WIDTH(frame), GST_VIDEO_FRAME_HEIGHT(frame), layout);
	for (i = 0; i < n; i++) {
		cairo_region_get_rectangle(damage, i, &r);
		for (plane = 0; plane < (int)layout; plane++)
			upload_plane(canvas, frame, plane, &r);
	}
	gl_canvas_draw(canvas, canvas->upload, layout, &frame->info, damage);
}

/* Binds the staging texture to unit 0 and makes it large enough. */
static void use_staging(struct gl_canvas *canvas, int width, int height)
{
	bind(0, GL_TEXTURE_2D, canvas->staging, GL_NEAREST);
	if (width <= canvas->staging_width && height <= canvas->staging_height)
		return;
	canvas->staging_width = MAX(width, canvas->staging_width);
	canvas->staging_height = MAX(height, canvas->staging_height);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, canvas->staging_width, canvas->staging_height, 0,
			GL_RGBA, GL_UNSIGNED_BYTE, NULL);
}

void gl_canvas_copy(struct gl_canvas *canvas, int from_x, int from_y,
		const cairo_rectangle_int_t *to, const cairo_region_t *region)
{
	int i, n = cairo_region_num_rectangles(region);

	use_staging(canvas, to->width, to->height);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, canvas->framebuffer);
	glCopyTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, from_x, from_y, to->width, to->height);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, canvas->staging_framebuffer);
	glFramebufferTexture2D(GL_READ_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D,
			canvas->staging, 0);
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, canvas->framebuffer);
	for (i = 0; i < n; i++) {
		cairo_rectangle_int_t r;
		int x, y;

		cairo_region_get_rectangle(region, i, &r);
		x = r.x - to->x;
		y = r.y - to->y;
		glBlitFramebuffer(x, y, x + r.width, y + r.height, r.x, r.y, r.x + r.width,
				r.y + r.height, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	}
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

void gl_canvas_put(struct gl_canvas *canvas, const guint8 *data, gsize stride, int x, int y,
		int width, int height)
{
	cairo_rectangle_int_t r = { x, y, width, height };
	cairo_region_t *region = cairo_region_create_rectangle(&r);

	use_staging(canvas, width, height);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, (GLint)(stride / 4));
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, data);
	gl_program_use_samples(&canvas->program, GL_LAYOUT_BGRX, NULL, 8, x, y);
	draw_parts(canvas, region);
	cairo_region_destroy(region);
}

/* ---- out of the canvas --------------------------------------------------- */

void gl_canvas_show(struct gl_canvas *canvas, const cairo_rectangle_int_t *place,
		const cairo_region_t *parts)
{
	gboolean sharp = place->width % canvas->width == 0 && place->height % canvas->height == 0;
	int i, n = parts ? cairo_region_num_rectangles(parts) : 0;

	bind(0, GL_TEXTURE_2D, canvas->texture, sharp ? GL_NEAREST : GL_LINEAR);
	gl_program_use_canvas(&canvas->program);
	glViewport(place->x, place->y, place->width, place->height);
	if (!parts)
		gl_program_draw(&canvas->program);
	else
		glEnable(GL_SCISSOR_TEST);
	for (i = 0; i < n; i++) {
		scissor(parts, i);
		gl_program_draw(&canvas->program);
	}
	glDisable(GL_SCISSOR_TEST);
}

/* Turns bytes R, G, B, A into the words of an RGB24 surface. */
static void swap_colours(cairo_surface_t *surface, int width, int height)
{
	guint8 *data = cairo_image_surface_get_data(surface);
	int x, y, stride = cairo_image_surface_get_stride(surface);

	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++) {
			guint8 *p = data + (gsize)y * (gsize)stride + (gsize)x * 4;

			*(guint32 *)(void *)p = 0xff000000u | (guint32)p[0] << 16 |
					(guint32)p[1] << 8 | p[2];
		}
}

cairo_surface_t *gl_canvas_read(struct gl_canvas *canvas)
{
	cairo_surface_t *surface;

	if (!canvas->width)
		return NULL;
	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, canvas->width, canvas->height);
	if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
		cairo_surface_destroy(surface);
		return NULL;
	}
	cairo_surface_flush(surface);
	glBindFramebuffer(GL_FRAMEBUFFER, canvas->framebuffer);
	glPixelStorei(GL_PACK_ALIGNMENT, 4);
	glReadPixels(0, 0, canvas->width, canvas->height, GL_RGBA, GL_UNSIGNED_BYTE,
			cairo_image_surface_get_data(surface));
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	swap_colours(surface, canvas->width, canvas->height);
	cairo_surface_mark_dirty(surface);
	return surface;
}
