/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gpu/gl-private.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <gbm.h>

/* Old errors that are passed over. A context that is lost reports one at each call. */
#define MAX_ERRORS 16u

int gl_make_current(struct gl_device *d)
{
	return eglMakeCurrent(d->display, EGL_NO_SURFACE, EGL_NO_SURFACE, d->context) ? 0 : -EIO;
}

int gl_begin(struct gl_device *d)
{
	int ret = gl_make_current(d);

	for (unsigned i = 0; i < MAX_ERRORS && ret == 0; i++)
		if (glGetError() == GL_NO_ERROR)
			return 0;
	return -EIO;
}

/* libepoxy loads these at the first call, and aborts where they are missing. */
static int check_libraries(char *why, size_t size)
{
	static const char *const names[][2] = { { "libEGL.so.1", "libegl1" },
		{ "libGLESv2.so.2", "libgles2" } };

	for (unsigned i = 0; i < 2; i++) {
		void *library = dlopen(names[i][0], RTLD_LAZY | RTLD_LOCAL);

		if (!library) {
			snprintf(why, size, "%s is missing; on Debian install %s", names[i][0],
					names[i][1]);
			return -ENODEV;
		}
		dlclose(library);
	}
	return 0;
}

static int open_display(struct gl_device *d, int drm_fd, char *why, size_t size)
{
	EGLint major, minor;

	if (drm_fd >= 0) {
		d->gbm = gbm_create_device(drm_fd);
		if (!d->gbm) {
			snprintf(why, size,
					"no GBM driver for the GPU; on Debian install "
					"libgl1-mesa-dri");
			return -ENODEV;
		}
	}
	if (!epoxy_has_egl_extension(EGL_NO_DISPLAY, "EGL_EXT_platform_base")) {
		snprintf(why, size, "EGL cannot open platforms (EGL_EXT_platform_base)");
		return -ENODEV;
	}
	d->display = eglGetPlatformDisplayEXT(drm_fd >= 0 ? EGL_PLATFORM_GBM_KHR :
			EGL_PLATFORM_SURFACELESS_MESA, drm_fd >= 0 ? (void *)d->gbm :
					EGL_DEFAULT_DISPLAY,
			NULL);
	if (d->display == EGL_NO_DISPLAY || !eglInitialize(d->display, &major, &minor)) {
		snprintf(why, size, "EGL does not start (error %#x); on Debian install libegl1 "
				"and libgl1-mesa-dri",
				(unsigned)eglGetError());
		d->display = EGL_NO_DISPLAY;
		return -ENODEV;
	}
	return 0;
}

static int create_context(struct gl_device *d, char *why, size_t size)
{
	static const EGLint attribs[] = { EGL_CONTEXT_MAJOR_VERSION, 3, EGL_NONE };
	/* A GPU that was reset is told of, instead of drawing on with nothing. */
	static const EGLint robust[] = { EGL_CONTEXT_MAJOR_VERSION, 3,
		EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_EXT, EGL_LOSE_CONTEXT_ON_RESET_EXT,
		EGL_NONE };
	static const char *const needed[] = { "EGL_KHR_surfaceless_context",
		"EGL_KHR_no_config_context", "EGL_KHR_image_base", "EGL_KHR_fence_sync" };

	for (unsigned i = 0; i < sizeof needed / sizeof needed[0]; i++)
		if (!epoxy_has_egl_extension(d->display, needed[i])) {
			snprintf(why, size, "EGL lacks %s", needed[i]);
			return -ENODEV;
		}
	d->dmabufs = epoxy_has_egl_extension(d->display, "EGL_EXT_image_dma_buf_import");
	d->modifiers = epoxy_has_egl_extension(d->display,
			"EGL_EXT_image_dma_buf_import_modifiers");
	if (d->gbm && !d->dmabufs) {
		snprintf(why, size, "EGL lacks EGL_EXT_image_dma_buf_import");
		return -ENODEV;
	}
	if (!eglBindAPI(EGL_OPENGL_ES_API))
		return -ENODEV;
	if (epoxy_has_egl_extension(d->display, "EGL_EXT_create_context_robustness"))
		d->context = eglCreateContext(d->display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT,
				robust);
	if (d->context == EGL_NO_CONTEXT)
		d->context = eglCreateContext(d->display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT,
				attribs);
	if (d->context == EGL_NO_CONTEXT || gl_make_current(d) < 0) {
		snprintf(why, size, "no OpenGL ES 3 context (EGL error %#x)",
				(unsigned)eglGetError());
		return -ENODEV;
	}
	return 0;
}

/* The renderer of the current context is the processor. */
static bool is_software(void)
{
	static const char *const names[] = { "llvmpipe", "softpipe", "swrast" };
	const char *renderer = (const char *)glGetString(GL_RENDERER);

	for (unsigned i = 0; renderer && i < sizeof names / sizeof names[0]; i++)
		if (strstr(renderer, names[i]))
			return true;
	return false;
}

/* Their minors begin at 128; those of primary nodes end at 63. */
static bool is_render_node(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
			minor(st.st_rdev) >> 6 == 2;
}

/* Mesa's software renderers import a DMA-BUF by any node, and map it by a call that render nodes
 * refuse: drawing from it ends the process. */
static int check_renderer(struct gl_device *d, int drm_fd, char *why, size_t size)
{
	d->software = is_software();
	if (!d->software || !is_render_node(drm_fd))
		return 0;
	snprintf(why, size, "its OpenGL is drawn by the processor, which reads DMA-BUFs by a "
			"primary node only; name /dev/dri/card* of the GPU, or one with a "
			"driver in Mesa");
	return -ENODEV;
}

int gl_device_open(struct gl_device **out, int drm_fd, char *why, size_t size)
{
	struct gl_device *d = calloc(1, sizeof *d);
	int ret;

	if (!d)
		return -ENOMEM;
	if (size)
		why[0] = 0;
	d->display = EGL_NO_DISPLAY;
	d->context = EGL_NO_CONTEXT;
	ret = check_libraries(why, size);
	if (ret == 0)
		ret = open_display(d, drm_fd, why, size);
	if (ret == 0)
		ret = create_context(d, why, size);
	if (ret == 0)
		ret = check_renderer(d, drm_fd, why, size);
	if (ret == 0) {
		glGenVertexArrays(1, &d->vao);
		glGenFramebuffers(1, &d->framebuffer);
		glGenRenderbuffers(1, &d->renderbuffer);
		ret = gl_programs_create(d, why, size);
	}
	if (ret < 0) {
		gl_device_close(d);
		return ret;
	}
	*out = d;
	return 0;
}

bool gl_device_is_software(const struct gl_device *d)
{
	return d->software;
}

void gl_device_close(struct gl_device *d)
{
	if (!d)
		return;
	if (d->context != EGL_NO_CONTEXT && gl_make_current(d) == 0) {
		gl_pixels_programs_destroy(d->pixels_programs);
		gl_programs_finish(d);
		glDeleteRenderbuffers(1, &d->renderbuffer);
		glDeleteFramebuffers(1, &d->framebuffer);
		glDeleteVertexArrays(1, &d->vao);
		eglMakeCurrent(d->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
	}
	if (d->context != EGL_NO_CONTEXT)
		eglDestroyContext(d->display, d->context);
	if (d->display != EGL_NO_DISPLAY)
		eglTerminate(d->display);
	if (d->gbm)
		gbm_device_destroy(d->gbm);
	free(d);
}

/* EGL_EXT_image_dma_buf_import, and its modifiers where they are told. */
static unsigned fill_attribs(EGLint *a, const struct gl_buffer *b, bool with_modifier)
{
	static const EGLint fd[] = { EGL_DMA_BUF_PLANE0_FD_EXT, EGL_DMA_BUF_PLANE1_FD_EXT,
		EGL_DMA_BUF_PLANE2_FD_EXT, EGL_DMA_BUF_PLANE3_FD_EXT };
	static const EGLint offset[] = { EGL_DMA_BUF_PLANE0_OFFSET_EXT,
		EGL_DMA_BUF_PLANE1_OFFSET_EXT,
		EGL_DMA_BUF_PLANE2_OFFSET_EXT, EGL_DMA_BUF_PLANE3_OFFSET_EXT };
	static const EGLint pitch[] = { EGL_DMA_BUF_PLANE0_PITCH_EXT, EGL_DMA_BUF_PLANE1_PITCH_EXT,
		EGL_DMA_BUF_PLANE2_PITCH_EXT, EGL_DMA_BUF_PLANE3_PITCH_EXT };
	static const EGLint lo[] = { EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT,
		EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT,
		EGL_DMA_BUF_PLANE2_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE3_MODIFIER_LO_EXT };
	static const EGLint hi[] = { EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT,
		EGL_DMA_BUF_PLANE1_MODIFIER_HI_EXT,
		EGL_DMA_BUF_PLANE2_MODIFIER_HI_EXT, EGL_DMA_BUF_PLANE3_MODIFIER_HI_EXT };
	unsigned n = 0;

#define ATTRIB(name, value) (a[n++] = (name), a[n++] = (EGLint)(value))
	ATTRIB(EGL_WIDTH, b->width);
	ATTRIB(EGL_HEIGHT, b->height);
	ATTRIB(EGL_LINUX_DRM_FOURCC_EXT, b->fourcc);
	ATTRIB(EGL_YUV_COLOR_SPACE_HINT_EXT, EGL_ITU_REC601_EXT);
	ATTRIB(EGL_SAMPLE_RANGE_HINT_EXT, EGL_YUV_NARROW_RANGE_EXT);
	for (unsigned i = 0; i < b->n_planes; i++) {
		ATTRIB(fd[i], b->fd[i]);
		ATTRIB(offset[i], b->offset[i]);
		ATTRIB(pitch[i], b->stride[i]);
		if (with_modifier) {
			ATTRIB(lo[i], b->modifier & UINT32_MAX);
			ATTRIB(hi[i], b->modifier >> 32);
		}
	}
#undef ATTRIB
	a[n++] = EGL_NONE;
	return n;
}

static void set_nearest(GLenum target)
{
	glTexParameteri(target, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(target, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	glTexParameteri(target, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
	glTexParameteri(target, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
}

static GLenum bind_image(EGLImage image, GLenum target, GLuint *name)
{
	for (unsigned i = 0; i < MAX_ERRORS && glGetError() != GL_NO_ERROR; i++)
		;
	glGenTextures(1, name);
	glBindTexture(target, *name);
	glEGLImageTargetTexture2DOES(target, image);
	set_nearest(target);
	return glGetError();
}

int gl_import(struct gl_device *d, const struct gl_buffer *b, struct gl_texture *out)
{
	bool known = b->modifier != SPICE_ACCEL_MODIFIER_UNKNOWN;
	EGLint attribs[64];
	EGLImage image;

	memset(out, 0, sizeof *out);
	if (!d->dmabufs || b->n_planes < 1 || b->n_planes > SPICE_ACCEL_MAX_PLANES ||
			gl_make_current(d) < 0)
		return -ENOTSUP;
	/* Without the extension the driver uses the tiling that the kernel knows. Linear buffers
	 * need none. */
	fill_attribs(attribs, b, known && d->modifiers);
	image = eglCreateImageKHR(d->display, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT, NULL, attribs);
	if (image == EGL_NO_IMAGE_KHR)
		return -ENOTSUP;
	out->image = image;
	if (bind_image(image, GL_TEXTURE_2D, &out->name) == GL_NO_ERROR)
		return 0;
	glDeleteTextures(1, &out->name);
	out->external = true; /* Y'CbCr, and tilings that only sample */
	if (bind_image(image, GL_TEXTURE_EXTERNAL_OES, &out->name) == GL_NO_ERROR)
		return 0;
	gl_texture_finish(d, out);
	return -ENOTSUP;
}

int gl_import_frame(struct gl_device *d, const struct spice_accel_frame *frame,
		struct gl_texture *out)
{
	const struct spice_accel_dmabuf_params *p = &frame->dmabuf;
	struct gl_buffer b = {
		.width = p->backing_width ? p->backing_width : frame->width,
		.height = p->backing_height ? p->backing_height : frame->height,
		.fourcc = frame->fourcc,
		.n_planes = p->n_planes,
		.modifier = p->modifier,
	};

	for (unsigned i = 0; i < p->n_planes && i < SPICE_ACCEL_MAX_PLANES; i++) {
		b.fd[i] = p->fd[i];
		b.offset[i] = p->offset[i];
		b.stride[i] = p->stride[i];
	}
	return gl_import(d, &b, out);
}

void gl_release_thread(void)
{
	eglReleaseThread();
}

int gl_upload(struct gl_device *d, const uint8_t *rgba, uint32_t width, uint32_t height,
		struct gl_texture *out)
{
	memset(out, 0, sizeof *out);
	if (gl_make_current(d) < 0)
		return -EIO;
	glGenTextures(1, &out->name);
	glBindTexture(GL_TEXTURE_2D, out->name);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, (GLsizei)width, (GLsizei)height, 0, GL_RGBA,
			GL_UNSIGNED_BYTE, rgba);
	set_nearest(GL_TEXTURE_2D);
	return glGetError() == GL_NO_ERROR ? 0 : -EIO;
}

void gl_texture_finish(struct gl_device *d, struct gl_texture *t)
{
	if (gl_make_current(d) == 0 && t->name)
		glDeleteTextures(1, &t->name);
	if (t->image)
		eglDestroyImageKHR(d->display, t->image);
	memset(t, 0, sizeof *t);
}

struct gl_view gl_view_of(const struct spice_accel_frame *frame)
{
	return (struct gl_view){ .x = frame->dmabuf.x, .y = frame->dmabuf.y, .width = frame->width,
		.height = frame->height, .y_flip = frame->dmabuf.y_flip };
}
