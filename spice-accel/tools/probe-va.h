/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef PROBE_VA_H
#define PROBE_VA_H

#include <stdint.h>

/**
 * Prints what each render node can do for us, what would make it better, and
 * how long its encoder takes. only: this node, or NULL. frames: to measure.
 * Returns how many nodes can encode.
 */
unsigned probe_va(const char *only, uint32_t width, uint32_t height, unsigned frames);

#endif
