/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef STATS_H
#define STATS_H

#include <stddef.h>
#include <stdint.h>

#define STATS_SAMPLES 256

/* The newest samples of one quantity, microseconds. Zeroed: none. */
struct stats_series {
	uint32_t us[STATS_SAMPLES];
	unsigned n; /* ever added */
};

void stats_add(struct stats_series *series, uint64_t us);
/* The p-th percentile (0..100) of the samples kept, in ms; 0: there are no samples. */
double stats_percentile_ms(const struct stats_series *series, unsigned p);

/* Counts events and bytes, and keeps the figures of the last full second. Zeroed: none. */
struct stats_meter {
	uint64_t second_us;
	uint64_t events, bytes;
	double per_second, kbps;
};

void stats_count(struct stats_meter *meter, unsigned events, size_t bytes, uint64_t now_us);
/* Brings the figures up to date when nothing was counted for a while. */
void stats_settle(struct stats_meter *meter, uint64_t now_us);

#endif
