/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Messages with descriptors, on a socket of type SOCK_SEQPACKET. */
#ifndef SOCKET_H
#define SOCKET_H

#include <stddef.h>
#include <sys/types.h>

#include "remote/message.h"

union message {
	uint32_t type;
	struct message_hello hello;
	struct message_ready ready;
	struct message_job job;
	struct message_log log;
	struct message_result result;
};

/* Connects without waiting. The descriptor, or negative errno. */
int socket_connect(const char *path);

/* Sends without waiting. 0; -EAGAIN the other end does not read; other negative errno. */
int socket_send(int fd, const void *message, size_t size, const int *fds, unsigned n_fds);

/* Takes one message, without waiting if flags say MSG_DONTWAIT. Its size; 0: the other end is
 * gone; negative errno: -EAGAIN there is none, -EPROTO it is larger than any message, or has more
 * descriptors. *n_fds descriptors (at most MESSAGE_MAX_FDS) are the caller's then. */
ssize_t socket_receive(int fd, union message *message, int *fds, unsigned *n_fds, int flags);
void socket_close(const int *fds, unsigned n);

#endif
