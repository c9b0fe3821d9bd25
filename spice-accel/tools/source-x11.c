/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* An X display: XDamage says what changed, XShm reads it, XFixes has the
 * pointer's shape, XTest plays the viewer's input. */
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include <glib-unix.h>

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <X11/extensions/XTest.h>
#include <X11/extensions/Xdamage.h>
#include <X11/extensions/Xfixes.h>

#include <spice-accel/server.h>

#include "base/clock.h"
#include "source.h"

struct x11 {
	struct source base;
	struct source_params params;
	Display *display;
	Window root;
	Damage damage;
	int damage_event, fixes_event;
	XShmSegmentInfo shm;
	XImage *image;
	struct source_picture picture;
	struct damage dirty;
	uint64_t read_us; /* the screen was last read */
	guint watch, timeout;
	uint32_t buttons;
};

/* ---- picture ------------------------------------------------------------ */

/* Rows y0 to y1 of the screen, into the same rows of the segment. */
static void read_rows(struct x11 *x, int y0, int y1)
{
	XImage band = *x->image;

	band.height = y1 - y0;
	band.data = x->image->data + (size_t)y0 * (size_t)x->image->bytes_per_line;
	XShmGetImage(x->display, x->root, &band, 0, y0, AllPlanes);
}

static void read_screen(struct x11 *x)
{
	int y0 = (int)x->picture.height, y1 = 0;

	for (unsigned i = 0; i < x->dirty.n; i++) {
		const struct spice_accel_rect *r = &x->dirty.rects[i];

		y0 = MIN(y0, r->y);
		y1 = MAX(y1, r->y + r->height);
	}
	read_rows(x, y0, y1);
	x->read_us = clock_now_us();
	x->params.sink.damaged(x->params.sink.opaque, &x->dirty, x->read_us);
	damage_clear(&x->dirty);
}

static void give_cursor(struct x11 *x)
{
	XFixesCursorImage *cursor = XFixesGetCursorImage(x->display);
	g_autofree uint32_t *pixels = NULL;
	gsize n;

	if (!cursor || !x->params.sink.cursor)
		return;
	n = (gsize)cursor->width * cursor->height;
	pixels = g_new(uint32_t, n ? n : 1);
	for (gsize i = 0; i < n; i++) { /* premultiplied, one long each */
		uint32_t argb = (uint32_t)cursor->pixels[i], a = argb >> 24;
		uint32_t r = argb >> 16 & 255, g = argb >> 8 & 255, b = argb & 255;

		if (a && a < 255)
			argb = a << 24 | MIN(r * 255 / a, 255) << 16 | MIN(g * 255 / a, 255) << 8 |
					MIN(b * 255 / a, 255);
		pixels[i] = argb;
	}
	x->params.sink.cursor(x->params.sink.opaque, cursor->width, cursor->height, cursor->xhot,
			cursor->yhot, n ? pixels : NULL);
	XFree(cursor);
}

static void take_event(struct x11 *x, bool *cursor)
{
	XEvent event;

	XNextEvent(x->display, &event);
	if (event.type == x->damage_event + XDamageNotify) {
		const XDamageNotifyEvent *d = (void *)&event;
		struct spice_accel_rect r = { d->area.x, d->area.y, d->area.width, d->area.height };

		damage_add(&x->dirty, &r, x->picture.width, x->picture.height);
		if (!d->more)
			XDamageSubtract(x->display, x->damage, None, None);
	} else if (event.type == x->fixes_event + XFixesCursorNotify) {
		*cursor = true;
	}
}

static gboolean on_timeout(gpointer data);

/* Events may come with any answer of the server, and are then in Xlib's queue
 * while its socket is silent: go on until that is empty too. */
static void handle_events(struct x11 *x)
{
	uint64_t interval = 1000000u / x->params.fps;

	while (XPending(x->display)) {
		bool cursor = false;
		uint64_t now;

		while (XPending(x->display))
			take_event(x, &cursor);
		if (cursor)
			give_cursor(x);
		now = clock_now_us();
		if (damage_is_empty(&x->dirty) || x->timeout)
			continue;
		if (now >= x->read_us + interval * 3 / 4)
			read_screen(x);
		else
			x->timeout = g_timeout_add((guint)((x->read_us + interval - now) / 1000),
					on_timeout, x);
	}
}

static gboolean on_timeout(gpointer data)
{
	struct x11 *x = data;

	x->timeout = 0;
	if (!damage_is_empty(&x->dirty))
		read_screen(x);
	handle_events(x);
	return G_SOURCE_REMOVE;
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
	handle_events(data);
	return G_SOURCE_CONTINUE;
}

/* ---- input -------------------------------------------------------------- */

static void set_buttons(struct x11 *x, uint32_t buttons)
{
	static const struct {
		uint32_t bit;
		unsigned button;
	} map[] = {
		{ SPICE_ACCEL_BUTTON_LEFT, 1 }, { SPICE_ACCEL_BUTTON_MIDDLE, 2 },
		{ SPICE_ACCEL_BUTTON_RIGHT, 3 }, { SPICE_ACCEL_BUTTON_WHEEL_UP, 4 },
		{ SPICE_ACCEL_BUTTON_WHEEL_DOWN, 5 }, { SPICE_ACCEL_BUTTON_SIDE, 8 },
		{ SPICE_ACCEL_BUTTON_EXTRA, 9 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(map); i++)
		if ((x->buttons ^ buttons) & map[i].bit)
			XTestFakeButtonEvent(x->display, map[i].button, (buttons & map[i].bit) != 0,
					CurrentTime);
	x->buttons = buttons;
	XFlush(x->display);
}

static void x11_pointer(struct source *base, uint32_t px, uint32_t py, uint32_t buttons)
{
	struct x11 *x = (struct x11 *)base;

	XTestFakeMotionEvent(x->display, DefaultScreen(x->display), (int)px, (int)py, CurrentTime);
	set_buttons(x, buttons);
}

static void x11_motion(struct source *base, int dx, int dy, uint32_t buttons)
{
	struct x11 *x = (struct x11 *)base;

	XTestFakeRelativeMotionEvent(x->display, dx, dy, CurrentTime);
	set_buttons(x, buttons);
}

/* PC scan code (set 1) to the evdev code that X servers use, less 8. Up to
 * 0x58 they are the same (linux/input-event-codes.h). */
static unsigned evdev_code(unsigned scancode)
{
	static const struct {
		unsigned char scan, code;
	} extended[] = {
		{ 0x1c, 96 }, { 0x1d, 97 }, { 0x35, 98 }, { 0x37, 99 }, { 0x38, 100 },
			{ 0x47, 102 },
		{ 0x48, 103 }, { 0x49, 104 }, { 0x4b, 105 }, { 0x4d, 106 }, { 0x4f, 107 },
			{ 0x50, 108 },
		{ 0x51, 109 }, { 0x52, 110 }, { 0x53, 111 }, { 0x5b, 125 }, { 0x5c, 126 },
			{ 0x5d, 127 },
	};

	if (scancode < 0x100)
		return scancode <= 0x58 ? scancode : 0;
	for (gsize i = 0; i < G_N_ELEMENTS(extended); i++)
		if (extended[i].scan == (scancode & 0xff))
			return extended[i].code;
	return 0;
}

static void x11_key(struct source *base, unsigned scancode, bool down)
{
	struct x11 *x = (struct x11 *)base;
	unsigned code = evdev_code(scancode);

	if (!code)
		return;
	XTestFakeKeyEvent(x->display, code + 8, down, CurrentTime);
	XFlush(x->display);
}

/* ---- life --------------------------------------------------------------- */

static void x11_destroy(struct source *base)
{
	struct x11 *x = (struct x11 *)base;

	if (x->timeout)
		g_source_remove(x->timeout);
	if (x->watch)
		g_source_remove(x->watch);
	if (x->image) {
		XShmDetach(x->display, &x->shm);
		XDestroyImage(x->image);
		shmdt(x->shm.shmaddr);
	}
	if (x->display)
		XCloseDisplay(x->display);
	g_free(x);
}

static const char *open_extensions(struct x11 *x)
{
	int event, error, major, minor;

	if (!XShmQueryExtension(x->display))
		return "MIT-SHM";
	if (!XDamageQueryExtension(x->display, &x->damage_event, &error))
		return "DAMAGE";
	if (!XFixesQueryExtension(x->display, &x->fixes_event, &error))
		return "XFIXES";
	if (!XTestQueryExtension(x->display, &event, &error, &major, &minor))
		return "XTEST";
	return NULL;
}

static bool open_image(struct x11 *x)
{
	int screen = DefaultScreen(x->display);
	unsigned width = (unsigned)DisplayWidth(x->display, screen);
	unsigned height = (unsigned)DisplayHeight(x->display, screen);

	x->image = XShmCreateImage(x->display, DefaultVisual(x->display, screen),
			(unsigned)DefaultDepth(x->display, screen), ZPixmap, NULL, &x->shm, width,
			height);
	if (!x->image || x->image->bits_per_pixel != 32)
		return false;
	x->shm.shmid = shmget(IPC_PRIVATE, (size_t)x->image->bytes_per_line * height,
			IPC_CREAT | 0600);
	if (x->shm.shmid < 0)
		return false;
	x->shm.shmaddr = x->image->data = shmat(x->shm.shmid, NULL, 0);
	x->shm.readOnly = False;
	XShmAttach(x->display, &x->shm);
	XSync(x->display, False);
	shmctl(x->shm.shmid, IPC_RMID, NULL); /* gone with the last of us */
	x->picture.width = width;
	x->picture.height = height;
	x->picture.stride = (uint32_t)x->image->bytes_per_line;
	x->picture.pixels = (uint32_t *)(void *)x->image->data;
	return true;
}

static struct source *x11_create(const struct source_params *params, GError **error)
{
	struct x11 *x = g_new0(struct x11, 1);
	const char *missing;

	x->base.impl = &source_x11;
	x->params = *params;
	x->display = XOpenDisplay(params->argument);
	if (!x->display) {
		g_set_error(error, SOURCE_ERROR, 0,
				"no X display \"%s\": is it running, and XAUTHORITY set?",
				XDisplayName(params->argument));
		goto fail;
	}
	missing = open_extensions(x);
	if (missing) {
		g_set_error(error, SOURCE_ERROR, 0, "the X server lacks %s", missing);
		goto fail;
	}
	x->root = DefaultRootWindow(x->display);
	if (!open_image(x)) {
		g_set_error(error, SOURCE_ERROR, 0,
				"the X screen cannot be read by shared memory at 32 bits a pixel");
		goto fail;
	}
	x->damage = XDamageCreate(x->display, x->root, XDamageReportDeltaRectangles);
	XFixesSelectCursorInput(x->display, x->root, XFixesDisplayCursorNotifyMask);
	read_rows(x, 0, (int)x->picture.height);
	params->sink.picture(params->sink.opaque, &x->picture);
	give_cursor(x);
	x->watch = g_unix_fd_add(ConnectionNumber(x->display), G_IO_IN, on_readable, x);
	handle_events(x);
	return &x->base;

fail:
	x11_destroy(&x->base);
	return NULL;
}

const struct source_impl source_x11 = {
	.name = "x11",
	.create = x11_create,
	.destroy = x11_destroy,
	.pointer = x11_pointer,
	.motion = x11_motion,
	.key = x11_key,
};
