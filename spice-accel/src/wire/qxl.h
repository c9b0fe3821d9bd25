/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/*
 * Absolute pointers need a QXL display to have been there: libspice-server
 * allows them only after some QXL instance had a primary surface (reds.cpp,
 * reds_update_client_mouse_allowed), and goes on allowing them when it has gone.
 */
#ifndef QXL_H
#define QXL_H

struct RedsState;

/**
 * Registers a QXL instance, gives it a primary surface for a moment and
 * removes it. It must not stay: a client that leaves before it has
 * initialised a QXL display channel (as one that migrates does) makes
 * libspice-server 0.15 use freed memory (dcc.cpp,
 * display_channel_client_wait_for_init).
 *
 * Errors: 0; -ENOMEM; -EIO libspice-server refused.
 * Thread: host thread, before any client can connect.
 */
int qxl_allow_absolute_pointer(struct RedsState *spice);

#endif
