/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_KEEPALIVE_H
#define OSVDI_KEEPALIVE_H

#include <gio/gio.h>

/* Makes the kernel notice within twelve seconds that the other end of a TCP connection is
 * gone. Does nothing for other sockets. socket may be NULL. */
void keepalive_set(GSocket *socket);

/* The same for the TCP connection below a stream, such as a TLS stream. */
void keepalive_set_stream(GIOStream *stream);

#endif
