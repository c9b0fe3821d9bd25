/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_SURFACE_H
#define SOFT_VA_SURFACE_H

#include "driver.h"

enum { MAX_PLANES = 2 };

/** The meaning of a VA fourcc. Rows of plane p: height / v_sub[p], bytes:
 * width * cpp[p] / h_sub[p]. */
struct pixel_format {
	uint32_t va_fourcc;
	uint32_t drm_fourcc;
	uint32_t rt_format;
	uint32_t n_planes;
	uint32_t cpp[MAX_PLANES];   /* bytes a sample of the plane */
	uint32_t h_sub[MAX_PLANES], v_sub[MAX_PLANES];
	VAImageFormat image;
};

extern const struct pixel_format pixel_formats[];
extern const unsigned int n_pixel_formats;

const struct pixel_format *pixel_format_of_va(uint32_t fourcc);
const struct pixel_format *pixel_format_of_rt(uint32_t rt_format);

uint32_t plane_row_bytes(const struct pixel_format *format, unsigned int plane, uint32_t width);
uint32_t plane_rows(const struct pixel_format *format, unsigned int plane, uint32_t height);

struct surface {
	struct object object;
	const struct pixel_format *format;
	uint32_t width, height; /* pixels */
	struct bo *bo;
	uint64_t modifier; /* DRM_FORMAT_MOD_* */
	uint32_t pitch[MAX_PLANES], offset[MAX_PLANES]; /* bytes */
	int imported;
	int64_t job; /* the last one that uses it */
	_Atomic int job_failed; /* a VAStatus */
	uint64_t recon; /* number of the picture reconstructed here; 0: none */
};

#define SURFACE(driver, id) ((struct surface *)heap_get(&(driver)->heap, id, OBJECT_SURFACE))

/** The layout that prime.c fills from an application's descriptor. */
struct surface_layout {
	const struct pixel_format *format;
	uint32_t width, height;
	int fd; /* borrowed */
	uint64_t modifier;
	uint32_t pitch[MAX_PLANES], offset[MAX_PLANES];
};

/** Reads a VASurfaceAttribExternalBuffers of n_surfaces; index picks one. */
VAStatus prime1_layout(struct driver *driver, const VASurfaceAttribExternalBuffers *ext,
		unsigned int index, struct surface_layout *out);
VAStatus prime2_layout(struct driver *driver, const VADRMPRIMESurfaceDescriptor *desc,
		struct surface_layout *out);

/** Makes a surface over a layout's memory. */
VAStatus surface_import(struct driver *driver, const struct surface_layout *layout,
		struct surface **out);
VAStatus surface_export(VADriverContextP ctx, VASurfaceID id, uint32_t mem_type,
		uint32_t flags, void *descriptor);

/** Pixels in linear rows: the surface's own memory, or a detiled copy. */
struct pixels {
	uint8_t *plane[MAX_PLANES];
	uint32_t pitch[MAX_PLANES];
	uint8_t *copy; /* to free, or NULL */
};

/** For the engine's thread. 0 or a negative errno. */
int surface_begin_read(struct surface *surface, struct pixels *out);
int surface_begin_write(struct surface *surface, struct pixels *out);
void surface_end_read(struct surface *surface, struct pixels *pixels);
void surface_end_write(struct surface *surface, struct pixels *pixels);

#endif
