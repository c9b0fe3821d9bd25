/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"

static gint64 system_now(void *data)
{
	return g_get_monotonic_time();
}

static gint64 system_unix(void *data)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

static void system_sleep(void *data, gint64 us)
{
	g_usleep((gulong)us);
}

const struct clock *clock_system(void)
{
	static const struct clock c = { system_now, system_unix, system_sleep, NULL };

	return &c;
}
