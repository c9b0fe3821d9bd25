/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* A virtio device on PCI with split queues, one request at a time (Virtual I/O
 * Device Version 1.2, 2.7 and 4.1). */
#include "virtio.h"

#define ENTRIES 16u
#define CAP_VENDOR 9u

enum { CAP_COMMON = 1, CAP_NOTIFY = 2 };
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };
enum { NEXT = 1, WRITE = 2 };

/* Offsets in the common configuration, 4.1.4.3. */
enum {
	DEVICE_FEATURE_SELECT = 0,
	DEVICE_FEATURE = 4,
	DRIVER_FEATURE_SELECT = 8,
	DRIVER_FEATURE = 12,
	DEVICE_STATUS = 20,
	QUEUE_SELECT = 22,
	QUEUE_SIZE = 24,
	QUEUE_ENABLE = 28,
	QUEUE_NOTIFY_OFF = 30,
	QUEUE_DESC = 32,
	QUEUE_DRIVER = 40,
	QUEUE_DEVICE = 48,
};

struct queue {
	struct {
		uint64_t address;
		uint32_t bytes;
		uint16_t flags, next;
	} table[ENTRIES];
	struct {
		uint16_t flags, index, ring[ENTRIES];
	} available;
	uint8_t pad[4096 - 16 * ENTRIES - 4 - 2 * ENTRIES];
	struct {
		uint16_t flags, index;
		struct {
			uint32_t id, bytes;
		} ring[ENTRIES];
	} used;
	uint16_t sent;
	uint32_t doorbell;
};

static struct queue queues[VIRTIO_QUEUES] __attribute__((aligned(4096)));
static uint32_t common;

#define REG8(offset) (*(volatile uint8_t *)(common + (offset)))
#define REG16(offset) (*(volatile uint16_t *)(common + (offset)))
#define REG32(offset) (*(volatile uint32_t *)(common + (offset)))

static void write_address(uint32_t offset, const volatile void *p)
{
	REG32(offset) = (uint32_t)p;
	REG32(offset + 4) = 0;
}

static void set_up_queue(unsigned i, uint32_t notify, uint32_t multiplier)
{
	struct queue *q = &queues[i];

	q->sent = 0;
	q->available.index = q->used.index = 0;
	REG16(QUEUE_SELECT) = (uint16_t)i;
	if (REG16(QUEUE_SIZE) < ENTRIES)
		fail("virtio: a queue is too small");
	REG16(QUEUE_SIZE) = ENTRIES;
	write_address(QUEUE_DESC, q->table);
	write_address(QUEUE_DRIVER, &q->available);
	write_address(QUEUE_DEVICE, &q->used);
	q->doorbell = notify + REG16(QUEUE_NOTIFY_OFF) * multiplier;
	REG16(QUEUE_ENABLE) = 1;
}

static uint32_t agree(uint32_t wanted)
{
	uint32_t features;

	REG32(DEVICE_FEATURE_SELECT) = 0;
	features = REG32(DEVICE_FEATURE) & wanted;
	REG32(DRIVER_FEATURE_SELECT) = 0;
	REG32(DRIVER_FEATURE) = features;
	REG32(DRIVER_FEATURE_SELECT) = 1;
	REG32(DRIVER_FEATURE) = 1; /* VIRTIO_F_VERSION_1 */
	REG8(DEVICE_STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK;
	if (!(REG8(DEVICE_STATUS) & FEATURES_OK))
		fail("virtio: the device refuses the features");
	return features;
}

uint32_t virtio_open(uint32_t address, uint32_t wanted)
{
	uint32_t notify = 0, multiplier = 0, features;

	pci_enable(address);
	common = 0;
	for (uint32_t cap = pci_read8(address, 0x34); cap; cap = pci_read8(address, cap + 1)) {
		uint32_t type = pci_read8(address, cap + 3);

		if (pci_read8(address, cap) != CAP_VENDOR ||
				(type != CAP_COMMON && type != CAP_NOTIFY))
			continue;
		if (type == CAP_COMMON) {
			common = pci_bar(address, pci_read8(address, cap + 4)) +
					pci_read(address, cap + 8);
		} else {
			notify = pci_bar(address, pci_read8(address, cap + 4)) +
					pci_read(address, cap + 8);
			multiplier = pci_read(address, cap + 16);
		}
	}
	if (!common || !notify)
		fail("virtio: no device of version 1");
	REG8(DEVICE_STATUS) = 0;
	while (REG8(DEVICE_STATUS))
		;
	REG8(DEVICE_STATUS) = ACKNOWLEDGE | DRIVER;
	features = agree(wanted);
	for (unsigned i = 0; i < VIRTIO_QUEUES; i++)
		set_up_queue(i, notify, multiplier);
	REG8(DEVICE_STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
	return features;
}

void virtio_request(unsigned queue, void *request, uint32_t bytes, void *answer,
		uint32_t answer_bytes)
{
	struct queue *q = &queues[queue];

	q->table[0].address = (uint32_t)request;
	q->table[0].bytes = bytes;
	q->table[0].flags = answer_bytes ? NEXT : 0;
	q->table[0].next = 1;
	q->table[1].address = (uint32_t)answer;
	q->table[1].bytes = answer_bytes;
	q->table[1].flags = WRITE;
	q->available.ring[q->sent % ENTRIES] = 0;
	barrier();
	q->available.index = ++q->sent;
	barrier();
	*(volatile uint16_t *)q->doorbell = (uint16_t)queue;
	while (*(volatile uint16_t *)&q->used.index != q->sent)
		__asm__ volatile("pause");
}
