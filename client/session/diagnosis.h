/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OSVDI_DIAGNOSIS_H
#define OSVDI_DIAGNOSIS_H

#include "session/address.h"
#include "base/options.h"

/*
 * Finds out why a connection failed: connects to the address itself and looks at the
 * answer. Main thread.
 */
struct diagnosis;

/* failure: the cause, to be taken over; NULL if none was found. */
typedef void (*diagnosis_func)(struct failure *failure, gpointer data);

/* Does another service listen there? Such a service may speak first; a SPICE server does
 * not. */
struct diagnosis *diagnosis_listen(SpiceSession *session, struct address *address,
		const struct target *target, diagnosis_func done, gpointer data);
/* Why is the server not trusted? Always gives a failure. */
struct diagnosis *diagnosis_of_tls(SpiceSession *session, struct address *address,
		const struct target *target, const struct options *options, diagnosis_func done,
		gpointer data);
/* Must not be called after done(). */
void diagnosis_cancel(struct diagnosis *diagnosis);

#endif
