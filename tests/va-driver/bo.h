/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_BO_H
#define SOFT_VA_BO_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/** Memory that several surfaces, images and processes may share. */
struct bo {
	atomic_int refs;
	int fd;
	size_t size; /* bytes */
	uint8_t *map; /* as the GPU sees it; not counted as a map of the CPU */
	int is_dmabuf;
};

/** New memory: a memfd, or a DMA-BUF by udmabuf. 0 or a negative errno. */
int bo_create(struct bo **out, size_t size, int want_udmabuf);

/**
 * Takes another reference to what fd names; fd stays the caller's. What cannot
 * be mapped (as planes of vGPUs) is reached by way of the DRM node, as a GPU
 * reaches it; node -1: none.
 */
int bo_import(struct bo **out, int fd, int node);

/** A read-only mapping by the device behind a DRM node, or NULL. */
uint8_t *bo_map_by_device(int node, int dmabuf, size_t size);

struct bo *bo_ref(struct bo *bo);
void bo_unref(struct bo *bo);

/** Brackets access to a DMA-BUF's memory; nothing for a memfd. */
void bo_begin_access(struct bo *bo);
void bo_end_access(struct bo *bo);

/** The tiling that soft_va_set_bo_tiling() told, else linear. */
uint64_t bo_tiling(int fd);

#endif
