/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "present/x11-image.h"

#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <X11/Xutil.h>

static int shm_refused;

static int note_refusal(Display *display, XErrorEvent *event)
{
	shm_refused = 1;
	return 0;
}

/* Tries shared memory and waits for the answer: a server on another machine refuses it only
 * later. */
static gboolean attach_shm(struct x11_image *x)
{
	static GMutex handler_lock;
	int (*before)(Display *, XErrorEvent *);

	g_mutex_lock(&handler_lock);
	XSync(x->display, False);
	shm_refused = 0;
	before = XSetErrorHandler(note_refusal);
	XShmAttach(x->display, &x->shm);
	XSync(x->display, False);
	XSetErrorHandler(before);
	g_mutex_unlock(&handler_lock);
	return !shm_refused;
}

static gboolean alloc_shm(struct x11_image *x, int width, int height)
{
	x->image = XShmCreateImage(x->display, x->visual, (unsigned)x->depth, ZPixmap, NULL,
			&x->shm, (unsigned)width, (unsigned)height);
	if (!x->image)
		return FALSE;
	x->shm.shmid = shmget(IPC_PRIVATE, (size_t)x->image->bytes_per_line * (size_t)height,
			IPC_CREAT | 0600);
	if (x->shm.shmid < 0)
		goto no_segment;
	x->shm.shmaddr = shmat(x->shm.shmid, NULL, 0);
	x->shm.readOnly = True;
	if (x->shm.shmaddr == (void *)-1)
		goto no_memory;
	if (!attach_shm(x))
		goto no_attach;
	/* Mark it for removal now: it goes with its last user, even if that one crashes. */
	shmctl(x->shm.shmid, IPC_RMID, NULL);
	x->image->data = x->shm.shmaddr;
	return TRUE;

no_attach:
	shmdt(x->shm.shmaddr);
no_memory:
	shmctl(x->shm.shmid, IPC_RMID, NULL);
no_segment:
	XDestroyImage(x->image);
	x->image = NULL;
	x->use_shm = FALSE;
	g_info("X11: no shared memory with this display, pictures go over its socket");
	return FALSE;
}

void x11_image_init(struct x11_image *x, Display *display, Visual *visual, int depth)
{
	*x = (struct x11_image){ .display = display, .visual = visual, .depth = depth };
	x->use_shm = XShmQueryExtension(display) && !g_getenv("OSVDI_NO_XSHM");
}

gboolean x11_image_alloc(struct x11_image *x, int width, int height)
{
	char *data;

	if (x->use_shm && alloc_shm(x, width, height))
		return TRUE;
	data = calloc((size_t)height, (size_t)width * 4);
	if (!data)
		return FALSE;
	x->image = XCreateImage(x->display, x->visual, (unsigned)x->depth, ZPixmap, 0, data,
			(unsigned)width, (unsigned)height, 32, width * 4);
	if (!x->image)
		free(data);
	return x->image != NULL;
}

void x11_image_free(struct x11_image *x)
{
	if (!x->image)
		return;
	if (x->use_shm) {
		XShmDetach(x->display, &x->shm);
		XSync(x->display, False);
		shmdt(x->shm.shmaddr);
		x->image->data = NULL;
	}
	XDestroyImage(x->image); /* frees data, if any */
	x->image = NULL;
}

void x11_image_put(
		struct x11_image *x, Drawable drawable, GC gc, const cairo_rectangle_int_t *r)
{
	if (x->use_shm)
		XShmPutImage(x->display, drawable, gc, x->image, r->x, r->y, r->x, r->y,
				(unsigned)r->width, (unsigned)r->height, False);
	else
		XPutImage(x->display, drawable, gc, x->image, r->x, r->y, r->x, r->y,
				(unsigned)r->width, (unsigned)r->height);
}
