/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* One test for each kind of scanout: pixels in memory, in a DMA-BUF that the processor maps,
 * and in a DMA-BUF on a GPU, compared there or read back. */
#ifndef KINDS_H
#define KINDS_H

#include <stddef.h>

enum kind { MEMORY, MAPPED, GPU, COPIED };

/* The kind that the test which runs now is for. */
extern enum kind kind;

/* Adds a test of this path for the kind. A kind of a GPU is skipped where there is no OpenGL;
 * no device is open when the test begins. */
void kinds_add(const char *path, enum kind of, void (*run)(void));

/* Zeroed memory that can be a DMA-BUF too: its descriptor is *fd. For the whole program. */
void *kinds_screen(size_t bytes, int *fd);

#endif
