/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gpu/gl-reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <drm_fourcc.h>

#include "gpu/gl-private.h"

struct gl_reader {
	struct gl_device *device;
	GLuint framebuffer, buffer;
	GLenum format; /* of what is read */
};

/* The order of the bytes that needs no conversion, where OpenGL ES can give it. 0: no order. */
static GLenum format_of(uint32_t fourcc)
{
	switch (fourcc) {
	case DRM_FORMAT_XRGB8888:
	case DRM_FORMAT_ARGB8888:
		return epoxy_has_gl_extension("GL_EXT_read_format_bgra") ? GL_BGRA_EXT : GL_RGBA;
	case DRM_FORMAT_XBGR8888:
	case DRM_FORMAT_ABGR8888:
		return GL_RGBA;
	default:
		return 0;
	}
}

uint32_t gl_reader_fourcc(const struct gl_reader *r)
{
	return r->format == GL_RGBA ? DRM_FORMAT_XBGR8888 : DRM_FORMAT_XRGB8888;
}

/* Into the buffer: rows of the texture from row y on. */
static int fetch(struct gl_reader *r, const struct gl_texture *source, int32_t x, int32_t y,
		const struct spice_accel_rect *rect)
{
	size_t size = (size_t)rect->width * (size_t)rect->height * 4;

	if (source->external)
		return -ENOTSUP;
	glBindFramebuffer(GL_FRAMEBUFFER, r->framebuffer);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, source->name,
			0);
	if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
		return -ENOTSUP;
	glBindBuffer(GL_PIXEL_PACK_BUFFER, r->buffer);
	glBufferData(GL_PIXEL_PACK_BUFFER, (GLsizeiptr)size, NULL, GL_STREAM_READ);
	glPixelStorei(GL_PACK_ALIGNMENT, 4);
	glReadPixels(x, y, rect->width, rect->height, r->format, GL_UNSIGNED_BYTE, NULL);
	return glGetError() == GL_NO_ERROR ? gl_wait_done(r->device) : -EIO;
}

/* Out of the buffer, whose lower rows are the picture's upper ones where it is flipped. */
static int copy_rows(const struct spice_accel_rect *rect, bool flipped, uint8_t *out, size_t stride)
{
	size_t bytes = (size_t)rect->width * 4, height = (size_t)rect->height;
	const uint8_t *rows = glMapBufferRange(GL_PIXEL_PACK_BUFFER, 0,
			(GLsizeiptr)(bytes * height), GL_MAP_READ_BIT);

	if (!rows)
		return -EIO;
	for (size_t y = 0; y < height; y++)
		memcpy(out + y * stride, rows + (flipped ? height - 1 - y : y) * bytes, bytes);
	glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
	return 0;
}

int gl_reader_read(struct gl_reader *r, const struct gl_texture *source,
		const struct gl_view *view, const struct spice_accel_rect *rect, uint8_t *out,
		size_t stride)
{
	int32_t y = view->y_flip ? (int32_t)view->height - rect->y - rect->height : rect->y;
	int ret = gl_begin(r->device);

	if (ret < 0)
		return ret;
	ret = fetch(r, source, (int32_t)view->x + rect->x, (int32_t)view->y + y, rect);
	if (ret == 0)
		ret = copy_rows(rect, view->y_flip, out, stride);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
	return ret;
}

int gl_reader_create(struct gl_reader **out, struct gl_device *device, uint32_t fourcc)
{
	GLenum format = gl_make_current(device) < 0 ? 0 : format_of(fourcc);
	struct gl_reader *r = format ? calloc(1, sizeof *r) : NULL;

	if (!r)
		return format ? -ENOMEM : -ENOTSUP;
	r->device = device;
	r->format = format;
	glGenFramebuffers(1, &r->framebuffer);
	glGenBuffers(1, &r->buffer);
	*out = r;
	return 0;
}

void gl_reader_destroy(struct gl_reader *r)
{
	if (!r)
		return;
	if (gl_make_current(r->device) == 0) {
		glDeleteFramebuffers(1, &r->framebuffer);
		glDeleteBuffers(1, &r->buffer);
	}
	free(r);
}
