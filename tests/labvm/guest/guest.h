/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stdint.h>

/* Port input and output. */
static inline void out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline uint32_t in32(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void barrier(void)
{
	__asm__ volatile("lock; addl $0, (%%esp)" : : : "memory");
}

/* serial.c: the line to the test */
void serial_init(void);
void serial_print(const char *text);
void serial_hex(uint32_t value);
bool serial_read(char *out); /* false: nothing came */
void fail(const char *why) __attribute__((noreturn));

/* pci.c */
#define PCI_NONE UINT32_MAX
uint32_t pci_find(uint32_t device_and_vendor); /* its address, or PCI_NONE */
uint32_t pci_read(uint32_t address, uint32_t reg);
uint32_t pci_read8(uint32_t address, uint32_t reg);
void pci_enable(uint32_t address);
uint32_t pci_bar(uint32_t address, unsigned i); /* of 32-bit memory */

/* A display device. Colours are 0xAARRGGBB. */
struct display {
	volatile uint32_t *pixels; /* of the picture, NULL: off */
	uint32_t width, height;
	const char *(*show)(struct display *d); /* a mode of that size; NULL or what is wrong */
	const char *(*off)(struct display *d);
	const char *(*dirty)(struct display *d, uint32_t x, uint32_t y, uint32_t w, uint32_t h);
	/* edge: of a square in one colour, at the top left of 64x64 pixels */
	const char *(*cursor)(struct display *d, uint32_t edge, uint32_t hot_x, uint32_t hot_y,
			uint32_t colour);
	const char *(*move)(struct display *d, uint32_t x, uint32_t y);
};

#define CURSOR_EDGE 64u

/* Writes the pixels of a pointer. */
void draw_cursor(volatile uint32_t *pixels, uint32_t edge, uint32_t colour);

/* NULL when there is no such device. memory: free memory for pixels. */
struct display *bochs_open(void);
/* three_d: textures are made as a 3D driver does. */
struct display *virtio_gpu_open(uint32_t memory, bool three_d);

#endif
