/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SCENE_H
#define SCENE_H

#include <stdint.h>

#include "base/damage.h"
#include "frame/frame.h"
#include "frame/picture.h"
#include "test-va.h"

/** A picture of a desktop's kind in RGB, and as a DMA-BUF frame of any format. */
struct scene {
	uint32_t width, height; /* pixels */
	uint32_t *pixels; /* XRGB8888, width a row */
};

struct scene scene_new(uint32_t width, uint32_t height);
void scene_free(struct scene *scene);

/** Text-like edges, gradients and a block that moves with t. */
void scene_draw(struct scene *scene, unsigned t);

/** Noise in all pixels, other for each t. */
void scene_noise(struct scene *scene, unsigned t);

struct scene_options {
	uint32_t fourcc; /* DRM_FORMAT_*, one that scene.c can write */
	uint64_t modifier; /* of the memory */
	int hide_modifier; /* the frame does not tell it, only the "kernel" knows */
	uint32_t x, y, backing_width, backing_height; /* crop; 0: none */
	int y_flip;
	const char *render_node; /* NULL: not told */
};

/** A memfd with the scene, as a frame. */
struct spice_accel_frame *scene_frame(const struct scene *scene,
		const struct scene_options *options, const struct soft_va_api *soft, int *fd);

/** The scene as NV12, BT.601, in a picture of even size. */
void scene_picture(const struct scene *scene, struct picture *picture);

/** Writes the scene anew to a frame's memory. */
void scene_update(const struct scene *scene, const struct scene_options *options,
		const struct soft_va_api *soft, int fd);

/** PSNR of luma against an 8-bit plane, dB; 99 for equality. */
double scene_psnr(const struct scene *scene, const uint8_t *luma, int stride);

#endif
