/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef PACKET_H
#define PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * One encoded picture: an H.264 access unit in Annex B format, or a JPEG.
 *
 * Thread: one owner at a time.
 */
struct packet {
	uint8_t *data;
	size_t size, capacity; /* bytes */
	bool key;              /* decodable without what came before */
	uint64_t frame;        /* its number, as in the SEI */
	int qp;                /* mean quantiser; -1 where the codec has none */
};

/* Appends the data. 0; -ENOMEM: the packet is unchanged. */
int packet_append(struct packet *packet, const void *data, size_t size);
/* Room for `size` more bytes at packet->data + packet->size; NULL: out of memory. */
uint8_t *packet_reserve(struct packet *packet, size_t size);
/* Forgets the first `size` bytes. The packet must have that many. */
void packet_drop(struct packet *packet, size_t size);
/* Forgets the content, keeps the memory. */
void packet_reset(struct packet *packet);
void packet_finish(struct packet *packet);

#endif
