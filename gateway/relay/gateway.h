/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_GATEWAY_H
#define OSVDI_GATEWAY_GATEWAY_H

#include "config/config.h"
#include "net/loop.h"
#include "net/resolver.h"
#include "tell/audit.h"
#include "tell/metrics.h"
#include "ticket/seal.h"

#include <openssl/ssl.h>

struct gateway;

/** Listens at once. config: borrowed for the gateway's life. */
struct gateway *gateway_new(const struct config *config, struct loop *loop, GError **error);
void gateway_free(struct gateway *gateway);

/** Read keys and authorities again, open the record again; what cannot be read stays as it was. */
gboolean gateway_reload(struct gateway *gateway, GError **error);

/** Some times a second. FALSE: it has drained. */
gboolean gateway_tick(struct gateway *gateway);
/** No new connection is let in; those that run end after the drain time, or at once. */
void gateway_drain(struct gateway *gateway, gboolean at_once);

/** Ends the channels and remembers it; the file of revocations is written before return. */
gboolean gateway_revoke(struct gateway *gateway, enum revoke_kind kind, const char *name,
		guint *ended, GError **error);

struct sessions *gateway_get_sessions(struct gateway *gateway);
/** Owner: caller. */
char *gateway_format_metrics(struct gateway *gateway);

#endif
