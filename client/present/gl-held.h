/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_GL_HELD_H
#define OSVDI_GL_HELD_H

#include "media/picture.h"

/* Buffers of a decoder that the GPU is reading. Every function needs the context current.
 * Not locked. Starts as zeros. */
struct gl_held {
	GQueue queue;
};

/* Keeps the picture until the GPU has executed all commands up to now. */
void gl_held_add(struct gl_held *held, struct picture *picture);

/* Gives back the buffers that the GPU has read. Waits until at most so many are left. */
void gl_held_release(struct gl_held *held, guint left);

#endif
