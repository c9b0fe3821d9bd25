/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CLOCK_H
#define OSVDI_BROKER_CLOCK_H

#include <glib.h>

/* Everything that waits asks a clock, so that tests can play a minute in no time. */
struct clock {
	gint64 (*now_us)(void *data); /* monotonic */
	gint64 (*unix_s)(void *data); /* wall clock */
	void (*sleep_us)(void *data, gint64 us);
	void *data;
};

/** The machine's own. */
const struct clock *clock_system(void);

static inline gint64 clock_now_us(const struct clock *c)
{
	return c->now_us(c->data);
}

static inline gint64 clock_unix_s(const struct clock *c)
{
	return c->unix_s(c->data);
}

static inline void clock_sleep_us(const struct clock *c, gint64 us)
{
	c->sleep_us(c->data, us);
}

#endif
