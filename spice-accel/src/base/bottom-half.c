/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "base/bottom-half.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"

static void on_readable(int fd, int events, void *opaque)
{
	struct bottom_half *bh = opaque;
	uint64_t count;

	if (read(fd, &count, sizeof count) < 0)
		return; /* another loop iteration took it */
	bh->func(bh->opaque);
}

int bottom_half_init(struct bottom_half *bh, const struct spice_accel_host_ops *ops, void *host,
		void (*func)(void *opaque), void *opaque)
{
	bh->ops = ops;
	bh->func = func;
	bh->opaque = opaque;
	bh->watch = NULL;
	bh->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (bh->fd < 0)
		return -errno;
	bh->watch = ops->watch_add(host, bh->fd, SPICE_ACCEL_WATCH_READ, on_readable, bh);
	if (!bh->watch) {
		close(bh->fd);
		return -ENOMEM;
	}
	return 0;
}

void bottom_half_finish(struct bottom_half *bh)
{
	if (!bh->watch)
		return;
	bh->ops->watch_remove(bh->watch);
	close(bh->fd);
	bh->watch = NULL;
}

void bottom_half_schedule(struct bottom_half *bh)
{
	uint64_t one = 1;

	if (write(bh->fd, &one, sizeof one) < 0 && errno != EAGAIN)
		log_error("eventfd: %s", strerror(errno));
}
