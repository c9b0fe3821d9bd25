/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mock-spice.h"

#include <string.h>

struct mock_spice mock_spice;

void mock_spice_reset(void)
{
	memset(&mock_spice, 0, sizeof mock_spice);
	mock_spice.last_event = -1;
}

static const SpiceCharDeviceInterface *interface(void)
{
	return (const SpiceCharDeviceInterface *)(const void *)mock_spice.device->base.sif;
}

int mock_spice_write(const void *data, size_t size)
{
	return interface()->write(mock_spice.device, data, (int)size);
}

size_t mock_spice_read(uint8_t *data, size_t size)
{
	return (size_t)interface()->read(mock_spice.device, data, (int)size);
}

int spice_server_add_interface(SpiceServer *server, SpiceBaseInstance *sin)
{
	if (mock_spice.refuse)
		return mock_spice.refuse;
	mock_spice.device = (SpiceCharDeviceInstance *)(void *)sin;
	mock_spice.added++;
	return 0;
}

int spice_server_remove_interface(SpiceBaseInstance *sin)
{
	mock_spice.device = NULL;
	mock_spice.removed++;
	return 0;
}

void spice_server_port_event(SpiceCharDeviceInstance *sin, uint8_t event)
{
	mock_spice.last_event = event;
}

void spice_server_char_device_wakeup(SpiceCharDeviceInstance *sin)
{
	mock_spice.wakeups++;
}
