/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The Bochs display: QEMU's bochs-display, and the lab's mdev, whose pointer
 * is where the module's parameter says. Registers: docs/specs/standard-vga.rst
 * of QEMU. */
#include "guest.h"

#include <stddef.h>

#define BOCHS_ID 0x11111234u
#define REGISTERS 0x500
#define CURSOR_AT (12u << 20) /* byte of video memory */

enum { XRES = 1, YRES, BPP, ENABLE, VIRT_WIDTH = 6, VIRT_HEIGHT, X_OFFSET, Y_OFFSET };

struct bochs {
	struct display base;
	uint32_t memory, mmio;
};

static void write_register(const struct bochs *b, unsigned i, uint32_t value)
{
	*(volatile uint16_t *)(b->mmio + REGISTERS + 2 * i) = (uint16_t)value;
}

static const char *show(struct display *d)
{
	struct bochs *b = (struct bochs *)d;

	write_register(b, ENABLE, 0);
	write_register(b, BPP, 32);
	write_register(b, XRES, d->width);
	write_register(b, YRES, d->height);
	write_register(b, VIRT_WIDTH, d->width);
	write_register(b, VIRT_HEIGHT, d->height);
	write_register(b, X_OFFSET, 0);
	write_register(b, Y_OFFSET, 0);
	write_register(b, ENABLE, 0x41); /* on, linear frame buffer */
	d->pixels = (volatile uint32_t *)b->memory;
	return NULL;
}

static const char *off(struct display *d)
{
	write_register((struct bochs *)d, ENABLE, 0);
	d->pixels = NULL;
	return NULL;
}

static const char *dirty(struct display *d, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
	return NULL; /* whoever shows it has to look */
}

static const char *cursor(struct display *d, uint32_t edge, uint32_t hot_x, uint32_t hot_y,
		uint32_t colour)
{
	draw_cursor((volatile uint32_t *)(((struct bochs *)d)->memory + CURSOR_AT), edge, colour);
	return NULL;
}

struct display *bochs_open(void)
{
	static struct bochs b = {
		.base = { .show = show, .off = off, .dirty = dirty, .cursor = cursor },
	};
	uint32_t address = pci_find(BOCHS_ID);

	if (address == PCI_NONE)
		return NULL;
	pci_enable(address);
	b.memory = pci_bar(address, 0);
	b.mmio = pci_bar(address, 2);
	return &b.base;
}
