/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pace/flight.h"

#include <string.h>

static void forget_oldest(struct flight *f, unsigned n)
{
	f->n -= n;
	memmove(f->sent, f->sent + n, f->n * sizeof f->sent[0]);
}

void flight_clear(struct flight *f)
{
	f->n = 0;
}

void flight_sent(struct flight *f, uint64_t number, size_t bytes, uint64_t now)
{
	if (f->n == FLIGHT_MAX)
		forget_oldest(f, 1);
	f->sent[f->n].number = number;
	f->sent[f->n].bytes = bytes;
	f->sent[f->n].sent_us = now;
	f->n++;
}

bool flight_acked(struct flight *f, uint64_t number, uint64_t now, uint64_t *took)
{
	for (unsigned i = 0; i < f->n; i++) {
		if (f->sent[i].number != number)
			continue;
		*took = now > f->sent[i].sent_us ? now - f->sent[i].sent_us : 1;
		forget_oldest(f, i + 1);
		return true;
	}
	return false;
}

unsigned flight_count(const struct flight *f)
{
	return f->n;
}

bool flight_is_full(const struct flight *f)
{
	return f->n == FLIGHT_MAX;
}

size_t flight_bytes(const struct flight *f)
{
	size_t bytes = 0;

	for (unsigned i = 0; i < f->n; i++)
		bytes += f->sent[i].bytes;
	return bytes;
}

uint64_t flight_probe_us(const struct flight *f)
{
	return f->n ? f->sent[f->n - 1].sent_us + FLIGHT_PROBE_US : 0;
}
