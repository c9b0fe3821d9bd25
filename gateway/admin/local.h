/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_GATEWAY_LOCAL_H
#define OSVDI_GATEWAY_LOCAL_H

#include "net/loop.h"

/* A port for this machine's administrators: a question, an answer, the end. */
struct local;

/**
 * The answer to what a peer has sent so far, or NULL while the question is not whole.
 * Owner of the answer: local.c.
 */
typedef char *(*local_answer)(const char *text, gsize size, gpointer data);

/** where: "ADDRESS:PORT", "unix:PATH"; a Unix socket is for its owner and group. */
struct local *local_new(struct loop *loop, const char *where, local_answer answer, gpointer data,
		GError **error);
void local_free(struct local *local);

#endif
