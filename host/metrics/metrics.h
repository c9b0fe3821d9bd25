/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include <stdio.h>

#include <glib.h>

/* Prometheus' text format, version 0.0.4, of what guest_status_read() found */
void metrics_print(const GPtrArray *guests, FILE *out);

#endif
