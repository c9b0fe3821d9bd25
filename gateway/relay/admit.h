/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_ADMIT_H
#define OSVDI_GATEWAY_ADMIT_H

#include "config/config.h"
#include "core/http-head.h"
#include "ticket/seal.h"

/* Reads what a request asks for, and tells whether its ticket is ours. No I/O. */
struct request {
	gboolean connect;      /* CONNECT; else a WebSocket */
	gboolean binary;       /* the subprotocol is to be told back */
	char *accept;          /* Sec-WebSocket-Accept */
	struct ticket *ticket;
};

/** REFUSE_NOTHING: the ticket was opened; its times and target are still to be checked. */
enum refusal admit_request(struct request *request, const struct http_head *head,
		const struct config *config, const struct keys *keys);
void request_clear(struct request *request);

/** The answer that lets a request in. Owner: caller. */
char *admit_answer(const struct request *request, const struct http_head *head);
/** The answer that does not. Owner: caller. */
char *admit_refusal(enum refusal refusal, gboolean connect);

#endif
