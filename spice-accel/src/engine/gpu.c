/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "engine/gpu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/thread.h"
#include "config.h"
#if HAVE_EGL
#include "gpu/gl-device.h"

static void forget_device(struct gpu *g)
{
	free(g->node);
	g->device = NULL;
	g->node = NULL;
	g->tried = false;
}

static void close_device(struct gpu *g)
{
	if (g->device) {
		if (g->closing)
			g->closing(g->opaque);
		gl_device_close(g->device);
		close(g->fd);
	}
	forget_device(g);
}

/* A device that another thread closes. */
struct lost {
	struct gl_device *device;
	int fd;
};

static void *close_lost(void *opaque)
{
	struct lost *lost = opaque;

	gl_device_close(lost->device);
	close(lost->fd);
	free(lost);
	return NULL;
}

/* False: there is no such thread. */
static bool close_later(const struct gpu *g)
{
	struct lost *lost = malloc(sizeof *lost);
	pthread_t thread;

	if (!lost)
		return false;
	*lost = (struct lost){ g->device, g->fd };
	if (thread_start(&thread, close_lost, lost) < 0) {
		free(lost);
		return false;
	}
	pthread_detach(thread);
	return true;
}

void gpu_lose(struct gpu *g)
{
	if (!g->device)
		return;
	if (g->closing)
		g->closing(g->opaque);
	log_warning("OpenGL on %s ends: the GPU does not answer, or was reset",
			g->node ? g->node : "the GPU");
	gl_release_thread();
	if (!close_later(g))
		log_error("no thread can be started: OpenGL on a GPU that hangs stays open");
	forget_device(g);
}

static void open_device(struct gpu *g, const char *node)
{
	char why[512];

	close_device(g);
	g->tried = true;
	g->node = strdup(node);
	g->fd = open(node, O_RDWR | O_CLOEXEC);
	if (g->fd < 0) {
		log_error("%s, to read the guest's DMA-BUFs by: %s", node, strerror(errno));
		return;
	}
	if (gl_device_open(&g->device, g->fd, why, sizeof why) < 0) {
		log_error("%s cannot read the guest's DMA-BUFs: %s", node, why);
		close(g->fd);
		g->device = NULL;
		return;
	}
	log_info("reading DMA-BUFs through OpenGL on %s", node);
}

#else
static void close_device(struct gpu *g)
{
	free(g->node);
	g->node = NULL;
	g->tried = false;
}

void gpu_lose(struct gpu *g)
{
}

static void open_device(struct gpu *g, const char *node)
{
	g->tried = true;
	g->node = strdup(node);
	log_error("%s cannot read the guest's DMA-BUFs: this build has no OpenGL; configure it "
			"with -Degl=enabled",
			node);
}
#endif

static void say_forbidden(struct gpu *g, const char *node)
{
	if (!g->tried)
		log_warning("DMA-BUFs that the processor cannot map wait for the encoder process, "
				"which has %s",
				node);
	g->tried = true;
}

struct gl_device *gpu_open(struct gpu *g, const struct spice_accel_frame *frame,
		const char *render_node)
{
	const char *node = frame->render_node ? frame->render_node :
			render_node ? render_node : "/dev/dri/renderD128";

	if (g->forbidden)
		say_forbidden(g, node);
	else if (!g->tried || !g->node || strcmp(g->node, node))
		open_device(g, node);
	return g->device;
}

void gpu_forgive(struct gpu *g)
{
	if (!g->device)
		g->tried = false;
}

void gpu_finish(struct gpu *g)
{
	close_device(g);
}
