/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "engine/gpu-way.h"
#include "pixels/pixels.h"

/**
 * The pixels of a display's DMA-BUFs, for looks and tiles. The processor maps buffers that it
 * reads fast; others are compared on their GPU.
 *
 * Whoever asks names the pixels by a serial number, and another number means other pixels, of
 * which nothing is known. Pixels that failed stay failed. Zeroed but for `gpu`: unused.
 *
 * Thread: one, that of the GPU.
 */
struct source {
	struct gpu *gpu; /* borrowed */
	struct gpu_way way;
	struct pixels *pixels;
	uint32_t serial; /* 0: none was asked for */
	int error;       /* why there are no pixels */
	bool said;       /* the log has how fast mapped buffers are read */
	uint64_t read_bytes; /* by pixels before these */
};

/* Shows the frame to the pixels of this number, until source_hide(). Creates them if the number
 * is new. 0; -ESTALE the frame does not fit; -ENODEV neither the processor nor a GPU can read
 * such frames; else the error that ended the pixels. */
int source_show(struct source *source, const struct spice_accel_frame *frame, uint32_t serial,
		const char *render_node);
void source_hide(struct source *source);
/* Bytes of scanouts that the processor read, in all. */
uint64_t source_read_bytes(const struct source *source);
/* The pixels end, because their GPU does. */
void source_lose(struct source *source);
void source_finish(struct source *source);

#endif
