/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_FAILURE_H
#define OSVDI_FAILURE_H

#include "session/retry.h"
#include "target/target.h"

/* Why something did not work, in words for the user. */
struct failure {
	char *what;   /* one line: what failed */
	char *why;    /* the cause, as far as known; may be NULL */
	char *remedy; /* what to do; may be NULL */
	gboolean final; /* another try is pointless unless the user changes something */
	enum refusal refusal; /* who refused, and how */
};

struct failure *failure_new(const char *what, const char *why, const char *remedy, gboolean final);
void failure_free(struct failure *failure);

/* Another viewer has opened the desktop. */
struct failure *failure_taken(const struct target *target);

/* The desktop has ended. last: failure of the latest try. */
struct failure *failure_gone(const struct target *target, const struct failure *last);

/* The password or ticket of the connection file was good for one session, which is over. */
struct failure *failure_used_up(const struct target *target);

#endif
