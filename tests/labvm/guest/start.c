/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The code before main: the header by which QEMU's -kernel knows the program
 * (Multiboot Specification 0.6.96), a stack, and what compilers call unasked. */
#include "guest.h"

#include <stddef.h>

void *memset(void *to, int value, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void guest_main(const uint32_t *multiboot);

__asm__(".section .text.unlikely, \"ax\"\n" /* linkers put it first */
	".align 4\n"
	".long 0x1badb002, 2, -(0x1badb002 + 2)\n"
	".text\n"
	".globl _start\n"
	"_start:\n"
	"	cli\n"
	"	mov $stack_top, %esp\n"
	"	push %ebx\n"
	"	call guest_main\n"
	"1:	hlt\n"
	"	jmp 1b\n"
	".bss\n"
	".align 16\n"
	".space 65536\n"
	"stack_top:\n"
	".text\n");

void *memset(void *to, int value, size_t n)
{
	uint8_t *p = to;

	while (n--)
		*p++ = (uint8_t)value;
	return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
	const uint8_t *q = from;
	uint8_t *p = to;

	while (n--)
		*p++ = *q++;
	return to;
}
