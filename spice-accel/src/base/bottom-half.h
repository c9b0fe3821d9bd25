/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef BOTTOM_HALF_H
#define BOTTOM_HALF_H

#include <spice-accel/server.h>

/**
 * Runs a function from the host's main loop, soon, once for any number of
 * requests: out of libspice-server's callbacks.
 *
 * Thread: created, destroyed and run in the host thread; scheduled in any.
 */
struct bottom_half {
	int fd;
	const struct spice_accel_host_ops *ops;
	struct spice_accel_watch *watch;
	void (*func)(void *opaque);
	void *opaque;
};

/* 0, or negative errno. */
int bottom_half_init(struct bottom_half *bh, const struct spice_accel_host_ops *ops, void *host,
		void (*func)(void *opaque), void *opaque);
void bottom_half_finish(struct bottom_half *bh);
void bottom_half_schedule(struct bottom_half *bh);

#endif
