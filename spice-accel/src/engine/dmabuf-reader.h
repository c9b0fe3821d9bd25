/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef DMABUF_READER_H
#define DMABUF_READER_H

#include "base/damage.h"
#include "frame/frame.h"
#include "frame/picture.h"
#include "engine/gpu.h"

/**
 * Reads DMA-BUFs for encoders that take pictures in memory: by the CPU where
 * it can map them, else back through OpenGL on their GPU (vGPU scanouts of
 * GVT-g have no mmap). Zeroed but for `gpu`: unused.
 *
 * Thread: one at a time, and always the same once it was used.
 */
struct dmabuf_reader {
	struct gpu *gpu; /* borrowed */
	bool cpu_failed;
	uint8_t *rgba; /* of the size in bytes below */
	size_t size;
};

/**
 * As convert_cpu(). render_node: whose GPU it is when the frame does not say;
 * NULL: the first one.
 *
 * Errors: those of convert_cpu(), of which -ENODEV means that OpenGL cannot
 *         read the buffer either.
 */
int dmabuf_reader_convert(struct dmabuf_reader *reader, struct picture *picture,
		const struct spice_accel_frame *frame, const struct damage *damage,
		const char *render_node);

/* Other buffers follow: ways that failed are tried again. */
void dmabuf_reader_forgive(struct dmabuf_reader *reader);

void dmabuf_reader_finish(struct dmabuf_reader *reader);

#endif
