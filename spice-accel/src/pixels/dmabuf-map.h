/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* DMA-BUFs that the processor can map, as memory. */
#ifndef DMABUF_MAP_H
#define DMABUF_MAP_H

#include <stddef.h>

#include "frame/frame.h"

/* Zeroed: nothing is mapped. */
struct dmabuf_map {
	struct spice_accel_frame *memory; /* the scanout, upright; NULL: not mapped */
	void *address;
	size_t length; /* bytes */
	int fd;        /* the frame's */
};

/**
 * Maps the frame for reading, until dmabuf_unmap(). The frame must live as long.
 *
 * Errors:  0; -EINVAL the buffer is shorter than its description; -ENODEV it cannot be mapped,
 *          or is tiled; -ENOMEM.
 * Thread:  one at a time; waits for what the GPU still draws.
 */
int dmabuf_map(struct dmabuf_map *map, const struct spice_accel_frame *frame);
void dmabuf_unmap(struct dmabuf_map *map);

#endif
