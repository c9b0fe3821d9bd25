/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_RETRY_H
#define OSVDI_RETRY_H

#include <glib.h>

/*
 * When to try a broken connection again. Aim: less than a second between the
 * network's return and the desktop's.
 */

/**
 * How long to wait before the next try.
 *
 * attempts:   made since the connection broke.
 * elapsed_ms: since the latest of them began; that time counts.
 * renewals:   fresh addresses asked for since the connection broke, each of
 *             which costs the cloud a log-in.
 */
guint retry_delay_ms(guint attempts, gint64 elapsed_ms, guint renewals);

/**
 * How long a try may take until its TCP connection stands. The kernel repeats a
 * lost request after 1, 3, 7 s only: a new one finds a network that is back sooner.
 *
 * setup_ms: what the whole connection took the last time it worked, or 0.
 */
guint retry_connect_ms(guint attempt, guint setup_ms);

#endif
