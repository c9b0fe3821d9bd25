/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* A GPU for tests: Mesa's llvmpipe, which imports a memfd in place of a DMA-BUF. The program
 * is linked with --wrap for the functions of gl-double.c. */
#ifndef GL_DOUBLE_H
#define GL_DOUBLE_H

#include <stdbool.h>

struct gl_device;

/* The device; NULL: there is no OpenGL here. Thread: all later calls in this one. */
struct gl_device *gl_double_open(void);
void gl_double_close(void);

/* Imports fail from now on, or do so no more. */
void gl_double_fail(bool fail);

enum gl_double_fault {
	GL_DOUBLE_WORKS,
	GL_DOUBLE_HANGS,     /* no fence comes */
	GL_DOUBLE_WAS_RESET, /* and the context is lost */
};

/* The GPU has this fault from now on. */
void gl_double_break(enum gl_double_fault fault);
/* Devices that were closed so far. */
unsigned gl_double_closed(void);

/* The ways to compare pixels that there are. At first shaders alone. */
void gl_double_ways(bool shaders, bool read_back);

#endif
