/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_EGL_DOUBLE_H
#define OSVDI_EGL_DOUBLE_H

#include <epoxy/egl.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Stands in for EGL's import of DMA-BUFs where there is no DRM device: the
 * entry points that libepoxy calls are replaced by ones that read the buffers
 * (any file that can be mapped) with the CPU, by the attributes that they are
 * given and by nothing else, into textures of the real OpenGL. They refuse
 * what EGL_EXT_image_dma_buf_import(_modifiers) refuses, and say why on stderr.
 *
 * Linked into a test, or preloaded into a program (then at once active, with
 * a line for each image in the file that EGL_DOUBLE_LOG names).
 */
void egl_double_install(void);

/* Modifiers of each format, and which formats there are: by default linear, all. */
struct egl_double_rules {
	uint64_t modifier;  /* the only one besides "as the kernel remembers it" */
	bool planes, whole; /* R8, GR88, R16, GR1616; NV12, P010 */
	bool refuse;        /* to create images */
};
void egl_double_set_rules(const struct egl_double_rules *rules);

/* The last image that was asked for. */
struct egl_double_image {
	uint32_t fourcc;
	int width, height, n_planes;
	int32_t offset[4], pitch[4];
	uint64_t modifier[4];
	bool has_modifier;
	int colour, range; /* EGL_ITU_..., EGL_YUV_...; 0: no hint */
};
const struct egl_double_image *egl_double_last(void);

int egl_double_count_created(void);
int egl_double_count_alive(void);
int egl_double_count_refused(void);

#endif
