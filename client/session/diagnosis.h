/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DIAGNOSIS_H
#define OSVDI_DIAGNOSIS_H

#include "session/address.h"
#include "base/options.h"

/*
 * Finds the cause of a connection that did not come about, by a look of its own
 * at what listens there. Main thread.
 */
struct diagnosis;

/* failure: NULL when nothing was found; to be taken over. */
typedef void (*diagnosis_func)(struct failure *failure, gpointer data);

/* Does something else listen there, that speaks first? A SPICE server does not. */
struct diagnosis *diagnosis_listen(SpiceSession *session, struct address *address, const struct target *target,
		diagnosis_func done, gpointer data);
/* Why is the server not trusted? Always finds a failure. */
struct diagnosis *diagnosis_of_tls(SpiceSession *session, struct address *address, const struct target *target,
		const struct options *options, diagnosis_func done, gpointer data);
/* Not after done. */
void diagnosis_cancel(struct diagnosis *diagnosis);

#endif
