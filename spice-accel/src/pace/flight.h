/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef FLIGHT_H
#define FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLIGHT_MAX 32u
/* A message that is not acknowledged after this time is taken for lost. */
#define FLIGHT_ACK_TIMEOUT_US 1000000u

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
/* Forgets the messages that are taken for lost. */
void flight_expire(struct flight *flight, uint64_t now_us);

unsigned flight_count(const struct flight *flight);
bool flight_is_full(const struct flight *flight);
size_t flight_bytes(const struct flight *flight);
/* When the oldest message will be taken for lost; 0: none is in flight. */
uint64_t flight_timeout_us(const struct flight *flight);

#endif
