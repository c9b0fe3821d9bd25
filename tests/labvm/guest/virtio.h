/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef VIRTIO_H
#define VIRTIO_H

#include "guest.h"

#define VIRTIO_QUEUES 2u

/* Finds the device at this PCI address and agrees with it on the wanted
 * features among the first 32; returns those that it has. */
uint32_t virtio_open(uint32_t address, uint32_t wanted);

/* Has the device carry out a request; answer_bytes 0: there is no answer. */
void virtio_request(unsigned queue, void *request, uint32_t bytes, void *answer,
		uint32_t answer_bytes);

#endif
