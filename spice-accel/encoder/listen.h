/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef LISTEN_H
#define LISTEN_H

#include <stddef.h>

/* The socket that systemd passed, or -1. */
int listen_inherited(void);
/* The socket listens; else it is a connection. */
int listen_is_open(int fd);
/* Listens at the path, in the place of a socket that nobody listens at. group: of the socket's
 * file, or NULL. The descriptor, or negative errno with a sentence in `why`. */
int listen_open(const char *path, const char *group, char *why, size_t size);
/* Forks a process for each connection. Returns its descriptor in that process; in this one only
 * after an error, which is returned. */
int listen_accept(int fd, unsigned max_processes);

#endif
