/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef VA_SKIP_H
#define VA_SKIP_H

#include <stdbool.h>
#include <stddef.h>

#include "encode/va/va-headers.h"

/**
 * Whether a P slice of ours skips every macroblock: the picture is the one
 * before, and need not be sent.
 *
 * Shapes: nal: the bytes after the start code, with a header as
 *         va_write_slice_header() makes it.
 */
bool va_slice_is_skip(const struct va_stream *stream, const uint8_t *nal, size_t size);

#endif
