/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * Keeps a viewer that has gone from ending the host. libspice-server 0.15.1 sends the
 * greeting of a port before it has stored the client (RedVmcChannel::on_connect). If the
 * connection has been reset by then, the greeting fails, libspice-server drops the
 * client, and follows a null pointer. So a socket of ours takes the greeting, and we
 * pass the greeting on when libspice-server has stored the client.
 */
#ifndef PORT_GUARD_H
#define PORT_GUARD_H

#include <stdbool.h>
#include <sys/types.h>

struct SpiceChannelEventInfo;

/** Thread: host thread. */
struct port_guard {
	bool expected; /* the next socket is that of a port */
	int fd;        /* libspice-server's number for it */
	int real;      /* the viewer's socket, or -1 */
	int pair;      /* where the greeting comes out */
	ino_t stand_in;
};

void port_guard_init(struct port_guard *guard);
/* Call these from the host's channel_event and watch_add. True: call port_guard_pass_on() from
 * the main loop soon. */
void port_guard_channel_event(struct port_guard *guard, int event,
		const struct SpiceChannelEventInfo *info);
bool port_guard_socket_added(struct port_guard *guard, int fd);
/* Gives the viewer its greeting and libspice-server the viewer's socket. */
void port_guard_pass_on(struct port_guard *guard);

#endif
