/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef PROBE_TIMES_H
#define PROBE_TIMES_H

#include <stdint.h>

struct probe_times {
	unsigned n;
	uint32_t *us; /* n samples */
};

/* Prints p50 and p99 of the samples in ms; sorts them. */
void probe_print_times(const char *what, struct probe_times *times);

#endif
