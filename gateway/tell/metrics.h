/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_METRICS_H
#define OSVDI_GATEWAY_METRICS_H

#include "policy/cause.h"

struct metrics {
	guint64 accepted;            /* connections */
	guint64 refused[REFUSALS];
	guint64 ended[CAUSES];
	guint64 opened_websocket, opened_connect;
	guint64 up_bytes, down_bytes; /* to desktops, to clients */
	guint64 paused;              /* times that one side waited for the other */
	guint64 revoked;             /* channels */
	guint connections, handshakes, channels, sessions; /* now */
	gboolean draining;
};

/** Prometheus' text format. Owner: caller. */
char *metrics_format(const struct metrics *metrics);

#endif
