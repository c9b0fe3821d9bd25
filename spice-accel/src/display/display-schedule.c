/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "display/display-private.h"

#define POLL_MS 8u          /* sampling delay of polled sources: 4 ms in the mean */
#define POLL_IDLE_MS 33u    /* nothing moved for a while */
#define IDLE_US 2000000u

void display_arm(struct spice_accel_display *d, uint64_t wake_us, uint64_t now)
{
	uint64_t ms = wake_us > now ? (wake_us - now + 999) / 1000 : 0;

	d->context.ops->timer_start(d->timer, (uint32_t)ms);
}

static void set_poll(struct spice_accel_display *d, uint32_t ms)
{
	if (d->poll_ms == ms || !d->context.ops->poll_interval)
		return;
	d->poll_ms = ms;
	d->context.ops->poll_interval(d->context.host, d->head, ms);
}

void display_update_poll(struct spice_accel_display *d, uint64_t now)
{
	if (!d->streaming)
		set_poll(d, 0);
	else
		set_poll(d, now > d->active_us + IDLE_US ? POLL_IDLE_MS : POLL_MS);
}
