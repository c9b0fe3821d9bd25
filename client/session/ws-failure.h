/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_WS_FAILURE_H
#define OSVDI_WS_FAILURE_H

#include "session/failure.h"
#include "session/ws-tunnel.h"

/* The failure that a problem of a tunnel means. */
struct failure *failure_from_websocket(const struct ws_problem_report *report,
		const struct target *target);

#endif
