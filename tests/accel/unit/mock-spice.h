/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/*
 * The few functions of libspice-server that the char devices of wire/ call,
 * so that both directions of a device can be driven without a server.
 */
#ifndef MOCK_SPICE_H
#define MOCK_SPICE_H

#include <stdint.h>

#include <spice.h>

struct mock_spice {
	SpiceCharDeviceInstance *device; /* the one attached last; NULL: none */
	unsigned added, removed, wakeups;
	int last_event; /* SPICE_PORT_EVENT_*; -1: none */
	int refuse;     /* what spice_server_add_interface() returns */
};

extern struct mock_spice mock_spice;

void mock_spice_reset(void);
/* As libspice-server: to the device, and from it. */
int mock_spice_write(const void *data, size_t size);
size_t mock_spice_read(uint8_t *data, size_t size);

#endif
