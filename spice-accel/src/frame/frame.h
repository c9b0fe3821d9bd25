/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>

#include <spice-accel/frame.h>

enum frame_kind {
	FRAME_MEMORY,
	FRAME_DMABUF,
};

/* Read-only after creation, but for the reference count. */
struct spice_accel_frame {
	int refs; /* atomic */
	enum frame_kind kind;
	uint32_t width, height; /* pixels */
	uint32_t fourcc;        /* DRM_FORMAT_* */
	union {
		struct {
			const uint8_t *data; /* top row */
			int32_t stride;      /* bytes, may be negative */
		} memory;
		struct spice_accel_dmabuf_params dmabuf; /* descriptors are ours */
	};
	char *render_node; /* dma-buf only, may be NULL */
	void (*release)(void *opaque);
	void *opaque;
};

/* Bytes of a pixel of a fourcc that memory frames may have; 0: not supported. */
unsigned frame_bytes_per_pixel(uint32_t fourcc);

#endif
