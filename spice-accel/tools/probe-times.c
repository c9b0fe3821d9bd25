/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "probe-times.h"

#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

void probe_print_times(const char *what, struct probe_times *t)
{
	if (!t->n)
		return;
	qsort(t->us, t->n, sizeof t->us[0], compare);
	printf("    %-32s p50 %7.2f ms   p99 %7.2f ms\n", what, t->us[t->n / 2] / 1000.0,
			t->us[(t->n - 1) * 99 / 100] / 1000.0);
}
