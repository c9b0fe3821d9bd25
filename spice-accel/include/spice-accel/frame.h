/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef SPICE_ACCEL_FRAME_H
#define SPICE_ACCEL_FRAME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A scanout: where a display's pixels are. Reference counted. (Elsewhere "frame" means an
 * encoded picture: docs/developer/glossary.md.)
 *
 * One frame describes one buffer; its pixels may change between submits, and
 * the same frame is submitted again with the damage.
 *
 * Thread: references may be taken and dropped in any thread. The release
 * callback runs in the thread that drops the last one, which may be an
 * encode thread.
 */
struct spice_accel_frame;

#define SPICE_ACCEL_MAX_PLANES 4

/* The producer did not say; the kernel's own knowledge of the buffer counts
 * (DRM_FORMAT_MOD_INVALID of drm_fourcc.h). */
#define SPICE_ACCEL_MODIFIER_UNKNOWN UINT64_C(0x00ffffffffffffff)

/* Pixels, x and y from the top left corner. */
struct spice_accel_rect {
	int32_t x, y, width, height;
};

/** Pixels in the host's memory. */
struct spice_accel_memory_params {
	size_t size;          /* sizeof(struct spice_accel_memory_params) */
	uint32_t width;       /* pixels */
	uint32_t height;
	uint32_t fourcc;      /* DRM_FORMAT_*: XR24 AR24 XB24 AB24 RG16 RX24 XR15 BG24 RG24 */
	int32_t stride;       /* bytes from a row to the next; negative: bottom-up */
	const void *data;     /* top row, first pixel */
	void (*release)(void *opaque); /* data is no longer used; may be NULL */
	void *opaque;
};

/** Pixels in a DMA-BUF. */
struct spice_accel_dmabuf_params {
	size_t size;          /* sizeof(struct spice_accel_dmabuf_params) */
	uint32_t width;       /* of the scanout, pixels */
	uint32_t height;
	uint32_t x, y;        /* top left corner of the scanout in the buffer */
	uint32_t backing_width;  /* of the whole buffer; 0: width */
	uint32_t backing_height;
	uint32_t fourcc;      /* DRM_FORMAT_* */
	uint64_t modifier;    /* DRM_FORMAT_MOD_*, or SPICE_ACCEL_MODIFIER_UNKNOWN */
	uint32_t n_planes;
	int fd[SPICE_ACCEL_MAX_PLANES]; /* duplicated by the call; the caller's stay its own */
	uint32_t offset[SPICE_ACCEL_MAX_PLANES]; /* bytes */
	uint32_t stride[SPICE_ACCEL_MAX_PLANES]; /* bytes */
	int y_flip;           /* the first row is the bottom one */
	const char *render_node; /* DRM node that owns the buffer, or NULL when unknown */
	void (*release)(void *opaque); /* the buffer is no longer used; may be NULL */
	void *opaque;
};

/**
 * Describes pixels in memory.
 *
 * Errors:  0; -EINVAL impossible geometry; -ENOTSUP unknown fourcc; -ENOMEM.
 *          On error release is not called.
 * Owner:   *out has one reference; data stays the caller's until release.
 * Thread:  any. The library reads data only in the host thread, inside
 *          spice_accel_display_submit() or a later callback of the host's
 *          main loop, so pixels that change only there never tear.
 * Since:   0.1
 */
int spice_accel_frame_create_memory(struct spice_accel_frame **out,
		const struct spice_accel_memory_params *params);

/**
 * Describes pixels in a DMA-BUF.
 *
 * Errors:  0; -EINVAL impossible geometry or plane; -ENOTSUP unknown fourcc;
 *          -EMFILE and others of dup(). On error release is not called.
 * Owner:   *out has one reference.
 * Thread:  any.
 * Since:   0.1
 */
int spice_accel_frame_create_dmabuf(struct spice_accel_frame **out,
		const struct spice_accel_dmabuf_params *params);

/** Takes a reference and returns frame. Since: 0.1 */
struct spice_accel_frame *spice_accel_frame_ref(struct spice_accel_frame *frame);

/** Drops a reference; NULL is allowed. Since: 0.1 */
void spice_accel_frame_unref(struct spice_accel_frame *frame);

#ifdef __cplusplus
}
#endif
#endif
