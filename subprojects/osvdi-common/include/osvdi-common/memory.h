/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * Everything that this library needs of a C library: malloc(), calloc(),
 * realloc(), free(), memcpy(), memmove(), memset() and memcmp().
 *
 * A build without a C library brings a stdlib.h and a string.h that declare
 * these eight functions, as tests/wasm32/include does, and defines the functions.
 */
#ifndef OSVDI_COMMON_MEMORY_H
#define OSVDI_COMMON_MEMORY_H

#include <stdlib.h>
#include <string.h>

#endif
