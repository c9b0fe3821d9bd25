/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef PROBE_FORMATS_H
#define PROBE_FORMATS_H

#include "gpu/va-device.h"

/**
 * Prints which scanouts the driver imports and converts: a buffer of the GPU's
 * is described as each format and tiling in turn.
 */
void probe_print_formats(struct va_device *device);

#endif
