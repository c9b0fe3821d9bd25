/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TEST_VA_H
#define TEST_VA_H

#include <va/va.h>

#include "soft-va.h"

/** The functions of soft-va.h in the copy of the driver that libva loaded. */
struct soft_va_api {
	void (*get_counters)(struct soft_va_counters *out);
	void (*last_reason)(char *out, size_t size);
	int (*configure)(const char *settings);
	int (*set_bo_tiling)(int fd, uint64_t modifier);
	int (*tile)(uint64_t modifier, void *tiled, size_t tiled_pitch, const void *linear,
			size_t linear_pitch, size_t row_bytes, size_t rows);
	size_t (*plane_size)(uint64_t modifier, size_t pitch, size_t rows);
	size_t (*plane_pitch)(uint64_t modifier, size_t row_bytes);
};

/** Opens a display of the software driver; exits when there is none. */
VADisplay test_va_open(int *fd);

/**
 * Finds the loaded driver; exits when it is not loaded. Its file is
 * $LIBVA_DRIVERS_PATH/soft_drv_video.so. It stays loaded from then on.
 */
struct soft_va_api test_va_api(void);

#endif
