/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_CALLER_H
#define OSVDI_BROKER_CALLER_H

#include "base/clock.h"
#include "base/redact.h"
#include "include/osvdi-broker.h"

/*
 * The program that uses the library, on behalf of one user: what it wants to hear,
 * and the secrets of this user that no message may show. Each call of the library
 * finds its caller through its arguments; nothing is kept for the process as a whole.
 * Every function here takes a NULL caller, who hears nothing and cancels nothing.
 */
struct caller {
	struct osvdi_broker_hooks hooks;
	struct redact *secrets; /* NULL: none is known. Owner: whoever made the caller */
};

/** Messages for people. All are redacted; text of a service goes through text_clean(). */
void log_warning(const struct caller *c, const char *format, ...) G_GNUC_PRINTF(2, 3);
void log_info(const struct caller *c, const char *format, ...) G_GNUC_PRINTF(2, 3);
void log_debug(const struct caller *c, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Tell what is waited for. waited_us: for how long so far; -1: nobody counted. */
void caller_progress(const struct caller *c, const char *status, gint64 waited_us);
/** Tell that the wait is over. */
void caller_progress_end(const struct caller *c);

/** The caller's secrets, for redact_text() and redact_remember(); may be NULL. */
struct redact *caller_secrets(const struct caller *c);

/**
 * How the user of this program can mend what a reason says, as the end of a message
 * ("; give more --timeout"): only the program knows its options. "" when the program
 * has no word for it. subject: see enum osvdi_broker_reason. Free with g_free().
 */
char *caller_remedy(const struct caller *c, enum osvdi_broker_reason reason, const char *subject);

/** The password that a login lacks, or NULL. Free with secret_free(). */
char *caller_ask_password(const struct caller *c, const char *question);

gboolean caller_cancelled(const struct caller *c);

/** FALSE and an error of the reason CANCELLED, when the caller has cancelled. */
gboolean caller_check(const struct caller *c, GError **error);

/**
 * Sleep on a clock. A caller that cancels ends the sleep within 0.1 s: FALSE and an
 * error of the reason CANCELLED.
 */
gboolean caller_sleep_us(const struct caller *c, const struct clock *clock, gint64 us,
		GError **error);

#endif
