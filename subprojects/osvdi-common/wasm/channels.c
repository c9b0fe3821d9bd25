/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Channels of a page. */
#include <osvdi-common/channel.h>
#include <osvdi-common/memory.h>

#include "osvdi-wasm.h"

struct page_channel {
	struct channel channel;
	uint32_t id;
};

static void on_send(void *opaque, const uint8_t *data, size_t size)
{
	page_channel_bytes(((struct page_channel *)opaque)->id, data, size);
}

static void on_key(void *opaque, const uint8_t *key)
{
	page_channel_key(((struct page_channel *)opaque)->id, key);
}

static void on_open(void *opaque)
{
	page_channel_open(((struct page_channel *)opaque)->id);
}

static bool on_message(void *opaque, uint16_t type, const uint8_t *payload, size_t size)
{
	return page_channel_message(((struct page_channel *)opaque)->id, type, payload, size);
}

EXPORT(channel_new) struct page_channel *channel_new(uint32_t id)
{
	static const struct channel_ops ops = { on_send, on_key, on_open, on_message };
	struct page_channel *channel = malloc(sizeof *channel);

	if (!channel)
		return NULL;
	channel_init(&channel->channel, &ops, channel);
	channel->id = id;
	return channel;
}

EXPORT(channel_free) void channel_free(struct page_channel *channel)
{
	channel_finish(&channel->channel);
	free(channel);
}

EXPORT(channel_begin) void channel_begin(struct page_channel *channel, uint32_t connection,
		uint32_t type, uint32_t number, uint32_t caps)
{
	const struct channel_offer offer = { connection, (uint8_t)type, (uint8_t)number, caps };

	channel_start(&channel->channel, &offer);
}

EXPORT(channel_give_ticket) bool channel_give_ticket(struct page_channel *channel,
		const uint8_t *ticket)
{
	return channel_login(&channel->channel, ticket);
}

EXPORT(channel_take) uint32_t channel_take(struct page_channel *channel, const uint8_t *data,
		size_t size)
{
	return channel_feed(&channel->channel, data, size);
}

EXPORT(channel_write) bool channel_write(struct page_channel *channel, uint32_t type,
		const uint8_t *payload, size_t size)
{
	return channel_send(&channel->channel, (uint16_t)type, payload, size);
}
