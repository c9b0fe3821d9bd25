/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUEST_H
#define GUEST_H

/* Serves the host of one display at the socket until the host ends, and closes the socket. node: a
 * device that a host may name besides /dev/dri/renderD*; NULL: none. 0; 1: the host sent what
 * cannot be, or there is no memory; the log says so. */
int guest_serve(int fd, const char *node);

#endif
