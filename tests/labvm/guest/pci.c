/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "guest.h"

#define ADDRESS 0xcf8
#define DATA 0xcfc
#define BUSES 4u

uint32_t pci_read(uint32_t address, uint32_t reg)
{
	out32(ADDRESS, 0x80000000u | address << 8 | (reg & 0xfc));
	return in32(DATA);
}

static void pci_write(uint32_t address, uint32_t reg, uint32_t value)
{
	out32(ADDRESS, 0x80000000u | address << 8 | (reg & 0xfc));
	out32(DATA, value);
}

uint32_t pci_read8(uint32_t address, uint32_t reg)
{
	return pci_read(address, reg) >> (reg & 3) * 8 & 0xff;
}

void pci_enable(uint32_t address)
{
	pci_write(address, 4, pci_read(address, 4) | 6); /* memory, bus master */
}

uint32_t pci_bar(uint32_t address, unsigned i)
{
	uint32_t value = pci_read(address, 0x10 + 4 * i);

	if (value & 1)
		fail("a BAR of ports");
	if ((value & 6) == 4 && pci_read(address, 0x14 + 4 * i))
		fail("a BAR above 4 GiB");
	return value & ~15u;
}

uint32_t pci_find(uint32_t device_and_vendor)
{
	for (uint32_t address = 0; address < BUSES << 8; address++)
		if (pci_read(address, 0) == device_and_vendor)
			return address;
	return PCI_NONE;
}
