/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_REDACT_H
#define OSVDI_BROKER_REDACT_H

#include <glib.h>

/*
 * A redact keeps one user's secrets out of messages. Every message goes through
 * redact_text() on its way to the program (hooks/caller.c), so that no function can
 * forget it. Secrets that were remembered are masked by their value: in plain form,
 * percent-encoded, escaped as in JSON, or in base64. Other secrets are masked by the
 * place where they stand: the login in an address, values of parameters, headers,
 * members of JSON, what follows a console's page in a path.
 *
 * A password that is a word of our own messages, or that is also the user's name or
 * another plain setting, is masked by place only: the mask would give it away.
 * Thread: any.
 */
struct redact;

struct redact *redact_new(void);
/** Overwrites what was remembered. NULL is fine. */
void redact_free(struct redact *r);

/** A secret from now on: a password, a token. NULL is fine, for either. */
void redact_remember(struct redact *r, const char *secret);

/** This plain word stays readable, even if a secret is the same word. NULL is fine. */
void redact_except(struct redact *r, const char *word);

/**
 * A message without secrets: each becomes "***". r NULL: by place only. Free with
 * g_free().
 */
char *redact_text(struct redact *r, const char *text);

#endif
