/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * Keeps a viewer that is gone from ending the host. libspice-server 0.15.1 greets
 * who opens a port before it has noted them down (RedVmcChannel::on_connect);
 * where the connection is reset by then, the greeting fails, the viewer is
 * dropped, and a null pointer is followed. So a socket of ours takes the greeting,
 * and it is passed on when libspice-server is done.
 */
#ifndef GREETING_H
#define GREETING_H

#include <stdbool.h>
#include <sys/types.h>

struct SpiceChannelEventInfo;

/** Thread: host thread. */
struct greeting {
	bool expected; /* the next socket is that of a port */
	int fd;        /* libspice-server's number for it */
	int real;      /* the viewer's socket, or -1 */
	int pair;      /* where the greeting comes out */
	ino_t stand_in;
};

void greeting_init(struct greeting *greeting);
/* From the host's channel_event and watch_add. True: greeting_pass_on() is to
 * be called from the main loop, soon. */
void greeting_channel_event(struct greeting *greeting, int event,
		const struct SpiceChannelEventInfo *info);
bool greeting_socket_added(struct greeting *greeting, int fd);
/* Gives the viewer its greeting and libspice-server the viewer's socket. */
void greeting_pass_on(struct greeting *greeting);

#endif
