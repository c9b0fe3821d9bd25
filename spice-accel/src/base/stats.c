/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "base/stats.h"

#include <stdlib.h>
#include <string.h>

void stats_add(struct stats_series *series, uint64_t us)
{
	series->us[series->n++ % STATS_SAMPLES] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

double stats_percentile_ms(const struct stats_series *series, unsigned p)
{
	uint32_t sorted[STATS_SAMPLES];
	unsigned n = series->n < STATS_SAMPLES ? series->n : STATS_SAMPLES;

	if (!n)
		return 0;
	memcpy(sorted, series->us, n * sizeof sorted[0]);
	qsort(sorted, n, sizeof sorted[0], compare);
	return sorted[(n - 1) * p / 100] / 1000.0;
}

void stats_settle(struct stats_meter *meter, uint64_t now)
{
	uint64_t elapsed = now - meter->second_us;

	if (elapsed < 1000000)
		return;
	if (meter->second_us) {
		meter->per_second = (double)meter->events * 1e6 / (double)elapsed;
		meter->kbps = (double)meter->bytes * 8000 / (double)elapsed;
	}
	meter->events = meter->bytes = 0;
	meter->second_us = now;
}

void stats_count(struct stats_meter *meter, unsigned events, size_t bytes, uint64_t now)
{
	stats_settle(meter, now);
	meter->events += events;
	meter->bytes += bytes;
}
