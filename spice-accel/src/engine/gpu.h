/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GPU_H
#define GPU_H

#include <stdbool.h>

#include "frame/frame.h"

struct gl_device;

/**
 * OpenGL on the GPU of an engine's DMA-BUFs. The GPU is opened at first need, and opened anew
 * when a frame of another GPU comes. Zeroed: unused, and closing() is not called.
 *
 * Thread: one at a time, and always the same once the GPU was used.
 */
struct gpu {
	struct gl_device *device; /* NULL: not open, or it cannot be opened */
	char *node;               /* of the last try */
	int fd;
	bool tried;
	bool forbidden;           /* no GPU is opened */
	/* whatever belongs to the device has to end now */
	void (*closing)(void *opaque);
	void *opaque;
};

/* The device of the frame's GPU. render_node: which GPU it is when the frame does not say; NULL:
 * the first one. NULL: there is none, and the log says why, once. */
struct gl_device *gpu_open(struct gpu *gpu, const struct spice_accel_frame *frame,
		const char *render_node);
/* A device that could not be opened is tried again. One that is open stays open, because
 * starting OpenGL takes long. */
void gpu_forgive(struct gpu *gpu);
/* The GPU hangs or was reset: its device ends, and the next gpu_open() opens another one.
 * Closing may take as long as the GPU hangs, and is left to a thread of its own. */
void gpu_lose(struct gpu *gpu);
void gpu_finish(struct gpu *gpu);

#endif
