/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"
#include "present/canvas.h"
#include "media/dmabuf.h"
#include "present/egl-import.h"
#include "present/egl-swap.h"
#include "present/gl-canvas.h"
#include "present/gl-held.h"
#include "media/gl-share.h"
#include "present/gl-window.h"
#include "present/present.h"
#include "media/regions.h"

/* How many buffers the GPU may read at one time before we wait for it. */
#define MAX_HELD 3

struct present_egl {
	struct presenter base;
	GMutex lock; /* everything below; the context is current only under it */
	struct gl_window *window;
	struct gl_canvas canvas;
	struct egl_import import;
	struct gl_share *share;
	struct memory_caps *memory_caps;
	gboolean ready;   /* canvas, import and share exist */
	gboolean visible; /* the canvas has something to show */
	gboolean copied;  /* the log says that buffers cannot be read in place */
	int width, height; /* of the window when it was last shown */
	struct gl_held held;
	cairo_region_t *late; /* part of the canvas that is not in the window yet, or NULL */
	struct egl_swap swap;
};

static struct present_egl *from_base(struct presenter *base)
{
	return (struct present_egl *)base;
}

static gboolean make_current(const struct present_egl *e, gboolean current)
{
	struct egl_device *d = e->window->device;

	eglBindAPI(EGL_OPENGL_ES_API); /* each thread has its own setting */
	if (current)
		return eglMakeCurrent(
				d->display, e->window->surface, e->window->surface, d->context);
	return eglMakeCurrent(d->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
}

static gboolean enter(struct present_egl *e)
{
	g_mutex_lock(&e->lock);
	if (make_current(e, TRUE))
		return TRUE;
	g_mutex_unlock(&e->lock);
	return FALSE;
}

static void paint(struct present_egl *e, const cairo_region_t *damage);

/* Releases the context, because another thread may draw next. */
static void leave(struct present_egl *e)
{
	while (e->visible && e->window->impl->exposed && e->window->impl->exposed(e->window))
		paint(e, NULL);
	make_current(e, FALSE);
	g_mutex_unlock(&e->lock);
}

static cairo_region_t *region_of(int width, int height)
{
	cairo_rectangle_int_t all = { 0, 0, width, height };

	return cairo_region_create_rectangle(&all);
}

/* ---- into the canvas ----------------------------------------------------- */

static gboolean draw_dmabuf(
		struct present_egl *e, struct picture *picture, const cairo_region_t *damage)
{
	const guint *names;
	enum gl_layout layout = egl_import_take(&e->import, picture, &names);

	if (!layout)
		return FALSE;
	gl_canvas_draw(&e->canvas, names, layout, &picture->frame.info, damage);
	gl_held_add(&e->held, picture);
	return TRUE;
}

static gboolean draw_textures(
		struct present_egl *e, struct picture *picture, const cairo_region_t *damage)
{
	struct gl_share_textures textures;
	gboolean good;

	if (!gl_program_knows(&picture->frame.info.colorimetry) ||
			!gl_share_take(e->share, picture->buffer, &picture->frame.info, &textures))
		return FALSE;
	good = textures.n == 2 || textures.n == 3;
	if (good) {
		gl_canvas_draw(&e->canvas, textures.names, (enum gl_layout)textures.n,
				&picture->frame.info, damage);
		gl_held_add(&e->held, picture);
	}
	gl_share_release(&textures);
	return good;
}

/* Converts on the CPU: for formats that the shader does not know. */
static void upload_converted(
		struct present_egl *e, const struct picture *picture, const cairo_region_t *damage)
{
	int width = GST_VIDEO_FRAME_WIDTH(&picture->frame),
	    height = GST_VIDEO_FRAME_HEIGHT(&picture->frame);
	struct canvas canvas = { g_malloc((gsize)width * (gsize)height * 4), width, height,
		(gsize)width * 4 };
	g_autoptr(cairo_region_t) region = region_of(width, height);

	int i, n = canvas_apply(&canvas, picture, damage) ? cairo_region_num_rectangles(damage) : 0;

	for (i = 0; i < n; i++) {
		cairo_rectangle_int_t r;

		cairo_region_get_rectangle(damage, i, &r);
		gl_canvas_put(&e->canvas, canvas.data + (gsize)r.y * canvas.stride + (gsize)r.x * 4,
				canvas.stride, r.x, r.y, r.width, r.height);
	}
	g_free(canvas.data);
}

static void note_copy(struct present_egl *e, const struct picture *picture)
{
	if (picture->memory == PICTURE_SYSTEM || e->copied)
		return;
	e->copied = TRUE;
	g_info("OpenGL cannot read the decoder's %s in place (another GPU, or a layout that it "
			"does not know): pictures are copied",
			picture->memory == PICTURE_GL ? "textures" : "DMA-BUFs");
}

static void draw(struct present_egl *e, struct picture *picture, const cairo_region_t *damage)
{
	const GstVideoFrame *frame;

	if ((picture->memory == PICTURE_DMABUF && draw_dmabuf(e, picture, damage)) ||
			(picture->memory == PICTURE_GL && draw_textures(e, picture, damage)))
		return;
	note_copy(e, picture);
	frame = gl_canvas_takes(&picture->frame.info) ? picture_map(picture) : NULL;
	if (frame)
		gl_canvas_upload(&e->canvas, frame, damage);
	else
		upload_converted(e, picture, damage);
}

/* ---- to the screen ------------------------------------------------------- */

/* The part of the window that shows a part of the canvas, one pixel wider if the picture is
 * scaled. The window's origin is at the bottom, as in OpenGL. */
static cairo_region_t *to_window(const struct present_egl *e, const cairo_region_t *damage)
{
	const cairo_rectangle_int_t *p = &e->window->picture;
	double sx = (double)p->width / e->canvas.width, sy = (double)p->height / e->canvas.height;
	gboolean scaled = p->width != e->canvas.width || p->height != e->canvas.height;
	cairo_region_t *region = cairo_region_create();
	int i, n = cairo_region_num_rectangles(damage), more = scaled ? 1 : 0;

	for (i = 0; i < n; i++) {
		cairo_rectangle_int_t r, out;
		int x1, y1;

		cairo_region_get_rectangle(damage, i, &r);
		out.x = MAX((int)((r.x - more) * sx) - more, 0);
		out.y = MAX((int)((r.y - more) * sy) - more, 0);
		x1 = MIN((int)((r.x + r.width + more) * sx) + more, p->width);
		y1 = MIN((int)((r.y + r.height + more) * sy) + more, p->height);
		out.width = x1 - out.x;
		out.height = y1 - out.y;
		out.x += p->x;
		out.y = e->window->height - (p->y + y1);
		if (out.width > 0 && out.height > 0)
			cairo_region_union_rectangle(region, &out);
	}
	return region;
}

static void clear(const struct present_egl *e)
{
	glClearColor(0, 0, 0, 1);
	glClear(GL_COLOR_BUFFER_BIT);
}

/* Draws the parts of the window that are out of date in the next buffer, and hands the
 * buffer over. parts: what changed since the last call; NULL: all. Takes parts over. */
static void paint_parts(struct present_egl *e, cairo_region_t *parts)
{
	struct gl_window *w = e->window;
	cairo_rectangle_int_t place = w->picture;
	g_autoptr(cairo_region_t) lacking = egl_swap_begin(&e->swap, w, parts);

	place.y = w->height - (place.y + place.height);
	if (!lacking && (place.width != w->width || place.height != w->height))
		clear(e);
	gl_canvas_show(&e->canvas, &place, lacking);
	egl_swap_end(&e->swap, w, parts);
}

/* Some drivers learn the new size of a window only when a buffer of the old size was handed
 * over and the context was made current again. */
static void learn_size(struct present_egl *e)
{
	egl_swap_forget(&e->swap);
	paint_parts(e, NULL);
	make_current(e, FALSE);
	make_current(e, TRUE);
	e->width = e->window->width;
	e->height = e->window->height;
}

/* damage: of the canvas; NULL: all. */
static void paint(struct present_egl *e, const cairo_region_t *damage)
{
	struct gl_window *w = e->window;
	g_autoptr(cairo_region_t) late = NULL;

	if (!e->visible || w->picture.width <= 0 || w->picture.height <= 0)
		return;
	late = g_steal_pointer(&e->late);
	if (!damage)
		g_clear_pointer(&late, cairo_region_destroy);
	else if (late)
		cairo_region_union(late, damage);
	w->impl->map(w);
	if (w->impl->ready && !w->impl->ready(w)) {
		if (damage)
			e->late = late ? g_steal_pointer(&late) : cairo_region_copy(damage);
		else
			e->late = region_of(e->canvas.width, e->canvas.height);
		return;
	}
	if (w->width != e->width || w->height != e->height) {
		learn_size(e);
		damage = NULL;
	}
	if (!damage)
		egl_swap_forget(&e->swap);
	paint_parts(e, damage ? to_window(e, late ? late : damage) : NULL);
}

/* ---- impl ---------------------------------------------------------------- */

static void egl_show(struct presenter *base, struct picture *picture, const cairo_region_t *damage)
{
	struct present_egl *e = from_base(base);
	int width = GST_VIDEO_FRAME_WIDTH(&picture->frame),
	    height = GST_VIDEO_FRAME_HEIGHT(&picture->frame);
	g_autoptr(cairo_region_t) whole = NULL;

	if (!enter(e))
		return;
	gl_held_release(&e->held, MAX_HELD - 1);
	if (gl_canvas_resize(&e->canvas, width, height) || !e->visible)
		damage = whole = region_of(width, height);
	draw(e, picture, damage);
	e->visible = TRUE;
	paint(e, whole ? NULL : damage);
	leave(e);
}

static void put_part(void *canvas, const struct rect *part, const uint8_t *pixels, size_t stride)
{
	gl_canvas_put(canvas, pixels, stride, part->x, part->y, part->width, part->height);
}

static void copy_parts(
		struct present_egl *e, const struct update *copy, const cairo_region_t *damage)
{
	const struct rect *r = &copy->rects[0];
	const cairo_rectangle_int_t to = { r->x, r->y, r->width, r->height };
	const cairo_rectangle_int_t all = { 0, 0, e->canvas.width, e->canvas.height };
	g_autoptr(cairo_region_t) parts = NULL;

	if (!update_source_fits(copy, all.width, all.height))
		return;
	parts = cairo_region_copy(damage);
	cairo_region_intersect_rectangle(parts, &to);
	cairo_region_intersect_rectangle(parts, &all);
	gl_canvas_copy(&e->canvas, copy->from_x, copy->from_y, &to, parts);
}

static void egl_put(
		struct presenter *base, const struct update *update, const struct region *region)
{
	struct present_egl *e = from_base(base);
	g_autoptr(cairo_region_t) damage = regions_to_cairo(region);

	if (!enter(e))
		return;
	if (e->visible) {
		if (update->kind == UPDATE_COPY)
			copy_parts(e, update, damage);
		else
			update_foreach(update, region, e->canvas.width, e->canvas.height, put_part,
					&e->canvas);
		paint(e, damage);
	}
	leave(e);
}

static void egl_place(struct presenter *base, const cairo_rectangle_int_t *rect)
{
	struct present_egl *e = from_base(base);

	gboolean changed;

	g_mutex_lock(&e->lock);
	changed = e->window->impl->place(e->window, rect); /* EGL reads it when made current */
	g_mutex_unlock(&e->lock);
	if (!changed || !enter(e))
		return;
	paint(e, NULL);
	leave(e);
}

static void egl_still(struct presenter *base, cairo_surface_t *surface)
{
	struct present_egl *e = from_base(base);
	int width = cairo_image_surface_get_width(surface),
	    height = cairo_image_surface_get_height(surface);

	if (!enter(e))
		return;
	gl_held_release(&e->held, 0);
	cairo_surface_flush(surface);
	gl_canvas_resize(&e->canvas, width, height);
	gl_canvas_put(&e->canvas, cairo_image_surface_get_data(surface),
			(gsize)cairo_image_surface_get_stride(surface), 0, 0, width, height);
	e->visible = TRUE;
	paint(e, NULL);
	leave(e);
}

static void egl_hide(struct presenter *base)
{
	struct present_egl *e = from_base(base);

	if (!enter(e))
		return;
	gl_held_release(&e->held, 0);
	e->visible = FALSE;
	g_clear_pointer(&e->late, cairo_region_destroy);
	e->window->impl->unmap(e->window);
	leave(e);
}

static cairo_surface_t *egl_snapshot(struct presenter *base)
{
	struct present_egl *e = from_base(base);
	cairo_surface_t *surface = NULL;

	if (!enter(e))
		return NULL;
	if (e->visible)
		surface = gl_canvas_read(&e->canvas);
	leave(e);
	return surface;
}

static struct memory_caps *egl_get_memory_caps(struct presenter *base)
{
	return memory_caps_ref(from_base(base)->memory_caps);
}

/* Called when the window was uncovered, or takes pictures again. */
static void on_expose(gpointer data)
{
	struct present_egl *e = data;
	g_autoptr(cairo_region_t) late = NULL;

	if (!enter(e))
		return;
	late = g_steal_pointer(&e->late);
	paint(e, late);
	leave(e);
}

static void egl_destroy(struct presenter *base)
{
	struct present_egl *e = from_base(base);

	memory_caps_unref(e->memory_caps);
	if (e->ready && enter(e)) {
		gl_held_release(&e->held, 0);
		egl_import_finish(&e->import);
		gl_canvas_finish(&e->canvas);
		leave(e);
	}
	gl_share_free(e->share);
	e->window->impl->destroy(e->window);
	g_clear_pointer(&e->late, cairo_region_destroy);
	egl_swap_forget(&e->swap);
	g_mutex_clear(&e->lock);
	g_free(e);
}

static const struct presenter_impl egl_impl = {
	.name = "gl",
	.destroy = egl_destroy,
	.show = egl_show,
	.put = egl_put,
	.place = egl_place,
	.still = egl_still,
	.hide = egl_hide,
	.snapshot = egl_snapshot,
	.get_memory_caps = egl_get_memory_caps,
};

/* ---- construction -------------------------------------------------------- */

static struct memory_caps *make_memory_caps(struct present_egl *e)
{
	GstCaps *caps = egl_import_get_caps(&e->import);

	if (e->share) {
		GstCaps *textures = gst_caps_from_string(
				"video/x-raw(memory:GLMemory), format=(string){ " GL_SHARE_FORMATS
				" }, texture-target=(string)2D");

		caps = caps ? gst_caps_merge(caps, textures) : textures;
	}
	if (!caps)
		return NULL;
	return memory_caps_new(caps, e->share ? gl_share_get_contexts(e->share) : NULL,
			egl_device_ref(e->window->device), egl_device_unref);
}

static gboolean set_up(struct present_egl *e, gboolean force)
{
	struct egl_device *d = e->window->device;
	g_autofree char *log = NULL;

	if (!enter(e))
		return FALSE;
	if (egl_device_is_cpu() && !force) {
		g_info("OpenGL: drawn by the CPU here, not used");
	} else {
		eglSwapInterval(d->display, 0); /* show the newest picture at once */
		e->ready = gl_canvas_init(&e->canvas, &log);
		if (!e->ready)
			g_warning("OpenGL: %s", log);
	}
	if (e->ready) {
		egl_import_init(&e->import, d->display, e->canvas.program.external != 0);
		e->share = gl_share_new(d->display, d->context);
		e->memory_caps = make_memory_caps(e);
	}
	leave(e);
	return e->ready;
}

struct presenter *presenter_egl_new_in(struct gl_window *window, gboolean force)
{
	struct present_egl *e = g_new0(struct present_egl, 1);

	e->base.impl = &egl_impl;
	g_mutex_init(&e->lock);
	e->window = window;
	window->lock = &e->lock;
	window->expose = on_expose;
	window->data = e;
	if (set_up(e, force))
		return &e->base;
	egl_destroy(&e->base);
	return NULL;
}

struct presenter *presenter_egl_new(GdkWindow *parent, GtkWidget *area, gboolean force)
{
	struct gl_window *window = NULL;

	if (force || egl_device_is_likely())
		window = area ? gl_window_wayland_new(area) : gl_window_x11_new(parent);
	return window ? presenter_egl_new_in(window, force) : NULL;
}
