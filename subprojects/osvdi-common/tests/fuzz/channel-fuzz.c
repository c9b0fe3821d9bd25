/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* A channel at a viewer: bytes of a server, in pieces that the first byte sets. */
#include <stdlib.h>
#include <string.h>

#include <osvdi-common/channel.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool asked;

static void on_send(void *opaque, const uint8_t *data, size_t size)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += data[i];
	*(volatile uint32_t *)opaque = sum;
}

static void on_key(void *opaque, const uint8_t *key)
{
	uint8_t copy[CHANNEL_KEY_SIZE];

	memcpy(copy, key, sizeof copy);
	on_send(opaque, copy, sizeof copy);
	asked = true;
}

static void on_open(void *opaque)
{
}

static bool on_message(void *opaque, uint16_t type, const uint8_t *payload, size_t size)
{
	if (size)
		on_send(opaque, payload, size);
	return type != 999;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct channel_ops ops = { on_send, on_key, on_open, on_message };
	static const uint8_t ticket[CHANNEL_TICKET_SIZE];
	const struct channel_offer offer = { 0, 1, 0, 0 };
	size_t piece = size ? data[0] + 1u : 1;
	struct channel channel;
	bool alive = true;
	uint32_t sum;

	channel_init(&channel, &ops, &sum);
	channel_start(&channel, &offer);
	asked = false;
	for (size_t at = 1; at < size; at += piece) {
		size_t n = size - at < piece ? size - at : piece;
		enum channel_error error = channel_feed(&channel, data + at, n);

		/* A broken channel stays broken, and its memory goes with the bytes. */
		if ((error == CHANNEL_OK && !alive) || channel.size > size ||
				channel.capacity > 4096 + 4 * size)
			abort();
		alive = error == CHANNEL_OK;
		if (asked && alive && !channel_login(&channel, ticket))
			abort();
		asked = false;
	}
	channel_finish(&channel);
	return 0;
}
