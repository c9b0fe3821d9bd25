/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "canvas.h"
#include "gl-program.h"
#include "present.h"

#include <epoxy/egl.h>
#include <gdk/gdkx.h>
#include <glib-unix.h>
#include <X11/Xlib.h>
#include <X11/extensions/shape.h>
#include <string.h>

struct present_egl {
	struct presenter base;
	GMutex lock; /* everything below; the context is current only under it */
	Display *x;
	Window window;
	Colormap colormap;
	guint watch;
	EGLDisplay display;
	EGLConfig config;
	EGLContext context;
	EGLSurface surface;
	struct gl_program gl;
	gboolean has_program, mapped;
	cairo_rectangle_int_t place;
	struct picture *picture;  /* on the screen, or NULL */
	cairo_surface_t *still;   /* instead of it, or NULL */
};

static struct present_egl *from_base(struct presenter *base)
{
	return (struct present_egl *)base;
}

static gboolean enter(struct present_egl *e)
{
	g_mutex_lock(&e->lock);
	if (eglMakeCurrent(e->display, e->surface, e->surface, e->context))
		return TRUE;
	g_mutex_unlock(&e->lock);
	return FALSE;
}

/* Another thread may come next. */
static void leave(struct present_egl *e)
{
	eglMakeCurrent(e->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
	g_mutex_unlock(&e->lock);
}

static void paint(struct present_egl *e)
{
	gboolean sharp;

	if (!e->gl.width || e->place.width <= 0 || e->place.height <= 0)
		return;
	if (!e->mapped) {
		XMapRaised(e->x, e->window);
		e->mapped = TRUE;
	}
	sharp = e->place.width % e->gl.width == 0 && e->place.height % e->gl.height == 0;
	glViewport(0, 0, e->place.width, e->place.height);
	gl_program_draw(&e->gl, sharp);
	eglSwapBuffers(e->display, e->surface);
}

static void drop_content(struct present_egl *e)
{
	g_clear_pointer(&e->picture, picture_unref);
	g_clear_pointer(&e->still, cairo_surface_destroy);
}

/* For formats that the shader does not know. */
static void upload_converted(struct present_egl *e, const struct picture *picture)
{
	int width = GST_VIDEO_FRAME_WIDTH(&picture->frame), height = GST_VIDEO_FRAME_HEIGHT(&picture->frame);
	struct canvas canvas = { g_malloc((gsize)width * (gsize)height * 4), width, height, (gsize)width * 4 };
	cairo_rectangle_int_t all = { 0, 0, width, height };
	g_autoptr(cairo_region_t) region = cairo_region_create_rectangle(&all);

	if (canvas_apply(&canvas, picture, region))
		gl_program_upload_bgrx(&e->gl, canvas.data, canvas.stride, width, height);
	g_free(canvas.data);
}

static void egl_show(struct presenter *base, struct picture *picture, const cairo_region_t *damage)
{
	struct present_egl *e = from_base(base);
	cairo_rectangle_int_t all = { 0, 0, GST_VIDEO_FRAME_WIDTH(&picture->frame), GST_VIDEO_FRAME_HEIGHT(&picture->frame) };
	g_autoptr(cairo_region_t) whole = NULL;

	if (!enter(e))
		return;
	if (!e->picture)
		damage = whole = cairo_region_create_rectangle(&all);
	drop_content(e);
	e->picture = picture_ref(picture);
	if (gl_program_takes(&picture->frame))
		gl_program_upload(&e->gl, &picture->frame, damage);
	else
		upload_converted(e, picture);
	paint(e);
	leave(e);
}

static void egl_place(struct presenter *base, const cairo_rectangle_int_t *rect)
{
	struct present_egl *e = from_base(base);

	if (!enter(e))
		return;
	if (memcmp(&e->place, rect, sizeof *rect) != 0) {
		e->place = *rect;
		XMoveResizeWindow(e->x, e->window, rect->x, rect->y, (unsigned)MAX(rect->width, 1),
				(unsigned)MAX(rect->height, 1));
		XSync(e->x, False);
		if (e->picture || e->still)
			paint(e);
	}
	leave(e);
}

static void egl_still(struct presenter *base, cairo_surface_t *surface)
{
	struct present_egl *e = from_base(base);

	if (!enter(e))
		return;
	drop_content(e);
	e->still = cairo_surface_reference(surface);
	cairo_surface_flush(surface);
	gl_program_upload_bgrx(&e->gl, cairo_image_surface_get_data(surface),
			(gsize)cairo_image_surface_get_stride(surface), cairo_image_surface_get_width(surface),
			cairo_image_surface_get_height(surface));
	paint(e);
	leave(e);
}

static void egl_hide(struct presenter *base)
{
	struct present_egl *e = from_base(base);

	g_mutex_lock(&e->lock);
	drop_content(e);
	if (e->mapped)
		XUnmapWindow(e->x, e->window);
	e->mapped = FALSE;
	XFlush(e->x);
	g_mutex_unlock(&e->lock);
}

static cairo_surface_t *picture_to_surface(const struct picture *picture)
{
	int width = GST_VIDEO_FRAME_WIDTH(&picture->frame), height = GST_VIDEO_FRAME_HEIGHT(&picture->frame);
	struct canvas canvas = { g_malloc((gsize)width * (gsize)height * 4), width, height, (gsize)width * 4 };
	cairo_rectangle_int_t all = { 0, 0, width, height };
	g_autoptr(cairo_region_t) region = cairo_region_create_rectangle(&all);
	cairo_surface_t *surface = canvas_apply(&canvas, picture, region) ? canvas_copy(&canvas) : NULL;

	g_free(canvas.data);
	return surface;
}

static cairo_surface_t *egl_snapshot(struct presenter *base)
{
	struct present_egl *e = from_base(base);
	cairo_surface_t *surface = NULL;

	g_mutex_lock(&e->lock);
	if (e->still)
		surface = cairo_surface_reference(e->still);
	else if (e->picture)
		surface = picture_to_surface(e->picture);
	g_mutex_unlock(&e->lock);
	return surface;
}

static gboolean read_events(gint fd, GIOCondition condition, gpointer data)
{
	struct present_egl *e = data;
	gboolean exposed = FALSE;
	XEvent event;

	if (!enter(e))
		return G_SOURCE_CONTINUE;
	while (XPending(e->x)) {
		XNextEvent(e->x, &event);
		exposed |= event.type == Expose;
	}
	if (exposed && (e->picture || e->still))
		paint(e);
	leave(e);
	return G_SOURCE_CONTINUE;
}

static void egl_destroy(struct presenter *base)
{
	struct present_egl *e = from_base(base);

	g_clear_handle_id(&e->watch, g_source_remove);
	if (e->has_program && enter(e)) {
		gl_program_finish(&e->gl);
		leave(e);
	}
	drop_content(e);
	if (e->surface != EGL_NO_SURFACE)
		eglDestroySurface(e->display, e->surface);
	if (e->context != EGL_NO_CONTEXT)
		eglDestroyContext(e->display, e->context);
	if (e->display != EGL_NO_DISPLAY)
		eglTerminate(e->display);
	if (e->window)
		XDestroyWindow(e->x, e->window);
	if (e->colormap)
		XFreeColormap(e->x, e->colormap);
	XCloseDisplay(e->x);
	g_mutex_clear(&e->lock);
	g_free(e);
}

static const struct presenter_impl egl_impl = {
	.name = "gl",
	.destroy = egl_destroy,
	.show = egl_show,
	.place = egl_place,
	.still = egl_still,
	.hide = egl_hide,
	.snapshot = egl_snapshot,
};

/* ---- construction -------------------------------------------------------- */

static gboolean choose_config(struct present_egl *e)
{
	static const EGLint wanted[] = { EGL_SURFACE_TYPE, EGL_WINDOW_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_ES3_BIT,
		EGL_RED_SIZE, 8, EGL_GREEN_SIZE, 8, EGL_BLUE_SIZE, 8, EGL_NONE };
	EGLint n = 0;

	return eglInitialize(e->display, NULL, NULL) && eglBindAPI(EGL_OPENGL_ES_API) &&
			eglChooseConfig(e->display, wanted, &e->config, 1, &n) && n == 1;
}

static gboolean create_window(struct present_egl *e, Window parent)
{
	XVisualInfo wanted = { 0 }, *visual;
	XSetWindowAttributes attributes = { .background_pixmap = None, .border_pixel = 0, .event_mask = ExposureMask };
	EGLint id;
	int n = 0;

	if (!eglGetConfigAttrib(e->display, e->config, EGL_NATIVE_VISUAL_ID, &id))
		return FALSE;
	wanted.visualid = (VisualID)id;
	visual = XGetVisualInfo(e->x, VisualIDMask, &wanted, &n);
	if (!visual)
		return FALSE;
	e->colormap = XCreateColormap(e->x, parent, visual->visual, AllocNone);
	attributes.colormap = e->colormap;
	e->window = XCreateWindow(e->x, parent, 0, 0, 1, 1, 0, visual->depth, InputOutput, visual->visual,
			CWBackPixmap | CWBorderPixel | CWEventMask | CWColormap, &attributes);
	XShapeCombineRectangles(e->x, e->window, ShapeInput, 0, 0, NULL, 0, ShapeSet, Unsorted);
	XSync(e->x, False);
	XFree(visual);
	return TRUE;
}

static gboolean create_context(struct present_egl *e)
{
	static const EGLint version[] = { EGL_CONTEXT_CLIENT_VERSION, 3, EGL_NONE };

	e->surface = eglCreateWindowSurface(e->display, e->config, e->window, NULL);
	e->context = eglCreateContext(e->display, e->config, EGL_NO_CONTEXT, version);
	return e->surface != EGL_NO_SURFACE && e->context != EGL_NO_CONTEXT;
}

static gboolean drawn_by_cpu(void)
{
	const char *renderer = (const char *)glGetString(GL_RENDERER);
	static const char *const names[] = { "llvmpipe", "softpipe", "swrast", "Software" };
	guint i;

	for (i = 0; renderer && i < G_N_ELEMENTS(names); i++)
		if (strstr(renderer, names[i]))
			return TRUE;
	return !renderer;
}

static gboolean create_program(struct present_egl *e, gboolean force)
{
	g_autofree char *log = NULL;
	gboolean good = FALSE;

	if (!enter(e))
		return FALSE;
	if (drawn_by_cpu() && !force) {
		g_info("OpenGL: drawn by the CPU here, not used");
	} else {
		eglSwapInterval(e->display, 0); /* newest picture at once */
		good = e->has_program = gl_program_init(&e->gl, &log);
		if (!good)
			g_warning("OpenGL: %s", log ? log : "the shaders do not link");
	}
	leave(e);
	return good;
}

/* Asking OpenGL takes a tenth of a second where the CPU would draw. */
static gboolean has_gpu(void)
{
	g_autoptr(GDir) dir = g_dir_open("/dev/dri", 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_prefix(name, "renderD"))
			return TRUE;
	return FALSE;
}

struct presenter *presenter_egl_new(GdkWindow *parent, gboolean force)
{
	GdkDisplay *gdk = gdk_window_get_display(parent);
	struct present_egl *e;
	Display *x;

	if (!GDK_IS_X11_DISPLAY(gdk) || (!force && !has_gpu()) || !gdk_window_ensure_native(parent))
		return NULL;
	gdk_display_sync(gdk);
	x = XOpenDisplay(gdk_display_get_name(gdk));
	if (!x)
		return NULL;
	e = g_new0(struct present_egl, 1);
	e->base.impl = &egl_impl;
	g_mutex_init(&e->lock);
	e->x = x;
	e->context = EGL_NO_CONTEXT;
	e->surface = EGL_NO_SURFACE;
	e->display = eglGetPlatformDisplayEXT(EGL_PLATFORM_X11_KHR, x, NULL);
	if (e->display == EGL_NO_DISPLAY || !choose_config(e) || !create_window(e, GDK_WINDOW_XID(parent)) ||
			!create_context(e) || !create_program(e, force)) {
		egl_destroy(&e->base);
		return NULL;
	}
	e->watch = g_unix_fd_add(ConnectionNumber(x), G_IO_IN, read_events, e);
	return &e->base;
}
