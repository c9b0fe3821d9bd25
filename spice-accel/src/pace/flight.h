/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef FLIGHT_H
#define FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLIGHT_MAX 64u
/* A viewer that acknowledged nothing for this time after the newest message gets one more:
 * it may never have seen the last ones. No message is given up before, so that a viewer
 * that takes seconds for each is not sent more than it can show. */
#define FLIGHT_PROBE_US 1000000u

/**
 * The messages that were sent and are not acknowledged, oldest first. Their numbers
 * increase. Pure: the clock is an argument.
 *
 * Thread: one at a time. Zeroed: none.
 */
struct flight {
	struct {
		uint64_t number, sent_us;
		size_t bytes;
	} sent[FLIGHT_MAX];
	unsigned n;
};

void flight_clear(struct flight *flight);
/* A message went out. When FLIGHT_MAX messages are in flight the oldest is forgotten. */
void flight_sent(struct flight *flight, uint64_t number, size_t bytes, uint64_t now_us);
/* The message arrived, and so did all before it. *took_us is the time since this message
 * was sent, at least 1. False: no such message is in flight, and nothing changes. */
bool flight_acked(struct flight *flight, uint64_t number, uint64_t now_us, uint64_t *took_us);
unsigned flight_count(const struct flight *flight);
bool flight_is_full(const struct flight *flight);
size_t flight_bytes(const struct flight *flight);
/* When one more message may follow though none was acknowledged; 0: none is in flight. */
uint64_t flight_probe_us(const struct flight *flight);

#endif
