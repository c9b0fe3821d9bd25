/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_TCP_PROBE_H
#define OSVDI_TCP_PROBE_H

#include "target/target.h"

/*
 * Tries whether the server, or the proxy before it, accepts TCP connections. Used before a
 * session is opened again: spice-glib 0.42 cannot end an attempt that hangs, and its
 * channel would stay for ever.
 */
struct tcp_probe;

/**
 * done:   called once from the main loop, unless tcp_probe_cancel() comes first;
 *         error: NULL if connected, G_IO_ERROR_TIMED_OUT after timeout_ms.
 * Errors: NULL for a target that does not use TCP.
 * Owner:  done or tcp_probe_cancel() ends the probe.
 */
struct tcp_probe *tcp_probe_start(const struct target *target, guint timeout_ms,
		void (*done)(const GError *error, gpointer data), gpointer data);
void tcp_probe_cancel(struct tcp_probe *probe);

#endif
