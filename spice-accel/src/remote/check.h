/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Checks that both ends of a socket share. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <spice-accel/frame.h>

/* The text ends within its size. */
bool check_text(const char *text, size_t size);
/* A picture may have this size. */
bool check_size(uint32_t width, uint32_t height);
/* The rectangle is not empty and lies in the picture. */
bool check_rect(const struct spice_accel_rect *rect, uint32_t width, uint32_t height);
/* So do all of these, which are not too many for a struct damage. */
bool check_rects(const struct spice_accel_rect *rects, uint32_t n, uint32_t width,
		uint32_t height);

#endif
