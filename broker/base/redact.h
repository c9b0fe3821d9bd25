/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_REDACT_H
#define OSVDI_BROKER_REDACT_H

#include <glib.h>

/*
 * What keeps secrets out of messages. Every message goes through text_redact()
 * when it is printed (log.c, main.c), so that no caller can forget it. Secrets
 * that the program knows are masked by their value, in plain form, percent-encoded,
 * escaped as in JSON, or in base64; secrets that it does not know by the place where
 * they stand: the login in an address, values of parameters, headers, JSON members,
 * what follows a console's page in a path.
 *
 * A password that is a word of our own messages, or that is also the user's name or
 * another plain setting, is masked by place only: a mask would tell it.
 * Thread: any.
 */

/** A secret from now on: a password, a token. NULL is fine. */
void redact_remember(const char *secret);

/** A plain word, which stays even if it is a secret as well. NULL is fine. */
void redact_except(const char *word);

/** Forget and overwrite all. */
void redact_forget(void);

#endif
