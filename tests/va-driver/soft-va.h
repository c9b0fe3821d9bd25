/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_H
#define SOFT_VA_H

#include <stddef.h>
#include <stdint.h>

/*
 * The questions of a test to the software VA driver beside libva. libva loads the
 * driver itself; a test reaches the same copy by
 * dlopen("soft_drv_video.so", RTLD_NOLOAD) and dlsym(), or links to it.
 * All functions may be called from any thread.
 */

/** Counters of what the driver has done since it was loaded. */
struct soft_va_counters {
	uint64_t encodes;          /* pictures encoded */
	uint64_t encode_failures;
	uint64_t vpp_blits;        /* pictures converted */
	uint64_t vpp_blurred;      /* of them, softened by default filtering at 1:1 */
	uint64_t decodes;
	uint64_t imports_prime1;   /* surfaces made from DRM_PRIME */
	uint64_t imports_prime2;   /* from DRM_PRIME_2 */
	uint64_t imports_refused;
	uint64_t exports;
	uint64_t surfaces;         /* created */
	uint64_t surfaces_live;
	uint64_t buffers_live;
	uint64_t contexts_live;
	uint64_t cpu_pixel_maps;   /* vaDeriveImage mapped, vaGetImage, vaPutImage */
	uint64_t detiles;          /* tiled surfaces read */
	uint64_t idr_frames;
	uint64_t retries;          /* pictures that replace the one before */
	uint64_t regions;          /* of another quantiser, received */
	uint64_t skipped_frames;   /* reported by VAEncMiscParameterTypeSkipFrame */
	uint64_t dirty_rects;      /* rectangles received */
	uint64_t dirty_lies;       /* macroblocks outside of them that had changed */
	uint64_t intra_refresh;    /* pictures coded with rolling intra refresh */
	uint64_t rejects;          /* calls refused, with a reason logged */
	uint64_t faults;           /* injected */
	uint64_t waited_ms;        /* time-outs of waits for what was stalled, in all */
};

void soft_va_get_counters(struct soft_va_counters *out);

/** Writes the counters as one JSON object. Returns 0 or a negative errno. */
int soft_va_write_counters(const char *path);

/** The reason of the last refusal, or "". Copies at most size bytes. */
void soft_va_last_reason(char *out, size_t size);

/**
 * Applies settings, "key=value,key,key=value" as in the environment variable
 * SOFT_VA (README.md lists the keys), to displays that exist and that come.
 * NULL forgets all settings.
 *
 * Errors:  0; -EINVAL an unknown key or value: nothing is changed.
 */
int soft_va_configure(const char *settings);

/**
 * Tells the tiling of a buffer, as the kernel would know it for a GEM object:
 * an import by PRIME v1, and one by PRIME_2 without a modifier, takes it.
 *
 * Errors:  0; -errno of fstat; -ENOMEM.
 */
int soft_va_set_bo_tiling(int fd, uint64_t modifier);

/**
 * Copies rows x row_bytes from linear memory into a tiled buffer and back.
 *
 * Shapes:  linear: rows x linear_pitch bytes; tiled: whole tiles, tiled_pitch
 *          bytes a row of pixels, a multiple of the tile's width.
 * Errors:  0; -EINVAL unknown modifier or a pitch that is no tile multiple.
 */
int soft_va_tile(uint64_t modifier, void *tiled, size_t tiled_pitch,
		const void *linear, size_t linear_pitch, size_t row_bytes, size_t rows);
int soft_va_detile(uint64_t modifier, void *linear, size_t linear_pitch,
		const void *tiled, size_t tiled_pitch, size_t row_bytes, size_t rows);

/** Bytes that a tiled or linear plane needs; 0 for an unknown modifier. */
size_t soft_va_plane_size(uint64_t modifier, size_t pitch, size_t rows);

/** The smallest pitch for row_bytes; 0 for an unknown modifier. */
size_t soft_va_plane_pitch(uint64_t modifier, size_t row_bytes);

#endif
