/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "frame/packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint8_t *packet_reserve(struct packet *packet, size_t size)
{
	if (packet->capacity - packet->size < size) {
		size_t capacity = packet->size + packet->capacity / 2;
		uint8_t *data;

		if (size > PTRDIFF_MAX - capacity)
			return NULL;
		capacity += size;
		data = realloc(packet->data, capacity);
		if (!data)
			return NULL;
		packet->data = data;
		packet->capacity = capacity;
	}
	return packet->data + packet->size;
}

int packet_append(struct packet *packet, const void *data, size_t size)
{
	uint8_t *to;

	if (!size)
		return 0;
	to = packet_reserve(packet, size);
	if (!to)
		return -ENOMEM;
	memcpy(to, data, size);
	packet->size += size;
	return 0;
}

void packet_drop(struct packet *packet, size_t size)
{
	if (!size)
		return;
	packet->size -= size;
	memmove(packet->data, packet->data + size, packet->size);
}

void packet_reset(struct packet *packet)
{
	packet->size = 0;
	packet->key = false;
	packet->frame = 0;
	packet->qp = -1;
}

void packet_finish(struct packet *packet)
{
	free(packet->data);
	memset(packet, 0, sizeof *packet);
}
