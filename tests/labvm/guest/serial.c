/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "guest.h"

#define COM1 0x3f8
#define LINE_STATUS (COM1 + 5)

void serial_init(void)
{
	out8(COM1 + 1, 0);
	out8(COM1 + 3, 3);
	out8(COM1 + 2, 7);
}

static void put(char c)
{
	while (!(in8(LINE_STATUS) & 0x20))
		;
	out8(COM1, (uint8_t)c);
}

void serial_print(const char *text)
{
	while (*text)
		put(*text++);
}

void serial_hex(uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		put("0123456789abcdef"[value >> shift & 15]);
}

bool serial_read(char *out)
{
	if (!(in8(LINE_STATUS) & 1))
		return false;
	*out = (char)in8(COM1);
	return true;
}

void fail(const char *why)
{
	serial_print("error ");
	serial_print(why);
	put('\n');
	for (;;)
		__asm__ volatile("hlt");
}
