/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_REACH_H
#define OSVDI_REACH_H

#include "target/target.h"

/*
 * Looks whether a server, or the proxy before it, takes TCP connections. Asked
 * before a session is opened again: spice-glib 0.42 cannot end an attempt that
 * hangs, and a channel left in one stays for ever.
 */
struct reach;

/**
 * done:   called once from the main loop, unless reach_cancel() comes first;
 *         error: NULL when reached, G_IO_ERROR_TIMED_OUT after timeout_ms.
 * Errors: NULL, for a target that needs no look (no TCP).
 * Owner:  ends itself with done, or by reach_cancel().
 */
struct reach *reach_start(const struct target *target, guint timeout_ms,
		void (*done)(const GError *error, gpointer data), gpointer data);
void reach_cancel(struct reach *reach);

#endif
