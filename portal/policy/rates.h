/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_RATES_H
#define OSVDI_PORTAL_RATES_H

#include <glib.h>

/*
 * How often something may happen: for each key (an address, a user's name) `burst`
 * times at once, and `burst` times a minute. Time is an argument.
 */
struct rates;

/** keys_max: so many keys at a time; then the one that was seen longest ago goes. */
struct rates *rates_new(guint burst, guint keys_max);
void rates_free(struct rates *rates);

/** Whether it may happen now, which counts. */
gboolean rates_take(struct rates *rates, const char *key, gint64 now_us);
/** In how many seconds it may happen again. */
guint rates_wait_s(const struct rates *rates, const char *key, gint64 now_us);

#endif
