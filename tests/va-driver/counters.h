/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOFT_VA_COUNTERS_H
#define SOFT_VA_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

#include "soft-va.h"

/* The layout of struct soft_va_counters, each field atomic. */
extern _Atomic uint64_t counter_values[sizeof(struct soft_va_counters) / sizeof(uint64_t)];

#define COUNTER(name) counter_values[offsetof(struct soft_va_counters, name) / sizeof(uint64_t)]

/** Registers the writing of the counters at exit when $SOFT_VA_STATS names a file. */
void counters_init(void);

#endif
