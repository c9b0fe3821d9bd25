/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* How the pixels of DMA-BUFs on a GPU are compared: by its shaders, or read back and compared
 * by the processor. Software renderers are better at the latter. */
#ifndef GPU_WAY_H
#define GPU_WAY_H

#include "engine/gpu.h"
#include "pixels/pixels.h"

/* The way of a GPU, measured with its first frame. Zeroed: not measured. */
struct gpu_way {
	const struct gl_device *device; /* that was measured; borrowed */
	bool read_back;
};

/* Creates pixels for frames like this one on the GPU, in the better way. `mapped`: the processor
 * maps such frames, so that OpenGL which is drawn by the processor is no help. 0; -ENODEV the GPU
 * cannot be opened, or cannot compare such frames: the log says why. Owner: pixels_destroy(). */
int gpu_way_create(struct gpu_way *way, struct pixels **out, struct gpu *gpu,
		const struct spice_accel_frame *frame, bool mapped, const char *render_node);

#endif
