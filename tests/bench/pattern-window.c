/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * osvdi-pattern-window: the same pictures as spice-accel-serve's, in a window
 * that covers an X display, for comparison with servers that show such a
 * display (VNC).
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <glib.h>

#include "source.h"

static struct {
	Display *display;
	Window window;
	GC gc;
	XImage *image;
	XShmSegmentInfo shm;
	struct source_picture picture;
} s;

static void show(const struct spice_accel_rect *r)
{
	for (int32_t y = r->y; y < r->y + r->height; y++)
		memcpy(s.image->data + y * s.image->bytes_per_line + 4 * r->x,
				(const uint8_t *)s.picture.pixels +
				(size_t)y * s.picture.stride + (size_t)r->x * 4,
				(size_t)r->width * 4);
	XShmPutImage(s.display, s.window, s.gc, s.image, r->x, r->y, r->x, r->y,
			(unsigned)r->width, (unsigned)r->height, False);
}

static void on_damaged(void *opaque, const struct damage *damage, uint64_t capture_us)
{
	for (unsigned i = 0; i < damage->n; i++)
		show(&damage->rects[i]);
	XSync(s.display, False); /* the next picture is not written over this one */
}

static void on_picture(void *opaque, const struct source_picture *picture)
{
	s.picture = *picture;
	show(&(struct spice_accel_rect){ 0, 0, (int32_t)picture->width,
			(int32_t)picture->height });
	XSync(s.display, False);
}

static bool open_window(int width, int height)
{
	XSetWindowAttributes attributes = { .override_redirect = True };
	int screen;

	s.display = XOpenDisplay(NULL);
	if (!s.display || !XShmQueryExtension(s.display))
		return false;
	screen = DefaultScreen(s.display);
	s.window = XCreateWindow(s.display, RootWindow(s.display, screen), 0, 0, (unsigned)width,
			(unsigned)height, 0, CopyFromParent, InputOutput, CopyFromParent,
			CWOverrideRedirect, &attributes);
	s.gc = XCreateGC(s.display, s.window, 0, NULL);
	s.image = XShmCreateImage(s.display, DefaultVisual(s.display, screen),
			(unsigned)DefaultDepth(s.display, screen), ZPixmap, NULL, &s.shm,
			(unsigned)width, (unsigned)height);
	if (!s.image || s.image->bits_per_pixel != 32)
		return false;
	s.shm.shmid = shmget(IPC_PRIVATE, (size_t)s.image->bytes_per_line * (size_t)height,
			IPC_CREAT | 0600);
	if (s.shm.shmid < 0)
		return false;
	s.shm.shmaddr = s.image->data = shmat(s.shm.shmid, NULL, 0);
	XShmAttach(s.display, &s.shm);
	XMapRaised(s.display, s.window);
	XSync(s.display, False);
	shmctl(s.shm.shmid, IPC_RMID, NULL);
	return true;
}

static struct marks_table *map_marks(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *map;

	if (fd < 0 || ftruncate(fd, sizeof(struct marks_table)) < 0)
		return NULL;
	map = mmap(NULL, sizeof(struct marks_table), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return map == MAP_FAILED ? NULL : map;
}

int main(int argc, char **argv)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	struct source_params params = { .width = 1920, .height = 1080, .fps = 60,
		.sink = { .picture = on_picture, .damaged = on_damaged } };
	g_auto(GStrv) parts = NULL;
	const struct source_impl *impl;

	if (argc != 3) {
		g_printerr("usage: osvdi-pattern-window SOURCE MARKS\n");
		return 2;
	}
	parts = g_strsplit(argv[1], ":", 2);
	impl = source_find(parts[0]);
	params.argument = parts[1];
	params.marks = map_marks(argv[2]);
	if (!impl || !params.marks || !open_window(1920, 1080) || !impl->create(&params, NULL)) {
		g_printerr("osvdi-pattern-window: no such source, or no X display of 1920x1080\n");
		return 1;
	}
	g_main_loop_run(loop);
	return 0;
}
