/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_ADMIN_H
#define OSVDI_GATEWAY_ADMIN_H

#include "relay/gateway.h"

struct admin;

/**
 * The sockets of the configuration: one takes a command a connection (a line; the
 * answer's last line is "ok" or "error: WHY"), the other answers HTTP's GET /metrics.
 */
struct admin *admin_new(struct gateway *gateway, struct loop *loop, const struct config *config,
		GError **error);
void admin_free(struct admin *admin);

#endif
