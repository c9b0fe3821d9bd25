/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gpu/gl-private.h"

#include <errno.h>

#define FENCE_LIMIT_NS UINT64_C(300000000)

/* Into the framebuffer that is bound. */
static int draw(struct gl_device *d, enum gl_pass pass, const struct gl_texture *source,
		const struct gl_view *view, uint32_t width, uint32_t height)
{
	const struct gl_program *p = &d->programs[source->external][pass];

	if (!p->name || glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
		return -EIO;
	glViewport(0, 0, (GLsizei)width, (GLsizei)height);
	glDisable(GL_BLEND);
	glDisable(GL_DITHER);
	glDisable(GL_SCISSOR_TEST);
	glUseProgram(p->name);
	glUniform2i(p->crop, (GLint)view->x, (GLint)view->y);
	glUniform2i(p->size, (GLint)view->width, (GLint)view->height);
	glUniform1i(p->flip, view->y_flip);
	glActiveTexture(GL_TEXTURE0);
	glBindTexture(source->external ? GL_TEXTURE_EXTERNAL_OES : GL_TEXTURE_2D, source->name);
	glBindVertexArray(d->vao);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	return glGetError() == GL_NO_ERROR ? 0 : -EIO;
}

static int draw_to_texture(struct gl_device *d, enum gl_pass pass, const struct gl_texture *source,
		const struct gl_view *view, GLuint target, uint32_t width, uint32_t height)
{
	glBindFramebuffer(GL_FRAMEBUFFER, d->framebuffer);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, target, 0);
	return draw(d, pass, source, view, width, height);
}

int gl_wait_done(struct gl_device *d)
{
	EGLSyncKHR fence = eglCreateSyncKHR(d->display, EGL_SYNC_FENCE_KHR, NULL);
	EGLint state;

	if (fence == EGL_NO_SYNC_KHR)
		return -EIO;
	state = eglClientWaitSyncKHR(d->display, fence, EGL_SYNC_FLUSH_COMMANDS_BIT_KHR,
			FENCE_LIMIT_NS);
	eglDestroySyncKHR(d->display, fence);
	return state == EGL_CONDITION_SATISFIED_KHR ? 0 :
			state == EGL_TIMEOUT_EXPIRED_KHR ? -ETIME : -EIO;
}

int gl_convert(struct gl_device *d, const struct gl_texture *source, const struct gl_view *view,
		unsigned luma, unsigned chroma)
{
	uint32_t width = (view->width + 1) & ~1u, height = (view->height + 1) & ~1u;
	int ret = gl_make_current(d);

	if (ret == 0)
		ret = draw_to_texture(d, GL_PASS_LUMA, source, view, luma, width, height);
	if (ret == 0)
		ret = draw_to_texture(d, GL_PASS_CHROMA, source, view, chroma, width / 2,
				height / 2);
	return ret < 0 ? ret : gl_wait_done(d);
}

int gl_read(struct gl_device *d, const struct gl_texture *source, const struct gl_view *view,
		uint8_t *rgba)
{
	GLsizei width = (GLsizei)view->width, height = (GLsizei)view->height;
	int ret = gl_make_current(d);

	if (ret < 0)
		return ret;
	glBindRenderbuffer(GL_RENDERBUFFER, d->renderbuffer);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, width, height);
	glBindFramebuffer(GL_FRAMEBUFFER, d->framebuffer);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER,
			d->renderbuffer);
	ret = draw(d, GL_PASS_COPY, source, view, view->width, view->height);
	if (ret < 0)
		return ret;
	glPixelStorei(GL_PACK_ALIGNMENT, 4);
	glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
	return glGetError() == GL_NO_ERROR ? 0 : -EIO;
}
